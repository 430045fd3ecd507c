"""The recycle bin of an entity: what was deleted, by whom and when, and the button that brings it back."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from flask import Response, redirect, request
from werkzeug.wrappers import Response as Answer

from app.access.state import FieldPolicy
from app.core.entity import Entity
from app.core.field import Field
from app.core.label import Label
from app.core.protected import Protected
from app.heads import door
from app.heads.frame import draw, frame, local, say
from app.heads.house import house
from app.heads.menu import group_label
from app.heads.pages import BinPage, BinRow, Button, Cell, Control, Empty, Link
from app.records import bin as bins
from app.records import files
from app.records.bin import Asked, Blocked, Deleted
from app.records.context import Context
from app.records.present import Presenter
from app.records.query import natural
from app.views.cells import cell
from app.views.history import VIA
from app.views.list_page import BIN

BACK_TO_LIST = Label("返回列表", "Back to the list")
BRING_BACK = Label("恢复", "Bring back")
KEPT = Label("删除后保留 {n} 天，之后彻底清除。", "Kept for {n} days after deletion, then gone for good.")
BY, FROM, TO, SHOW = Label("删除人", "Deleted by"), Label("从", "From"), Label("到", "To"), Label("筛选", "Filter")
WHEN, ALSO = Label("删除时间", "Deleted"), Label("说明", "Note")
PARTS, DAYS = Label("连同 {n} 条明细", "with {n} parts"), Label("还剩 {n} 天", "{n} days left")
EMPTY = Label("回收站是空的", "The recycle bin is empty")
HINT = Label("删除的{what}会出现在这里。", "Deleted {what} appear here.")
DONE = Label("已恢复。", "Brought back.")
DONE_PARTS = Label("已恢复，连同 {n} 条明细。", "Brought back, with {n} parts.")
LEFT = Label(
    "有 {n} 条明细所引用的记录已不存在，仍留在回收站。",
    "{n} parts stay in the bin, for records they refer to are gone.",
)
FIELDS, LONGEST = 2, 60


def page(context: Context, entity: Entity, policy: FieldPolicy, refusal: Blocked | None = None) -> BinPage:
    """The bin as the address asks for it; with why something could not come back."""
    locale, base = door.locale(), f"/data/{entity.name}/"
    asked = asked_of()
    found, older = bins.listing(context, entity, asked)
    shelf = Shelf(context, entity, columns(entity, policy), locale)
    name = entity.plural.text(locale)
    heads = (entity.by_name[entity.title].label, *(field.label for field in shelf.fields), WHEN, ALSO)
    return BinPage(
        frame=frame(),
        title=BIN.text(locale),
        crumbs=(
            Link(text=group_label(entity.group).text(locale), href=""),
            Link(text=name, href=base),
            Link(text=BIN.text(locale), href=""),
        ),
        note=KEPT.format(n=house().config.bin_days).text(locale),
        action=f"{base}bin",
        filters=filters(locale),
        submit=SHOW.text(locale),
        columns=tuple(label.text(locale) for label in heads),
        rows=shelf.rows(found),
        buttons=(Button(text=BACK_TO_LIST.text(locale), href=base, icon="arrow-left"),),
        problem=refusal.label.text(locale) if refusal else None,
        more_href=f"{base}bin?before={older}" if older else None,
        empty=None if found else empty(entity, locale),
    )


def empty(entity: Entity, locale: str) -> Empty:
    """What an empty bin says."""
    what = Label(entity.label.zh, entity.plural.en)
    return Empty(text=EMPTY.text(locale), advice=HINT.format(what=what).text(locale))


def asked_of() -> Asked:
    """The part of the bin the address asks for; what is no day is not asked."""
    first, last = (day_of(request.args.get(name, "")) for name in ("from", "to"))
    return Asked(
        by=door.storable(request.args.get("by", "")).strip()[:LONGEST] or None,
        first=midnight(first) if first else None,
        last=midnight(last + timedelta(days=1)) if last else None,
        until=natural(request.args.get("before", "")),
    )


def day_of(text: str) -> date | None:
    """A day of an address."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def midnight(day: date) -> datetime:
    """When a day of the business begins."""
    return datetime.combine(day, time(), house().config.time_zone)


def filters(locale: str) -> tuple[Control, ...]:
    """By whom and when."""
    asked = request.args
    return (
        Control(name="by", label=BY.text(locale), value=asked.get("by", "")[:LONGEST], maxlength=LONGEST),
        Control(name="from", label=FROM.text(locale), widget="date", value=asked.get("from", "")),
        Control(name="to", label=TO.text(locale), widget="date", value=asked.get("to", "")),
    )


def columns(entity: Entity, policy: FieldPolicy) -> list[Field]:
    """The fields that tell deleted records of one title apart."""
    names = [name for name in entity.columns if name != entity.title and name in policy.visible]
    return [entity.by_name[name] for name in names if not entity.by_name[name].sealed][:FIELDS]


@dataclass(frozen=True, slots=True)
class Shelf:
    """The rows of one bin page in the making."""

    context: Context
    entity: Entity
    fields: list[Field]
    locale: str

    def rows(self, found: list[Deleted]) -> tuple[BinRow, ...]:
        """A row for each deleted record."""
        presenter = Presenter(self.context, self.entity)
        records = [one.record for one in found]
        titles = files.titles(self.context, files.referred(self.entity, records, [one.name for one in self.fields]))
        return tuple(self.row(presenter, one, titles) for one in found)

    def row(self, presenter: Presenter, one: Deleted, titles: dict[str, dict[int, str]]) -> BinRow:
        """One deleted record."""
        href = f"/data/{self.entity.name}/bin/{one.id}/restore"
        return BinRow(
            title=presenter.title(one.record, self.locale),
            cells=tuple(self.cell(presenter, one, field, titles) for field in self.fields),
            when=f"{local(one.at):%Y-%m-%d %H:%M}",
            exact=one.at.isoformat(),
            who=one.by or VIA.get(one.kind, VIA["database"]).text(self.locale),
            note=self.note(one),
            restore=Button(text=BRING_BACK.text(self.locale), href=href, icon="arrow-back-up", post=True),
        )

    def cell(self, presenter: Presenter, one: Deleted, field: Field, titles: dict[str, dict[int, str]]) -> Cell:
        """One value, as the actor may see it."""
        value = presenter.value(one.record, field, presenter.states(one.record)[field.name])
        if isinstance(value, Protected):
            return Cell(text=str(value), look="mask")
        return cell(field, value, self.locale, titles)

    def note(self, one: Deleted) -> str:
        """What goes with it, and how long it stays."""
        age = self.context.clock.now() - one.at
        days = DAYS.format(n=max(0, house().config.bin_days - age.days)).text(self.locale)
        return f"{PARTS.format(n=one.parts).text(self.locale)} · {days}" if one.parts else days


def restore(context: Context, entity: Entity, policy: FieldPolicy, number: int) -> Answer:
    """Brings a record back and goes to it; otherwise the bin again, with what to do first."""
    try:
        done = bins.bring_back(context, entity, number)
    except Blocked as refusal:
        return Response(draw(page(context, entity, policy, refusal)), refusal.status, mimetype="text/html")
    say(DONE_PARTS.format(n=done.parts) if done.parts else DONE)
    if done.left:
        say(LEFT.format(n=done.left), "warn")
    return redirect(f"/data/{entity.name}/{done.record}", 303)
