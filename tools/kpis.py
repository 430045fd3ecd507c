"""Writes docs/reference/kpis.md from the definitions in app/reports/kpis; a test fails when it is stale."""

import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from app.reports.kpi import Kpi, Tally  # noqa: E402  # app lies in the folder above
from app.reports.kpis import HEADLINES, KPIS, MISSING  # noqa: E402

PAGE = ROOT / "docs" / "reference" / "kpis.md"
HEAD = """# KPIs

Generated from `app/reports/kpis` by `python -m tools.kpis`; edit there.

A month is of Asia/Shanghai, from its first midnight until before the next one's. Each figure is kept as numerator and
denominator under its code and the edition of its formula ([why](../adr/0015-paper.md)), by store, and where the table
says so by person and by part. The company's figure is the sum of numerators ÷ the sum of denominators. Halves are
rounded up; nothing divided is "—"; shares of fewer than 30 cases say so. 暂 figures are worked out once more a month
later, and the next report tells both.

The SQL joins to `p`, the spans of stores and months: `since` and `until` are moments, `first` and `last` days.

"""


def page() -> str:
    """The whole page."""
    cover = "On the cover: " + ", ".join(f"{one.code} {one.label.zh}" for one in HEADLINES) + ".\n\n"
    table = "| formula | KPI | counts | by |\n|---|---|---|---|\n" + "".join(map(_row, KPIS))
    rows = (f"| {code} | {label.zh} · {label.en} | {why.en} |\n" for code, label, why in MISSING)
    gone = "\n## Not worked out yet\n\n| code | KPI | why |\n|---|---|---|\n" + "".join(rows)
    return HEAD + cover + table + gone + "\n## The SQL\n" + "".join(map(_sql, KPIS))


def _row(kpi: Kpi) -> str:
    by = [name for name, given in (("person", kpi.numerator.who), ("part", kpi.numerator.part)) if given]
    mark = " 暂" if kpi.matures else ""
    words = f"{kpi.label.zh} · {kpi.label.en} | {kpi.meaning.zh} {kpi.meaning.en}"
    return f"| {kpi.formula}{mark} | {words} | {', '.join(by)} |\n"


def _sql(kpi: Kpi) -> str:
    sides = [("numerator", kpi.numerator), ("denominator", kpi.denominator)]
    return f"\n### {kpi.formula} {kpi.label.zh}\n" + "".join(_side(name, one) for name, one in sides if one)


def _side(name: str, tally: Tally) -> str:
    return f"\n{name}: `{_flat(tally.amount)}`\n\n```sql\nFROM span p JOIN {tally.facts}\n```\n"


def _flat(sql: str) -> str:
    return " ".join(sql.split())


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
