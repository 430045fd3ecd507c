"""Amounts of yuan, stored in 分."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from app.core.label import Label
from app.fields.base import BIGINT, must_be_range
from app.fields.number import REFUSALS as NUMBER
from app.fields.number import WIDE, Numeric, exact, nth, places_of
from app.fields.words import folded

_WRITTEN = re.compile(
    r"([+-]?)\s*(?:¥|rmb|cny|人民币)?\s*([+-]?[0-9.,]+)\s*(万)?\s*(?:元整?|圆整?|rmb|cny)?", re.IGNORECASE
)
_PLACES = 2
_TEN_THOUSAND = 10_000


@dataclass(frozen=True)
class Money(Numeric):
    """An amount in whole 分; `min` and `max` are 分 too; people, files and clients give and get yuan."""

    code: ClassVar[str] = "money"
    sql: ClassVar[str] = "bigint"
    widget: ClassVar[str] = "money"
    label: ClassVar[Label] = Label("金额", "Money")
    refusals: ClassVar[Mapping[str, Label]] = {
        **NUMBER,
        "number_form": Label(
            "请填金额，例如 128000 或 1,234.50（元）。", "Give an amount in yuan, such as 128000 or 1,234.50."
        ),
        "number_places": Label("金额最多到分，即两位小数。", "An amount has at most two decimal places."),
    }

    min: int | None = 0
    max: int | None = None

    def __post_init__(self) -> None:
        must_be_range(self.min, self.max)

    def read(self, raw: object) -> int | None:
        """分 from yuan: "¥1,234.5", "12.8万元", 1234.5; raises Unfit `number_…`."""
        number = self.number(self._yuan(raw) if isinstance(raw, str) else raw)
        if number is None:
            return None
        if places_of(number) > _PLACES:
            raise self.unfit("number_places")
        value = int(number.scaleb(_PLACES, context=WIDE))
        if refusal := self.beyond(value, *self._bounds()):
            raise refusal
        return value

    def _yuan(self, raw: str) -> str:
        found = _WRITTEN.fullmatch(folded(raw)) if len(raw) <= 60 else None  # noqa: PLR2004
        if not found or (found[1] and found[2][0] in "+-"):
            return raw
        digits = found[1] + found[2]
        number = exact(digits)
        return digits if number is None or not found[3] else f"{WIDE.multiply(number, _TEN_THOUSAND):f}"

    def _bounds(self) -> tuple[int, int]:
        return (-BIGINT if self.min is None else self.min, BIGINT if self.max is None else self.max)

    def show(self, value: Any, locale: str) -> str:  # noqa: ARG002
        """Yuan with separators: 1,234.50."""
        return "" if value is None else _yuan(value, ",")

    def dump(self, value: Any) -> str | None:
        """Yuan with two places as text: "1234.50"."""
        return None if value is None else _yuan(value, "")

    def schema(self) -> dict[str, Any]:
        """A string of yuan with two places."""
        return {"type": "string", "format": "decimal", "pattern": r"^-?[0-9]+\.[0-9]{2}$"}

    def example(self, n: int) -> int:
        """The n-th amount of whole yuan from the least, or by 分 where the bounds are narrow."""
        low, high = self.min or 0, BIGINT if self.max is None else self.max
        return low + n * 100 if n * 100 <= high - low else nth(n, self.min, self.max)


def _yuan(value: int, separator: str) -> str:
    yuan, rest = divmod(abs(value), 100)
    return f"{'-' if value < 0 else ''}{yuan:{separator}}.{rest:02d}"
