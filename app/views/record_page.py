"""One record as a page: its facts, what hangs on it, what happened to it."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from flask import request

from app.access.state import FieldPolicy
from app.audit.review import TRAIL as REVIEWED
from app.core.action import Action
from app.core.entity import Entity
from app.core.field import Field, State
from app.core.kind import Operator
from app.core.label import Label
from app.core.protected import Protected
from app.heads import door
from app.heads.frame import frame, local
from app.heads.menu import GROUPS, group_label
from app.heads.pages import (
    Button,
    Cell,
    Empty,
    Fact,
    Link,
    Option,
    RecordPage,
    Related,
    Reveal,
    Section,
    Tag,
)
from app.records import files, read
from app.records.context import Context
from app.records.near import reason
from app.records.present import Presenter
from app.records.query import Condition, Query, natural
from app.records.row import Record
from app.views.asked import SPLIT, Asked
from app.views.cells import cell
from app.views.decided import asides, is_drawn_beside
from app.views.history import Told, told
from app.views.list_page import Lister

EDIT, DELETE, NEW = Label("编辑", "Edit"), Label("删除", "Delete"), Label("新建{what}", "New {what}")
SUBJECT = Label("打开所指记录", "What it is about")
REVIEW, EVIDENCE = Label("审计轨迹", "Trail review"), Label("查看证据", "Evidence")
OVERVIEW, TRAIL = Label("全景", "Overview"), Label("轨迹", "Trail")
MINE = Label("本人客户", "your own")
ALL, NONE = Label("还有更多，查看全部", "More; see all"), Label("还没有{what}", "No {what} yet")
HINT = Label("可从这里新建。", "Add one from here.")
CREATED, UPDATED = Label("建档", "Created"), Label("更新", "Updated")
SHOWN = 10
FINDING = "risk_finding"
FURTHEST = timedelta(days=365)  # of the past that one look at the trail takes in
REASONS = {
    "call": Label("联系客户", "Calling the customer"),
    "verify": Label("核对身份", "Checking identity"),
    "paperwork": Label("办理手续", "Paperwork"),
}


@dataclass(frozen=True, slots=True)
class Shower:
    """One record page in the making."""

    context: Context
    entity: Entity
    policy: FieldPolicy
    record: Record
    locale: str

    @property
    def href(self) -> str:
        """The record's address."""
        return f"/data/{self.entity.name}/{self.record.id}"

    @property
    def presenter(self) -> Presenter:
        """Shows the record as its page does: one's own protected values clear where the description says so."""
        return Presenter(self.context, self.entity, masked=False)

    def page(self, acts: tuple[Button, ...] = ()) -> RecordPage:
        """The page, with the asked tab filled; `acts` are its named actions."""
        tab = request.args.get("tab", "")
        children = self.children()
        past = self.history() if tab == "trail" else None
        return RecordPage(
            frame=frame(),
            title=self.title(),
            crumbs=self.crumbs(),
            tags=self.tags(),
            buttons=(*acts, *self.buttons()),
            tabs=self.tabs(tab, children),
            sections=self.sections() if not tab else (),
            related=next((self.related(child, by) for child, by in children if tab == f"{child.name}.{by.name}"), None),
            history=past.entries if past else None,
            history_more_href=f"{self.href}?tab=trail&before={past.before}" if past and past.before else None,
            asides=() if tab else asides(self.entity.name, self.record, self.policy.visible, self.locale),
        )

    def title(self) -> str:
        """By what people know the record."""
        return self.presenter.title(self.record, self.locale)

    def crumbs(self) -> tuple[Link, ...]:
        """The way here."""
        return (
            Link(text=group_label(self.entity.group).text(self.locale), href=""),
            Link(text=self.entity.plural.text(self.locale), href=f"/data/{self.entity.name}/"),
            Link(text=self.title(), href=""),
        )

    def tags(self) -> tuple[Tag, ...]:
        """The record's states: its indexed choices."""
        made = []
        for field in self.entity.fields:
            if field.kind.code == "choice" and field.index and field.name in self.policy.visible:
                shown = cell(field, self.record[field.name], self.locale, {})
                if shown.look != "empty":
                    made.append(
                        Tag(
                            text=shown.text,
                            state=shown.look if shown.look in ("ok", "warn", "bad", "info") else "neutral",
                        )
                    )
        return tuple(made)

    def buttons(self) -> tuple[Button, ...]:
        """Edit and delete, where granted."""
        actor, name = self.context.actor, self.entity.name
        made = []
        if subject := self.subject():
            made.append(Button(text=SUBJECT.text(self.locale), href=subject, icon="external-link"))
        if actor.may(Action.LIST, REVIEWED):
            words = EVIDENCE if name == FINDING else REVIEW
            made.append(Button(text=words.text(self.locale), href=self.review(), icon="shield-check"))
        if actor.may(Action.DELETE, name):
            made.append(Button(text=DELETE.text(self.locale), href=f"{self.href}/delete", icon="trash", danger=True))
        if actor.may(Action.UPDATE, name):
            made.append(Button(text=EDIT.text(self.locale), href=f"{self.href}/edit", icon="pencil", main=True))
        return tuple(made)

    def subject(self) -> str:
        """Where the record stands that this one is about, for who may read such records; nothing without one."""
        if not {"subject_entity", "subject_record"} <= self.policy.visible:
            return ""
        name, number = self.record["subject_entity"], self.record["subject_record"]
        may = name and number and self.context.snapshot.get(name) and self.context.actor.may(Action.READ, name)
        return f"/data/{name}/{number}" if may else ""

    def review(self) -> str:
        """Everything the trail says of the record, for its officer; of a finding, what it counted."""
        if self.entity.name == FINDING:
            return f"/trail/?finding={self.record.id}"
        since = max(local(self.record.row[4]).date(), local(self.context.clock.now()).date() - FURTHEST)
        return f"/trail/?entity={self.entity.name}&record={self.record.id}&since={since}"

    def children(self) -> list[tuple[Entity, Field]]:
        """The entities whose records point here and that the actor may list: work first, parts and ledgers last."""
        pairs = sorted(self.context.snapshot.children.get(self.entity.name, ()), key=lambda pair: place(pair[0]))
        return [
            (child, by)
            for child, by in pairs
            if self.context.actor.may(Action.LIST, child.name) and by.name in self.context.policy(child).queryable
        ]

    def tabs(self, tab: str, children: list[tuple[Entity, Field]]) -> tuple[Link, ...]:
        """The tabs: the facts, each kind of record that points here, the trail."""
        names: dict[str, int] = {}
        for child, _ in children:
            names[child.name] = names.get(child.name, 0) + 1
        made = [Link(text=OVERVIEW.text(self.locale), href=self.href, current=not tab)]
        for child, by in children:
            text = child.plural.text(self.locale)
            if names[child.name] > 1:
                text = f"{text} · {by.label.text(self.locale)}"
            made.append(
                Link(
                    text=text, href=f"{self.href}?tab={child.name}.{by.name}", current=tab == f"{child.name}.{by.name}"
                )
            )
        made.append(Link(text=TRAIL.text(self.locale), href=f"{self.href}?tab=trail", current=tab == "trail"))
        return tuple(made)

    def sections(self) -> tuple[Section, ...]:
        """The facts by section, and when the record was made and changed."""
        states = self.presenter.states(self.record)
        values = self.presenter.values(self.record)
        titles = files.titles(self.context, files.referred(self.entity, [self.record]))
        found: dict[Label | None, list[Fact]] = {}
        for field in self.entity.fields:
            if states[field.name] is not State.HIDDEN and not is_drawn_beside(self.entity.name, field.name):
                found.setdefault(field.section, []).append(self.fact(field, values.get(field.name), titles))
        own = found.setdefault(None, [])
        if store := titles.get("store", {}).get(self.record.store or 0):
            own.append(
                Fact(
                    name="store",
                    label=Label("门店", "Store").text(self.locale),
                    cells=(Cell(text=store, href=f"/data/store/{self.record.store}"),),
                )
            )
        for label, place in ((CREATED, 4), (UPDATED, 6)):
            moment = self.record.row[place]
            own.append(
                Fact(
                    name=label.en.lower(),
                    label=label.text(self.locale),
                    cells=(Cell(text=f"{local(moment):%Y-%m-%d %H:%M}", tip=moment.isoformat()),),
                )
            )
        return tuple(
            Section(title=label.text(self.locale) if label else None, facts=tuple(facts))
            for label, facts in found.items()
        )

    def fact(self, field: Field, value: Any, titles: dict[str, dict[int, str]]) -> Fact:
        """One field; a masked one can be asked for, one seen because the record is one's own says so."""
        own = self.presenter.state(field, self.presenter.relation(self.record)) is State.CLEAR
        mine = field.sealed and own and value is not None
        ask = isinstance(value, Protected) and self.context.actor.may(Action.REVEAL, self.entity.name)
        made = cell(field, value, self.locale, titles, short=False, at=self.href)
        if mine and field.kind.code == "phone":
            made = Cell(text=made.text, href=f"tel:{field.kind.dump(value)}")
        return Fact(
            name=field.name,
            label=field.label.text(self.locale),
            cells=(made,),
            why=self.why().text(self.locale) if mine else None,
            reveal=self.reveal(field) if ask else None,
            wide=field.kind.code == "long_text",
        )

    def why(self) -> Label:
        """Why the record's protected values stand open."""
        return reason(self.entity, self.record.near).label if self.record.near else MINE

    def reveal(self, field: Field) -> Reveal:
        """How a masked field is asked for."""
        reasons = tuple(Option(value=code, text=label.text(self.locale)) for code, label in REASONS.items())
        return Reveal(action=f"{self.href}/reveal/{field.name}", reasons=reasons)

    def opened(self) -> dict[str, Any] | None:
        """The protected fields the page shows in clear and what for, which is noted in the trail; None for none."""
        states = self.presenter.states(self.record)
        fields = [
            field.name
            for field in self.entity.fields
            if field.sealed and states[field.name] is State.CLEAR and self.record[field.name] is not None
        ]
        purpose = {"purpose": self.record.near} if self.record.near else {}
        return {"fields": fields, **purpose} if fields else None

    def related(self, child: Entity, by: Field) -> Related:
        """The records of another entity that point here."""
        policy = self.context.policy(child)
        where = SPLIT.join((by.name, Operator.EQ, str(self.record.id)))
        base = f"/data/{child.name}/"
        lister = Lister(self.context, child, policy, Asked(where=(where,)), base, self.locale)
        query = Query(conditions=(Condition(by, Operator.EQ, self.record.id),), size=SHOWN)
        found = read.listing(self.context, child, query)
        titles = lister.titles(found.records, query)
        new = None
        if self.context.actor.may(Action.CREATE, child.name):
            text = NEW.format(what=child.label).text(self.locale)
            new = Button(text=text, href=f"{base}add?{by.name}={self.record.id}", icon="plus")
        empty = Empty(
            text=NONE.format(what=Label(child.label.zh, child.plural.en)).text(self.locale),
            advice=HINT.text(self.locale) if new else "",
        )
        return Related(
            title=child.plural.text(self.locale),
            table=lister.table(found.records, query, titles),
            all_href=f"{base}?where={where}",
            new=new,
            more=ALL.text(self.locale) if found.after else None,
            empty=None if found.records else empty,
        )

    def history(self) -> Told:
        """What happened to the record, newest first, from where the address says on."""
        before = natural(request.args.get("before", ""))
        return told(self.context, self.entity, self.record, self.locale, before)


def place(entity: Entity) -> tuple[bool, int, int]:
    """Where an entity stands among others: in the order of the menu, what is reached by others after it."""
    groups = list(GROUPS)
    return entity.aside, groups.index(entity.group) if entity.group in groups else len(groups), entity.rank


def shower(context: Context, entity: Entity, policy: FieldPolicy, record: Record) -> Shower:
    """The record page of this request."""
    return Shower(context, entity, policy, record, door.locale())
