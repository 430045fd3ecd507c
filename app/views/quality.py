"""How good the data is, on a page: completeness by month, store and person, and the way to what is to be mended."""

from datetime import date

from flask import Blueprint, request
from werkzeug.datastructures import MultiDict

from app.analytics.data_quality import ENTITY, Figure, by_employee, by_month, by_store, worst_first
from app.core.action import Action
from app.core.errors import NotFound
from app.core.label import Label
from app.heads import door
from app.heads.door import signed_in, through_door
from app.heads.frame import draw, frame
from app.heads.pages import Bar, Button, Count, Empty, Link, Month, QualityPage, QualityRow, QualityTable
from app.models.quality_figure import SUBJECTS
from app.records import read
from app.records.context import Context
from app.rules.quality import POOR

quality = Blueprint("quality", __name__, url_prefix="/quality")
TITLE = Label("数据质量", "Data quality")
NOTE = Label("{month}，每晚更新。完整度最低的在前。", "{month}, measured every night; the least complete first.")
ALL = Label("明细数据", "All figures")
STORES, STORE, PERSON = Label("门店", "Stores"), Label("门店", "Store"), Label("负责人", "In charge")
PEOPLE = Label("{store}：按负责人", "{store}: by the person in charge")
CHART = Label("平均完整度，按月", "Mean completeness by month")
NOBODY = Label("未分配", "Nobody")
EMPTY = Label("还没有数据", "Nothing measured yet")
ADVICE = Label("每天凌晨自动统计，明天再来看。", "The data is measured every night; come back tomorrow.")
AVERAGE = Label("平均完整度", "Completeness")
RECORDS = (Label("条数", "Records"), Label("不足 60", "Below 60"))
COLUMNS = {
    "customer": (
        *RECORDS,
        Label("一年未核实", "Unverified for a year"),
        Label("待处理问题", "Open issues"),
        Label("疑似重复", "May be doubles"),
    ),
    "lead": RECORDS,
}


@quality.get("/")
@through_door
def show() -> str:
    """The page."""
    signed_in()
    return draw(page(door.context(), request.args))


def page(context: Context, asked: "MultiDict[str, str]") -> QualityPage:
    """The page for a kind of record and a store, as asked for; what is not there is NotFound."""
    locale = door.locale()
    subject = asked.get("subject", SUBJECTS[0].code)
    if subject not in {one.code for one in SUBJECTS}:
        raise NotFound
    months = by_month(context, subject)
    stores = worst_first(by_store(context, subject, months[-1][0])) if months else []
    store = chosen(context, asked.get("store"), [number for number, _ in stores])
    people = worst_first(by_employee(context, subject, months[-1][0], store)) if store else []
    if store and len(stores) > 1 and "store" in asked:
        months = by_month(context, subject, store)
    names = read.titles(
        context, {"store": {one for one, _ in stores}, "employee": {one for one, _ in people if one is not None}}
    )
    tables = []
    if len(stores) > 1:
        rows = [_row(context, subject, _store(subject, one, names), figure) for one, figure in stores]
        tables.append(_table(subject, STORES.text(locale), STORE, rows))
    if store:
        title = PEOPLE.format(store=names.get("store", {}).get(store, f"#{store}")).text(locale)
        rows = [_row(context, subject, _person(one, names), figure, one) for one, figure in people]
        tables.append(_table(subject, title, PERSON, rows))
    return QualityPage(
        frame=frame(),
        title=TITLE.text(locale),
        note=NOTE.format(month=_month(months[-1][0])).text(locale) if months else "",
        tabs=tuple(
            Link(text=one.label.text(locale), href=f"/quality/?subject={one.code}", current=one.code == subject)
            for one in SUBJECTS
        ),
        buttons=(Button(text=ALL.text(locale), href=f"/data/{ENTITY}/?where=subject~eq~{subject}", icon="table"),),
        counts=_counts(context, subject, months[-1][1]) if months else (),
        chart=CHART.text(locale),
        months=tuple(Month(text=_month(one), value=figure.average or 0) for one, figure in months),
        tables=tuple(tables),
        empty=None if months else Empty(text=EMPTY.text(locale), advice=ADVICE.text(locale)),
    )


def chosen(context: Context, asked: str | None, stores: list[int]) -> int | None:
    """The store whose people are shown: the one asked for, one's own, or the only one."""
    if asked is not None:
        found = next((number for number in stores if str(number) == asked), None)
        if found is None:
            raise NotFound
        return found
    own = context.actor.store
    return own if own in stores else stores[0] if len(stores) == 1 else None


def _month(day: date) -> str:
    return f"{day:%Y-%m}"


def _store(subject: str, number: int, names: dict[str, dict[int, str]]) -> Link:
    return Link(
        text=names.get("store", {}).get(number, f"#{number}"), href=f"/quality/?subject={subject}&store={number}"
    )


def _person(number: int | None, names: dict[str, dict[int, str]]) -> Link:
    if number is None:
        return Link(text=NOBODY.text(door.locale()), href="")
    name = names.get("employee", {}).get(number)
    return Link(text=name or f"#{number}", href=f"/data/employee/{number}" if name else "")


def _cells(context: Context, subject: str, figure: Figure, employee: int | None = None) -> tuple[Link, ...]:
    """The counts under the columns; a person's issues lead to their list where the reader may see it."""
    issues = "/data/data_quality_issue/?where=status~eq~open&where=subject_entity~eq~"
    issues += f"{subject}&where=employee~eq~{employee}"
    may = employee is not None and context.actor.may(Action.LIST, "data_quality_issue")
    found = (
        (figure.records, ""),
        (figure.poor, ""),
        (figure.unverified, ""),
        (figure.issues, issues),
        (figure.doubles, f"{issues}&where=rule~eq~customer_twice"),
    )
    shown = found[: len(COLUMNS[subject])]
    return tuple(Link(text=f"{count:,}", href=href if count and may else "") for count, href in shown)


def _row(context: Context, subject: str, name: Link, figure: Figure, employee: int | None = None) -> QualityRow:
    average = figure.average
    bar = Bar(value=average, poor=average is not None and average < POOR)
    return QualityRow(name=name, bar=bar, cells=_cells(context, subject, figure, employee))


def _table(subject: str, title: str, first: Label, rows: list[QualityRow]) -> QualityTable:
    locale = door.locale()
    columns = (first, AVERAGE, *COLUMNS[subject])
    return QualityTable(title=title, columns=tuple(one.text(locale) for one in columns), rows=tuple(rows))


def _counts(context: Context, subject: str, figure: Figure) -> tuple[Count, ...]:
    """The sums within reach."""
    locale, average = door.locale(), figure.average
    first = Count(text=AVERAGE.text(locale), value="—" if average is None else f"{average}%")
    rest = zip(COLUMNS[subject], _cells(context, subject, figure), strict=True)
    return (first, *(Count(text=label.text(locale), value=cell.text) for label, cell in rest))
