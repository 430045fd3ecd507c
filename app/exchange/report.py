"""What an import has to tell a person: failing rows, lines the store knows already, records a rolling back spared."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import orjson
from sqlalchemy import Connection

from app.core.entity import Entity
from app.core.label import Label
from app.exchange.batch import Batch
from app.exchange.mapping import Target
from app.exchange.raw import RawRow
from app.exchange.read_row import Failure
from app.exchange.steps import CUSTOMER, IMPORTED, VEHICLE
from app.records.context import Context
from app.records.plan import named

PIECE = 500
_PLATE, _PHONE = VEHICLE.by_name["plate"].kind, CUSTOMER.by_name["phone"].kind
_FIELDS = {(entity.name, field.name): field for entity in IMPORTED for field in entity.fields}


def failing(context: Context, batch: Batch, most: int | None = None) -> Iterator[tuple[RawRow, list[Failure]]]:
    """The rows that failed, in order, with what was wrong; at most `most` of them."""
    last, left = 0, most
    while left is None or left > 0:
        sql = (
            "SELECT line, raw, failures FROM import_row WHERE batch_id = %s AND state = 'failed' AND line > %s"
            " ORDER BY line LIMIT %s"
        )
        size = PIECE if left is None else min(PIECE, left)
        rows = context.connection.exec_driver_sql(sql, (batch.id, last, size)).all()
        yield from (_failed(context, batch, *row) for row in rows)
        if len(rows) < size:
            return
        last, left = rows[-1][0], None if left is None else left - len(rows)


def _failed(context: Context, batch: Batch, line: int, raw: bytes | None, why: Any) -> tuple[RawRow, list[Failure]]:
    kept: dict[str, list[str]] = {"cells": [], "raw": []}
    if raw is not None:
        kept = orjson.loads(context.sealer.open(bytes(raw), "import_row", f"line {line}", batch.uuid))
    written = kept["raw"] + [""] * len(why)
    failures = [
        Failure(line, one["column"], _target(one["target"]), one["code"], Label(*one["words"]), text)
        for one, text in zip(why, written, strict=False)
    ]
    return RawRow(line, tuple(kept["cells"])), failures


def _target(names: list[str] | None) -> Target | None:
    return Target(*names) if names else None


def shown_value(failure: Failure) -> str | None:
    """What was written in a failed cell, where a page may show it: never what belongs in a sealed field."""
    target = failure.target
    field = _FIELDS.get((target.entity, target.field)) if target else None
    return failure.raw[:60] or None if field is not None and not field.sealed else None


@dataclass(frozen=True, slots=True)
class Offer:
    """A line about a customer or car the store has; protected values stand as their masks."""

    line: int
    incoming: str
    existing: str
    entity: str
    record: int
    why: str  # number, id_card, person, car or vin
    may_add: bool  # whether it can be added as a customer of its own
    answer: str | None


def offers(context: Context, batch: Batch, most: int) -> list[Offer]:
    """The first lines about customers and cars that the store has already."""
    sql = (
        "SELECT r.line, r.customer, r.vehicle, r.customer_match, r.customer_why, r.vehicle_match, r.answer,"
        " c.name, v.plate, v.vin FROM import_row r"
        " LEFT JOIN customer c ON c.id = r.customer_match LEFT JOIN vehicle v ON v.id = r.vehicle_match"
        " WHERE r.batch_id = %s AND r.state = 'ready' AND (r.customer_match IS NOT NULL OR r.vehicle_match IS NOT NULL)"
        " ORDER BY r.line LIMIT %s"
    )
    rows = context.connection.exec_driver_sql(sql, (batch.id, most))
    return [_offer(context, row) for row in rows]


def _offer(context: Context, row: Any) -> Offer:
    incoming = [*_words(context, CUSTOMER, row.customer or {}), *_words(context, VEHICLE, row.vehicle or {})]
    by_person = row.customer_match is not None
    return Offer(
        line=row.line,
        incoming=" · ".join(incoming),
        existing=" · ".join(filter(None, (row.name, _PLATE.show(row.plate, "zh") or row.vin))),
        entity="customer" if by_person else "vehicle",
        record=row.customer_match if by_person else row.vehicle_match,
        why=row.customer_why if by_person else "vin",
        may_add=row.customer_why in ("person", "car"),
        answer=row.answer,
    )


def _words(context: Context, entity: Entity, columns: dict[str, Any]) -> Iterator[str]:
    """A staged record as people know it: name and masked phone, plate or VIN."""
    if entity is CUSTOMER and columns:
        yield str(columns["name"])
        if sealed := columns.get("phone"):
            text = context.sealer.open(bytes.fromhex(sealed[2:]), "customer", "phone", UUID(columns["uuid"]))
            yield _PHONE.mask(text)
    elif columns:
        plate = columns.get("plate")
        yield _PLATE.show(plate, "zh") or str(columns["vin"])


@dataclass(frozen=True, slots=True)
class Kept:
    """A record a rolling back left alone: why, and who changed it last."""

    entity: str
    record: int
    title: str
    why: str  # changed, used
    by: str | None
    at: Any


def spared(connection: Connection, batch: Batch, most: int) -> list[Kept]:
    """The first records a rolling back left alone, cars after customers."""
    found: list[Kept] = []
    for entity in IMPORTED:
        sql = f"""
            SELECT DISTINCT ON (t.id) t.id, {named(entity)}, l.undone, coalesce(e.name, u.username), t.updated_at
              FROM import_link l JOIN "{entity.name}" t ON t.id = l.record_id
              LEFT JOIN ab_user u ON u.id = t.updated_by LEFT JOIN employee e ON e.user_id = u.id
             WHERE l.batch_id = %s AND l.entity = %s AND l.undone IN ('changed', 'used') ORDER BY t.id LIMIT %s"""
        for number, words, why, by, at in connection.exec_driver_sql(sql, (batch.id, entity.name, most - len(found))):
            found.append(Kept(entity.name, number, words or f"#{number}", why, by, at))
    return found


def store_names(connection: Connection, ids: Iterable[int]) -> dict[int, str]:
    """Stores' names by id, those within reach."""
    sql = "SELECT id, name FROM store WHERE id = ANY (%s)"
    return dict(map(tuple, connection.exec_driver_sql(sql, (list(ids),))))


def people_names(connection: Connection, ids: Iterable[int | None]) -> dict[int, str]:
    """Accounts' names by id."""
    sql = (
        "SELECT u.id, coalesce(e.name, u.username) FROM ab_user u LEFT JOIN employee e ON e.user_id = u.id"
        " WHERE u.id = ANY (%s)"
    )
    return dict(map(tuple, connection.exec_driver_sql(sql, ([one for one in ids if one is not None],))))
