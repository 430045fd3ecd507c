"""Whole numbers, decimals and yes or no."""

import decimal
import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from app.core.errors import Unfit
from app.core.kind import ORDERED, Operator
from app.core.label import Label
from app.fields.base import BIGINT, COMMON, Parametric, must_be_range, must_be_whole
from app.fields.words import folded

_PLAIN = re.compile(r"[+-]?(?:(?:[0-9]{1,3}(?:,[0-9]{3})+|[0-9]+)(?:\.[0-9]+)?|\.[0-9]+)")
_LONGEST = 60  # characters of a written number
_HUGE = 40  # a power of ten beyond every bound
WIDE = decimal.Context(prec=400, traps=[])  # wide enough never to round what passed the bounds

REFUSALS = {
    **COMMON,
    "number_form": Label("请填数字，例如 12500 或 12,500。", "Give a number, such as 12500 or 12,500."),
    "number_whole": Label("请填整数，不带小数。", "Give a whole number, without decimals."),
    "number_places": Label(
        "最多 {places} 位小数，请四舍五入后再填。", "At most {places} decimal places; round it first."
    ),
    "number_low": Label("不能小于 {limit}，请改大。", "It must be at least {limit}; give a greater one."),
    "number_high": Label("不能大于 {limit}，请改小。", "It must be at most {limit}; give a smaller one."),
}


def exact(raw: float | decimal.Decimal | str) -> decimal.Decimal | None:
    """The number exactly as written, or None when it is none; a float counts with the 15 digits a spreadsheet shows."""
    if isinstance(raw, bool):
        return None
    if isinstance(raw, str):
        text = folded(raw)
        return decimal.Decimal(text.replace(",", "")) if len(text) <= _LONGEST and _PLAIN.fullmatch(text) else None
    if isinstance(raw, float):
        if not math.isfinite(raw):
            return None
        return decimal.Decimal(int(raw)) if raw.is_integer() else decimal.Decimal(format(raw, ".15g"))
    number = decimal.Decimal(raw)
    return number if number.is_finite() else None


def places_of(number: decimal.Decimal) -> int:
    """How many decimal places the number needs."""
    exponent = number.normalize(WIDE).as_tuple().exponent
    return max(0, -exponent) if isinstance(exponent, int) else 0


@dataclass(frozen=True)
class Numeric(Parametric):
    """What numbers share: exact reading and bounds."""

    operators: ClassVar[tuple[Operator, ...]] = ORDERED
    widget: ClassVar[str] = "number"
    align: ClassVar[str] = "end"
    refusals: ClassVar[Mapping[str, Label]] = REFUSALS

    def number(self, raw: object) -> decimal.Decimal | None:
        """The exact number given, or None for nothing; raises Unfit `wrong_kind` or `number_form`."""
        if raw is None or (isinstance(raw, str) and not raw.strip()):
            return None
        if isinstance(raw, bool) or not isinstance(raw, int | float | decimal.Decimal | str):
            raise self.unfit("wrong_kind")
        number = exact(raw)
        if number is None:
            raise self.unfit("number_form")
        if number and not -_HUGE < number.adjusted() < _HUGE:
            raise self.unfit("number_form")
        return number

    def beyond(self, value: Any, low: Any, high: Any) -> Unfit | None:
        """The refusal of a value outside its bounds, or None; bounds as people read them."""
        if low is not None and value < low:
            return self.unfit("number_low", limit=self.show(low, "en"))
        if high is not None and value > high:
            return self.unfit("number_high", limit=self.show(high, "en"))
        return None


@dataclass(frozen=True)
class Integer(Numeric):
    """A whole number within bigint."""

    code: ClassVar[str] = "integer"
    sql: ClassVar[str] = "bigint"
    label: ClassVar[Label] = Label("整数", "Whole number")

    min: int | None = None
    max: int | None = None

    def __post_init__(self) -> None:
        must_be_range(self.min, self.max)

    def read(self, raw: object) -> int | None:
        """The whole number given, "12,500" and 12.0 included; raises Unfit `number_…`."""
        number = self.number(raw)
        if number is None:
            return None
        if places_of(number):
            raise self.unfit("number_whole")
        value = int(number)
        if refusal := self.beyond(value, *self._bounds()):
            raise refusal
        return value

    def _bounds(self) -> tuple[int, int]:
        return (-BIGINT if self.min is None else self.min, BIGINT if self.max is None else self.max)

    def schema(self) -> dict[str, Any]:
        """An int64 within the bounds."""
        low, high = self._bounds()
        return {"type": "integer", "format": "int64", "minimum": low, "maximum": high}

    def example(self, n: int) -> int:
        """The n-th number from the least, or from zero."""
        return nth(n, self.min, self.max)


