"""The pages of reception, filled: what is known of a value, and who came in."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from urllib.parse import urlencode

from app.core.action import Action
from app.core.entity import Entity
from app.core.label import Label
from app.heads import door
from app.heads.frame import frame
from app.heads.pages import (
    ArrivalForm,
    AskTransfer,
    Button,
    Control,
    Hit,
    HitGroup,
    ReceivedPage,
    ReceivePage,
)
from app.records import read
from app.records.claim import KINDS, Known
from app.records.context import Context
from app.records.present import Presenter
from app.records.query import Query, condition
from app.records.reception import Arrived, cars, people
from app.records.row import Record
from app.views import receive_words as w
from app.views.lookup import hint

HERE = "/receive"
SETTLED = {
    "work_order": ("settled", "delivered", "voided"),
    "service_appointment": ("converted", "no_show", "cancelled"),
}


@dataclass(frozen=True, slots=True)
class Answer:
    """What is known of a value: records within reach, and what the group knows."""

    kind: str
    value: str
    records: tuple[Record, ...]
    known: tuple[Known, ...]

    @property
    def elsewhere(self) -> tuple[Known, ...]:
        """What stores beyond the actor's reach know."""
        return tuple(one for one in self.known if not one.here)


def answered(context: Context, kind: str, value: str, known: tuple[Known, ...]) -> Answer:
    """What the group answered, with the records within reach."""
    records = people(context, value) if kind == "phone" else cars(context, kind, value)
    return Answer(kind, value, tuple(records), known)


def box(value: str = "", error: Label | None = None) -> Control:
    """The one box."""
    locale = door.locale()
    return Control(
        name="value",
        label=w.BOX.text(locale),
        value=value,
        required=True,
        maxlength=40,
        help=w.BOX_HELP.text(locale),
        error=error.text(locale) if error else None,
    )


def page(
    value: str = "", error: Label | None = None, answer: Answer | None = None, form: ArrivalForm | None = None
) -> ReceivePage:
    """Reception with its box, what was answered, and the form."""
    context, locale = door.context(), door.locale()
    bare = ReceivePage(
        frame=frame(),
        title=w.TITLE.text(locale),
        action=HERE,
        control=box(value, error),
        submit=w.FIND.text(locale),
        note=w.NOTE.text(locale),
        form=form,
    )
    if answer is None:
        return bare
    unknown = form and not answer.records and not answer.elsewhere
    return replace(
        bare,
        groups=here(context, answer),
        known=told(answer, locale),
        known_title=w.ELSEWHERE.text(locale),
        nothing=w.NOTHING.format(submit=form.submit).text(locale) if form and unknown else None,
        transfer=transfer(answer, locale) if answer.elsewhere and context.actor.store else None,
    )


def told(answer: Answer, locale: str) -> tuple[str, ...]:
    """What other stores know: of a car which and where, of a number only how many know it."""
    found = answer.elsewhere
    if answer.kind == "phone":
        return (w.KNOWN_PHONE.format(n=len(found)).text(locale),) if found else ()
    return tuple(sentence(one, locale) for one in found)


def sentence(one: Known, locale: str) -> str:
    """Which car a store knows, and since when."""
    what = " ".join(part for part in (one.color, one.model) if part) or w.SOME_CAR.text(locale)
    return w.KNOWN_CAR.format(what=what, month=one.month, store=one.name).text(locale)


def transfer(answer: Answer, locale: str) -> AskTransfer:
    """Asking those stores."""
    return AskTransfer(
        action=f"{HERE}/transfer",
        submit=w.ASK.text(locale),
        hidden=(("kind", answer.kind), ("value", answer.value)),
        note=w.ASK_NOTE.text(locale),
    )


def here(context: Context, answer: Answer) -> tuple[HitGroup, ...]:
    """The records within reach, and the owners of cars among them."""
    entity = context.entity(KINDS[answer.kind])
    groups = [group(context, entity, answer.records)]
    if entity.name == "vehicle":
        groups.append(group(context, context.entity("customer"), owners(context, answer.records)))
    return tuple(one for one in groups if one.hits)


def owners(context: Context, records: Iterable[Record]) -> list[Record]:
    """Whose these cars are."""
    ids = tuple({one["customer"] for one in records if one["customer"] is not None})
    if not ids:
        return []
    return list(read.listing(context, context.entity("customer"), Query(ids=ids)).records)


def group(context: Context, entity: Entity, records: Iterable[Record], text: str = "") -> HitGroup:
    """Records as links."""
    presenter, locale = Presenter(context, entity), door.locale()
    hits = tuple(
        Hit(title=presenter.title(one, locale), href=f"/data/{entity.name}/{one.id}", note=hint(presenter, one) or "")
        for one in records
    )
    return HitGroup(text=text or entity.plural.text(locale), icon=entity.icon, hits=hits)


def received(context: Context, came: Arrived, mileage: str) -> ReceivedPage:
    """Who came in, what is still open for the car, and what to open next."""
    locale = door.locale()
    groups = [
        group(context, context.entity(name), [read.get(context, context.entity(name), number)])
        for name, number in (("vehicle", came.vehicle), ("customer", came.customer))
        if number is not None
    ]
    return ReceivedPage(
        frame=frame(),
        title=w.DONE.text(locale),
        note=w.NEXT.text(locale) if came.vehicle else "",
        groups=(*groups, *(unfinished(context, came.vehicle) if came.vehicle else ())),
        buttons=tuple(onward(context, came, mileage, locale)),
    )


def unfinished(context: Context, vehicle: int) -> list[HitGroup]:
    """The car's appointments and work orders that are still open."""
    made = []
    for name, settled in SETTLED.items():
        if not context.actor.may(Action.LIST, name):
            continue
        entity = context.entity(name)
        of_car = condition(entity, context.policy(entity), "vehicle", "eq", str(vehicle))
        records = read.listing(context, entity, Query(conditions=(of_car,))).records
        still = [one for one in records if one["status"] not in settled]
        text = w.OPEN.format(what=entity.plural).text(door.locale())
        made += [group(context, entity, still, text)] if still else []
    return made


def onward(context: Context, came: Arrived, mileage: str, locale: str) -> list[Button]:
    """What may be opened next, prefilled with ids and figures alone: an address is no place for a name or number."""
    found: list[Button] = []
    if came.vehicle is not None:
        ids = {"vehicle": str(came.vehicle)} | ({"customer": str(came.customer)} if came.customer else {})
        now = context.clock.now()
        order = ids | {"opened_at": now.isoformat(timespec="minutes"), "mileage": mileage}
        for name, label, values, icon in (
            ("work_order", w.ORDER, order, "tool"),
            ("service_appointment", w.APPOINTMENT, ids, "calendar-plus"),
        ):
            if context.actor.may(Action.CREATE, name):
                query = urlencode({key: value for key, value in values.items() if value})
                href = f"/data/{name}/add?{query}"
                found.append(Button(text=label.text(locale), href=href, icon=icon, main=not found))
    elif came.customer is not None:
        href = f"/data/customer/{came.customer}"
        found.append(Button(text=w.SEE_PERSON.text(locale), href=href, icon="user", main=True))
    return [*found, Button(text=w.ANOTHER.text(locale), href=HERE, icon="car")]
