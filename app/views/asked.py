"""What a list page was asked for, from its address; and the addresses of its neighbours."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from urllib.parse import urlencode

from flask import request
from werkzeug.datastructures import MultiDict

from app.access.state import FieldPolicy
from app.core.entity import Entity
from app.core.errors import Malformed
from app.core.label import Label
from app.models.table import key_column
from app.records.query import DEEPEST, SIZE, Cursor, Query, condition, decode, encode, ordering, sizing

SPLIT = "~"  # between field, operator and value of a condition in an address


@dataclass(frozen=True, slots=True)
class Asked:
    """The parts of a list's address, as they stand in it."""

    where: tuple[str, ...] = ()
    order: str = ""
    size: str = ""
    after: str = ""
    words: str = ""
    view: str = ""

    @classmethod
    def of(cls, args: "MultiDict[str, str]") -> "Asked":
        """The parts of an address's query."""
        known = {name: args.get(name, "") for name in ("order", "size", "after", "view")}
        return cls(where=tuple(args.getlist("where")), words=args.get("q", "").strip(), **known)

    def pairs(self) -> list[tuple[str, str]]:
        """The query's pairs, empty ones left out."""
        named = [
            ("q", self.words),
            ("order", self.order),
            ("size", self.size),
            ("view", self.view),
            ("after", self.after),
        ]
        return [("where", one) for one in self.where] + [(name, value) for name, value in named if value]

    def href(self, base: str, **changes: object) -> str:
        """The address with some parts changed; a changed question starts at its first page."""
        first = {} if "after" in changes else {"after": ""}
        pairs = replace(self, **first, **changes).pairs()  # type: ignore[arg-type]
        return f"{base}?{urlencode(pairs)}" if pairs else base


def query_of(entity: Entity, policy: FieldPolicy, asked: Asked) -> Query:
    """The question an address asks, checked."""
    if len(asked.where) > DEEPEST:
        raise Malformed(Label("条件太多，最多 20 个。", "Too many conditions: at most 20."), "conditions")
    name, descending = ordering(entity, policy, asked.order or entity.order)
    return Query(
        conditions=tuple(condition(entity, policy, *split(one)) for one in asked.where),
        order=name,
        descending=descending,
        cursor=cursor_of(entity, name, asked.after),
        size=sizing(asked.size) if asked.size else SIZE,
        words=asked.words,
    )


def cursor_of(entity: Entity, order: str, text: str) -> Cursor | None:
    """The cursor of an address, for the order it is used with."""
    if not text:
        return None
    field = entity.field(order)
    return decode(text, field, textual=field is not None and key_column(field) is not None)


def cursor_text(entity: Entity, order: str, cursor: Cursor | None) -> str | None:
    """A cursor as it stands in an address."""
    return None if cursor is None else encode(cursor, entity.field(order))


def split(text: str) -> tuple[str, str, str]:
    """The field, operator and value of a condition in an address."""
    parts = text.split(SPLIT, 2)
    if len(parts) != 3:  # noqa: PLR2004  # field, operator, value
        raise Malformed(Label("筛选条件无效，请重新添加。", "This condition is not valid; add it again."), "condition")
    field, operator, value = parts
    return (field, "has", "0") if operator == "has_no" else (field, operator, value)


def added(found: Callable[[str, str], Sequence[str]]) -> str | None:
    """The condition the form of this page asks to add, as it stands in an address; None when it adds none.

    `found(field, words)` looks up a reference by words the picker did not settle.
    """
    field, operator = request.args.get("field", ""), request.args.get("op", "")
    if not field or not operator:
        return None
    values = [value for value in request.args.getlist("value") if value]
    words = request.args.get("value__text", "").strip()
    if words and words != request.args.get("value__was", "").strip():
        values = list(found(field, words))
    return SPLIT.join((field, operator, ",".join(values)))
