"""What a list is asked for: conditions, order, place and size, checked against the actor's rights."""

import base64
import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from app.access.state import FieldPolicy
from app.core.entity import Entity
from app.core.errors import Invalid, Malformed, Unfit
from app.core.field import Field, Relation
from app.core.kind import Operator
from app.core.label import Label
from app.models.table import index_column, key_column

SIZE, LARGEST = 25, 200
DEEPEST = 20  # conditions
FURTHEST = 10_000  # records an offset may skip; beyond it a cursor leads on
SPLIT = "~"  # between field, operator and value of a condition in an address


@dataclass(frozen=True, slots=True)
class Condition:
    """One comparison; `value` is one the kind read, a tuple of them for IN, a boolean for HAS, text for TAIL."""

    field: Field
    operator: Operator
    value: Any


@dataclass(frozen=True, slots=True)
class Cursor:
    """A place in an ordered list: the sort value there (None where there is none) and the id; `back` looks before."""

    value: Any
    id: int
    back: bool = False


@dataclass(frozen=True, slots=True)
class Query:
    """A list's question; `order` is a field's name or "id"."""

    conditions: tuple[Condition, ...] = ()
    order: str = "id"
    descending: bool = True
    cursor: Cursor | None = None
    size: int = SIZE
    words: str = ""
    ids: tuple[int, ...] | None = None  # only these
    offered: bool = False  # only what is still to be chosen, see Entity.offered
    offset: int = 0  # records to skip, for clients that count pages; a cursor costs the same on every page


def unknown(name: str) -> Malformed:
    """The refusal of a field that does not exist or may not be asked about: the two are not told apart."""
    return Malformed(
        Label("没有可用于此的字段“{name}”。", "There is no field “{name}” to use here.").format(name=name[:60]),
        "unknown_field",
    )


def split(text: str) -> tuple[str, str, str]:
    """The field, operator and value of a condition in an address."""
    parts = text.split(SPLIT, 2)
    if len(parts) != 3:  # noqa: PLR2004  # field, operator, value
        raise Malformed(Label("筛选条件无效，请重新添加。", "This condition is not valid; add it again."), "condition")
    field, operator, value = parts
    return (field, "has", "0") if operator == "has_no" else (field, operator, value)


def condition(entity: Entity, policy: FieldPolicy, name: str, operator: str, raw: object) -> Condition:
    """A condition from its words; raises Malformed for an unknown field or operator, Invalid for an unfit value."""
    field = entity.field(name)
    if field is None:
        raise unknown(name)
    try:
        verb = Operator(operator)
    except ValueError:
        raise no_operator(operator) from None
    if verb not in field.kind.operators:
        raise no_operator(operator)
    if verb not in operators(policy, field):
        raise unknown(name)
    try:
        return Condition(field, verb, value_of(field, verb, raw))
    except Unfit as unfit:
        raise Invalid({name: unfit}) from None


def operators(policy: FieldPolicy, field: Field) -> tuple[Operator, ...]:
    """The comparisons the actor may make: on a protected field its presence and, by right, its whole value.

    Presence is a value too, so it is not told where the field is hidden in any of his records.
    """
    if field.name in policy.queryable:
        return field.kind.operators
    allowed: set[Operator] = set()
    if all(policy.state(field.name, relation) for relation in Relation):
        allowed.add(Operator.HAS)
    if field.name in policy.findable and index_column(field) is not None:
        allowed |= {Operator.EQ, Operator.TAIL}
    return tuple(operator for operator in field.kind.operators if operator in allowed)


def no_operator(operator: str) -> Malformed:
    """The refusal of an operator the field does not have."""
    words = Label("这个字段不支持比较方式“{operator}”。", "This field cannot be compared by “{operator}”.")
    return Malformed(words.format(operator=str(operator)[:30]), "unknown_operator")


