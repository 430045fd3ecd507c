"""The listed records as CSV with the fields' names as its heading, streamed."""

from collections.abc import Iterator

from flask import Response, request

from app.access import fresh
from app.access.fresh import Act
from app.access.state import FieldPolicy
from app.api.asked import asked
from app.core.action import Action
from app.core.entity import Entity
from app.core.scope import Belongs
from app.exchange import csv_out
from app.heads import door
from app.heads.house import House, house
from app.records import export, read
from app.records.context import Context
from app.records.event import note
from app.records.guess import protected, spend_search
from app.records.query import Query

MEDIA = "text/csv; charset=utf-8"
MOST = 100_000  # counted for the trail


def answer(context: Context, entity: Entity, policy: FieldPolicy) -> Response:
    """Every record the address asks for; the export is in the trail before its first byte."""
    context.demand(Action.EXPORT, entity)
    fresh.demand(context.connection, Act.EXPORT)
    query = asked(entity, policy, request.args).query
    if any(protected(context, entity, query).values()):
        spend_search(context)
    names = [field.name for field in export.columns(context, entity)]
    asked_for = [f"{one.field.name} {one.operator.value}" for one in query.conditions]
    details = {"format": "csv", "conditions": asked_for, "searched": bool(query.words), "fields": names}
    note(context.connection, "export", entity, details=details, count=read.count(context, entity, query, MOST))
    header = [*names, export.STORE] if entity.belongs is Belongs.STORE else names
    response = Response(csv_out.stream(header, rows(house(), door.token(), door.request_id(), entity, query)))
    response.headers["Content-Type"] = MEDIA
    response.headers["Content-Disposition"] = f"attachment; filename={entity.name}.csv"
    response.headers["X-Accel-Buffering"] = "no"
    return response


def rows(here: House, token: str, request_id: str, entity: Entity, query: Query) -> Iterator[list[object]]:
    """The rows, in a transaction of their own: the request's has ended while the file is still being sent."""
    with here.database.announced(token, request_id) as (connection, announced):
        actor = here.actors.of(connection, announced, here.clock.now())
        snapshot = here.catalog.at(connection, announced.catalog)
        yield from export.rows(Context(connection, actor, snapshot, here.sealer, here.clock), entity, query)
