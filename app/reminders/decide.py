"""Decides about one reminder at the moment it is to be told; every question and its answer go into the trace."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from app.core.clock import SHANGHAI, business_date
from app.reminders.facts import Item, Person
from app.reminders.trace import Trace
from app.reminders.windows import hours, opens, written

PURPOSES = {"marketing": "marketing", "care": "care", "notice": "service"}  # of consent, by class
UNCAPPED = ("safety", "transactional", "internal")
PER_DAY, PER_WEEK, PER_MONTH = 2, 1, 3  # of all but S and T a day; of M in 7 and in 30 days (reminders.md §2)
LOOK_AGAIN = timedelta(hours=1)
CASCADE = ("email", "wechat", "call", "in_app", "sms", "letter")  # the order in which a rule's channels are tried
BY_HAND = ("call", "wechat", "in_app")  # channels that are a task for staff
SCOPE = {"email": "email", "wechat": "wechat", "call": "call", "sms": "sms"}  # of suppressions


@dataclass(frozen=True, slots=True)
class Office:
    """What the store can do now."""

    now: datetime
    mail: bool  # whether a mail server is set up

    @property
    def today(self) -> date:
        """The business day."""
        return business_date(self.now)


def decide(item: Item, person: Person | None, office: Office) -> tuple[Trace, str]:
    """The trace, and the class of the message before the law."""
    trace = Trace(office.now)
    if _over(trace, item, person, office):
        return trace, item.nature
    nature = _class(trace, item)
    if nature == "internal":
        trace.channel = "in_app"
        return trace, nature
    assert person is not None  # noqa: S101  # an unknown customer is over
    if not _welcome(trace, item, person, nature, office):
        return trace, nature
    if _channel(trace, item, person, nature, office) and _seldom(trace, person, nature, office):
        _hours(trace, nature, office)
    return trace, nature


def _over(trace: Trace, item: Item, person: Person | None, office: Office) -> bool:
    """Whether nothing is to be told any more, to anybody."""
    settled = item.family.settled_as if item.family and item.settled else "dropped" if item.dropped else ""
    if not trace.check("settled", not settled, settled or str(item.anchor_on)):
        trace.end("cancelled", settled)
    elif not trace.check("useful", office.today <= item.useful_until, str(item.useful_until)):
        trace.end("expired", "grace_over")
    elif person is None or person.archived:
        trace.check("owner", False, "archived")
        trace.end("cancelled", "archived")
    elif not trace.check("owner", item.is_owner, "" if item.is_owner else "owner_changed"):
        trace.end("cancelled", "owner_changed")
    return trace.outcome != "send"


def _class(trace: Trace, item: Item) -> str:
    """The class of the message: what its rule says, or marketing where its matter makes it so."""
    if item.marketing and item.nature == "notice" and item.family:
        trace.check("class", True, f"marketing|{item.family.marketing_as}")
        return "marketing"
    trace.check("class", True, item.nature)
    return item.nature


def _welcome(trace: Trace, item: Item, person: Person, nature: str, office: Office) -> bool:
    """Whether the customer may be contacted at all."""
    del item
    if nature == "safety":
        return True
    if not trace.check("contact", not person.do_not_contact, "do_not_contact" if person.do_not_contact else ""):
        trace.end("suppressed", "do_not_contact")
    elif nature in ("marketing", "care") and not trace.check(
        "complaint", not person.complains, "critical_open" if person.complains else ""
    ):
        trace.end("waits", "critical_open", tomorrow(office))
    return trace.outcome == "send"


def _channel(trace: Trace, item: Item, person: Person, nature: str, office: Office) -> bool:
    """Chooses the first of the rule's channels that is open; of none, one that may open is the reason, or the first."""
    refusals: list[tuple[str, str]] = []
    for channel in sorted(item.channels, key=CASCADE.index):
        refusal = _closed(trace, channel, item, person, nature, office)
        if refusal is None:
            trace.channel = channel
            return True
        refusals.append(refusal)
    outcome, reason = next(
        (one for one in refusals if one[0] == "waits"), refusals[0] if refusals else ("suppressed", "no_channel")
    )
    trace.end(outcome, reason, office.now + LOOK_AGAIN if outcome == "waits" else None)
    return False


