"""The wizard's second step: columns and the fields they become, how the file is read, whose records they will be."""

import re
from typing import Any

from flask import request

from app.core.entity import Entity
from app.core.label import Label
from app.exchange import encoding
from app.exchange.batch import Batch, Owner
from app.exchange.begin import offered, open_preview
from app.exchange.dialect import SEPARATORS
from app.exchange.mapping import Column, Mapping, Problem, Target, Use
from app.exchange.owners import Staff
from app.exchange.source import Choices
from app.exchange.steps import CUSTOMER, IMPORTED, VEHICLE
from app.heads import door
from app.heads.frame import frame
from app.heads.pages import Control, Count, MappingPage, Option, SourceColumn, Tag, TargetGroup
from app.records.context import Context
from app.views.import_pages import steps
from app.views.import_words import TITLE

KEEP, SKIP = "keep", "skip"
KEPT, LEFT_OUT, OTHER = Label("加密保存", "Keep sealed"), Label("不导入", "Leave out"), Label("其他", "Other")
SURE, CHECK, NONE = Label("确定", "sure"), Label("请核对", "please check"), Label("没有对应栏目", "no field")
SIZE, READ_AS, HEADING = Label("文件大小", "Size"), Label("编码", "Encoding"), Label("表头", "Heading")
SEPARATOR, SHEET, FORMAT = Label("分隔符", "Separator"), Label("工作表", "Sheet"), Label("格式", "Format")
LINE, NO_HEADING = Label("第 {n} 行", "line {n}"), Label("没有表头", "none")
HEADING_LINE = Label("表头在第几行（0 表示没有）", "Line of the heading (0: none)")
EMPLOYEE = Label("归属员工", "Owner")
CHOOSE_EMPLOYEE = Label("请选择归属员工。", "Choose the employee who becomes the owner.")
NAME_COLUMN = Label(
    "归属规则是“按文件中的顾问”，请为“销售顾问”选一列，或重新上传并选别的规则。",
    "Owners are to be named in the file: choose a column for “Sales consultant”, or upload with another rule.",
)
MARKS = {
    ",": Label("逗号", "comma"),
    "\t": Label("制表符", "tab"),
    ";": Label("分号", "semicolon"),
    "|": Label("竖线", "bar"),
    "，": Label("中文逗号", "full-width comma"),
}
_DIGITS = re.compile(r"[0-9０-９][0-9０-９\s\-]{5,}[0-9０-９Xx]")
_DATE = 8  # digits
_WIDE = 0.9  # confidence from which a proposal is called sure


def page(
    context: Context,
    batch: Batch,
    *,
    posted: Mapping | None = None,
    problems: tuple[Problem, ...] = (),
    problem: Label | None = None,
) -> MappingPage:
    """The mapping as it is saved, or as it was posted with what is wrong in it."""
    locale = door.locale()
    shown, mapping = open_preview(context, batch), posted or batch.mapping or Mapping(())
    said = problem or next((one.label for one in problems if one.column is None), None) or batch.problem
    errors = {one.column: one.label.text(locale) for one in problems if one.column is not None}
    return MappingPage(
        frame=frame(),
        title=TITLE.text(locale),
        **steps(batch, 1),
        action=f"/import/{batch.id}/mapping",
        back_href="/import/new",
        file=detected(batch, shown, locale),
        columns=tuple(
            column(index, one, samples, locale, errors.get(index))
            for index, (one, samples) in enumerate(zip(mapping.columns, padded(shown, mapping), strict=False))
        ),
        targets=groups(context, locale),
        controls=(*readings(batch, shown, locale), *employees(context, batch, locale)),
        problem=said.text(locale) if said else None,
    )


def padded(shown: dict[str, Any], mapping: Mapping) -> list[list[str]]:
    """Samples for each column, none where none are kept."""
    samples: list[list[str]] = shown.get("samples", [])
    return samples + [[]] * (len(mapping.columns) - len(samples))


def column(index: int, one: Column, samples: list[str], locale: str, error: str | None) -> SourceColumn:
    """A column of the file; values for sealed fields, and numbers of persons, are shown masked."""
    return SourceColumn(
        index=index,
        name=one.label,
        samples=tuple(masked(one, text) for text in samples),
        chosen=value_of(one),
        sure=certainty(one, locale) if one.reason else None,
        error=error,
    )


def masked(one: Column, text: str) -> str:
    """A sample as it may be shown: long numbers lose their middle; of a sealed field only its first character stays."""
    field = next((e.field(one.target.field) for e in IMPORTED if one.target and e.name == one.target.entity), None)
    hidden = _DIGITS.sub(_shortened, text)
    if field is not None and not field.sealed:
        return text
    return f"{text[:2]}••••" if field is not None and hidden == text else hidden


def _shortened(found: re.Match[str]) -> str:
    """A number without its middle; a date is too short to be a person's number."""
    digits = sum(letter.isalnum() for letter in found[0])
    return found[0] if digits <= _DATE else f"{found[0][:3]}****{found[0][-2:]}"


def certainty(one: Column, locale: str) -> Tag:
    """How sure the proposal is."""
    if one.use is not Use.FIELD:
        return Tag(text=(NONE if one.use is Use.SEALED else LEFT_OUT).text(locale))
    sure = one.confidence >= _WIDE
    return Tag(text=(SURE if sure else CHECK).text(locale), state="ok" if sure else "warn")


def value_of(one: Column) -> str:
    """A column's use as the form names it."""
    if one.use is Use.FIELD and one.target:
        return f"{one.target.entity}.{one.target.field}"
    return KEEP if one.use is Use.SEALED else SKIP