def nth(n: int, low: int | None, high: int | None) -> int:
    """The n-th whole number within the bounds, counted from zero where zero is within them; turns round at the end."""
    start = low if low is not None else min(0, high if high is not None else 0)
    end = BIGINT if high is None else high
    return start + n % (end - start + 1)


@dataclass(frozen=True)
class Decimal(Numeric):
    """An exact number with a fixed count of decimal places, as `decimal.Decimal`."""

    code: ClassVar[str] = "decimal"
    label: ClassVar[Label] = Label("小数", "Decimal number")

    places: int = 2
    min: int | None = None
    max: int | None = None

    def __post_init__(self) -> None:
        must_be_whole("places", self.places, 0, 12)
        must_be_range(self.min, self.max)
        # The column's type depends on the places, and `sql` is an attribute of every kind.
        object.__setattr__(self, "sql", f"numeric(18,{self.places})")

    def read(self, raw: object) -> decimal.Decimal | None:
        """The number with exactly `places` places; raises Unfit `number_…`, never rounds."""
        number = self.number(raw)
        if number is None:
            return None
        if places_of(number) > self.places:
            raise self.unfit("number_places", places=self.places)
        value = number.quantize(decimal.Decimal(1).scaleb(-self.places), context=WIDE) + 0
        if refusal := self.beyond(value, *self._bounds()):
            raise refusal
        return value

    def _bounds(self) -> tuple[decimal.Decimal, decimal.Decimal]:
        most = (decimal.Decimal(10) ** 18 - 1).scaleb(-self.places)
        low = -most if self.min is None else max(-most, decimal.Decimal(self.min))
        return low, most if self.max is None else min(most, decimal.Decimal(self.max))

    def show(self, value: Any, locale: str) -> str:  # noqa: ARG002
        """Plain digits with every decimal place."""
        return "" if value is None else f"{value:f}"

    def dump(self, value: Any) -> str | None:
        """The digits as text, since JSON numbers are not exact."""
        return None if value is None else f"{value:.{self.places}f}"

    def schema(self) -> dict[str, Any]:
        """A string of digits with every place."""
        fraction = f"\\.[0-9]{{{self.places}}}" if self.places else ""
        return {"type": "string", "format": "decimal", "pattern": f"^-?[0-9]+{fraction}$"}

    def example(self, n: int) -> decimal.Decimal:
        """The n-th number by its last place, from the least or from zero."""
        unit = 10**self.places
        bounds = [None if bound is None else bound * unit for bound in (self.min, self.max)]
        digits = nth(n, *bounds)
        return decimal.Decimal(digits).scaleb(-self.places)


_TRUE = frozenset({"是", "有", "对", "true", "t", "yes", "y", "on", "1", "✓", "✔", "√", "☑"})
_FALSE = frozenset({"否", "无", "没有", "错", "false", "f", "no", "n", "off", "0", "✗", "✘", "×", "☐"})


@dataclass(frozen=True)
class Boolean(Parametric):
    """Yes or no."""

    code: ClassVar[str] = "boolean"
    sql: ClassVar[str] = "boolean"
    operators: ClassVar[tuple[Operator, ...]] = (Operator.EQ, Operator.HAS)
    widget: ClassVar[str] = "switch"
    label: ClassVar[Label] = Label("是或否", "Yes or no")
    refusals: ClassVar[Mapping[str, Label]] = {**COMMON, "boolean_form": Label("请填“是”或“否”。", "Give yes or no.")}

    def read(self, raw: object) -> bool | None:
        """True or False from 是/否, 有/无, yes/no, true/false, 1/0 or a tick; raises Unfit `boolean_form`."""
        if isinstance(raw, bool):
            return raw
        text = self.written(raw)
        if text is None:
            return None
        word = folded(text).casefold()
        if word in _TRUE:
            return True
        if word in _FALSE:
            return False
        raise self.unfit("boolean_form")

    def show(self, value: Any, locale: str) -> str:
        """是 or 否, Yes or No."""
        return "" if value is None else _WORDS[bool(value)].text(locale)

    def cell(self, value: Any) -> str | None:
        """是 or 否."""
        return None if value is None else _WORDS[bool(value)].zh

    def schema(self) -> dict[str, Any]:
        """A boolean."""
        return {"type": "boolean"}

    def example(self, n: int) -> bool:
        """True and False in turn."""
        return n % 2 == 0


_WORDS = {True: Label("是", "Yes"), False: Label("否", "No")}
