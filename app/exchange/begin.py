"""How an import begins: a file is kept, looked at, and given a first mapping; later the person's answers are noted."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any
from uuid import UUID

import orjson
from sqlalchemy import Connection

from app.core.action import Action
from app.core.entity import Entity
from app.core.errors import Forbidden
from app.core.label import Label
from app.exchange import batch as batches
from app.exchange.batch import Batch, Owner
from app.exchange.cells import text_of
from app.exchange.proposal import propose
from app.exchange.source import Choices, Source, open_source
from app.exchange.steps import IMPORTED, Tools
from app.exchange.upload import Stored
from app.records.context import Context

SAMPLES = 4  # of each column, shown
EXPIRES = 7  # days an import waits for its person; its failed rows are kept as long

SHORT_NAME = Label("未命名", "unnamed")


def begin(context: Context, tools: Tools, uuid: UUID, stored: Stored, name: str, store: int, owner: Owner) -> int:
    """Looks at a kept file and adds its import with a first mapping; Unreadable when it is no table. Answers its number."""
    demand(context, IMPORTED, store)
    with tools.uploads.opened(stored.hash, uuid) as path:
        found = look(path, name, Choices(), context, tools)
    preview = seal_preview(context, uuid, found)
    return batches.create(
        context.connection, uuid, store, Path(name).name[-200:] or SHORT_NAME.zh, owner,
        file_hash=stored.hash, file_size=stored.size, choices=found["choices"], mapping=found["mapping"], preview=preview,
    )  # fmt: skip


def look_again(context: Context, tools: Tools, batch: Batch, choices: Choices) -> None:
    """Reads the start of the file as the person says it is to be read, and proposes a mapping anew."""
    with tools.uploads.opened(batch.hash, batch.uuid) as path:
        found = look(path, batch.file, choices, context, tools)
    preview = seal_preview(context, batch.uuid, found)
    more = {"choices": found["choices"], "mapping": found["mapping"], "preview": preview, "problem": None}
    batches.change(context.connection, batch, **more)


def look(path: Path, name: str, choices: Choices, context: Context, tools: Tools) -> dict[str, Any]:
    """What the file is: how it was read, its columns with samples, a proposed mapping."""
    with open_source(path, name, choices, tools.limits) as source:
        sample = source.sample()
        mapping = propose(source.header, sample, [offered(context, entity) for entity in IMPORTED])
        return {
            "choices": source.choices,
            "mapping": mapping,
            "format": source.format.value,
            "encoding": source.encoding,
            "separator": source.separator,
            "header_line": source.header_line,
            "sheets": [sheet.name for sheet in source.sheets if sheet.visible],
            "samples": samples(source, sample),
        }


def samples(source: Source, rows: Sequence[Any]) -> list[list[str]]:
    """The first different values of each column."""
    found: list[list[str]] = []
    for index in range(len(source.header)):
        values = (text_of(row.cells[index]).strip()[:80] for row in rows if index < len(row.cells))
        found.append(list(dict.fromkeys(value for value in values if value))[:SAMPLES])
    return found


def seal_preview(context: Context, uuid: UUID, found: dict[str, Any]) -> bytes:
    """What was detected, sealed for the batch."""
    told = {name: value for name, value in found.items() if name not in ("choices", "mapping")}
    return context.sealer.seal(orjson.dumps(told).decode(), "import_batch", "preview", uuid)


def open_preview(context: Context, batch: Batch) -> dict[str, Any]:
    """What was detected about a batch's file; empty when it is no longer kept."""
    if batch.preview is None:
        return {}
    found: dict[str, Any] = orjson.loads(context.sealer.open(batch.preview, "import_batch", "preview", batch.uuid))
    return found


def offered(context: Context, entity: Entity) -> Entity:
    """The entity with the fields the importer may fill."""
    writable = context.policy(entity).writable
    fields = tuple(field if field.name in writable else replace(field, readonly=True) for field in entity.fields)
    return replace(entity, fields=fields)


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
    sql = (
        "UPDATE import_row SET answer = %s WHERE batch_id = %s AND answer IS NULL AND state = 'ready'"
        " AND (customer_match IS NOT NULL OR vehicle_match IS NOT NULL)"
    )
    one = "UPDATE import_row SET answer = %s WHERE batch_id = %s AND line = %s"
    connection.exec_driver_sql(
        "UPDATE import_row SET answer = NULL WHERE batch_id = %s AND answer IS NOT NULL", (batch.id,)
    )
    for line, chosen in answers.items():
        connection.exec_driver_sql(one, (chosen, batch.id, line))
    connection.exec_driver_sql(sql, (others, batch.id))
    # A line that repeats one left out is left out with it.
    sql = (
        "UPDATE import_row r SET answer = 'skip' FROM import_row l WHERE r.batch_id = %s AND l.batch_id = r.batch_id"
        " AND l.answer = 'skip' AND l.line = coalesce(r.customer_leader, r.vehicle_leader)"
    )
    connection.exec_driver_sql(sql, (batch.id,))
