"""Undo from the trail: what would go back and what somebody changed since, written as ordinary changes of records."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from app.audit.read import Act, acts, history
from app.core.action import Action
from app.core.entity import Entity
from app.core.errors import Conflict, Invalid, NotFound, Refusal
from app.core.field import Field, State
from app.core.label import Label
from app.records import override, write
from app.records.context import Context
from app.records.event import note
from app.records.past import past_value
from app.records.plan import plan_of, within
from app.records.present import Presenter
from app.records.row import Record, select

NEAR = 100_000  # entries of one act lie no further apart: trail.act
ENTRIES = 20_000  # read at once
MOST = 500  # records of one bulk edit

SEALED = Label(
    "操作轨迹不保存受保护的内容，无法恢复；请重新填写。",
    "The trail keeps no protected values, so it cannot be restored; enter it anew.",
)
BY_SYSTEM = Label(
    "由系统或流程步骤填写，不能直接改回。", "Filled in by the system or by a step; it is not set back by hand."
)
ERASED = Label("历史内容已抹除，无法恢复。", "Its past values were erased, so it cannot be restored.")
NOTHING_LEFT = Label(
    "没有可以撤销的内容：相关栏目已是原值、之后又被修改过，或无法恢复。",
    "Nothing to undo: the fields hold their former values, were changed again since, or cannot be restored.",
)
FAR = Label(
    "这次修改太久远，无法自动撤销；请手工修改。", "This lies too far back to be undone; edit the record instead."
)
MANY = Label("一次最多撤销 {n} 条记录。", "At most {n} records are undone at once.").format(n=MOST)
AS_IT_STOOD = Label("撤销，恢复此前保存过的值", "Undone: a value that was saved before")


class To(StrEnum):
    """How far a record goes back: before one act, or to the moment after it."""

    ACT = "act"
    MOMENT = "moment"


class Nothing(Refusal):
    """There is nothing that could be undone."""

    status = 409
    code = "nothing_to_undo"


@dataclass(frozen=True, slots=True)
class Step:
    """One field on its way back, values as the trail keeps them."""

    field: Field
    now: Any  # the stored value; None for a sealed one
    then: Any
    since: Act | None = None  # who changed it meanwhile; it is spared unless it is chosen
    bar: Label | None = None  # why it cannot go back


@dataclass(frozen=True, slots=True)
class Undoing:
    """What undoing would do to one record."""

    entity: Entity
    record: Record
    act: Act
    to: To
    steps: tuple[Step, ...]

    def going(self, others: Collection[str] = (), only: Collection[str] | None = None) -> list[Step]:
        """The steps that are taken: those nobody changed since and those of `others`; of `only` where it is given."""
        return [
            step
            for step in self.steps
            if step.bar is None
            and (step.since is None or step.field.name in others)
            and (only is None or step.field.name in only)
        ]


def plan(context: Context, entity: Entity, number: int, entry: int, to: To = To.ACT) -> Undoing:
    """What undoing the act of an entry would do to a record, or going back to the moment after it.

    Raises NotFound for an entry that is not the record's or not to be read, Forbidden without the right to update.
    """
    found = plans(context, entity, [number], entry, to)
    if not found:
        raise NotFound
    return found[0]


def plans(context: Context, entity: Entity, numbers: Collection[int], entry: int, to: To = To.ACT) -> list[Undoing]:
    """The same for each of some records the actor may see; three statements however many they are."""
    context.demand(Action.UPDATE, entity)
    if len(numbers) > MOST:
        raise Nothing(MANY, "too_many")
    if not 0 < entry < 2**63:
        raise NotFound
    rows = select(
        context.connection,
        f"SELECT {plan_of(entity).columns} FROM {plan_of(entity).table} t WHERE t.id = ANY (%s)"
        f" AND {within(entity, context.actor.extent(entity.name))} ORDER BY t.id",
        (list(numbers),),
    )
    records = [Record(plan_of(entity), row) for row in rows]
    since = max(entry - NEAR, 0)
    entries = history(context.connection, entity.name, [one.id for one in records], limit=ENTRIES, since=since)
    if len(entries) == ENTRIES:
        raise Nothing(FAR, "too_far")
    told: dict[int, list[Any]] = {}
    for one in entries:
        told.setdefault(one.record_id, []).append(one)
    anchor = next((one.act for one in entries if one.id == entry), None)
    made = (of_record(context, entity, record, acts(told.get(record.id, ())), anchor, to) for record in records)
    return [one for one in made if one is not None]


def of_record(  # noqa: PLR0917  # what the undoing of a record is made of
    context: Context, entity: Entity, record: Record, told: tuple[Act, ...], anchor: str | None, to: To
) -> Undoing | None:
    """What would go back in one record whose acts were told, newest first; None when it had no part in the act."""
    place = next((nth for nth, act in enumerate(told) if act.last.act == anchor), None)
    if place is None:
        return None
    act, later = told[place], told[:place]
    shown = Presenter(context, entity, masked=False).states(record)
    writable = context.policy(entity).writable
    steps = []
    for field in entity.fields:
        if shown[field.name] is State.HIDDEN:
            continue
        step = before_act(field, record, act, later) if to is To.ACT else at_moment(context, field, record, later)
        if step is not None:
            steps.append(barred(step, writable, [act, *later]))
    return Undoing(entity, record, act, to, tuple(steps))


def before_act(field: Field, record: Record, act: Act, later: tuple[Act, ...]) -> Step | None:
    """A field as it stood before the act; None when the act did not move it or it stands so."""
    column = field.column
    if column not in act.columns or not act.moved(column) or act.action == "insert":
        return None
    return standing(field, record, act.before(column), newest(later, column))


def at_moment(context: Context, field: Field, record: Record, later: tuple[Act, ...]) -> Step | None:
    """A field as it stood before all later acts; one's own changes go back, others' are spared."""
    moving = [act for act in later if field.column in act.columns and act.moved(field.column)]
    if not moving:
        return None
    others = tuple(act for act in moving if act.last.actor_id != context.actor.id)
    return standing(field, record, moving[-1].before(field.column), newest(others, field.column))


def newest(told: Iterable[Act], column: str) -> Act | None:
    """The latest act that moved a column."""
    return next((act for act in told if column in act.columns and act.moved(column)), None)


def standing(field: Field, record: Record, then: Any, since: Act | None) -> Step | None:
    """The step of a field to a former value; None when it holds that already."""
    if field.sealed:
        return Step(field, None, then, since)
    now = record[field.name]
    return None if now == past_value(field, then) else Step(field, now, then, since)


def barred(step: Step, writable: frozenset[str], told: list[Act]) -> Step:
    """The step with the reason why it cannot be taken, where there is one."""
    bar = None
    if step.field.sealed:
        bar = SEALED
    elif step.field.name not in writable:
        bar = BY_SYSTEM
    elif any(act.erased for act in told):
        bar = ERASED
    return Step(step.field, step.now, step.then, step.since, bar)


def undo(  # what to undo, and how much of it
    context: Context,
    undoing: Undoing,
    *,
    version: int | None = None,
    others: Collection[str] = (),
    only: Collection[str] | None = None,
) -> int:
    """Takes the steps as one ordinary change of the record at `version`, noted as an undoing; its new version.

    Raises Nothing when no step is left, Conflict and Invalid as any other change does.
    """
    entity, record = undoing.entity, undoing.record
    steps = undoing.going(others, only)
    if not steps:
        raise Nothing(NOTHING_LEFT)
    given = {one.field.name: raw(one) for one in steps}
    why = {name: AS_IT_STOOD.zh for name in given if override.doubting(entity.by_name[name])}
    stands = record.version if version is None else version
    after = write.update(context, entity, record.id, stands, given, reasons=why)
    details = {"entry": undoing.act.last.id, "to": undoing.to.value, "fields": sorted(given)}
    note(context.connection, "undo", entity, record=record.id, store=record.store, details=details)
    return after


def raw(step: Step) -> Any:
    """The former value as a client would give it."""
    value = past_value(step.field, step.then)
    return None if value is None else step.field.kind.dump(value)


def undo_many(context: Context, all_of: Iterable[Undoing], *, others: bool) -> tuple[list[int], dict[int, Refusal]]:
    """Undoes each that can be; answers the records that went back, and why the others did not."""
    done: list[int] = []
    refused: dict[int, Refusal] = {}
    for one in all_of:
        chosen = [step.field.name for step in one.steps] if others else []
        try:
            with context.connection.begin_nested():
                undo(context, one, others=chosen)
        except (Invalid, Conflict, Nothing) as refusal:
            refused[one.record.id] = refusal
        else:
            done.append(one.record.id)
    return done, refused


def spared(steps: Iterable[Step]) -> Mapping[str, Act]:
    """Who changed what since, by field: what goes back only when it is chosen."""
    return {step.field.name: step.since for step in steps if step.since is not None and step.bar is None}
