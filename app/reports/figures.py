"""Figures as a report reads them: rounded half up, with what they are compared to."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from app.reports.kpi import Good, Kpi, Unit
from app.reports.kpis import BY_CODE
from app.reports.measure import before

NONE = "—"
FEW = 30  # cases below which a share says little
TENTH, CENT = Decimal("0.1"), Decimal("0.01")


@dataclass(frozen=True, slots=True)
class Figure:
    """A numerator and a denominator of one KPI."""

    kpi: Kpi
    n: int = 0
    d: int = 0

    @property
    def value(self) -> Decimal | None:
        """The exact figure in its unit (percent, yuan, per 10,000, pieces); None where nothing divides it."""
        if self.kpi.unit is Unit.COUNT:
            return Decimal(self.n)
        if self.d == 0:
            return None
        factor = {Unit.PERCENT: 100, Unit.PER_10K: 10_000}.get(self.kpi.unit, 1)
        found = Decimal(self.n * factor) / Decimal(self.d)
        return found / 100 if self.kpi.unit is Unit.MONEY else found

    @property
    def text(self) -> str:
        """The figure as tables print it."""
        return self.show(self.value)

    def show(self, value: Decimal | None) -> str:
        """A value of this KPI's unit."""
        if value is None:
            return NONE
        if self.kpi.unit is Unit.COUNT:
            return f"{value:,.0f}"
        if self.kpi.unit is Unit.PERCENT:
            return f"{half_up(value, TENTH):,.1f}%"
        return f"{half_up(value, CENT if self.kpi.unit is Unit.MONEY else TENTH):,}"

    @property
    def few(self) -> bool:
        """Whether too few cases stand behind a share."""
        return self.kpi.sampled and self.kpi.unit is Unit.PERCENT and 0 < self.d < FEW


def half_up(value: Decimal, step: Decimal) -> Decimal:
    """Rounded to the step, halves away from zero; never minus nought."""
    return value.quantize(step, ROUND_HALF_UP) + 0


@dataclass(frozen=True, slots=True)
class Told:
    """One KPI of a report: the month, and what it is compared to."""

    kpi: Kpi
    now: Figure
    prior: Figure | None  # the month before
    year: Figure | None  # the same month a year before
    company: Figure
    provisional: bool

    @property
    def change(self) -> str:
        """环比: percentage points for shares, percent for the rest."""
        return difference(self.now, self.prior)

    @property
    def year_change(self) -> str:
        """同比, likewise."""
        return difference(self.now, self.year)

    @property
    def trend(self) -> str:
        """better, worse or even, against the month before."""
        if self.prior is None or self.now.value is None or self.prior.value is None:
            return "even"
        more = self.now.value - self.prior.value
        if not more or self.kpi.good is Good.NEITHER:
            return "even"
        return "better" if (more > 0) is (self.kpi.good is Good.UP) else "worse"


def difference(now: Figure, then: Figure | None) -> str:
    """How far a figure moved; nothing to compare with is a dash."""
    if then is None or now.value is None or then.value is None:
        return NONE
    if now.kpi.unit is Unit.PERCENT:
        return f"{signed(now.value - then.value)}pp"
    if not then.value:
        return NONE
    return f"{signed((now.value - then.value) / abs(then.value) * 100)}%"


def signed(value: Decimal) -> str:
    """A difference with its sign; none where it rounds to nought."""
    rounded = half_up(value, TENTH)
    return f"{rounded:+,.1f}" if rounded else "0.0"


@dataclass(frozen=True, slots=True)
class Month:
    """A snapshot's content as figures."""

    content: Mapping[str, Any]

    @property
    def first(self) -> date:
        """The month's first day."""
        return date.fromisoformat(self.content["month"])

    def kpi(self, code: str) -> Mapping[str, Any]:
        """What the snapshot holds of a KPI."""
        found: Mapping[str, Any] = self.content["kpis"].get(code, {})
        return found

    def of(self, code: str, month: date) -> Figure | None:
        """The whole figure of a month; None where none was kept."""
        for first, n, d in self.kpi(code).get("months", ()):
            if first == month.isoformat():
                return Figure(BY_CODE[code], n, d)
        return None

    def series(self, code: str) -> list[tuple[date, Figure]]:
        """The whole figures of every month kept, the oldest first."""
        return [
            (date.fromisoformat(first), Figure(BY_CODE[code], n, d)) for first, n, d in self.kpi(code).get("months", ())
        ]

    def told(self, code: str) -> Told:
        """A KPI with what it is compared to."""
        kpi = BY_CODE[code]
        company = self.kpi(code).get("company", (0, 0))
        return Told(
            kpi,
            self.of(code, self.first) or Figure(kpi),
            self.of(code, before(self.first)),
            self.of(code, before(self.first, 12)),
            Figure(kpi, *company),
            bool(self.kpi(code).get("provisional")),
        )

    def parts(self, code: str) -> dict[str, Figure]:
        """The figures of each part."""
        return {part: Figure(BY_CODE[code], n, d) for part, n, d in self.kpi(code).get("parts", ())}

    def people(self, code: str) -> dict[int, tuple[str, Figure]]:
        """The figures of each person with his name."""
        return {number: (name, Figure(BY_CODE[code], n, d)) for number, name, n, d in self.kpi(code).get("people", ())}

    @property
    def restated(self) -> list[tuple[Kpi, Figure, Figure]]:
        """The provisional figures of the month before that came out otherwise: at first and now."""
        found = [
            (BY_CODE[code], one["restated"]) for code, one in sorted(self.content["kpis"].items()) if "restated" in one
        ]
        return [(kpi, Figure(kpi, *one["was"]), Figure(kpi, *one["now"])) for kpi, one in found]
