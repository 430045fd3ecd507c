"""What a KPI is: two tallies over the facts of a month, its code and the edition of its formula (law 11)."""

from dataclasses import dataclass
from enum import StrEnum

from app.core.label import Label
from app.models.kpi_figure import NOBODY, WHOLE


class Unit(StrEnum):
    """How a figure reads."""

    COUNT = "count"  # the numerator alone
    PERCENT = "percent"
    MONEY = "money"  # fen; where there is a denominator, per one of it
    PER_10K = "per_10k"


class Good(StrEnum):
    """Which way is better."""

    UP = "up"
    DOWN = "down"
    NEITHER = "neither"


@dataclass(frozen=True, slots=True)
class Tally:
    """What is counted: SQL that joins facts to a span `p` (store_id, month, since, until, first, last).

    `since` and `until` are moments, `first` and `last` days (`last` is the first day that is no part of the month).
    `who` is the employee of a fact, `part` what kind of fact it is; each gives figures of its own beside the whole.
    """

    facts: str
    amount: str = "count(*)"
    who: str | None = None
    part: str | None = None

    def sql(self, side: str) -> str:
        """The rows of this side, "n" or "d": store, month, employee, part and both amounts."""
        amounts = f"{self.amount} AS n, 0 AS d" if side == "n" else f"0 AS n, {self.amount} AS d"
        who, part = self.who or "NULL::bigint", self.part or "NULL::text"
        sets = ["(p.store_id, p.month)", *(f"(p.store_id, p.month, {one})" for one in (self.who, self.part) if one)]
        return (
            f"SELECT p.store_id, p.month, {who} AS employee_id,"
            f" {self._part(part)} AS part, {amounts}"
            f" FROM span p JOIN {self.facts} GROUP BY GROUPING SETS ({', '.join(sets)})"
        )

    def _part(self, part: str) -> str:
        """SQL of the part: the whole, what is in nobody's hands, or a kind of fact."""
        cases = []
        if self.who:
            cases.append(f"WHEN GROUPING({self.who}) = 0 AND {self.who} IS NULL THEN '{NOBODY}'")
        if self.part:
            cases.append(f"WHEN GROUPING({part}) = 0 THEN coalesce({part}, '{NOBODY}')")
        return f"CASE {' '.join(cases)} ELSE '{WHOLE}' END" if cases else f"'{WHOLE}'"


@dataclass(frozen=True, slots=True, kw_only=True)
class Kpi:
    """One KPI; `meaning` says in words what the tallies count.

    `matures` figures are worked out once more a month later; those not `dated` know only how things stand now, so
    that no month is measured after the fact.
    """

    code: str
    edition: int
    label: Label
    unit: Unit
    meaning: Label
    numerator: Tally
    denominator: Tally | None = None
    good: Good = Good.UP
    matures: bool = False
    dated: bool = True
    headline: int = 0  # its place on the cover
    sampled: bool = True  # its denominator is cases, of which there may be few, and no target

    @property
    def formula(self) -> str:
        """The code and the edition of the formula, as each figure carries them."""
        return f"{self.code}.{self.edition}"

    def sql(self) -> str:
        """The rows of every span: store_id, month, employee_id, part, n, d."""
        sides = [self.numerator.sql("n"), *([self.denominator.sql("d")] if self.denominator else [])]
        whole = f"SELECT p.store_id, p.month, NULL::bigint, '{WHOLE}', 0, 0 FROM span p"  # also of an empty month
        return (
            "SELECT store_id, month, employee_id, part,"
            " coalesce(sum(n), 0)::bigint AS n, coalesce(sum(d), 0)::bigint AS d"
            f" FROM ({' UNION ALL '.join((whole, *sides))}) AS sides (store_id, month, employee_id, part, n, d)"
            " GROUP BY 1, 2, 3, 4"
        )
