"""Decides what a store tells its customers and staff now: tasks at once, e-mail as messages that wait to be sent."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from uuid import uuid4

from sqlalchemy import Connection, text

from app.access.seal import Sealer
from app.core.clock import SHANGHAI
from app.models import ENTITIES
from app.records.search import tokens_of
from app.reminders import facts
from app.reminders.decide import BY_HAND, Office, decide
from app.reminders.facts import Item, Person
from app.reminders.plan import AHEAD
from app.reminders.trace import Trace
from app.reminders.windows import hours

CUSTOMERS = 200  # decided about in one transaction
_LOCK = text("SELECT pg_try_advisory_xact_lock(hashtext('reminder.send'), :store)")
_WHO = text("""
    SELECT DISTINCT coalesce(customer_id, 0) FROM reminder
     WHERE store_id = :store AND status IN ('planned', 'due') AND due_on <= :today
       AND (wait_until IS NULL OR wait_until <= :now) ORDER BY 1 LIMIT :most""")
_CANDIDATES = (
    "coalesce(r.customer_id, 0) = ANY (:customers) AND r.status IN ('planned', 'due')"
    f" AND r.due_on <= CAST(:today AS date) + {AHEAD}"
)
_CLOSE = text("""
    UPDATE reminder SET status = :status, decision = :decision, nature = :nature, channel = :channel, told_at = :told,
                        wait_until = :until, task_id = :task, bundle_id = :bundle
     WHERE store_id = :store AND id = :id AND status IN ('planned', 'due')""")
_TASK = text("""
    INSERT INTO task (store_id, title, kind, assignee_id, due_at, urgency, status, customer_id, vehicle_id,
                      subject_entity, subject_record, idem_key)
    VALUES (:store, :title, :kind, :assignee, :due, 'normal', 'open', :customer, :vehicle, :entity, :record, :key)
    RETURNING id""")
_MESSAGE = text("""
    INSERT INTO message (uuid, store_id, reminder_id, customer_id, template_id, channel, nature, recipient,
                         recipient_bidx, status, queued_at, idem_key)
    VALUES (:uuid, :store, :reminder, :customer, :template, 'email', :nature, :recipient, :blind, 'queued', :now, :key)
    ON CONFLICT DO NOTHING RETURNING id""")
_TOKEN = text(
    "INSERT INTO search_token (store_id, token, record_id, entity) VALUES (:store, :token, :record, 'message')"
)
STATUS = {"suppressed": "suppressed", "cancelled": "cancelled", "expired": "expired", "waits": "due"}
MESSAGE = ENTITIES["message"]


@dataclass(slots=True)
class Decided:
    """One reminder with what was decided about it."""

    item: Item
    trace: Trace
    nature: str


@dataclass(slots=True)
class Dispatch:
    """One store's turn in one transaction."""

    connection: Connection
    sealer: Sealer
    store: int
    office: Office
    counts: dict[str, int] = field(default_factory=dict)

    def run(self) -> bool:
        """Decides about the next customers; whether there may be more. Nothing while another decides for the store."""
        given = {"store": self.store, "now": self.office.now, "today": self.office.today, "most": CUSTOMERS}
        if not self.connection.execute(_LOCK, given).scalar():
            return False
        customers = list(self.connection.execute(_WHO, given).scalars())
        if customers:
            self._customers(customers)
        return len(customers) == CUSTOMERS

    def _customers(self, customers: list[int]) -> None:
        now = self.office.now
        items = facts.items(self.connection, self.store, now, _CANDIDATES, {"customers": customers})
        people = facts.people(self.connection, self.sealer, self.store, set(customers) - {0}, now)
        of: dict[int, list[Item]] = {}
        for item in sorted(items, key=lambda one: (one.due_on, one.id)):
            of.setdefault(item.customer_id or 0, []).append(item)
        for customer in sorted(of):
            self._customer(of[customer], people.get(customer))

    def _customer(self, items: list[Item], person: Person | None) -> None:
        """Everything of one customer: what cannot be told is closed or waits, the rest is told together."""
        decided = [Decided(item, *decide(item, person, self.office)) for item in items]
        for one in decided:
            if one.trace.outcome != "send" and self._is_due(one.item):
                self._close(one, STATUS[one.trace.outcome])
        told = 0
        for group in bundles([one for one in decided if one.trace.outcome == "send"], self._is_due):
            again = self._again(group, person) if told else group
            told += self._tell(again, person) if again else 0

    def _is_due(self, item: Item) -> bool:
        return item.due_on <= self.office.today and (item.wait_until is None or item.wait_until <= self.office.now)

    def _again(self, group: list[Decided], person: Person | None) -> list[Decided]:
        """Those of a further group that may still be told after what the customer was told just now."""
        fresh = [Decided(one.item, *decide(one.item, person, self.office)) for one in group]
        for one in fresh:
            if one.trace.outcome != "send" and self._is_due(one.item):
                self._close(one, STATUS[one.trace.outcome])
        return [one for one in fresh if one.trace.outcome == "send"]

    def _tell(self, group: list[Decided], person: Person | None) -> int:
        """Makes one task or message of a group; 1 when the customer was or will be told by it."""
        lead = group[0]
        for one in group:
            one.trace.check("bundle", True, str(len(group)))
        if person and lead.nature != "internal":
            person.told.append((lead.nature, self.office.now))
        if lead.trace.channel in BY_HAND:
            self._card(group)
        else:
            self._queue(group, person)
        return 1

    def _card(self, group: list[Decided]) -> None:
        """One task that lists all of them; they count as told."""
        lead, assignee = group[0].item, next((one.item.employee_id for one in group if one.item.employee_id), None)
        values = {
            "store": self.store, "title": title(group), "kind": kind(group[0]), "assignee": assignee,
            "due": by(self.office.now, group[0]), "customer": lead.customer_id, "vehicle": lead.vehicle_id,
            "entity": lead.subject_entity, "record": lead.subject_record, "key": f"reminder:{lead.idem_key}"[:160],
        }  # fmt: skip
        task = self.connection.execute(_TASK, values).scalar_one()
        for one in group:
            one.trace.check("assignee", assignee is not None, "" if assignee else "nobody")
            one.trace.end("told", "")
            self._close(one, "sent", task=task, lead=lead)

    def _queue(self, group: list[Decided], person: Person | None) -> None:
        """One message that waits to be sent; its address is sealed for it alone."""
        lead = group[0].item
        address = person.email if person else None
        if address is None:
            raise ValueError(f"{lead.idem_key}: decided without an address")
        uuid = uuid4()
        values = {
            "uuid": uuid, "store": self.store, "reminder": lead.id, "customer": lead.customer_id,
            "template": lead.template_id, "nature": group[0].nature, "now": self.office.now,
            "recipient": self.sealer.seal(address, "message", "recipient", uuid),
            "blind": self.sealer.index("contact", address), "key": f"{lead.idem_key}:email",
        }  # fmt: skip
        number = self.connection.execute(_MESSAGE, values).scalar()
        if number is None:  # it stood in the queue before and was called off there: it is not told a second way
            for one in group:
                self._close(Decided(one.item, one.trace.end("cancelled", "called_off"), one.nature), "cancelled")
            return
        words = tokens_of(self.sealer, MESSAGE, {"recipient": address})
        found = [{"store": self.store, "token": token, "record": number} for token in sorted(words)]
        self.connection.execute(_TOKEN, found)
        for one in group:
            self._close(one, "queued", lead=lead)

    def _close(self, one: Decided, status: str, *, task: int | None = None, lead: Item | None = None) -> None:
        """Writes what was decided."""
        trace = one.trace
        values = {
            "store": self.store, "id": one.item.id, "status": status, "decision": trace.stored(), "nature": one.nature,
            "channel": trace.channel or None, "told": self.office.now if status == "sent" else None,
            "until": trace.until, "task": task, "bundle": lead.id if lead and lead.id != one.item.id else None,
        }  # fmt: skip
        self.connection.execute(_CLOSE, values)
        self.counts[status] = self.counts.get(status, 0) + 1