def _closed(  # noqa: PLR0917
    trace: Trace, channel: str, item: Item, person: Person, nature: str, office: Office
) -> tuple[str, str] | None:
    """Why a channel is closed: the outcome and the reason; None when it is open."""
    if channel not in (*BY_HAND, "email"):
        trace.check("address", False, f"{channel}|no_channel")
        return "suppressed", "no_channel"
    if nature != "safety":
        if scope := _listed(person, channel, nature):
            trace.check("suppression", False, f"{channel}|{scope}")
            return "suppressed", scope
        if refusal := _consent(trace, person, channel, nature):
            return "suppressed", refusal
    return _reach(trace, item, person, office) if channel == "email" else None


def _listed(person: Person, channel: str, nature: str) -> str:
    """The reason when a suppression covers the channel."""
    covered = {"all", SCOPE.get(channel, channel)} | ({"marketing"} if nature in ("marketing", "care") else set())
    return "listed" if person.suppressed & covered else ""


def _consent(trace: Trace, person: Person, channel: str, nature: str) -> str:
    """The reason when consent is missing, or a service notice was declined (reminders.md §2)."""
    purpose = PURPOSES.get(nature)
    if purpose is None:
        return ""
    granted = person.consents.get(f"{purpose}:{channel}")
    if purpose == "service":
        trace.check("consent", granted is not False, f"{channel}|{'opted_out' if granted is False else 'not_needed'}")
        return "opted_out" if granted is False else ""
    trace.check("consent", granted is True, f"{channel}|{'granted' if granted else 'no_consent'}")
    return "" if granted else "no_consent"


def _reach(trace: Trace, item: Item, person: Person, office: Office) -> tuple[str, str] | None:
    """Why no e-mail can be sent."""
    missing = "unsealed" if person.unsealed else "no_address"
    if not trace.check("address", person.email is not None, "email" if person.email else f"email|{missing}"):
        return "suppressed", missing
    if person.bounced:
        trace.check("address", False, "email|bounced")
        return "suppressed", "bounced"
    if not trace.check("template", item.template_id is not None, "" if item.template_id else "no_template"):
        return "suppressed", "no_template"
    if not trace.check("server", office.mail, "" if office.mail else "no_mail_server"):
        return "waits", "no_mail_server"
    return None


def _seldom(trace: Trace, person: Person, nature: str, office: Office) -> bool:
    """Whether the caps leave room for one more."""
    if nature in UNCAPPED:
        return True
    midnight = datetime.combine(office.today, time(), SHANGHAI)
    today = sum(kind not in UNCAPPED and at >= midnight for kind, at in person.told)
    said, full = [f"{today}/{PER_DAY}"], today >= PER_DAY
    if nature == "marketing":
        week, month = (
            sum(kind == nature and at > office.now - timedelta(days=days) for kind, at in person.told)
            for days in (7, 30)
        )
        said += [f"{week}/{PER_WEEK} (7 d)", f"{month}/{PER_MONTH} (30 d)"]
        full = full or week >= PER_WEEK or month >= PER_MONTH
    if not trace.check("cap", not full, "|".join([*said, *(["too_often"] if full else [])])):
        trace.end("waits", "too_often", tomorrow(office))
    return not full


def _hours(trace: Trace, nature: str, office: Office) -> None:
    """Waits until the hours of its class and channel begin."""
    permitted = hours(nature, trace.channel)
    begins = opens(office.now, permitted)
    if not trace.check("window", begins <= office.now, written(permitted)):
        trace.end("waits", "closed_hours", begins)


def tomorrow(office: Office) -> datetime:
    """The next day's first hour of work."""
    return datetime.combine(office.today + timedelta(days=1), time(8), SHANGHAI).astimezone(office.now.tzinfo)
