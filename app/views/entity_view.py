"""The screens of one entity: a FAB ModelView built from its description, never registered, its bodies ours."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, ClassVar

from flask import Response, g, redirect, request
from flask_appbuilder import ModelView, expose
from werkzeug.wrappers import Response as Answer

from app.access.state import FieldPolicy
from app.core.action import Action
from app.core.entity import Entity
from app.core.errors import Conflict, Invalid, NotFound, Refusal
from app.core.field import State
from app.core.label import Label
from app.heads import door
from app.heads.frame import draw, frame, local, say
from app.heads.house import house
from app.heads.mapped import Window
from app.heads.pages import ConditionPart, ConfirmPage, Link, LookupPart, RevealedPage, RevealedPart
from app.records import read, write
from app.records.context import Context
from app.records.event import note
from app.records.query import unknown
from app.records.reveal import opened as opened_value
from app.records.row import Record
from app.views import bin as bins
from app.views import bulk, deeds, export, undo
from app.views.asked import Asked, added
from app.views.form_page import SOMEBODY, chosen, former
from app.views.list_page import lister
from app.views.lookup import lookup
from app.views.record_page import REASONS, shower

SAVED = Label("已保存。", "Saved.")
REMOVED = Label("已删除。", "Deleted.")
SURE = Label("确定删除“{title}”吗？", "Delete “{title}”?")
DELETE = Label("删除", "Delete")
KEPT = Label("操作轨迹会保留。", "The trail keeps what happened.")
SINCE = Label(
    "{by} 在 {at} 修改过这条记录，还没有删除；请看过现在的内容再确认。",
    "{by} changed this record at {at}; it was not deleted. Look at it as it stands, then confirm.",
)
UNSEEN = Label(
    "没有说明您看到的是哪个版本，还没有删除；请看过现在的内容再确认。",
    "Which version you saw was not said; it was not deleted. Look at it as it stands, then confirm.",
)
WHAT_CHANGED = Label("改了什么", "What changed")
WHY = Label("请说明为什么要查看。", "Say why you need to see it.")
LONGEST_REASON = 200


class EntityView(ModelView):
    """What every entity's screens do; an instance holds one description as one field policy shows it."""

    entity: ClassVar[Entity]
    policy: ClassVar[FieldPolicy]

    def _init_forms(self) -> None:
        """No WTForms: a description draws and reads its own controls, through the one validator of each kind."""

    @property
    def context(self) -> Context:
        """The announced transaction of the request."""
        found: Context = g.context
        return found

    @property
    def base(self) -> str:
        """The address of the list."""
        return f"/data/{self.entity.name}/"

    @expose("/")
    def list(self) -> Answer | str:
        """The list; a condition being added by the form becomes part of the address."""
        if new := added(self.found):
            asked = Asked.of(request.args)
            return redirect(asked.href(self.base, where=(*asked.where, new)))
        return draw(lister(self.context, self.entity, self.policy).page())

    def found(self, name: str, words: str) -> Sequence[str]:
        """The one record a reference's words mean, for a condition; several or none leave the condition empty."""
        field = self.entity.field(name)
        if field is None or not field.target:
            return []
        options = lookup(self.context, self.context.entity(field.target), words, past=True)
        exact = [option for option in options if option.text == words]
        return [option.value for option in (exact or options)] if len(exact or options) == 1 else []

    @expose("/condition")
    def condition(self) -> str:
        """The operator and value of one field, for the form that adds a condition."""
        self.context.demand(Action.LIST, self.entity)
        field = self.entity.field(request.args.get("field", ""))
        if field is None or field.name not in self.policy.visible:
            raise unknown(request.args.get("field", ""))
        page = lister(self.context, self.entity, self.policy)
        return draw(ConditionPart(frame=frame(), condition=page.condition(field)))

    @expose("/lookup")
    def lookup(self) -> str:
        """What a picker finds: what may still be chosen, or for a filter also what once was."""
        past = request.args.get("past") == "1"
        options = lookup(self.context, self.entity, request.args.get("q", ""), size=9, past=past)
        return draw(LookupPart(frame=frame(), options=options[:8], more=len(options) > 8))  # noqa: PLR2004

    @expose("/<int:pk>")
    def show(self, pk: int) -> Answer | str:
        """One record; protected values it shows in clear are noted before the first byte."""
        record = read.get(self.context, self.entity, pk)
        if heir := deeds.heir(self.entity, record):
            return redirect(heir)
        page = shower(self.context, self.entity, self.policy, record)
        if not request.args.get("tab") and (opened := page.opened()):
            note(self.context.connection, "open", self.entity, record=pk, store=record.store, details=opened)
        acts = deeds.buttons(self.context, self.entity, record, door.locale())
        return draw(page.page(acts))

    @expose("/add", methods=("GET", "POST"))
    def add(self) -> Answer | str:
        """A new record."""
        self.context.demand(Action.CREATE, self.entity)
        form = former(self.context, self.entity, self.policy)
        if request.method == "GET":
            return draw(form.page())
        try:
            with self.context.connection.begin_nested():
                number = write.insert(self.context, self.entity, form.given(), form.reasons())
        except Invalid as failed:
            return self.refused(form.page(failed=failed), failed)
        say(SAVED)
        return redirect(f"{self.base}add" if request.form.get("again") else f"{self.base}{number}", 303)

    @expose("/<int:pk>/edit", methods=("GET", "POST"))
    def edit(self, pk: int) -> Answer | str:
        """A change of a record; the second of two editors compares."""
        self.context.demand(Action.UPDATE, self.entity)
        record = read.fetch(self.context, self.entity, pk)
        form = former(self.context, self.entity, self.policy, record)
        if request.method == "GET":
            return draw(form.page())
        version = write.parse_version(request.form.get("version"))
        try:
            with self.context.connection.begin_nested():
                write.update(self.context, self.entity, pk, version or 0, chosen(form.given()), reasons=form.reasons())
        except Invalid as failed:
            return self.refused(form.page(failed=failed, version=version), failed)
        except Conflict as conflict:
            return self.refused(form.conflict(conflict), conflict)
        say(SAVED)
        return redirect(f"{self.base}{pk}", 303)

    @expose("/<int:pk>/delete", methods=("GET", "POST"))
    def delete(self, pk: int) -> Answer | str:
        """Removes a record, after asking."""
        self.context.demand(Action.DELETE, self.entity)
        record = read.fetch(self.context, self.entity, pk)
        if request.method == "GET":
            return draw(self.sure(record))
        seen = write.parse_version(request.form.get("version"))
        try:
            if seen is None:
                raise write.conflict(self.context, self.entity, record, {})
            write.delete(self.context, self.entity, pk, seen)
        except Conflict as conflict:
            note = UNSEEN if seen is None else since(conflict)
            return self.refused(self.sure(read.fetch(self.context, self.entity, pk), note), conflict)
        say(REMOVED)
        return redirect(self.base, 303)

    def sure(self, record: Record, note: Label | None = None) -> ConfirmPage:
        """Whether the record shall be removed as it stands; with a note when it is asked again."""
        page, locale = shower(self.context, self.entity, self.policy, record), door.locale()
        return ConfirmPage(
            frame=frame(),
            title=DELETE.text(locale),
            crumbs=page.crumbs(),
            action=f"{page.href}/delete",
            question=SURE.format(title=page.title()).text(locale),
            submit=DELETE.text(locale),
            cancel_href=page.href,
            note=note.text(locale) if note else None,
            consequences=(KEPT.text(locale),),
            records=(Link(text=WHAT_CHANGED.text(locale), href=f"{page.href}?tab=trail"),) if note else (),
            hidden=(("version", str(record.version)),),
        )

    @expose("/<int:pk>/do/<code>", methods=("GET", "POST"))
    def do(self, pk: int, code: str) -> Answer | str:
        """A named action on a record: a move of its life cycle, or one that rules add."""
        return deeds.answer(self.context, self.entity, self.policy, pk, code)

    @expose("/<int:pk>/undo", methods=("GET", "POST"))
    def undo(self, pk: int) -> Answer | str:
        """Takes a record back to what it held before an act of its history, or at a moment, after asking."""
        return undo.answer(self.context, self.entity, self.policy, pk)

    @expose("/undo", methods=("GET", "POST"))
    def undo_all(self) -> Answer | str:
        """Takes back what one act changed in every record, after asking."""
        return undo.many(self.context, self.entity)

    @expose("/bin")
    def bin(self) -> str:
        """What was deleted and can be brought back."""
        return draw(bins.page(self.context, self.entity, self.policy))

    @expose("/bin/<int:number>/restore", methods=("POST",))
    def restore(self, number: int) -> Answer:
        """Brings a deleted record back."""
        return bins.restore(self.context, self.entity, self.policy, number)

    @expose("/<int:pk>/reveal/<field>", methods=("POST",))
    def reveal(self, pk: int, field: str) -> str:
        """A protected value, with its reason in the trail before it is told."""
        self.context.demand(Action.REVEAL, self.entity)
        record = read.get(self.context, self.entity, pk)
        page = shower(self.context, self.entity, self.policy, record)
        wanted = self.entity.field(field)
        if wanted is None or page.presenter.states(record).get(field, State.HIDDEN) is State.HIDDEN:
            raise NotFound
        reason = (request.form.get("reason_text") or request.form.get("reason", "")).strip()[:LONGEST_REASON]
        error = None if reason else WHY.text(door.locale())
        value = page.presenter.values(record, [wanted]).get(field)
        if not error:
            known = reason in REASONS
            why = {"reason": reason if known else "other", "words": None if known else reason}
            value = opened_value(self.context, page.presenter, record, wanted, why)
        fact = page.fact(wanted, value, {})
        if request.headers.get("HX-Request"):
            return draw(RevealedPart(frame=frame(), fact=fact, error=error))
        return draw(
            RevealedPage(
                frame=frame(), title=page.title(), crumbs=page.crumbs(), fact=fact, back_href=page.href, error=error
            )
        )

    @expose("/export.<kind>")
    def export(self, kind: str) -> Answer:
        """The listed records as a file, streamed."""
        return export.answer(self.context, self.entity, self.policy, kind)

    @expose("/bulk/<act>", methods=("POST",))
    def bulk(self, act: str) -> Answer | str:
        """Something done to many ticked records at once, after asking: all or none."""
        return bulk.answer(self.context, self.entity, self.policy, act)

    def refused(self, page: Any, error: Refusal) -> Response:
        """A page that shows what was typed and what is wrong with it."""
        return Response(draw(page), error.status, mimetype="text/html")


