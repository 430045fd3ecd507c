"""Fields as form controls."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from app.core.entity import Entity
from app.core.errors import Doubtful, Unfit
from app.core.field import Field, State
from app.core.label import Label
from app.core.protected import Protected
from app.heads.pages import Control, Option
from app.records.override import doubting, tidy

CHOOSE = Label("请选择", "Choose")
OVERRIDE = "__override"
CHOSEN = ("boolean", "multi_choice", "file")  # their empty control says something


def control(  # the optional parts of a control
    field: Field,
    locale: str,
    *,
    name: str = "",
    typed: str | None = None,
    chosen: list[str] | None = None,
    value: Any = None,
    error: str | None = None,
    shown: str = "",
    required: bool | None = None,
    bare: bool = False,
    readonly: bool = False,
    widget: str = "",
    options: tuple[Option, ...] | None = None,
) -> Control:
    """A field's control: what was typed, else what is stored, a sealed value as its mask; `bare` has no help."""
    text = typed if typed is not None else written(field, value)
    drawn = widget or field.kind.widget
    if drawn == "switch" and bare:
        drawn = "select"
    return Control(
        name=name or field.name,
        label=field.label.text(locale),
        widget=drawn,
        value=text,
        options=options
        if options is not None
        else choices(field, locale, chosen if chosen is not None else selected(field, value, text)),
        required=field.required if required is None else required,
        readonly=readonly or field.readonly,
        wide=drawn == "textarea",
        help=field.help.text(locale) if field.help and not bare else None,
        error=error,
        mask=str(value) if isinstance(value, Protected) else None,
        unit=Label("元", "CNY").text(locale) if field.kind.code == "money" else None,
        maxlength=getattr(field.kind, "max", None) if drawn in ("text", "textarea") else None,
        lookup_href=looked_up(field),
        shown=shown,
    )


def looked_up(field: Field, *, past: bool = False) -> str | None:
    """Where a reference's picker asks; with `past` also for what is not offered any more."""
    if not field.target:
        return None
    return f"/data/{field.target}/lookup{'?past=1' if past or of_past(field) else ''}"


def of_past(field: Field) -> bool:
    """Whether a reference also names what is not offered any more."""
    return bool(getattr(field.kind, "past", False))


def written(field: Field, value: Any) -> str:
    """A stored value as a control holds it; nothing for protected ones."""
    if value is None or isinstance(value, Protected):
        return ""
    match field.kind.code:
        case "multi_choice" | "file":
            return ""
        case "boolean":
            return "1" if value else "0"
        case "datetime":
            return str(field.kind.cell(value)).replace(" ", "T")[:16]
        case "choice":
            return str(value)
    return str(field.kind.dump(value))


def selected(field: Field, value: Any, text: str) -> list[str]:
    """The codes a choice control shows as chosen."""
    if field.kind.code == "multi_choice":
        return list(value or ()) if not isinstance(value, Protected) else []
    return [text] if text else []


def choices(field: Field, locale: str, chosen: list[str]) -> tuple[Option, ...]:
    """The options of a choice, an empty one first where nothing need be chosen."""
    listed = getattr(field.kind, "choices", None)
    if listed is None:
        return ()
    made = [Option(value=one.code, text=one.label.text(locale), selected=one.code in chosen) for one in listed]
    if field.kind.code == "choice" and not (field.required and chosen):
        made.insert(0, Option(value="", text=CHOOSE.text(locale), selected=not chosen))
    return tuple(made)


def editable(entity: Entity, writable: frozenset[str]) -> list[Field]:
    """The fields a form offers, in order."""
    return [field for field in entity.fields if field.name in writable]


def offered(field: Field, state: State) -> bool:
    """Whether a form offers the field: of masked ones only those whose control can stand empty and mean nothing."""
    return state is State.CLEAR or (state is State.MASKED and field.kind.code not in CHOSEN)


def overridable(made: Control, unfit: Unfit | None, form: Any) -> Control:
    """The control, asking for a reason where its value is doubted, or for the one that was given."""
    given = form.get(f"{made.name}{OVERRIDE}", "") if form else ""
    return replace(made, override=given) if given or isinstance(unfit, Doubtful) else made


def reasons(fields: list[Field], form: Any) -> dict[str, str]:
    """The reasons a form posted for saving doubted values, by field."""
    typed = {field.name: tidy(form.get(f"{field.name}{OVERRIDE}", "")) for field in fields if doubting(field)}
    return {name: reason for name, reason in typed.items() if reason}


def hidden(field: Field, value: Any) -> bool:
    """Whether a control stands empty because its value is not shown, so that leaving it so changes nothing."""
    return field.sealed or isinstance(value, Protected)


def posted(fields: list[Field], form: Any, stored: Mapping[str, Any] | None = None) -> dict[str, object]:
    """What a form posted, by field, as raw values; without untouched masked fields and moments, None for a cleared one.

    `form` is a MultiDict; `stored` is what the record holds.
    """
    given: dict[str, object] = {}
    for field in fields:
        name = field.name
        if form.get(f"{name}__clear") == "1":
            given[name] = None
        elif field.kind.code == "file":
            continue  # a form sends files, never ids of uploads
        elif field.kind.code == "multi_choice":
            given[name] = form.getlist(name)
        elif name not in form:
            continue
        elif field.kind.code == "boolean":
            given[name] = form.getlist(name)[-1]
        elif stored is not None and form.get(name, "") == "" and hidden(field, stored.get(name)):
            continue
        elif field.kind.code == "datetime" and stored and form[name] == written(field, stored.get(name)) != "":
            continue  # a control holds minutes: a moment left as it was shown keeps its seconds
        else:
            given[name] = form.get(name, "")
    return given