def bundles(sendable: Sequence[Decided], is_due: object) -> Iterator[list[Decided]]:
    """What one customer is told together: of one channel and class, due within ten days of the first that is due.

    A later stage of the same matter is not told ahead of its time.
    """
    assert callable(is_due)  # noqa: S101  # told to the type checker
    groups: dict[tuple[str, str], list[Decided]] = {}
    for one in sendable:
        groups.setdefault((one.trace.channel, one.nature), []).append(one)
    for group in groups.values():
        waiting = list(group)
        while lead := next((one for one in waiting if is_due(one.item)), None):
            near = [one for one in waiting if one.item.due_on - lead.item.due_on <= timedelta(days=AHEAD)]
            together = list(_one_each([lead, *(one for one in near if one is not lead)]))
            waiting = [one for one in waiting if one not in together]
            yield together


def _one_each(group: Iterable[Decided]) -> Iterator[Decided]:
    """The first of each matter."""
    seen: set[tuple[object, ...]] = set()
    for one in group:
        family = one.item.family
        matter = (family.code if family else one.item.rule, one.item.subject_entity, one.item.subject_record)
        if one.item.subject_record is None or matter not in seen:
            seen.add(matter)
            yield one


def kind(one: Decided) -> str:
    """The kind of task."""
    if one.trace.channel == "wechat":
        return "message"
    return one.item.family.task if one.item.family else "other"


def title(group: Sequence[Decided]) -> str:
    """What is to be done, by rule and day; whom it is about stands beside it."""
    way = "（请用微信告知）" if group[0].trace.channel == "wechat" else ""
    named = "；".join(f"{one.item.rule_name} {one.item.anchor_on}" for one in group)
    return f"{named[: 118 - len(way)]}{way}"


def by(now: datetime, one: Decided) -> datetime:
    """When the task is to be done: calls and messages before the hours end, the store's own matters in two days."""
    local = now.astimezone(SHANGHAI)
    permitted = hours(one.nature, one.trace.channel)
    if permitted:
        return datetime.combine(local.date(), permitted[-1][1], SHANGHAI)
    return datetime.combine(local.date() + timedelta(days=2), time(18), SHANGHAI)
