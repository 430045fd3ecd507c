"""The form of who comes in: everything known already stands in it, at most eight inputs."""

from collections.abc import Mapping
from dataclasses import replace

from app.core.action import Action
from app.core.errors import Invalid, Unfit
from app.core.label import Label
from app.heads import door
from app.heads.pages import ArrivalForm, Control, Option
from app.records.context import Context
from app.records.present import Presenter
from app.records.reception import BRINGER, CAR, NEW, OWNER, PERSON, mine, people
from app.views import receive_words as w
from app.views.controls import control, overridable
from app.views.receive_page import HERE, Answer


def arrival(
    context: Context, typed: Mapping[str, str], answer: Answer | None = None, failed: Invalid | None = None
) -> ArrivalForm | None:
    """The form of who comes in, with what was typed; None for those who may not make such records."""
    if not all(context.actor.may(Action.CREATE, name) for name in ("vehicle", "customer")):
        return None
    locale, errors = door.locale(), dict(failed.fields) if failed else {}
    if context.actor.store is None:
        return ArrivalForm(
            title=w.ARRIVAL.text(locale), action="", controls=(), submit="", note=w.NO_STORE.text(locale)
        )
    car = of_store(context, typed, answer)
    person = answer is not None and answer.kind == "phone"
    both = car_controls(context, typed, errors, car, answer), person_controls(context, typed, errors, car)
    controls = [one for part in (reversed(both) if person else both) for one in part]
    known = {one.name for one in controls}
    beside = [unfit.label.text(locale) for name, unfit in errors.items() if name not in known]
    return ArrivalForm(
        title=w.ARRIVAL.text(locale),
        action=f"{HERE}/arrive",
        controls=tuple(controls if failed else focused(controls)),
        submit=(w.PERSON_HERE if person else w.CAR_HERE).text(locale),
        hidden=(("vehicle", str(car)),) if car else (),
        note=w.NOTHING_COPIED.text(locale),
        problem=" ".join(beside) or None,
    )


def focused(controls: list[Control]) -> list[Control]:
    """The controls, the first empty line ready to type in."""
    first = next((one.name for one in controls if not one.value and one.widget != "select"), None)
    return [replace(one, autofocus=one.name == first) for one in controls]


def of_store(context: Context, typed: Mapping[str, str], answer: Answer | None) -> str | None:
    """The id of the store's own car that came."""
    if answer is None:
        return typed.get("vehicle") or None
    found = mine(context, list(answer.records)) if answer.kind != "phone" else []
    return str(found[0].id) if found else None


def car_controls(
    context: Context, typed: Mapping[str, str], errors: Mapping[str, Unfit], car: str | None, answer: Answer | None
) -> list[Control]:
    """The car's inputs; of one the store knows only what changes with each visit."""
    entity, locale = context.entity("vehicle"), door.locale()
    names = CAR[-1:] if car else CAR
    by_plate = answer is not None and answer.kind == "plate" and bool(answer.elsewhere)
    made = []
    for name in names:
        field = entity.by_name[name]
        error = errors[name].label.text(locale) if name in errors else None
        one = control(field, locale, typed=typed.get(name, ""), error=error, required=False)
        help_ = w.VIN_HELP.text(locale) if name == "vin" and by_plate else one.help
        made.append(overridable(replace(one, help=help_), errors.get(name), typed))
    return made


def person_controls(
    context: Context, typed: Mapping[str, str], errors: Mapping[str, Unfit], car: str | None
) -> list[Control]:
    """The person's inputs; whose a number is where the store knows it already."""
    entity, locale = context.entity("customer"), door.locale()
    made = []
    for name in PERSON:
        error = errors[name].label.text(locale) if name in errors else None
        field = entity.by_name[name]
        made.append(control(field, locale, typed=typed.get(name, ""), error=error, required=False))
    if offers := attachable(context, typed):
        error = errors["person"].label.text(locale) if "person" in errors else None
        made.append(select("person", w.PERSON, offers, typed.get("person", ""), error))
    relations = [Option(value=OWNER, text=w.OWNER.text(locale)), Option(value=BRINGER, text=w.BRINGER.text(locale))]
    error = errors["relation"].label.text(locale) if "relation" in errors else None
    made.append(select("relation", w.RELATION, relations, typed.get("relation") or (BRINGER if car else OWNER), error))
    return made


def attachable(context: Context, typed: Mapping[str, str]) -> list[Option]:
    """The store's customers who have the number, and a new one who shares it; nothing for a number not known here."""
    try:
        known = mine(context, people(context, typed["phone"])) if typed.get("phone", "").strip() else []
    except Invalid:
        return []
    presenter, locale = Presenter(context, context.entity("customer")), door.locale()
    names = [(str(one.id), w.ATTACH.format(name=presenter.title(one, locale)).text(locale)) for one in known]
    found = [Option(value=number, text=text) for number, text in names]
    return [*found, Option(value=NEW, text=w.SHARE.text(locale))] if found else []


def select(name: str, label: Label, options: list[Option], chosen: str, error: str | None) -> Control:
    """A choice that must be made."""
    marked = tuple(replace(one, selected=one.value == chosen) for one in options)
    return Control(
        name=name, label=label.text(door.locale()), widget="select", options=marked, required=True, error=error
    )
