"""FAB's way to ask for a list: one parameter `q` in Rison."""

from typing import Any

import prison  # type: ignore[import-untyped]
from prison.decoder import ParserException  # type: ignore[import-untyped]

from app.access.state import FieldPolicy
from app.core.entity import Entity
from app.core.errors import Malformed
from app.core.label import Label
from app.records.query import DEEPEST, FURTHEST, SIZE, Condition, Query, condition, ordering, sizing

LONGEST = 8_000  # characters
NESTED = 8  # lists and objects within each other
KEYS = frozenset({"filters", "order_column", "order_direction", "page", "page_size", "columns"})
MOST = {"filters": DEEPEST, "columns": 200}
FILTER = {"col", "opr", "value"}
WAYS = {"asc": "", "desc": "-"}
OURS = {"neq": "ne"}  # FAB's names of operators that differ from ours

BROKEN = Label("参数 q 不是有效的 Rison。", "The parameter q is not valid Rison.")
KEY = Label("参数 q 里有不认识的键“{key}”。", "The parameter q has an unknown key “{key}”.")
KIND = Label("参数 q 里的“{key}”格式不对。", "“{key}” in the parameter q has the wrong form.")
FAR = Label("翻得太深，请改用 after。", "Too far to count pages: use after.")


def is_rison(text: str) -> bool:
    """Whether `q` asks in Rison: search words do not begin with a parenthesis."""
    return text.startswith("(")


def asked(text: str) -> dict[str, Any]:
    """The parts of the question; raises Malformed for what cannot be read and for keys that mean nothing here."""
    if len(text) > LONGEST or _depth(text) > NESTED:
        raise Malformed(BROKEN)
    try:
        found = prison.loads(text)
    except (ParserException, ValueError, IndexError, TypeError, KeyError, OverflowError, RecursionError):
        raise Malformed(BROKEN) from None
    if not isinstance(found, dict):
        raise Malformed(BROKEN)
    if stray := sorted(set(found) - KEYS):
        raise Malformed(KEY.format(key=str(stray[0])[:30]))
    return found


def query_of(entity: Entity, policy: FieldPolicy, found: dict[str, Any]) -> Query:
    """The list the question asks for, checked."""
    size = sizing(found.get("page_size", SIZE))
    name, descending = ordering(entity, policy, _order(entity, found))
    return Query(
        conditions=tuple(_condition(entity, policy, one) for one in _list(found, "filters")),
        order=name,
        descending=descending,
        size=size,
        offset=_offset(found.get("page", 0), size),
    )


def columns_of(found: dict[str, Any]) -> list[str]:
    """The names of the fields asked for; empty for all."""
    names = _list(found, "columns")
    if not all(isinstance(name, str) for name in names):
        raise wrong("columns")
    return names


def wrong(key: str) -> Malformed:
    """The refusal of a part that has the wrong form."""
    return Malformed(KIND.format(key=key))


def _depth(text: str) -> int:
    deepest = level = 0
    for letter in text:
        level += (letter == "(") - (letter == ")")
        deepest = max(deepest, level)
    return deepest


def _list(found: dict[str, Any], key: str) -> list[Any]:
    value = found.get(key, [])
    if not isinstance(value, list) or len(value) > MOST[key]:
        raise wrong(key)
    return value


def _order(entity: Entity, found: dict[str, Any]) -> str:
    column, way = found.get("order_column"), found.get("order_direction", "asc")
    if not isinstance(way, str) or way not in WAYS:
        raise wrong("order_direction")
    if column is None:
        return entity.order
    if not isinstance(column, str):
        raise wrong("order_column")
    return WAYS[way] + column.removeprefix("-")


def _offset(page: object, size: int) -> int:
    if not isinstance(page, int) or isinstance(page, bool) or page < 0:
        raise wrong("page")
    if page * size > FURTHEST:
        raise Malformed(FAR, "use_after")
    return page * size


def _condition(entity: Entity, policy: FieldPolicy, one: object) -> Condition:
    if not isinstance(one, dict) or set(one) != FILTER:
        raise wrong("filters")
    name, operator = one["col"], one["opr"]
    if not isinstance(name, str) or not isinstance(operator, str):
        raise wrong("filters")
    return condition(entity, policy, name, OURS.get(operator, operator), one["value"])
