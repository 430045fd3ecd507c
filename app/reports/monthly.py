"""The monthly report as a document: what each page says, from a stored snapshot alone."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from app.core.clock import SHANGHAI
from app.models import customer
from app.reports import charts
from app.reports.figures import FEW, NONE, TENTH, Figure, Month, Told, half_up
from app.reports.kpi import Unit
from app.reports.kpis import BY_CODE, HEADLINES, KPIS, MISSING
from app.reports.paper import Paper, draw_charts, print_pages
from app.reports.snapshot import Snapshot
from app.reports.words import part_name

_PAGES = Environment(
    loader=FileSystemLoader(Path(__file__).with_name("templates")),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)
SALES = ("K14", "K07", "K01", "K01N", "K02", "K03", "K06", "K12", "K20", "K60")
SERVICE = ("K31", "K31V", "K32", "K32T", "K33", "K33K", "K33N", "K34", "K36", "K38", "K39", "K41")
BASE = ("K30", "K30S", "K30V", "K59", "K43", "K43W", "K68")
CARE = ("K55", "K55R", "K56", "K57", "K57D", "K58")
WAN = Decimal(10_000)
STAGES = tuple((one.code, one.label.zh) for one in customer.STAGES)


@dataclass(frozen=True, slots=True)
class Cover:
    """What stands around the figures: whose paper it is and how it is known."""

    number: str
    reader: str
    edition: int
    draft: bool
    advice: str = ""


def print_report(snapshot: Snapshot, cover: Cover) -> Paper:
    """The report on paper; the same snapshot and cover give the same text."""
    return print_pages(document(snapshot, cover))


def document(snapshot: Snapshot, cover: Cover) -> str:
    """The report as HTML, its charts and styles inside."""
    month = Month(snapshot.content)
    names, specs = zip(*drawings(month), strict=True)
    drawn = dict(zip(names, map(Markup, draw_charts(specs)), strict=True))  # our own charts, drawn by us
    return _PAGES.get_template("monthly.html").render(
        cover=cover,
        month=f"{month.first.year} 年 {month.first.month} 月",
        store=snapshot.content["store"],
        made=f"{snapshot.made_at.astimezone(SHANGHAI):%Y-%m-%d %H:%M}",
        snapshot=snapshot.sha256,
        headlines=[card(month.told(one.code)) for one in HEADLINES],
        points=points(month),
        charts=drawn,
        lines=[{"label": one.label.zh, "value": cover_value(month.told(one.code).now)} for one in HEADLINES],
        tables={name: rows(month, codes) for name, codes in
                (("sales", SALES), ("service", SERVICE), ("base", BASE), ("care", CARE))},
        sellers=sellers(month),
        advisors=advisors(month),
        kinds=kinds(month),
        ages=ages(month),
        renewals=renewals(month),
        restated=[
            {"code": kpi.code, "label": kpi.label.zh, "was": was.text, "now": now.text, "was_of": of(was),
             "now_of": of(now)} for kpi, was, now in month.restated
        ],
        definitions=KPIS,
        missing=MISSING,
        few=FEW,
    )  # fmt: skip


def drawings(month: Month) -> list[tuple[str, charts.Spec]]:
    """Every chart by its name."""
    lines = [(f"line{nth}", charts.line(month, one.code)) for nth, one in enumerate(HEADLINES)]
    complaints = {key: one for key, one in month.parts("K55").items() if one.n}
    found = [*lines, ("funnel", charts.bars(funnel(month), 190)), ("kinds", charts.bars(by_number(month, "K31"), 190))]
    found.append(("matrix", charts.matrix(month.parts("K59M"), STAGES)))
    if lost := by_number(month, "K12"):
        found.append(("lost", charts.bars(lost[:6], 170)))
    if len(complaints) > 1:
        found.append(("pareto", charts.pareto(complaints)))
    return found


def card(told: Told) -> dict[str, Any]:
    """A headline figure of the cover."""
    now = told.now
    target = f"目标 {now.d:,} 台" if told.kpi.code == "K14" and now.d else ""
    return {
        "label": told.kpi.label.zh,
        "code": told.kpi.formula,
        "value": cover_value(now),
        "of": of(now),
        "target": target,
        "change": told.change,
        "year": told.year_change,
        "trend": told.trend,
        "provisional": told.provisional,
        "few": f"样本不足 n={now.d}" if now.few else "",
    }


def cover_value(figure: Figure) -> str:
    """A figure as the cover prints it: large amounts in ten thousands."""
    value = figure.value
    if figure.kpi.unit is Unit.MONEY and value is not None:
        return f"{half_up(value / WAN, TENTH):,} 万元" if abs(value) >= WAN else f"{half_up(value, Decimal(1)):,} 元"
    return figure.text


def of(figure: Figure) -> str:
    """Numerator and denominator, amounts in yuan; nothing for what is only counted."""
    if figure.kpi.unit is Unit.COUNT:
        return ""
    n = f"{Decimal(figure.n) / 100:,.2f}" if figure.kpi.unit is Unit.MONEY else f"{figure.n:,}"
    return f"{n} / {figure.d:,}"


def rows(month: Month, codes: Sequence[str]) -> list[dict[str, Any]]:
    """The lines of a table of KPIs."""
    found = []
    for told in map(month.told, codes):
        few = f"样本不足 n={told.now.d}" if told.now.few else ""
        found.append({
            "code": told.kpi.code, "label": told.kpi.label.zh, "value": told.now.text, "of": of(told.now),
            "change": told.change, "year": told.year_change, "company": told.company.text, "trend": told.trend,
            "provisional": told.provisional, "few": few,
        })  # fmt: skip
    return found


def points(month: Month) -> list[str]:
    """What the cover says in words: what moved most against the month before, better and worse."""
    told = [month.told(one.code) for one in HEADLINES]
    found = []
    for trend, words in (("better", "好转"), ("worse", "走弱")):
        moved = [
            f"{one.kpi.label.zh} {cover_value(one.now)}（环比 {one.change}）" for one in told if one.trend == trend
        ]
        if moved:
            found.append(f"{words}：{'，'.join(moved)}。")
    few = [one.kpi.label.zh for one in told if one.now.few]
    if few:
        found.append(f"样本不足 {FEW} 例，仅供参考：{'、'.join(few)}。")
    empty = [one.kpi.label.zh for one in told if one.now.value is None]
    if empty:
        found.append(f"本月没有可计算的数据：{'、'.join(empty)}。")
    return found


def funnel(month: Month) -> list[tuple[str, int, str]]:
    """From the door to the delivered car."""
    steps = (("来店批次", "K01"), ("新增集客", "K01N"), ("试驾商机", "K06"), ("净签约订单", "K07"), ("交车", "K14"))
    found = [(name, (month.of(code, month.first) or Figure(BY_CODE[code])).n) for name, code in steps]
    return [(name, n, f"{n:,}") for name, n in found]


def by_number(month: Month, code: str) -> list[tuple[str, int, str]]:
    """The parts of a KPI by how many there are, the most first; parts without any are left out."""
    found = sorted(month.parts(code).items(), key=lambda one: (-one[1].n, one[0]))
    return [(part_name(code, key), one.n, f"{one.n:,}") for key, one in found if one.n > 0]


def kinds(month: Month) -> list[dict[str, str]]:
    """Visits and amounts by kind."""
    visits, total = month.parts("K31"), month.told("K31").now.n
    money = month.parts("K32")
    return [
        {
            "name": part_name("K31", key),
            "visits": f"{one.n:,}",
            "share": share(one.n, total),
            "each": money[key].text if key in money else NONE,
            "sum": yuan(money[key].n) if key in money else NONE,
        }
        for key, one in sorted(visits.items(), key=lambda one: (-one[1].n, one[0]))
    ]


def sellers(month: Month) -> list[dict[str, str]]:
    """The funnel of each person, most deliveries first; the store's at the end."""
    columns = {"prospects": "K01N", "drives": "K06", "orders": "K07", "delivered": "K14"}
    people = {code: month.people(code) for code in columns.values()}
    names = {number: name for found in people.values() for number, (name, _) in found.items()}

    def line(name: str, figure: dict[str, Figure]) -> dict[str, str]:
        return {
            "name": name, **{key: f"{figure[code].n:,}" for key, code in columns.items()},
            "closing": figure["K07"].text, "target": f"{figure['K14'].d:,}" if figure["K14"].d else NONE,
            "reached": figure["K14"].text,
        }  # fmt: skip

    found = []
    for number, name in names.items():
        own = {code: people[code].get(number, ("", Figure(BY_CODE[code])))[1] for code in people}
        if any(one.n or (code == "K01N" and one.n) for code, one in own.items()):
            found.append((own["K14"].n, own["K07"].n, name, line(name, own)))
    made = [one[3] for one in sorted(found, key=lambda one: (-one[0], -one[1], one[2]))]
    nobody = {code: month.parts(code).get("nobody", Figure(BY_CODE[code])) for code in people}
    if any(one.n for one in nobody.values()):
        made.append(line("未分配", nobody))
    return [*made, line("合计", {code: month.told(code).now for code in people})]


