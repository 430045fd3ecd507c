"""Adding and editing: the form, what was typed, the second editor's comparison."""

from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from dataclasses import field as attribute
from datetime import datetime
from typing import Any

from flask import request

from app.access.state import FieldPolicy
from app.core.entity import Entity
from app.core.errors import Conflict, Invalid, Unfit
from app.core.field import Field
from app.core.label import Label
from app.core.protected import Protected
from app.core.scope import Belongs
from app.heads import door
from app.heads.frame import frame, local
from app.heads.menu import group_label
from app.heads.pages import ConflictPage, Control, FormPage, FormSection, Link, Option, Versus
from app.records import files, read, write
from app.records.context import Context
from app.records.files import UPLOAD
from app.records.present import Presenter
from app.records.row import Record
from app.views.attachments import KEPT, Attachments, attachments, dressed, stored
from app.views.controls import control, editable, of_past, offered, overridable, posted, reasons
from app.views.lookup import lookup

NEW = Label("新建{what}", "New {what}")
EDIT = Label("编辑{what}", "Edit {what}")
SAVE = Label("保存", "Save")
AGAIN = Label("保存并继续新建", "Save and add another")
STORE = Label("门店", "Store")
PICK_ONE = Label("请从列表中选一条。", "Choose one from the list.")
SEVERAL = Label("有几条相符，请选一条。", "Several match; choose one.")
NO_MATCH = Label(
    "没有找到“{text}”，请换个词或从列表中选。", "“{text}” was not found; use other words or choose from the list."
)
SOMEBODY = Label("别人", "Somebody else")


