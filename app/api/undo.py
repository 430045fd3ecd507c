"""A record's history, and taking back what it tells, for programs."""

from collections.abc import Iterable, Mapping
from typing import Any

from flask import request

from app.api.body import version_of
from app.audit.read import Act, act_records, acts, history
from app.audit.undo import Step, To, Undoing, plan, plans, undo, undo_many
from app.core.entity import Entity
from app.core.errors import Malformed, NotFound
from app.core.field import Field, State
from app.core.label import Label
from app.heads import door
from app.records import read
from app.records.context import Context
from app.records.past import past_value
from app.records.present import Presenter
from app.records.query import natural, unknown

SIZE = 100  # entries of a page
ENTRY = Label("entry 应是操作轨迹里一条记录的编号。", "`entry` is the id of an entry of the history.")
NAMES = Label("fields 和 others 应是字段名的列表。", "`fields` and `others` are lists of field names.")
TO = Label("to 应为 act 或 moment。", "`to` is act or moment.")
FLAG = Label("others 应为 true 或 false。", "`others` is true or false.")
FURTHER = Label("before 应为上一页 next 给出的编号。", "`before` is the id that `next` told.")


def told(context: Context, entity: Entity, number: int) -> dict[str, Any]:
    """A page of a record's acts, newest first, and where older ones go on."""
    record = read.get(context, entity, number)
    states = Presenter(context, entity).states(record)
    entries = history(context.connection, entity.name, [number], limit=SIZE + 1, until=before())
    found = acts(entries)
    more = len(entries) > SIZE
    whole = found[:-1] if more and len(found) > 1 else found  # the last may go on beyond what was read
    return {
        "result": [dumped(entity, states, act) for act in whole],
        "next": whole[-1].entries[-1].id if more else None,
    }


def before() -> int | None:
    """Where the page begins, as the address says."""
    raw = request.args.get("before")
    if raw is None:
        return None
    found = natural(raw)
    if not found:
        raise Malformed(FURTHER, "before")
    return found


def dumped(entity: Entity, states: Mapping[str, State], act: Act) -> dict[str, Any]:
    """An act as JSON carries it."""
    shown = [field for field in entity.fields if states[field.name] is not State.HIDDEN]
    return {
        "entry": act.last.id,
        "at": act.last.at,
        "by": act.last.actor_name,
        "via": act.last.actor_kind,
        "follows": act.follows,
        "action": act.action,
        "erased": act.erased,
        "changes": [change(one, states, act) for one in shown if one.column in act.columns and act.moved(one.column)],
    }


def change(field: Field, states: Mapping[str, State], act: Act) -> dict[str, Any]:
    """A field before and after an act; of a protected one nothing but that it changed."""
    if field.sealed or states[field.name] is State.MASKED:
        return {"field": field.name, "protected": True, "before": None, "after": None}
    was, became = (past_value(field, kept) for kept in (act.before(field.column), act.after(field.column)))
    return {"field": field.name, "protected": False, "before": field.kind.dump(was), "after": field.kind.dump(became)}


def back(context: Context, entity: Entity, number: int, given: dict[str, Any]) -> dict[str, Any]:
    """Undoes an act of a record that stands at the version the client read; what went back, and what stayed and why."""
    read.fetch(context, entity, number)
    version, entry, to = version_of(given), entry_of(given), to_of(given)
    others, only = names(entity, given.pop("others", [])), names(entity, given.pop("fields", None))
    if given:
        raise unknown(next(iter(given)))
    undoing = plan(context, entity, number, entry, to)
    after = undo(context, undoing, version=version, others=others or (), only=only)
    gone = [step.field.name for step in undoing.going(others or (), only)]
    return {"id": number, "version": after, "undone": gone, "kept": kept(undoing, gone)}


def kept(undoing: Undoing, gone: Iterable[str]) -> list[dict[str, Any]]:
    """What the act changed and what stays as it is, each with the reason."""
    taken = set(gone)
    return [
        {"field": step.field.name, "reason": "barred" if step.bar else "changed_since" if step.since else "not_asked"}
        | ({"message": words(step)} if step.bar or step.since else {})
        for step in undoing.steps
        if step.field.name not in taken
    ]


def words(step: Step) -> str:
    """Why a field stays, in the reader's language."""
    if step.bar:
        return step.bar.text(door.locale())
    return f"{step.since.last.actor_name or ''} {step.since.last.at.isoformat()}".strip() if step.since else ""


def back_all(context: Context, entity: Entity, given: dict[str, Any]) -> dict[str, Any]:
    """Undoes an act in every record it changed; which went back, and why the others did not."""
    entry, others = entry_of(given), given.pop("others", False)
    if not isinstance(others, bool):
        raise Malformed(FLAG, "others")
    if given:
        raise unknown(next(iter(given)))
    found = plans(context, entity, act_records(context.connection, entity.name, entry), entry)
    if not found:
        raise NotFound
    done, refused = undo_many(context, found, others=others)
    told = [
        {"id": number, "code": why.code, "message": why.label.text(door.locale())} for number, why in refused.items()
    ]
    return {"undone": done, "refused": told}


def entry_of(given: dict[str, Any]) -> int:
    """The entry that names the act."""
    entry = given.pop("entry", None)
    if not isinstance(entry, int) or isinstance(entry, bool) or entry < 1:
        raise Malformed(ENTRY, "entry")
    return entry


def to_of(given: dict[str, Any]) -> To:
    """How far back."""
    try:
        return To(given.pop("to", To.ACT))
    except ValueError:
        raise Malformed(TO, "to") from None


def names(entity: Entity, raw: object) -> list[str] | None:
    """Names of the entity's fields; None where none were given."""
    if raw is None:
        return None
    if not isinstance(raw, list) or not all(isinstance(one, str) for one in raw):
        raise Malformed(NAMES, "names")
    if stray := next((one for one in raw if entity.field(one) is None), None):
        raise unknown(stray)
    return raw
