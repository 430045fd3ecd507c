"""The listed records as a file: CSV as it is read, XLSX when it is whole."""

import tempfile
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

from flask import Response, request, send_file
from werkzeug.wrappers import Response as Answer

from app.access import fresh
from app.access.fresh import Act
from app.access.state import FieldPolicy
from app.core.action import Action
from app.core.entity import Entity
from app.core.errors import NotFound, Refusal
from app.core.label import Label
from app.core.scope import Belongs
from app.exchange import csv_out, xlsx_out
from app.heads import door
from app.heads.frame import now_text
from app.heads.house import House, house
from app.records import export, read
from app.records.context import Context
from app.records.event import note
from app.records.guess import protected, spend_search
from app.records.query import Query
from app.views.asked import Asked, query_of

LARGEST_XLSX = 100_000
TOO_MANY = Label(
    "XLSX 一次最多导出 100,000 条，请缩小范围或改用 CSV。",
    "An XLSX holds at most 100,000 records; narrow the list or use CSV.",
)
STORE = Label("门店", "Store")
MEDIA = {"csv": "text/csv; charset=utf-8", "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"}


def answer(
    context: Context, entity: Entity, policy: FieldPolicy, kind: str, ids: tuple[int, ...] | None = None
) -> Answer:
    """The records the address asks for, or those of `ids`, as a file; the trail knows before its first byte."""
    context.demand(Action.EXPORT, entity)
    fresh.demand(context.connection, Act.EXPORT)
    if kind not in MEDIA:
        raise NotFound
    query = Query(ids=ids) if ids is not None else query_of(entity, policy, Asked.of(request.args))
    if any(protected(context, entity, query).values()):
        spend_search(context)
    most = read.count(context, entity, query, LARGEST_XLSX)
    if kind == "xlsx" and most > LARGEST_XLSX:
        raise Refusal(TOO_MANY, "xlsx_too_many")
    asked = [f"{one.field.name} {one.operator.value}" for one in query.conditions]
    details = {
        "format": kind,
        "conditions": asked,
        "searched": bool(query.words),
        "fields": [field.name for field in export.columns(context, entity)],
    }
    note(context.connection, "export", entity, details=details, count=most)
    header = heading(context, entity)
    if kind == "xlsx":
        return named(workbook(context, entity, query, header), entity, kind)
    stream = csv_out.stream(header, rows(house(), door.token(), door.request_id(), entity, query))
    return named(Response(stream, mimetype=MEDIA["csv"]), entity, kind)


def heading(context: Context, entity: Entity) -> list[str]:
    """The columns' names, in the reader's language."""
    names = [field.label.text(door.locale()) for field in export.columns(context, entity)]
    return [*names, STORE.text(door.locale())] if entity.belongs is Belongs.STORE else names


def rows(here: House, token: str, request_id: str, entity: Entity, query: Query) -> Iterator[list[object]]:
    """The rows, in a transaction that lasts as long as the file is sent: the request's own has ended by then."""
    with here.database.announced(token, request_id) as (connection, announced):
        actor = here.actors.of(connection, announced, here.clock.now())
        context = Context(connection, actor, here.catalog.at(connection, announced.catalog), here.sealer, here.clock)
        yield from export.rows(context, entity, query)


def workbook(context: Context, entity: Entity, query: Query, header: list[str]) -> Response:
    """The records as an XLSX."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "export.xlsx"
        xlsx_out.write(path, header, export.rows(context, entity, query), entity.plural.text(door.locale()))
        handle = path.open("rb")  # stays readable after the folder is gone
    return send_file(handle, mimetype=MEDIA["xlsx"])


def named(response: Answer, entity: Entity, kind: str) -> Answer:
    """The answer as a download under the entity's name and today's date."""
    name = f"{entity.plural.text(door.locale())}-{now_text()}.{kind}"
    response.headers["Content-Disposition"] = (
        f"attachment; filename={entity.name}.{kind}; filename*=UTF-8''{quote(name)}"
    )
    response.headers["X-Accel-Buffering"] = "no"
    return response