@dataclass(slots=True)
class Former:
    """One form in the making: of a new record, or of `record`."""

    context: Context
    entity: Entity
    policy: FieldPolicy
    locale: str
    record: Record | None = None
    errors: dict[str, Unfit] = attribute(default_factory=dict)
    offers: dict[str, tuple[Option, ...]] = attribute(default_factory=dict)
    sent: Attachments = attribute(default_factory=Attachments)

    @property
    def base(self) -> str:
        """The address of the entity's list."""
        return f"/data/{self.entity.name}/"

    @property
    def fields(self) -> list[Field]:
        """The fields the form offers: those the actor may write and, in this record, see at least as masks."""
        fields = editable(self.entity, self.policy.writable)
        if self.record is None:
            return fields
        states = Presenter(self.context, self.entity).states(self.record)
        return [field for field in fields if offered(field, states[field.name])]

    @property
    def action(self) -> str:
        """Where the form is posted."""
        return f"{self.base}{self.record.id}/edit" if self.record else f"{self.base}add"

    def stored(self) -> dict[str, Any]:
        """The record's values as the actor may see them; nothing for a new one."""
        if self.record is None:
            return {}
        return Presenter(self.context, self.entity).values(self.record, self.fields)

    def given(self) -> dict[str, object]:
        """What was posted, by field; pickers' words are looked up, and what they do not settle stands in `errors`."""
        values = posted(self.fields, request.form, self.stored() if self.record else None) | self.sent.ids
        self.errors.update(self.sent.refused)
        for field in self.fields:
            if field.target and field.name in values:
                self.settle(field, values)
        if self.record is None and self.entity.belongs is Belongs.STORE and "store" in request.form:
            values["store"] = request.form["store"]
        if self.errors:
            raise Invalid(self.misread(values) | self.errors)
        return values

    def reasons(self) -> dict[str, str]:
        """Why doubted values shall be saved all the same, by field."""
        return reasons(self.fields, request.form)

    def misread(self, values: Mapping[str, object]) -> dict[str, Unfit]:
        """What is wrong with the other values, so that all is told at once."""
        others = {name: raw for name, raw in values.items() if name in self.entity.by_name and name not in self.errors}
        return write.read(self.context, self.entity, others)[1]

    def settle(self, field: Field, values: dict[str, object]) -> None:
        """A picker's record: the chosen id while the words still belong to it, else the one record the words find."""
        text, was = request.form.get(f"{field.name}__text"), request.form.get(f"{field.name}__was", "")
        if text is None or text.strip() == was.strip():
            return
        if not text.strip():
            values[field.name] = None
            return
        found = lookup(self.context, self.context.entity(field.target or ""), text, past=of_past(field))
        exact = [option for option in found if option.text == text.strip()]
        if len(exact) == 1 or len(found) == 1:
            values[field.name] = (exact or found)[0].value
        elif found:
            self.offers[field.name] = found
            self.errors[field.name] = Unfit("several", SEVERAL)
        else:
            self.errors[field.name] = Unfit("no_match", NO_MATCH.format(text=text[:40]))

    def page(self, *, failed: Invalid | None = None, version: int | None = None) -> FormPage:
        """The form; with what was typed and what is wrong when it failed."""
        typed = request.form if request.method == "POST" else None
        errors = dict(failed.fields) if failed else {}
        values = self.stored() if self.record else self.preset()
        titles = files.titles(self.context, named(self.fields, values))
        sections: dict[Label | None, list[Control]] = {}
        if store := self.store_control(typed, errors):
            sections.setdefault(None, []).append(store)
        for field in self.fields:
            made = self.control(field, values.get(field.name), typed, errors, titles)
            sections.setdefault(field.section, []).append(overridable(made, errors.get(field.name), typed))
        known = {control.name for controls in sections.values() for control in controls}
        lost = [unfit.label.text(self.locale) for name, unfit in errors.items() if name not in known]
        what = (EDIT if self.record else NEW).format(what=self.entity.label).text(self.locale)
        return FormPage(
            frame=frame(),
            title=what,
            crumbs=self.crumbs(what),
            action=self.action,
            sections=tuple(
                FormSection(title=label.text(self.locale) if label else None, controls=tuple(made))
                for label, made in sections.items()
            ),
            submit=SAVE.text(self.locale),
            cancel_href=f"{self.base}{self.record.id}" if self.record else self.base,
            version=(version or self.record.version) if self.record else None,
            again=None if self.record else AGAIN.text(self.locale),
            problem=" ".join(lost) or None,
            hidden=self.sent.hidden,
        )

    def preset(self) -> dict[str, Any]:
        """What a new record begins with: defaults, and what the address asks for (a parent, from its page)."""
        values: dict[str, Any] = {}
        for field in self.fields:
            values[field.name] = write.default(self.context, field)
            if field.name in request.args and field.kind.code != "file":
                with suppress(Unfit):
                    values[field.name] = field.kind.read(request.args[field.name])
        return values

    def control(
        self, field: Field, value: Any, typed: Any, errors: Mapping[str, Unfit], titles: dict[str, dict[int, str]]
    ) -> Control:
        """One field's control."""
        error = errors[field.name].label.text(self.locale) if field.name in errors else None
        if field.name in self.offers:
            return control(field, self.locale, error=error, widget="select", options=self.offers[field.name])
        if field.kind.code == "file":
            held = stored(field, value, titles, f"{self.base}{self.record.id}" if self.record else "")
            plain = control(field, self.locale, value=value, error=error)
            return dressed(plain, field, self.locale, held, self.sent.fresh.get(field.name))
        shown = (
            titles.get(field.target or "", {}).get(value, f"#{value}")
            if field.target and isinstance(value, int)
            else ""
        )
        if typed is None or (field.name not in typed and field.kind.code != "multi_choice"):
            return control(field, self.locale, value=value, error=error, shown=shown)
        if field.target:
            shown = typed.get(f"{field.name}__text", shown)
        many = typed.getlist(field.name) if field.kind.code in ("multi_choice", "choice") else None
        return control(
            field,
            self.locale,
            typed=typed.getlist(field.name)[-1] if typed.getlist(field.name) else "",
            chosen=many,
            value=value,
            error=error,
            shown=shown,
        )

    def store_control(self, typed: Any, errors: Mapping[str, Unfit]) -> Control | None:
        """The choice of store, for those who may write in more than one."""
        if self.record is not None or self.entity.belongs is not Belongs.STORE or len(self.context.actor.stores) < 2:  # noqa: PLR2004
            return None
        chosen = typed.get("store") if typed else str(self.context.actor.store or "")
        names = read.titles(self.context, {"store": set(self.context.actor.stores)}).get("store", {})
        options = tuple(
            Option(value=str(number), text=name, selected=str(number) == chosen)
            for number, name in sorted(names.items())
        )
        error = errors["store"].label.text(self.locale) if "store" in errors else None
        return Control(
            name="store", label=STORE.text(self.locale), widget="select", options=options, required=True, error=error
        )

    def crumbs(self, what: str) -> tuple[Link, ...]:
        """The way here."""
        return (
            Link(text=group_label(self.entity.group).text(self.locale), href=""),
            Link(text=self.entity.plural.text(self.locale), href=self.base),
            Link(text=what, href=""),
        )

    def conflict(self, error: Conflict) -> ConflictPage:
        """The comparison with what somebody else saved; everything typed goes along."""
        record = self.record
        assert record is not None  # noqa: S101  # only an edit can be second
        hidden = tuple(
            (name, value)
            for name in request.form
            for value in request.form.getlist(name)
            if name not in ("csrf_token", "version") and not name.startswith("choose__") and not name.endswith(KEPT)
        )
        titles = files.titles(self.context, self.disputed(error))
        return ConflictPage(
            frame=frame(),
            title=EDIT.format(what=self.entity.label).text(self.locale),
            crumbs=self.crumbs(EDIT.format(what=self.entity.label).text(self.locale)),
            action=self.action,
            version=error.version,
            by=error.by or SOMEBODY.text(self.locale),
            at=f"{local(datetime.fromisoformat(error.at)):%Y-%m-%d %H:%M}" if error.at else "",
            differences=tuple(self.versus(one.field, one.theirs, one.yours, titles) for one in error.differences),
            cancel_href=f"{self.base}{record.id}",
            hidden=hidden + self.sent.hidden,
        )

    def disputed(self, error: Conflict) -> dict[str, set[int]]:
        """The records the two versions refer to."""
        wanted: dict[str, set[int]] = {}
        for one in error.differences:
            field = self.entity.by_name[one.field]
            target = UPLOAD if field.kind.code == "file" else field.target
            if target:
                wanted.setdefault(target, set()).update(
                    value for value in (one.theirs, one.yours) if isinstance(value, int)
                )
        return wanted

    def versus(self, name: str, theirs: Any, yours: Any, titles: dict[str, dict[int, str]]) -> Versus:
        """One disputed field in words; a protected value is told only as its mask."""
        field = self.entity.by_name[name]

        def words(value: Any) -> str:
            if value is None:
                return "—"
            if field.target or (field.kind.code == "file" and isinstance(value, int)):
                return titles.get(field.target or UPLOAD, {}).get(value, f"#{value}")
            return str(value) if isinstance(value, Protected) else field.kind.show(value, self.locale)

        return Versus(
            name=name,
            label=field.label.text(self.locale),
            theirs=words(theirs),
            yours=words(yours),
            masked=isinstance(theirs, Protected),
        )


def former(context: Context, entity: Entity, policy: FieldPolicy, record: Record | None = None) -> Former:
    """The form of this request."""
    form = Former(context, entity, policy, door.locale(), record)
    form.sent = attachments(context, entity, form.fields)
    return form


def chosen(given: dict[str, object]) -> dict[str, object]:
    """What is left to save after a comparison: fields for which "theirs" was chosen are dropped."""
    return {name: value for name, value in given.items() if request.form.get(f"choose__{name}") != "theirs"}


def named(fields: Iterable[Field], values: Mapping[str, Any]) -> dict[str, set[int]]:
    """The records whose titles a form of these fields shows."""
    wanted: dict[str, set[int]] = {}
    for field in fields:
        value = values.get(field.name)
        if field.target and isinstance(value, int):
            wanted.setdefault(field.target, set()).add(value)
        elif field.kind.code == "file" and isinstance(value, int):
            wanted.setdefault(UPLOAD, set()).add(value)
    return wanted
