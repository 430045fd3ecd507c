"""What happened to a record, from the trail, in words."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from app.audit.read import Act, acts, history
from app.audit.read import Entry as Written
from app.core.action import Action
from app.core.entity import Entity
from app.core.field import Field, State
from app.core.label import Label
from app.heads.frame import local
from app.heads.pages import Change, Entry, Link
from app.records import files
from app.records.context import Context
from app.records.past import past_value
from app.records.present import Presenter
from app.records.row import Record
from app.views.cells import GONE, cell

ENTRIES = 60
ACTS = {
    "insert": (Label("新建", "Created"), "plus"),
    "update": (Label("修改", "Changed"), "pencil"),
    "delete": (Label("删除", "Deleted"), "trash"),
    "erase": (Label("抹除历史内容", "Erased past values"), "eraser"),
    "undo": (Label("撤销", "Undone"), "arrow-back-up"),
    "hand_over": (Label("离职交接", "Handed over"), "logout"),
    "transfer": (Label("转到其他门店", "Transferred to another store"), "building-store"),
    "bring_back": (Label("从回收站恢复", "Brought back"), "arrow-back-up"),
}
VIA = {
    "person": Label("页面", "page"),
    "token": Label("接口", "API"),
    "job": Label("后台任务", "job"),
    "system": Label("系统", "system"),
    "database": Label("数据库", "database"),
}
BY_KIND = {"import": Label("导入", "import"), "feed": Label("数据对接", "feed")}  # by what the work is called
FOLLOWED = Label("联动", "consequence")
CHANGED = Label("（已改，不显示）", "(changed, not shown)")
ERASED = Label("（内容已抹除）", "(values erased)")
UNDO, BACK_TO = Label("撤销这次修改", "Undo this change"), Label("恢复到此时", "Back to this moment")
IMPORT = Label("查看这次导入", "See this import")
FILE = "file"
BATCHES = (
    "SELECT b.id, b.created_at FROM import_link l JOIN import_batch b ON b.id = l.batch_id"
    " WHERE l.record_id = %s AND l.entity = %s AND l.action <> 'matched' ORDER BY b.id DESC"
)


@dataclass(frozen=True, slots=True)
class Told:
    """A page of a record's history, newest first; `before` is where older entries go on, or None."""

    entries: tuple[Entry, ...]
    before: int | None


def told(context: Context, entity: Entity, record: Record, locale: str, before: int | None = None) -> Told:
    """What happened to a record, as its page shows its fields to the actor."""
    states = Presenter(context, entity, masked=False).states(record)
    found, older = page_of(context, entity, record.id, before)
    teller = Teller(context, entity, states, locale, record.id)
    teller.look_up(found)
    return Told(tuple(teller.entry(one) for one in found), older)


def page_of(context: Context, entity: Entity, number: int, before: int | None) -> tuple[tuple[Act, ...], int | None]:
    """Whole acts of a record, newest first, and the entry before which older ones go on."""
    entries = history(context.connection, entity.name, [number], limit=ENTRIES + 1, until=before)
    found = acts(entries)
    if len(entries) <= ENTRIES:
        return found, None
    whole = found[:-1] if len(found) > 1 else found  # the last may go on beyond what was read
    return whole, whole[-1].entries[-1].id


