"""Named actions on one record: the moves of its life cycle, and what rules add to them."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from app.core.action import Action
from app.core.entity import Entity
from app.core.errors import Forbidden, Invalid, NotFound, Unfit
from app.core.field import Field
from app.core.kind import Kind
from app.core.label import Label
from app.core.rules import Derive, Lifecycle, Move
from app.records import write
from app.records.context import Context
from app.records.query import unknown
from app.records.read import fetch
from app.records.row import Record
from app.records.rulebook import NO_WAY, NOT_YOURS, RULEBOOK, Deed, Outcome

BECAUSE = "SELECT set_config('forecourt.reason', %s, true)"
DONE = Label("已完成：{what}。", "Done: {what}.")
ELSEWHERE = Label(
    "已完成：{what}。按规则，现在的状态是“{state}”。", "Done: {what}. By the rules it is at “{state}” now."
)


def possible(context: Context, entity: Entity, record: Record) -> list[Deed]:
    """What this actor may do with this record now, moves first."""
    return [deed for deed in deeds(entity) if open_to(context, entity, deed) and deed.applies(context, record)]


def deeds(entity: Entity) -> list[Deed]:
    """Every named action on an entity's records."""
    life = RULEBOOK.lifecycle(entity.name)
    moves = [step(entity, life, move) for move in life.moves] if life else []
    return [*moves, *RULEBOOK.deeds.get(entity.name, ())]


def open_to(context: Context, entity: Entity, deed: Deed) -> bool:
    """Whether his grants and roles let this actor do it with some record."""
    actor = context.actor
    allowed = actor.may(deed.action, entity.name) and (deed.makes is None or actor.may(Action.CREATE, deed.makes))
    return allowed and (not deed.by or not actor.roles.isdisjoint(deed.by))


def found(context: Context, entity: Entity, code: str) -> Deed:
    """The named action of that code; NotFound when there is none, Forbidden when it is not for this actor."""
    deed = next((one for one in deeds(entity) if one.code == code), None)
    if deed is None:
        raise NotFound
    context.demand(deed.action, entity)
    if not open_to(context, entity, deed):
        raise Forbidden(NOT_YOURS)
    return deed


def take(  # noqa: PLR0917  # what a deed is made of
    context: Context, entity: Entity, number: int, version: int | None, code: str, given: Mapping[str, object]
) -> Outcome:
    """Does a named action on a record that stands at `version` (None: whichever), with raw values of what it asks for.

    Raises Conflict when somebody changed the record since, Invalid when it is not its time or an answer does not fit.
    """
    deed = found(context, entity, code)
    record = fetch(context, entity, number)
    if version is not None and record.version != version:
        raise write.conflict(context, entity, record, {})
    if not deed.applies(context, record):
        life = RULEBOOK.lifecycle(entity.name)
        raise Invalid({life.field if life else entity.title: Unfit("move", NO_WAY)})
    values = answers(deed, given)
    # Histories that follow from it name it as their reason, in the words that stand on the button.
    context.connection.exec_driver_sql(BECAUSE, (deed.label.zh,))
    outcome = deed.run(context, entity, record, values)
    context.connection.exec_driver_sql(BECAUSE, ("",))
    return outcome


def answers(deed: Deed, given: Mapping[str, object]) -> dict[str, Any]:
    """The raw values of what a deed asks for, through their kinds; Invalid tells all that is wrong or missing."""
    by_name = {field.name: field for field in deed.fields}
    if stray := next((name for name in given if name not in by_name), None):
        raise unknown(stray)
    values: dict[str, Any] = {}
    wrong: dict[str, Unfit] = {}
    for name, field in by_name.items():
        try:
            values[name] = write.read_one(field, given.get(name), writable=True)
        except Unfit as unfit:
            wrong[name] = unfit
        else:
            if values[name] is None and field.required:
                wrong[name] = write.MISSING
    if wrong:
        raise Invalid(wrong)
    return values


def step(entity: Entity, life: Lifecycle, move: Move) -> Deed:
    """A move of a life cycle as a named action."""
    needed = life.needs.get(move.target, ())
    fields = tuple(asked(entity.by_name[name], required=name in needed) for name in move.asks)

    led = any(life.field in derive.values for derive in RULEBOOK.of(entity.name, Derive))

    def go(context: Context, entity: Entity, record: Record, values: Mapping[str, Any]) -> Outcome:
        raw = {field.name: values[field.name] for field in fields if values.get(field.name) is not None}
        write.update(context, entity, record.id, record.version, {}, fixed=raw | {life.field: move.target})
        # Where a rule may lead elsewhere, the person is told where it led.
        state = fetch(context, entity, record.id)[life.field] if led else move.target
        if state == move.target:
            return Outcome(DONE.format(what=move.label))
        return Outcome(ELSEWHERE.format(what=move.label, state=worded(entity.by_name[life.field].kind, state)))

    return Deed(
        code=move.code,
        label=move.label,
        run=go,
        fields=fields,
        action=Action.UPDATE,
        by=move.by,
        applies=lambda _context, record: record[life.field] in move.sources,
        danger=move.danger,
    )


def worded(kind: Kind, value: Any) -> Label:
    """A value as people read it."""
    return Label(kind.show(value, "zh"), kind.show(value, "en"))


def asked(field: Field, *, required: bool) -> Field:
    """A field as a move asks for it."""
    return replace(field, required=required or field.required, readonly=False)
