"""An import as its row tells it, and how it moves from one state to the next."""

from collections.abc import Mapping as Dict
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

import orjson
from sqlalchemy import Connection

from app.core.errors import NotFound, Refusal
from app.core.label import Label
from app.exchange.mapping import Mapping
from app.exchange.source import Choices


class State(StrEnum):
    """Where an import stands."""

    MAPPING = "mapping"  # uploaded; a person checks which column is which field
    CHECKING = "checking"
    CHECKED = "checked"  # the dry run is ready to be read
    IMPORTING = "importing"
    DONE = "done"
    UNDOING = "undoing"
    UNDONE = "undone"
    FAILED = "failed"
    EXPIRED = "expired"


RUNNING = frozenset({State.CHECKING, State.IMPORTING, State.UNDOING})


class Owner(StrEnum):
    """Whose the imported records become."""

    NOBODY = "nobody"
    ME = "me"
    EMPLOYEE = "employee"
    COLUMN = "column"  # the employee a column of the file names


MOVED = Label("这次导入的状态已变化，请刷新页面查看。", "This import has moved on meanwhile; reload the page.")


class Moved(Refusal):
    """Somebody, or a second click, brought the import further already."""

    status = 409
    code = "import_moved"


@dataclass(frozen=True, slots=True)
class Batch:
    """One import; `counts` are numbers by name, `problem` says why it stands."""

    id: int
    uuid: UUID
    store: int
    file: str
    hash: bytes
    size: int
    choices: Choices
    mapping: Mapping | None
    preview: bytes | None  # sealed
    owner: Owner
    owner_id: int | None
    state: State
    counts: Dict[str, Any]
    problem: Label | None
    work: int | None
    by: int | None
    at: datetime
    finished: datetime | None

    @property
    def entities(self) -> tuple[str, ...]:
        """The entities its columns go to, customers first."""
        targets = {target.entity for _, _, target in self.mapping.targets()} if self.mapping else set()
        return tuple(sorted(targets))


COLUMNS = (
    "id, uuid, store_id, file_name, file_hash, file_size, choices, mapping, preview, owner_rule, owner_id, state, "
    "counts, problem, work_id, created_by, created_at, finished_at"
)


def get(connection: Connection, number: int, *, lock: bool = False) -> Batch:
    """The import of that number as far as the announced actor reaches; NotFound otherwise."""
    if not 0 < number < 2**63:
        raise NotFound
    sql = f"SELECT {COLUMNS} FROM import_batch WHERE id = %s{' FOR UPDATE' if lock else ''}"
    row = connection.exec_driver_sql(sql, (number,)).one_or_none()
    if row is None:
        raise NotFound
    return of(row)


def newest(connection: Connection, before: int | None, most: int) -> list[Batch]:
    """At most `most` imports within reach, newest first, older than `before` when it is given."""
    sql = f"SELECT {COLUMNS} FROM import_batch WHERE id < %s ORDER BY id DESC LIMIT %s"
    return [of(row) for row in connection.exec_driver_sql(sql, (before or 2**63 - 1, most))]


def create(connection: Connection, uuid: UUID, store: int, file: str, owner: Owner, **more: object) -> int:
    """Adds an import that waits for its mapping; `more` are columns as `change` takes them. Answers its number."""
    values = {"uuid": uuid, "store_id": store, "file_name": file, "owner_rule": owner.value, **_columns(more)}
    marks = ", ".join(["%s"] * len(values))
    sql = f"INSERT INTO import_batch ({', '.join(values)}) VALUES ({marks}) RETURNING id"
    return int(connection.exec_driver_sql(sql, tuple(values.values())).scalar_one())


def change(connection: Connection, batch: Batch, to: State | None = None, **more: object) -> None:
    """Changes columns of an import, and its state when `to` is given; raises Moved when it stands elsewhere by now."""
    values = _columns(more) | ({"state": to.value} if to else {})
    sets = ", ".join(f"{name} = %s" for name in values)
    sql = f"UPDATE import_batch SET {sets} WHERE id = %s AND state = %s"
    if connection.exec_driver_sql(sql, (*values.values(), batch.id, batch.state.value)).rowcount != 1:
        raise Moved(MOVED)


def _columns(values: Dict[str, object]) -> dict[str, object]:
    """Values as the driver takes them: choices, mappings, counts and words as JSON."""
    return {name: _column(value) for name, value in values.items()}


def _column(value: object) -> object:
    match value:
        case Mapping():
            return orjson.dumps(value.to_json()).decode()
        case Choices():
            return orjson.dumps([value.sheet, value.encoding, value.separator, value.header_line]).decode()
        case Label():
            return orjson.dumps([value.zh, value.en]).decode()
        case dict():
            return orjson.dumps(value).decode()
    return value


def of(row: Any) -> Batch:
    """The Batch of a row that holds COLUMNS."""
    chosen = row.choices if isinstance(row.choices, list) else ()
    return Batch(
        id=row.id,
        uuid=row.uuid,
        store=row.store_id,
        file=row.file_name,
        hash=bytes(row.file_hash),
        size=row.file_size,
        choices=Choices(*chosen),
        mapping=Mapping.from_json(row.mapping) if row.mapping else None,
        preview=bytes(row.preview) if row.preview else None,
        owner=Owner(row.owner_rule),
        owner_id=row.owner_id,
        state=State(row.state),
        counts=row.counts,
        problem=Label(*row.problem) if row.problem else None,
        work=row.work_id,
        by=row.created_by,
        at=row.created_at,
        finished=row.finished_at,
    )
