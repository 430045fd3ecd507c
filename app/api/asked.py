"""What a list is asked for, in plain parameters or in FAB's Rison."""

from collections.abc import Iterable
from dataclasses import dataclass

from werkzeug.datastructures import MultiDict

from app.access.state import FieldPolicy
from app.api import rison
from app.core.entity import Entity
from app.core.errors import Malformed
from app.core.label import Label
from app.records.query import DEEPEST, SIZE, Query, condition, cursor_of, ordering, sizing, split, unknown

PLAIN = frozenset({"where", "order", "size", "after", "q", "fields", "count"})
ALWAYS = frozenset({"id", "version", "store", "created_at", "updated_at"})  # in every record, asked for or not
YES, NO = frozenset({"", "1", "true", "yes"}), frozenset({"0", "false", "no"})

STRAY = Label("不认识参数“{name}”。", "There is no parameter “{name}”.")
MANY = Label("条件太多，最多 20 个。", "Too many conditions: at most 20.")
EITHER = Label("用了 Rison 的 q，就不能再用其他参数。", "With Rison in q no other parameter is taken.")
COUNT = Label("count 只能是 true 或 false。", "count is true or false.")


@dataclass(frozen=True, slots=True)
class Asked:
    """A list's question, the fields to tell (None for all visible ones), and whether to count."""

    query: Query
    only: frozenset[str] | None
    counted: bool = True


def asked(entity: Entity, policy: FieldPolicy, args: "MultiDict[str, str]") -> Asked:
    """The question of an address; raises Malformed or Invalid for whatever in it is not understood."""
    if stray := next((name for name in args if name not in PLAIN), None):
        raise Malformed(STRAY.format(name=stray[:30]), "unknown_parameter")
    text = args.get("q", "").strip()
    if not rison.is_rison(text):
        return _plain(entity, policy, args, text)
    if len(args) > 1:
        raise Malformed(EITHER, "unknown_parameter")
    found = rison.asked(text)
    return Asked(rison.query_of(entity, policy, found), told(entity, policy, rison.columns_of(found)))


def told(entity: Entity, policy: FieldPolicy, names: Iterable[str]) -> frozenset[str] | None:
    """The chosen fields, each one visible; None where none was chosen."""
    chosen = frozenset(names) - ALWAYS
    for name in chosen:
        if entity.field(name) is None or name not in policy.visible:
            raise unknown(name)
    return chosen if names else None


def fields_asked(entity: Entity, policy: FieldPolicy, args: "MultiDict[str, str]") -> frozenset[str] | None:
    """The chosen fields of a parameter `fields=name,stage`."""
    text = args.get("fields", "")
    return told(entity, policy, [name.strip() for name in text.split(",")] if text else [])


def _plain(entity: Entity, policy: FieldPolicy, args: "MultiDict[str, str]", words: str) -> Asked:
    where = args.getlist("where")
    if len(where) > DEEPEST:
        raise Malformed(MANY, "conditions")
    name, descending = ordering(entity, policy, args.get("order", "") or entity.order)
    query = Query(
        conditions=tuple(condition(entity, policy, *split(one)) for one in where),
        order=name,
        descending=descending,
        cursor=cursor_of(entity, name, args.get("after", "")),
        size=sizing(args["size"]) if "size" in args else SIZE,
        words=words,
    )
    return Asked(query, fields_asked(entity, policy, args), _counted(args.get("count", "")))


def _counted(text: str) -> bool:
    if text.lower() in NO:
        return False
    if text.lower() in YES:
        return True
    raise Malformed(COUNT)
