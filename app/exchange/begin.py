"""How an import begins: a file is kept, looked at, and given a first mapping; later the person's answers are noted."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any
from uuid import UUID

import orjson
from sqlalchemy import Connection

from app.core.action import Action
from app.core.entity import Entity
from app.core.errors import Forbidden
from app.exchange import batch as batches
from app.exchange.batch import Batch, Owner, State
from app.exchange.cells import text_of
from app.exchange.limits import Limits
from app.exchange.mapping import Mapping
from app.exchange.proposal import propose
from app.exchange.source import Choices, Source, open_source
from app.exchange.steps import IMPORTED
from app.exchange.upload import Stored
from app.records.context import Context

SAMPLES = 4  # of each column, shown
NAME = 200  # characters of a file's name


@dataclass(frozen=True, slots=True)
class Look:
    """What a file is: how it was read, a proposed mapping, and what a person is shown of it."""

    choices: Choices
    mapping: Mapping
    shown: dict[str, Any]  # format, encoding, separator, header line, sheets, samples by column


def look(path: Path, name: str, choices: Choices, entities: Sequence[Entity], limits: Limits) -> Look:
    """Reads the start of a file; takes up to a minute for a workbook, so outside transactions. Raises Unreadable."""
    with open_source(path, name, choices, limits) as source:
        sample = source.sample()
        shown = {
            "format": source.format.value,
            "encoding": source.encoding,
            "separator": source.separator,
            "header_line": source.header_line,
            "sheet": source.sheet,
            "sheets": [sheet.name for sheet in source.sheets if sheet.visible],
            "samples": samples(source, sample),
        }
        return Look(source.choices, propose(source.header, sample, entities), shown)


@dataclass(frozen=True, slots=True)
class Upload:
    """A kept file on its way to becoming an import."""

    uuid: UUID
    stored: Stored
    name: str
    found: Look


def add(context: Context, upload: Upload, store: int, owner: Owner, employee: int | None = None) -> int:
    """Adds the import of a kept file; answers its number."""
    demand(context, IMPORTED, store)
    return batches.create(
        context.connection,
        upload.uuid,
        store,
        Path(upload.name.replace("\\", "/")).name[-NAME:] or "file",
        owner,
        owner_id=employee,
        file_hash=upload.stored.hash,
        file_size=upload.stored.size,
        choices=upload.found.choices,
        mapping=upload.found.mapping,
        preview=seal_preview(context, upload.uuid, upload.found),
    )


def look_anew(context: Context, batch: Batch, found: Look) -> None:
    """Notes that the file is to be read otherwise, with the mapping proposed for that."""
    preview = seal_preview(context, batch.uuid, found)
    more = {"choices": found.choices, "mapping": found.mapping, "preview": preview, "problem": None}
    batches.change(context.connection, batch, State.MAPPING, **more)


def samples(source: Source, rows: Sequence[Any]) -> list[list[str]]:
    """The first different values of each column."""
    found: list[list[str]] = []
    for index in range(len(source.header)):
        values = (text_of(row.cells[index]).strip()[:80] for row in rows if index < len(row.cells))
        found.append(list(dict.fromkeys(value for value in values if value))[:SAMPLES])
    return found


def seal_preview(context: Context, uuid: UUID, found: Look) -> bytes:
    """What a person is shown of a file, sealed for its batch."""
    return context.sealer.seal(orjson.dumps(found.shown).decode(), "import_batch", "preview", uuid)


def open_preview(context: Context, batch: Batch) -> dict[str, Any]:
    """What was detected about a batch's file; empty when it is no longer kept."""
    if batch.preview is None:
        return {}
    found: dict[str, Any] = orjson.loads(context.sealer.open(batch.preview, "import_batch", "preview", batch.uuid))
    return found


def offered(context: Context) -> list[Entity]:
    """The imported entities with the fields that the importer may fill, others marked as read only."""
    found = []
    for entity in IMPORTED:
        writable = context.policy(entity).writable
        fields = tuple(field if field.name in writable else replace(field, readonly=True) for field in entity.fields)
        found.append(replace(entity, fields=fields))
    return found


def demand(context: Context, entities: Sequence[Entity], store: int) -> None:
    """Refuses unless the actor may import each of the entities into the store."""
    for entity in entities:
        context.demand(Action.IMPORT, entity)
        context.demand(Action.CREATE, entity)
        sql = "SELECT %s = ANY (gate.my_stores(%s))"
        if not context.connection.exec_driver_sql(sql, (store, entity.name)).scalar_one():
            raise Forbidden


def answer(connection: Connection, batch: Batch, answers: dict[int, str], others: str) -> None:
    """Notes what is to be done with lines the store knows already: by line, and with all others."""
    sql = "UPDATE import_row SET answer = NULL WHERE batch_id = %s AND answer IS NOT NULL"
    connection.exec_driver_sql(sql, (batch.id,))
    sql = (
        "UPDATE import_row SET answer = p.answer FROM unnest(%s::int[], %s::text[]) AS p (line, answer)"
        " WHERE batch_id = %s AND import_row.line = p.line AND state = 'ready'"
    )
    connection.exec_driver_sql(sql, (list(answers), list(answers.values()), batch.id))
    sql = (
        "UPDATE import_row SET answer = %s WHERE batch_id = %s AND answer IS NULL AND state = 'ready'"
        " AND (customer_match IS NOT NULL OR vehicle_match IS NOT NULL)"
    )
    connection.exec_driver_sql(sql, (others, batch.id))
    sql = "SELECT line FROM import_row WHERE batch_id = %s AND answer = 'skip'"
    left_out = list(connection.exec_driver_sql(sql, (batch.id,)).scalars())
    # A line that repeats one left out is left out with it.
    sql = (
        "UPDATE import_row SET answer = 'skip' WHERE batch_id = %s AND state = 'ready'"
        " AND coalesce(customer_leader, vehicle_leader) = ANY (%s)"
    )
    if left_out:
        connection.exec_driver_sql(sql, (batch.id, left_out))