def groups(context: Context, locale: str) -> tuple[TargetGroup, ...]:
    """What a column may become: the fields of customers and cars, kept sealed, left out."""
    made = [
        TargetGroup(
            text=entity.label.text(locale),
            options=tuple(
                Option(value=f"{entity.name}.{field.name}", text=field.label.text(locale)) for field in fields(entity)
            ),
        )
        for entity in offered(context)
    ]
    rest = (Option(value=KEEP, text=KEPT.text(locale)), Option(value=SKIP, text=LEFT_OUT.text(locale)))
    return (*made, TargetGroup(text=OTHER.text(locale), options=rest))


def fields(entity: Entity) -> list[Any]:
    """The fields a column may become; the link of a car to its customer is the import's own, files are no cells."""
    names = {one.name for one in IMPORTED}
    return [
        one
        for one in entity.fields
        if not one.readonly and one.target not in names and one.kind.code not in ("file", "image")
    ]


def detected(batch: Batch, shown: dict[str, Any], locale: str) -> tuple[Count, ...]:
    """How the file is read, in words."""
    line = shown.get("header_line")
    heading = LINE.format(n=line) if line else NO_HEADING
    size = f"{batch.size / 1024 / 1024:.1f} MB" if batch.size >= 1024 * 1024 else f"{max(1, batch.size // 1024)} KB"
    told = [(SIZE, size)]
    if shown.get("format") == "workbook":
        told += [(FORMAT, "XLSX"), (SHEET, str(shown.get("sheet") or ""))]
    else:
        mark = MARKS.get(shown.get("separator") or "")
        told += [(READ_AS, str(shown.get("encoding") or "").upper())]
        told += [(SEPARATOR, mark.text(locale) if mark else str(shown.get("separator") or ""))]
    told.append((HEADING, heading.text(locale)))
    return tuple(Count(text=label.text(locale), value=value) for label, value in told if value)


def readings(batch: Batch, shown: dict[str, Any], locale: str) -> tuple[Control, ...]:
    """Controls that correct how the file is read."""
    line = Control(
        name="header_line", label=HEADING_LINE.text(locale), widget="number", value=str(shown.get("header_line") or 0)
    )
    if shown.get("format") == "workbook":
        sheets = tuple(shown.get("sheets", ()))
        options = tuple(Option(value=name, text=name, selected=name == batch.choices.sheet) for name in sheets)
        return (Control(name="sheet", label=SHEET.text(locale), widget="select", options=options, required=True), line)
    known = tuple(
        Option(value=name, text=name.upper(), selected=name == batch.choices.encoding) for name in encoding.KNOWN
    )
    marks = tuple(
        Option(value=one, text=MARKS[one].text(locale), selected=one == batch.choices.separator) for one in SEPARATORS
    )
    return (
        Control(name="encoding", label=READ_AS.text(locale), widget="select", options=known, required=True),
        Control(name="separator", label=SEPARATOR.text(locale), widget="select", options=marks, required=True),
        line,
    )


def employees(context: Context, batch: Batch, locale: str) -> tuple[Control, ...]:
    """The choice of the owner, where the rule is one employee."""
    if batch.owner is not Owner.EMPLOYEE:
        return ()
    people = Staff.of(context.connection, batch.store).people
    chosen = request.form.get("owner", str(batch.owner_id or ""))
    options = tuple(Option(value=str(id_), text=name, selected=str(id_) == chosen) for id_, name in people.items())
    return (Control(name="owner", label=EMPLOYEE.text(locale), widget="select", options=options, required=True),)


def choices_of(batch: Batch) -> Choices:
    """How the file is to be read, as posted; what was not posted stays. Raises Malformed."""
    form, old = request.form, batch.choices
    line = form.get("header_line", "").strip()
    return Choices(
        sheet=form.get("sheet") or old.sheet,
        encoding=form.get("encoding") or old.encoding,
        separator=form.get("separator") or old.separator,
        header_line=int(line) if line.isdecimal() and len(line) < 6 else old.header_line,  # noqa: PLR2004
    )


def mapping_of(context: Context, batch: Batch) -> Mapping:
    """The mapping as posted; a column that was not posted, or as no field there is, keeps its use."""
    mapping = batch.mapping or Mapping(())
    known = {
        f"{entity.name}.{field.name}": Target(entity.name, field.name)
        for entity in offered(context)
        for field in fields(entity)
    }
    for index, one in enumerate(mapping.columns):
        chosen = request.form.get(f"column__{index}", "")
        if chosen == value_of(one):
            continue
        if chosen in known:
            mapping = mapping.put(index, Use.FIELD, known[chosen])
        elif chosen in (KEEP, SKIP):
            mapping = mapping.put(index, Use.SEALED if chosen == KEEP else Use.SKIP)
    return mapping


def employee_of(context: Context, batch: Batch) -> int | None:
    """The chosen owner, when he works at the import's store."""
    chosen = request.form.get("owner", "")
    if batch.owner is not Owner.EMPLOYEE or not chosen.isdecimal():
        return batch.owner_id
    return int(chosen) if int(chosen) in Staff.of(context.connection, batch.store).people else None


def missing_owner(batch: Batch, mapping: Mapping, owner: int | None) -> Label | None:
    """What the owner rule still needs, or None."""
    if batch.owner is Owner.EMPLOYEE and owner is None:
        return CHOOSE_EMPLOYEE
    owners = {Target(entity.name, entity.owners[0]) for entity in (CUSTOMER, VEHICLE)}
    if batch.owner is Owner.COLUMN and not any(target in owners for _, _, target in mapping.targets()):
        return NAME_COLUMN
    return None