def advisors(month: Month) -> list[dict[str, str]]:
    """Each advisor's visits, amount a visit and kept promises, most visits first."""
    visits, money, promised, booked = (month.people(code) for code in ("K31", "K32", "K34", "K33"))
    empty = ("", None)
    found = []
    for number, (name, one) in sorted(visits.items(), key=lambda one: (-one[1][1].n, one[1][0])):
        cells = [seen[1].text if (seen := of_.get(number, empty))[1] else NONE for of_ in (money, promised, booked)]
        found.append({"name": name, "visits": f"{one.n:,}", "each": cells[0], "kept": cells[1], "booked": cells[2]})
    return found


def ages(month: Month) -> list[dict[str, str]]:
    """Cars kept, by their years."""
    return [
        {"name": part_name("K39", key), "value": one.text, "of": of(one), "few": f"n={one.d}" if one.few else ""}
        for key, one in sorted(month.parts("K39").items())
    ]


def renewals(month: Month) -> list[dict[str, str]]:
    """Renewals by their kind."""
    order = ("new_to_renewal", "renewal")
    parts = month.parts("K43")
    return [
        {"name": part_name("K43", key), "value": parts[key].text, "of": of(parts[key])} for key in order if key in parts
    ]


def share(n: int, of_all: int) -> str:
    """A share of a whole."""
    return f"{half_up(Decimal(100 * n) / of_all, TENTH)}%" if of_all else NONE


def yuan(fen: int) -> str:
    """An amount as tables print it."""
    return f"{Decimal(fen) / 100:,.2f}"