def value_of(field: Field, operator: Operator, raw: object) -> Any:
    """A condition's value as the operator needs it; raises Unfit."""
    if operator is Operator.HAS:
        if isinstance(raw, bool):
            return raw
        if str(raw).strip().lower() in ("1", "true", "yes", "是", ""):
            return True
        if str(raw).strip().lower() in ("0", "false", "no", "否"):
            return False
        raise Unfit("has", Label("请填“是”或“否”。", "Use yes or no."))
    if operator is Operator.IN:
        return tuple(_one(field, part) for part in _parts(raw))
    if operator is Operator.TAIL:
        text = str(raw).strip().upper()
        if not text or len(text) > 12 or not text.isalnum():  # noqa: PLR2004  # longer than any tail we index
            raise Unfit("tail", Label("请填末几位数字或字母。", "Give the last digits or letters."))
        return text
    return _one(field, raw)


def _one(field: Field, raw: object) -> Any:
    value = field.kind.seek(raw)
    if value is None:
        raise Unfit("empty", Label("请填写要比较的内容。", "Give a value to compare with."))
    return value


def _parts(raw: object) -> Sequence[object]:
    parts = raw if isinstance(raw, list | tuple) else str(raw).split(",")
    if not parts or len(parts) > LARGEST:
        raise Unfit("in", Label("请给出 1 到 200 个值。", "Give between 1 and 200 values."))
    return parts


def ordering(entity: Entity, policy: FieldPolicy, text: str) -> tuple[str, bool]:
    """The order in words ("name", "-bought_on") as (field or "id", descending)."""
    descending = text.startswith("-")
    name = text.removeprefix("-")
    if name == "id":
        return name, descending
    field = entity.field(name)
    if field is None or name not in policy.sortable:
        raise unknown(name)
    return name, descending


def sizing(raw: object) -> int:
    """A page's size between 1 and 200."""
    try:
        size = int(str(raw))
    except ValueError:
        size = 0
    if not 1 <= size <= LARGEST:
        raise Malformed(Label("每页条数应在 1 到 200 之间。", "A page holds between 1 and 200 records."), "page_size")
    return size


def natural(raw: object, most: int = 2**63 - 1) -> int | None:
    """The number written in decimal digits, up to `most`; None for anything else."""
    text = str(raw).strip()
    if isinstance(raw, bool) or not text.isdecimal() or len(text) > len(str(most)):
        return None
    return int(text) if int(text) <= most else None


def encode(cursor: Cursor, field: Field | None) -> str:
    """A cursor as text for a link."""
    value = (
        cursor.value
        if field is None or cursor.value is None or isinstance(cursor.value, str)
        else field.kind.dump(cursor.value)
    )
    text = json.dumps([value, cursor.id, int(cursor.back)], ensure_ascii=False, separators=(",", ":"))
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def decode(text: str, field: Field | None, *, textual: bool) -> Cursor:
    """The cursor a link carries; `textual` sort values (pinyin keys) are taken as they stand."""
    broken = Malformed(
        Label("翻页位置无效，请回到第一页。", "This place in the list is not valid; go back to the first page."),
        "cursor",
    )
    try:
        value, number, back = json.loads(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))
        if not isinstance(number, int) or isinstance(number, bool) or not 0 < number < 2**63:
            raise broken
        if value is not None and not textual:
            if field is None:
                raise broken
            value = field.kind.seek(value)
        elif value is not None and not (isinstance(value, str) and value.encode()):
            raise broken
        return Cursor(value, number, bool(back))
    except (ValueError, TypeError, RecursionError):
        raise broken from None


def cursor_of(entity: Entity, order: str, text: str) -> Cursor | None:
    """The cursor of an address, for the order it is used with."""
    if not text:
        return None
    field = entity.field(order)
    return decode(text, field, textual=field is not None and key_column(field) is not None)


def cursor_text(entity: Entity, order: str, cursor: Cursor | None) -> str | None:
    """A cursor as it stands in an address."""
    return None if cursor is None else encode(cursor, entity.field(order))
