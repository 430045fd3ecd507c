"""The files of a form: received before anything else is judged, so that none need be chosen twice."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from dataclasses import field as attribute
from typing import Any

from flask import request

from app.core.entity import Entity
from app.core.errors import Unfit
from app.core.field import Field
from app.core.label import Label
from app.fields.file import File
from app.heads.house import house
from app.heads.pages import Control, Link
from app.records import content, files
from app.records.context import Context
from app.records.files import UPLOAD, Upload
from app.records.query import natural
from app.records.shelf import megabytes

KEPT = "__kept"
TAKES = Label("{kinds}，最大 {limit}", "{kinds}, at most {limit}")
WAITS = Label(
    "文件已收到，保存后生效；如需更换，请另选一个。",
    "The file was received and will be saved with the record; choose another to replace it.",
)


@dataclass(slots=True)
class Attachments:
    """By field: uploads that wait for their record, and what is wrong with files that were sent."""

    fresh: dict[str, Upload] = attribute(default_factory=dict)
    refused: dict[str, Unfit] = attribute(default_factory=dict)

    @property
    def ids(self) -> dict[str, object]:
        """The waiting uploads as values of their fields."""
        return {name: upload.id for name, upload in self.fresh.items()}

    @property
    def hidden(self) -> tuple[tuple[str, str], ...]:
        """What the form posts again so that the waiting uploads stay with it."""
        return tuple((f"{name}{KEPT}", str(upload.id)) for name, upload in self.fresh.items())


def attachments(context: Context, entity: Entity, fields: Iterable[Field]) -> Attachments:
    """The files of the posted form, stored as the actor's uploads."""
    made = Attachments()
    if request.method != "POST":
        return made
    for field in fields:
        if field.kind.code == "file":
            receive(made, context, entity, field)
    return made


def receive(made: Attachments, context: Context, entity: Entity, field: Field) -> None:
    """Takes what was sent for one field; without a file, or with one that is refused, what an earlier post left."""
    sent = request.files.get(field.name)
    if sent is not None and sent.filename:
        try:
            posted = files.Sent(sent.stream, sent.filename)
            made.fresh[field.name] = files.take(context, house().shelf, entity, field, posted)
        except Unfit as unfit:
            made.refused[field.name] = unfit
        else:
            return
    number = natural(request.form.get(f"{field.name}{KEPT}", ""))
    if number and request.form.get(f"{field.name}__clear") != "1":
        earlier = files.kept(context, entity, field, number)
        if earlier is not None:
            made.fresh[field.name] = earlier


def dressed(control: Control, field: Field, locale: str, stored: Link | None, waiting: Upload | None) -> Control:
    """A file's control with what it takes, and with what waits for the record or is stored in it."""
    kind = field.kind
    assert isinstance(kind, File)  # noqa: S101  # only file fields take files
    limit = megabytes(min(kind.max_bytes, request.max_content_length or kind.max_bytes))
    taken = content.kinds(image=kind.image)
    notes = [control.help, TAKES.format(kinds=" ".join(taken), limit=limit).text(locale)]
    if waiting is not None:
        stored = Link(text=waiting.name, href=f"#{control.id}")
        notes.insert(0, WAITS.text(locale))
    accept = ",".join(f".{one}" for one in (*taken, "jpeg"))
    return replace(control, stored=stored, accept=accept, help=" ".join(filter(None, notes)))


def stored(field: Field, value: Any, titles: dict[str, dict[int, str]], at: str) -> Link | None:
    """The file a record at the address `at` holds, as a link; None where it holds none."""
    if not isinstance(value, int):
        return None
    return Link(text=titles.get(UPLOAD, {}).get(value, f"#{value}"), href=f"{at}/file/{field.name}")