def since(conflict: Conflict) -> Label:
    """Who changed a record while somebody was about to remove it, and when."""
    at = f"{local(datetime.fromisoformat(conflict.at)):%Y-%m-%d %H:%M}" if conflict.at else ""
    return SINCE.format(by=conflict.by or SOMEBODY, at=at)


def build(entity: Entity, policy: FieldPolicy) -> EntityView:
    """The screens of an entity as a field policy shows it: a real ModelView that no router knows."""
    shown = [name for name in entity.by_name if name in policy.visible]
    writable = [name for name in shown if name in policy.writable]
    made = type(
        f"{entity.name}_view_{entity.version}",
        (EntityView,),
        {
            "entity": entity,
            "policy": policy,
            "datamodel": Window(entity, house().database.engine),
            "route_base": f"/data/{entity.name}",
            "class_permission_name": f"data.{entity.name}",
            "base_permissions": [f"can_{verb}" for verb in ("list", "show", "add", "edit", "delete")],
            "label_columns": {field.name: field.label.zh for field in entity.fields},
            "list_columns": [name for name in entity.columns if name in policy.visible],
            "show_columns": shown,
            "add_columns": writable,
            "edit_columns": writable,
            "search_columns": [name for name in shown if name in policy.queryable],
            "order_columns": [name for name in shown if name in policy.sortable],
        },
    )
    view: EntityView = made()
    return view
