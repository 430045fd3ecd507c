"""Uploaded files: checked, kept once by content, bound to the record that first holds them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import IO, Any

from app.core.entity import Entity
from app.core.errors import Invalid, NotFound, Unfit
from app.core.field import Field, State
from app.core.label import Label
from app.fields.file import File
from app.records import content, read
from app.records.context import Context
from app.records.present import Presenter
from app.records.row import Record
from app.records.shelf import Shelf

UPLOAD = "upload"
WAITING, WAITING_BYTES = 200, 2 * 1024**3  # uploads one person may have unsaved in a day
COLUMNS = "id, name, media_type, size, sha256"

MANY = Label(
    "您今天有太多已上传但没有保存的文件；请先保存记录。",
    "You have too many uploads without a record; save your records first.",
)
NOT_FRESH = Unfit(
    "upload",
    Label(
        "这个文件不是您刚为这一栏上传的，请重新上传。",
        "This is not a file you just uploaded for this field; upload it again.",
    ),
)


@dataclass(frozen=True, slots=True)
class Upload:
    """A stored file: the name people gave it, and where its bytes lie."""

    id: int
    name: str
    media_type: str
    size: int
    sha256: str

    @property
    def picture(self) -> bool:
        """Whether browsers draw it."""
        return pictured(self.name)


@dataclass(frozen=True, slots=True)
class Sent:
    """What somebody sends for a field: the bytes, and the name he gives them."""

    stream: IO[bytes]
    name: str


def take(context: Context, shelf: Shelf, entity: Entity, field: Field, sent: Sent) -> Upload:
    """Stores what was sent for a field as the actor's fresh upload; raises Unfit for what the field cannot take."""
    kind = field.kind
    assert isinstance(kind, File)  # noqa: S101  # only file fields take files
    name, form = content.safe_name(sent.name, image=kind.image)
    demand_room(context)
    size, digest = shelf.put(sent.stream, form, kind.max_bytes)
    return enter(context, entity, field, (name, content.TYPES[form], size, digest))


def demand_room(context: Context) -> None:
    """Refuses another upload to somebody who left too many without a record today."""
    sql = (
        "SELECT count(*), coalesce(sum(size), 0) FROM upload"
        " WHERE record_id IS NULL AND created_by = (SELECT gate.my_id()) AND created_at > now() - interval '1 day'"
    )
    count, size = context.connection.exec_driver_sql(sql).one()
    if count >= WAITING or size >= WAITING_BYTES:
        raise Unfit("file_many", MANY)


def enter(context: Context, entity: Entity, field: Field, what: tuple[str, str, int, str]) -> Upload:
    """The row of a new upload, the actor's own and bound to no record yet."""
    sql = (
        "INSERT INTO upload (entity, field, name, media_type, size, sha256)"
        " VALUES (%s, %s, %s, %s, %s, %s) RETURNING id"
    )
    number = context.connection.exec_driver_sql(sql, (entity.name, field.name, *what)).scalar_one()
    return Upload(number, *what)


def kept(context: Context, entity: Entity, field: Field, number: int) -> Upload | None:
    """The actor's own upload for that field which no record holds yet."""
    sql = (
        f"SELECT {COLUMNS} FROM upload WHERE id = %s AND entity = %s AND field = %s"
        " AND record_id IS NULL AND created_by = (SELECT gate.my_id())"
    )
    row = context.connection.exec_driver_sql(sql, (number, entity.name, field.name)).one_or_none()
    return Upload(*row) if row else None


def file_fields(entity: Entity) -> tuple[Field, ...]:
    """The entity's fields that hold files."""
    found: tuple[Field, ...] | None = entity.kept.get(file_fields)
    if found is None:
        found = entity.kept[file_fields] = tuple(field for field in entity.fields if isinstance(field.kind, File))
    return found


def claim(context: Context, entity: Entity, record: int, values: Mapping[str, Any]) -> None:
    """Binds the uploads among new values to their record; any but the actor's own fresh ones for that field is Invalid.

    Replaced and removed files keep their row and bytes: the trail refers to them, and the record may take them back.
    """
    for field in file_fields(entity):
        if (number := values.get(field.name)) is None:
            continue
        sql = (
            "UPDATE upload SET record_id = %s WHERE id = %s AND entity = %s AND field = %s"
            " AND record_id IS NULL AND created_by = (SELECT gate.my_id())"
        )
        told = (record, number, entity.name, field.name)
        if context.connection.exec_driver_sql(sql, told).rowcount != 1 and not had(context, told):
            raise Invalid({field.name: NOT_FRESH})


def had(context: Context, told: tuple[int, int, str, str]) -> bool:
    """Whether a record held an upload in that field before."""
    sql = "SELECT 1 FROM upload WHERE record_id = %s AND id = %s AND entity = %s AND field = %s"
    return context.connection.exec_driver_sql(sql, told).first() is not None


def held(context: Context, entity: Entity, record: Record, name: str) -> Upload:
    """The file a record holds in a field the actor sees in clear; anything else is NotFound."""
    field = entity.field(name)
    if field is None or field not in file_fields(entity):
        raise NotFound
    presenter = Presenter(context, entity, masked=False)
    if presenter.states(record)[name] is not State.CLEAR or (number := presenter.plain(record, field)) is None:
        raise NotFound
    sql = f"SELECT {COLUMNS} FROM upload WHERE id = %s AND entity = %s AND field = %s AND record_id = %s"
    row = context.connection.exec_driver_sql(sql, (number, entity.name, name, record.id)).one_or_none()
    if row is None:
        raise NotFound
    return Upload(*row)


def referred(entity: Entity, records: Sequence[Record], names: Sequence[str] | None = None) -> dict[str, set[int]]:
    """What `read.referred` tells, and the uploads the records hold."""
    wanted = read.referred(entity, records, names)
    for field in file_fields(entity):
        if names is None or field.name in names:
            found = {record[field.name] for record in records if isinstance(record[field.name], int)}
            wanted.setdefault(UPLOAD, set()).update(found)
    return wanted


def titles(context: Context, wanted: Mapping[str, set[int]]) -> dict[str, dict[int, str]]:
    """What `read.titles` tells, and the names of the uploads in `wanted` that the actor may see."""
    found = read.titles(context, wanted)
    if ids := wanted.get(UPLOAD):
        rows = context.connection.exec_driver_sql("SELECT id, name FROM upload WHERE id = ANY (%s)", (list(ids),))
        found[UPLOAD] = {row.id: row.name for row in rows}
    return found


def pictured(name: str) -> bool:
    """Whether a stored file of that name is a picture: names end as their checked content is."""
    return name.rpartition(".")[2] in content.PICTURES
