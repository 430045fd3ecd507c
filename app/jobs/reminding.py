"""Reminders by the clock: planned each night, decided and told every few minutes."""

import logging
from datetime import datetime

from sqlalchemy import Connection, text

from app.access.key_file import sealer_of
from app.access.seal import Sealer
from app.core.clock import business_date
from app.core.label import Label
from app.jobs.context import JobContext
from app.jobs.registry import job
from app.outbox.inbox import tell
from app.reminders.decide import Office
from app.reminders.deliver import claim, lose, settle, waiting
from app.reminders.dispatch import Dispatch
from app.reminders.mail import MailServer, Result
from app.reminders.plan import Planned, plan, rules
from app.reminders.track import track
from config import Config

log = logging.getLogger(__name__)

_STORES = text("SELECT id FROM store ORDER BY id")
_ADMINISTRATORS = text("""
    SELECT u.id FROM ab_user u JOIN ab_user_role m ON m.user_id = u.id JOIN ab_role r ON r.id = m.role_id
     WHERE r.name = 'administrator' AND u.active ORDER BY 1""")
_ANY_WANTED = text("""
    SELECT EXISTS (SELECT FROM store s JOIN reminder r ON r.store_id = s.id AND r.status IN ('due', 'sent', 'queued')
                    WHERE position('no_mail_server' IN r.decision) > 0
                      AND r.updated_at > CAST(:now AS timestamptz) - interval '7 days')
        OR EXISTS (SELECT FROM store s JOIN message m ON m.store_id = s.id AND m.status = 'queued'
                    WHERE m.channel = 'email' AND m.reminder_id IS NOT NULL)""")
_WHOSE = text("""
    SELECT DISTINCT e.user_id FROM message m JOIN reminder r ON r.store_id = m.store_id AND r.id = m.reminder_id
      JOIN employee e ON e.id = r.employee_id WHERE m.id = :id AND e.user_id IS NOT NULL""")
NO_SERVER = Label(
    "未设置邮件服务器，发给客户的邮件无法发出", "No mail server is set up; e-mail to customers cannot go out"
)
HELP = Label(
    "请设置 FORECOURT_SMTP_HOST 与 FORECOURT_SMTP_FROM 后重启。在此之前，提醒改由任务人工告知，或继续等待。",
    "Set FORECOURT_SMTP_HOST and FORECOURT_SMTP_FROM and restart. Until then reminders become tasks, or wait.",
)
LOST = Label("有一封邮件的发送结果不明，请核实", "It is not known whether an e-mail was sent; please look")
AWAY = Label("邮件服务器没有应答，邮件稍后重试", "The mail server does not answer; e-mail is tried again later")


def stores(connection: Connection) -> list[int]:
    """Every store."""
    return list(connection.execute(_STORES).scalars())


@job("reminder.plan", queue="reminder", timeout=2 * 3600, system=True, label=Label("安排提醒", "Plan reminders"))
def plan_reminders(context: JobContext) -> dict[str, object]:
    """How many reminders were planned, moved and expired; each store is one transaction, and again without effect."""
    now = context.clock.now()
    with context.transaction() as connection:
        chosen, unplanned = rules(connection, business_date(now))
        places = stores(connection)
    made = Planned()
    for number, store in enumerate(places, 1):
        with context.transaction() as connection:
            track(connection, store, now)
            made.add(plan(connection, store, chosen, now))
        context.progress(number, len(places))
    result = {"planned": made.planned, "moved": made.moved, "expired": made.expired, "unplanned": unplanned}
    with context.transaction() as connection:
        context.finish(connection, result)
    return result


@job("reminder.send", queue="reminder", system=True, label=Label("发送提醒", "Send reminders"))
def send_reminders(context: JobContext) -> dict[str, int]:
    """How many reminders were decided each way, and how many messages were sent."""
    now = context.clock.now()
    sealer = sealer_of(context.config)
    server = mail_server(context.config)
    office = Office(now, server is not None)
    with context.transaction() as connection:
        places = stores(connection)
    counts: dict[str, int] = {}
    for store in places:
        _decide(context, sealer, store, office, counts)
    if server:
        _send(context, sealer, server, office, counts)
    else:
        _tell_of_no_server(context, now)
    with context.transaction() as connection:
        context.finish(connection, counts)
    return counts


def mail_server(config: Config) -> MailServer | None:
    """The mail server; none, too, where its password cannot be read: tasks go on, and administrators are told."""
    try:
        return MailServer.of(config)
    except OSError as error:
        log.warning("the secret smtp_password cannot be read (%s): no e-mail is sent", type(error).__name__)
        return None


def _decide(context: JobContext, sealer: Sealer, store: int, office: Office, counts: dict[str, int]) -> None:
    """One store: what broke off, what came about, what is due."""
    with context.transaction() as connection:
        for number in lose(connection, store, office.now):
            _tell(connection, f"message:unknown:{number}", LOST, f"/data/message/{number}", message=number)
        track(connection, store, office.now)
    more = True
    while more:
        with context.transaction() as connection:
            turn = Dispatch(connection, sealer, store, office)
            more = turn.run()
        for status, number in turn.counts.items():
            counts[status] = counts.get(status, 0) + number


def _send(context: JobContext, sealer: Sealer, server: MailServer, office: Office, counts: dict[str, int]) -> None:
    """Everything that waits, one by one; a server that does not answer ends the turn and costs one attempt."""
    with context.transaction() as connection:
        numbers = waiting(connection, office.now)
    for done, number in enumerate(numbers, 1):
        with context.transaction() as connection:
            claimed = claim(connection, sealer, number, office)
        if claimed is None:
            continue
        sent = server.send(claimed.letter)
        with context.transaction() as connection:
            state = settle(connection, claimed, sent, office.now)
            if state == "unknown":
                _tell(connection, f"message:unknown:{number}", LOST, f"/data/message/{number}", message=number)
            if sent.result is Result.AWAY:
                _tell(connection, f"mail:away:{business_date(office.now)}", AWAY, f"/data/message/{number}")
        counts[f"mail_{state}"] = counts.get(f"mail_{state}", 0) + 1
        if sent.result is Result.AWAY:
            return
        context.progress(done, len(numbers))


def _tell_of_no_server(context: JobContext, now: datetime) -> None:
    """Tells the administrators once a week that e-mail is wanted and none can go out."""
    with context.transaction() as connection:
        if connection.execute(_ANY_WANTED, {"now": now}).scalar():
            week = business_date(now).strftime("%G-W%V")
            _tell(connection, f"mail:none:{week}", NO_SERVER, "/data/reminder/", note=HELP)


def _tell(
    connection: Connection, key: str, title: Label, href: str, *, note: Label | None = None, message: int | None = None
) -> None:
    """Tells the administrators, and of a message whoever looks after the customer."""
    users = set(connection.execute(_ADMINISTRATORS).scalars())
    if message is not None:
        users |= set(connection.execute(_WHOSE, {"id": message}).scalars())
    tell(connection, sorted(users), key, title, note=note, href=href, level="warn")
