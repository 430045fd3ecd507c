"""What a picker finds: records by words, as id and title."""

from typing import Any

from werkzeug.datastructures import MultiDict

from app.api.asked import STRAY
from app.core.action import Action
from app.core.entity import Entity
from app.core.errors import Malformed
from app.records import read
from app.records.context import Context
from app.records.present import Presenter
from app.records.query import Query, sizing

OFFERED = 8


def lookup(context: Context, entity: Entity, args: "MultiDict[str, str]", locale: str) -> list[dict[str, Any]]:
    """The records that `q` finds, the newest when it is empty, each with the title people know it by.

    What is no longer offered (who left, what is not sold any more) is found with `past=1`.
    """
    context.demand(Action.LIST, entity)
    if stray := next((name for name in args if name not in ("q", "size", "past")), None):
        raise Malformed(STRAY.format(name=stray[:30]), "unknown_parameter")
    size = sizing(args["size"]) if "size" in args else OFFERED
    query = Query(words=args.get("q", "").strip(), size=size, offered=args.get("past") != "1")
    found = read.listing(context, entity, query).records
    read.note_search(context, entity, query, len(found))
    presenter = Presenter(context, entity)
    return [{"id": record.id, "title": presenter.title(record, locale)} for record in found]
