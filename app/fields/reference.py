"""Pointers to other records."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from app.core.field import NAME
from app.core.kind import EQUALITY, Operator
from app.core.label import Label
from app.fields.base import BIGINT, COMMON, Parametric, misfit
from app.fields.words import folded

_DIGITS = 19  # of the greatest bigint

REFUSALS = {
    **COMMON,
    "reference_form": Label("请从列表中选择一条记录。", "Choose a record from the list."),
}


@dataclass(frozen=True)
class Pointer(Parametric):
    """What pointers share: the id of a record."""

    sql: ClassVar[str] = "bigint"
    sortable: ClassVar[bool] = False
    refusals: ClassVar[Mapping[str, Label]] = REFUSALS

    def read(self, raw: object) -> int | None:
        """The id, from a number or its digits; whether the record exists and may be seen, others ask."""
        text = self.written(raw)
        if text is None:
            return None
        digits = folded(text) if len(text) <= 2 * _DIGITS else ""
        if not (digits.isascii() and digits.isdecimal() and 0 < int(digits) <= BIGINT):
            raise self.unfit("reference_form")
        return int(digits)

    def schema(self) -> dict[str, Any]:
        """A positive int64."""
        return {"type": "integer", "format": "int64", "minimum": 1, "maximum": BIGINT}

    def example(self, n: int) -> int:
        """The n-th id."""
        return n % BIGINT + 1


@dataclass(frozen=True)
class Reference(Pointer):
    """The id of a record of the entity `target`."""

    code: ClassVar[str] = "reference"
    operators: ClassVar[tuple[Operator, ...]] = EQUALITY
    widget: ClassVar[str] = "picker"
    label: ClassVar[Label] = Label("关联", "Reference")

    target: str
    past: bool = False  # whether pickers also offer what is not offered any more: the record tells of former days

    def __post_init__(self) -> None:
        if not isinstance(self.target, str) or not NAME.match(self.target):
            raise misfit("target")
        if not isinstance(self.past, bool):
            raise misfit("past")