@dataclass(slots=True)
class Teller:
    """Puts acts of the trail into words for one reader."""

    context: Context
    entity: Entity
    states: Mapping[str, State]
    locale: str
    record: int
    titles: dict[str, dict[int, str]] = field(default_factory=dict)
    batches: list[Any] = field(default_factory=list)

    def look_up(self, found: Iterable[Act]) -> None:
        """Reads the titles of all that the acts refer to, and the imports among them; a statement for each entity."""
        acts_ = list(found)
        self.look_up_values(
            (one, value)
            for one in self.fields
            for act in acts_
            for value in (act.before(one.column), act.after(one.column))
        )
        if self.context.actor.may(Action.IMPORT, self.entity.name) and any(
            kind_of(one.last) == "import" for one in acts_
        ):
            asked = (self.record, self.entity.name)
            self.batches = list(self.context.connection.exec_driver_sql(BATCHES, asked))

    def look_up_values(self, values: Iterable[tuple[Field, Any]]) -> None:
        """Reads the titles of what these values of fields refer to."""
        wanted: dict[str, set[int]] = {}
        for one, value in values:
            target = files.UPLOAD if one.kind.code == FILE else one.target
            if target and isinstance(value, int):
                wanted.setdefault(target, set()).add(value)
        self.titles = files.titles(self.context, wanted)

    @property
    def fields(self) -> list[Field]:
        """The fields that are told at all."""
        return [one for one in self.entity.fields if self.states[one.name] is not State.HIDDEN]

    def entry(self, act: Act) -> Entry:
        """One act of the trail."""
        what, icon = ACTS.get(act.action, (Label(act.action, act.action), "history"))
        via = self.via(act)
        return Entry(
            when=f"{local(act.last.at):%m-%d %H:%M}",
            exact=act.last.at.isoformat(),
            who=act.last.actor_name or VIA["database"].text(self.locale),
            what=what.text(self.locale),
            icon=icon,
            via=via.text(self.locale),
            changes=tuple(self.changes(act)),
            note=ERASED.text(self.locale) if act.erased else "",
            links=tuple(self.links(act)),
        )

    def via(self, act: Act) -> Label:
        """By which road it came."""
        if act.follows:
            return FOLLOWED
        return BY_KIND.get(kind_of(act.last)) or VIA.get(act.last.actor_kind) or VIA["database"]

    def links(self, act: Act) -> Iterable[Link]:
        """What can be done from here: undo, go back to this moment, look at the import."""
        batch = next((one.id for one in self.batches if one.created_at <= act.last.at), None)
        if batch is not None and kind_of(act.last) == "import":
            yield Link(text=IMPORT.text(self.locale), href=f"/import/{batch}")
        if self.entity.ledger or not self.context.actor.may(Action.UPDATE, self.entity.name):
            return
        href = f"/data/{self.entity.name}/{self.record}/undo?entry={act.last.id}"
        if any(one.action == "update" for one in act.changes) and not act.erased:
            yield Link(text=UNDO.text(self.locale), href=href, icon="arrow-back-up")
        yield Link(text=BACK_TO.text(self.locale), href=f"{href}&to=moment", icon="history")

    def changes(self, act: Act) -> Iterable[Change]:
        """The fields an act speaks of, before and after; a new record's empty ones are left out."""
        for one in self.fields:
            column = one.column
            if column not in act.columns or not act.moved(column):
                continue
            yield self.change(one, act.before(column), act.after(column), act.reasons.get(column, ""))

    def change(self, one: Field, before: Any, after: Any, reason: str = "", note: str = "") -> Change:
        """One field from a value to another, both as the trail keeps them."""
        was, became = self.past(one, before), self.past(one, after)
        return Change(
            label=one.label.text(self.locale),
            before=was.text,
            before_href=was.href,
            after=became.text,
            after_href=became.href,
            reason=reason,
            note=note,
        )

    def past(self, one: Field, kept: Any) -> Link:
        """A value of the trail in words, leading to its record; a secret one says only that it changed."""
        if kept is None:
            return Link(text="—", href="")
        if one.sealed:
            return Link(text=CHANGED.text(self.locale), href="")
        value = past_value(one, kept)
        if self.states[one.name] is State.MASKED:
            return Link(text=one.kind.mask(value), href="")
        if one.kind.code == FILE:
            name = self.titles.get(files.UPLOAD, {}).get(value)
            return Link(text=name or GONE.text(self.locale), href="")
        shown = cell(one, value, self.locale, self.titles, short=False)
        return Link(text=shown.text, href=shown.href or "")


def kind_of(entry: Written) -> str:
    """What the work is about whose request an entry was written in: import, feed; nothing for a page's."""
    words = (entry.request_id or "").split()
    return words[-1].partition(".")[0] if words and entry.actor_kind in ("job", "system") else ""
