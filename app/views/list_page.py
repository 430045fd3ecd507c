"""The list of an entity's records as a page."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from flask import request

from app.access.state import FieldPolicy
from app.core.action import Action
from app.core.entity import Entity
from app.core.field import Field, State
from app.core.label import Label
from app.fields import Boolean
from app.heads import door
from app.heads.frame import frame
from app.heads.menu import group_label
from app.heads.pages import (
    Bulk,
    Button,
    Cell,
    Column,
    Condition,
    ConditionForm,
    Empty,
    Link,
    ListPage,
    Option,
    Pager,
    Row,
    Table,
)
from app.records import files, read
from app.records.context import Context
from app.records.paging import Page
from app.records.present import Presenter
from app.records.query import Query, operators
from app.records.read import CAP
from app.records.row import Record
from app.views.asked import Asked, cursor_text, query_of
from app.views.cells import cell
from app.views.controls import control, looked_up
from app.views.operations import chip, operations

IMPORT = Label("导入", "Import")
EXPORT = Label("导出", "Export")
NEW = Label("新建{what}", "New {what}")
DELETE = Label("删除", "Delete")
SET = Label("批量修改", "Set a field")
ASCENDING = Label("{field} ↑", "{field} ↑")
DESCENDING = Label("{field} ↓", "{field} ↓")
NEWEST = Label("最新", "Newest")
OLDEST = Label("最早", "Oldest")
NONE_YET = Label("还没有{what}", "No {what} yet")
NONE_FOUND = Label("没有符合条件的{what}", "No {what} match")
ADD_FIRST = Label("新建一条，或从旧系统的文件导入。", "Add one, or import a file from the old system.")
LOOSEN = Label("去掉一些条件，或换个词再找。", "Remove a condition or search for something else.")
CLEAR = Label("清除条件", "Clear conditions")
UNTITLED = Label("（未填）", "(blank)")


BIN = Label("回收站", "Recycle bin")


@dataclass(frozen=True, slots=True)
class Lister:
    """One list page in the making."""

    context: Context
    entity: Entity
    policy: FieldPolicy
    asked: Asked
    base: str
    locale: str

    def page(self) -> ListPage:
        """The page the address asks for."""
        self.context.demand(Action.LIST, self.entity)
        query = query_of(self.entity, self.policy, self.asked)
        found = read.listing(self.context, self.entity, query)
        total = read.count(self.context, self.entity, query)
        read.note_search(self.context, self.entity, query, len(found.records))
        titles = self.titles(found.records, query)
        name = self.entity.plural.text(self.locale)
        return ListPage(
            frame=frame(),
            title=name,
            crumbs=(Link(text=group_label(self.entity.group).text(self.locale), href=""), Link(text=name, href="")),
            count=f"{CAP:,}+" if total > CAP else f"{total:,}",
            table=self.table(found.records, query, titles),
            pager=self.pager(query, found),
            buttons=self.buttons(),
            chips=tuple(
                chip(one, self.asked.href(self.base, where=self.without(place)), self.locale, titles)
                for place, one in enumerate(query.conditions)
            ),
            clear_href=self.base if query.conditions or query.words else None,
            condition=self.condition_form(),
            sorts=self.sorts(query),
            bulk=self.bulk(total),
            empty=None if found.records else self.empty(),
        )

    def without(self, place: int) -> tuple[str, ...]:
        """The conditions but one."""
        return tuple(one for number, one in enumerate(self.asked.where) if number != place)

    def columns(self) -> list[Field]:
        """The fields the list shows to this actor: the title first."""
        names = [self.entity.title, *(name for name in self.entity.columns if name != self.entity.title)]
        return [self.entity.by_name[name] for name in names if name in self.policy.visible]

    def titles(self, records: tuple[Record, ...], query: Query) -> dict[str, dict[int, str]]:
        """The titles of everything the page refers to."""
        wanted = files.referred(self.entity, records, [field.name for field in self.columns()])
        for one in query.conditions:
            if one.field.target:
                values = one.value if isinstance(one.value, tuple) else (one.value,)
                wanted.setdefault(one.field.target, set()).update(
                    value for value in values if isinstance(value, int) and not isinstance(value, bool)
                )
        if len(self.context.actor.stores) < 2:  # noqa: PLR2004  # nobody with one store needs to read its name on each row
            wanted.pop("store", None)
        return files.titles(self.context, wanted)

    def table(self, records: tuple[Record, ...], query: Query, titles: dict[str, dict[int, str]]) -> Table:
        """The rows, and columns that sort."""
        fields = self.columns()
        rest = fields[1:]
        many = len(self.context.actor.stores) > 1 and self.entity.scope_column == "store_id"
        presenter = Presenter(self.context, self.entity)
        heads = [self.head(field, query) for field in fields]
        if many:
            heads.append(Column(name="store", text=Label("门店", "Store").text(self.locale)))
        rows = []
        for record in records:
            states = presenter.states(record)
            cells = [self.cell(presenter, record, field, states, titles) for field in rest]
            if many:
                cells.append(Cell(text=titles.get("store", {}).get(record.store or 0, "")))
            first = self.cell(presenter, record, fields[0], states, titles) if fields else Cell(text="")
            title = self.untitled(presenter, record) if first.look == "empty" else first.text
            rows.append(Row(id=str(record.id), href=f"{self.base}{record.id}", title=title, cells=tuple(cells)))
        return Table(columns=tuple(heads), rows=tuple(rows))

    def untitled(self, presenter: Presenter, record: Record) -> str:
        """What stands for an empty title."""
        return presenter.title(record, self.locale) if self.entity.stand_in else UNTITLED.text(self.locale)

    def cell(
        self,
        presenter: Presenter,
        record: Record,
        field: Field,
        states: Mapping[str, State],
        titles: dict[str, dict[int, str]],
    ) -> Cell:
        """One cell."""
        value = presenter.value(record, field, states[field.name])
        return cell(field, value, self.locale, titles, at=f"{self.base}{record.id}")

    def head(self, field: Field, query: Query) -> Column:
        """A column's head; clicking it sorts, clicking again turns the order."""
        sortable = field.name in self.policy.sortable and not field.target
        here = query.order == field.name
        turned = f"-{field.name}" if here and not query.descending else field.name
        return Column(
            name=field.name,
            text=field.label.text(self.locale),
            align="end" if field.kind.align == "end" else "start",
            sort_href=self.asked.href(self.base, order=turned) if sortable else None,
            sorted=("descending" if query.descending else "ascending") if here else "",
        )

    def sorts(self, query: Query) -> tuple[Link, ...]:
        """The orders one may choose: by age, and by the indexed columns."""
        made = []
        for order, text in (("-id", NEWEST.text(self.locale)), ("id", OLDEST.text(self.locale)), *self.field_orders()):
            current = (("-" if query.descending else "") + query.order) == order
            made.append(Link(text=text, href=self.asked.href(self.base, order=order), current=current))
        return tuple(made)

    def field_orders(self) -> list[tuple[str, str]]:
        """Orders by indexed fields, both ways."""
        found = []
        for field in self.columns():
            if field.index and field.name in self.policy.sortable:
                label = field.label.text(self.locale)
                found += [
                    (field.name, ASCENDING.text(self.locale).format(field=label)),
                    (f"-{field.name}", DESCENDING.text(self.locale).format(field=label)),
                ]
        return found

    def pager(self, query: Query, found: Page) -> Pager:
        """Links to the neighbouring pages."""
        before = cursor_text(self.entity, query.order, found.before)
        after = cursor_text(self.entity, query.order, found.after)
        return Pager(
            text="",
            first_href=self.asked.href(self.base, after="") if self.asked.after else None,
            previous_href=self.asked.href(self.base, after=before) if before else None,
            next_href=self.asked.href(self.base, after=after) if after else None,
            sizes=tuple(
                Link(text=str(size), href=self.asked.href(self.base, size=str(size)), current=query.size == size)
                for size in (25, 50, 100)
            ),
        )

    def buttons(self) -> tuple[Button, ...]:
        """A few actions; the main one adds."""
        actor, name = self.context.actor, self.entity.name
        made = []
        if actor.may(Action.DELETE, name):
            made.append(Button(text=BIN.text(self.locale), href=f"{self.base}bin", icon="trash"))
        if actor.may(Action.IMPORT, name) and self.entity.group == "customers":
            made.append(Button(text=IMPORT.text(self.locale), href="/import/new", icon="upload"))
        if actor.may(Action.EXPORT, name):
            items = tuple(
                Link(text=kind.upper(), href=self.asked.href(f"{self.base}export.{kind}")) for kind in ("csv", "xlsx")
            )
            made.append(Button(text=EXPORT.text(self.locale), icon="download", items=items))
        if actor.may(Action.CREATE, name):
            text = NEW.format(what=self.entity.label).text(self.locale)
            made.append(Button(text=text, href=f"{self.base}add", icon="plus", main=True))
        return tuple(made)

    def bulk(self, total: int) -> Bulk | None:
        """What may be done with ticked rows."""
        actor, name = self.context.actor, self.entity.name
        made = []
        if actor.may(Action.UPDATE, name):
            made.append(Button(text=SET.text(self.locale), href=f"{self.base}bulk/set", icon="pencil"))
        if actor.may(Action.EXPORT, name):
            made.append(Button(text=EXPORT.text(self.locale), href=f"{self.base}bulk/export", icon="download"))
        if actor.may(Action.DELETE, name):
            made.append(
                Button(text=DELETE.text(self.locale), href=f"{self.base}bulk/delete", icon="trash", danger=True)
            )
        return Bulk(buttons=tuple(made)) if made and total else None

    def empty(self) -> Empty:
        """Why nothing is listed and what to do."""
        asked = self.asked.where or self.asked.words
        what = Label(self.entity.label.zh, self.entity.plural.en)
        text = (NONE_FOUND if asked else NONE_YET).format(what=what).text(self.locale)
        adds = self.context.actor.may(Action.CREATE, self.entity.name)
        advice = LOOSEN.text(self.locale) if asked else ADD_FIRST.text(self.locale) if adds else ""
        clear = (Button(text=CLEAR.text(self.locale), href=self.base),) if asked else ()
        return Empty(text=text, advice=advice, buttons=clear)

    def condition_form(self) -> ConditionForm:
        """The form that adds a condition, with the chosen field's operators when one was chosen."""
        chosen = self.entity.field(request.args.get("field", ""))
        fields = tuple(
            Option(value=field.name, text=field.label.text(self.locale), selected=field is chosen)
            for field in self.entity.fields
            if field.name in self.policy.visible and self.operators(field)
        )
        return ConditionForm(
            action=self.base,
            part_href=f"{self.base}condition",
            fields=fields,
            keep=tuple(pair for pair in self.asked.pairs() if pair[0] != "after"),
            chosen=self.condition(chosen) if chosen and chosen.name in self.policy.visible else None,
        )

    def operators(self, field: Field) -> tuple:  # type: ignore[type-arg]
        """The operators this actor may use on the field."""
        return operators(self.policy, field)

    def condition(self, field: Field) -> Condition:
        """The operator and value of one field, to be filled in."""
        made = control(field, self.locale, name="value", required=False, bare=True)
        if field.kind.code == "boolean":
            choices = (
                Option(value="1", text=Boolean().show(True, self.locale)),
                Option(value="0", text=Boolean().show(False, self.locale)),
            )
            made = control(
                field, self.locale, name="value", required=False, bare=True, widget="select", options=choices
            )
        return Condition(
            field=field.name,
            text=field.label.text(self.locale),
            operations=operations(field, self.operators(field), self.locale),
            control=replace(made, lookup_href=looked_up(field, past=True)),
        )


def lister(context: Context, entity: Entity, policy: FieldPolicy) -> Lister:
    """The list page of this request."""
    return Lister(context, entity, policy, Asked.of(request.args), f"/data/{entity.name}/", door.locale())
