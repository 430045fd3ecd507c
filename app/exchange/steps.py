"""What an import works with: transactions in the importer's name, progress, keys and files."""

import os
from contextlib import AbstractContextManager
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Protocol

from sqlalchemy import Connection

from app.access.actor import actor_from
from app.access.seal import Sealer
from app.catalog import Snapshot
from app.core.entity import Entity
from app.exchange.limits import STAFF, Limits
from app.exchange.upload import Uploads
from app.models import ENTITIES
from app.models.table import index_column, key_column
from app.records.context import Context

CUSTOMER, VEHICLE = ENTITIES["customer"], ENTITIES["vehicle"]
IMPORTED = (CUSTOMER, VEHICLE)
ROWS = 2_000  # in one transaction
HANDS = min(4, os.cpu_count() or 1)  # processes that prepare rows


class Steps(Protocol):
    """A run of a long piece of work: a job's context, or the command line's."""

    def transaction(self) -> AbstractContextManager[Connection]:
        """A transaction announced as the importer with his rights of now."""

    def progress(self, done: int, total: int | None = None, note: dict[str, Any] | None = None) -> None:
        """Shows how far it is; outside transactions."""

    def finish(self, connection: Connection, result: object = None) -> None:
        """Marks the work done in its own last transaction."""


@dataclass(frozen=True)
class Tools:
    """What every step needs besides the database."""

    sealer: Sealer
    uploads: Uploads
    limits: Limits = STAFF
    rows: int = ROWS
    hands: int = HANDS


def context_of(connection: Connection, sealer: Sealer) -> Context:
    """The announced transaction with its actor, as `records` wants it."""
    actor = actor_from(connection.exec_driver_sql("SELECT gate.my_profile()").scalar_one())
    return Context(connection, actor, Snapshot(0, MappingProxyType(ENTITIES)), sealer)


def columns_of(entity: Entity) -> tuple[str, ...]:
    """Every column a record's values are stored in."""
    return tuple(
        column
        for field in entity.fields
        for column in (field.column, key_column(field), index_column(field))
        if column is not None
    )
