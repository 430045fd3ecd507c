"""What a picker offers: records by their words, told apart by a second line."""

from app.core.action import Action
from app.core.entity import Entity
from app.core.protected import Protected
from app.heads import door
from app.heads.pages import Option
from app.records import read
from app.records.context import Context
from app.records.present import Presenter
from app.records.query import Query
from app.records.row import Record

OFFERED = 8
HINTS = 2  # fields of the second line


def lookup(
    context: Context, entity: Entity, words: str, size: int = OFFERED, *, past: bool = False
) -> tuple[Option, ...]:
    """The records a picker offers for some words, as options whose value is the id; with `past` also who left."""
    context.demand(Action.LIST, entity)
    query = Query(words=words.strip()[:100], size=size, offered=not past)
    found = read.listing(context, entity, query)
    read.note_search(context, entity, query, len(found.records))
    presenter = Presenter(context, entity)
    locale = door.locale()
    return tuple(
        Option(value=str(record.id), text=presenter.title(record, locale), note=hint(presenter, record))
        for record in found.records
    )


def hint(presenter: Presenter, record: Record) -> str | None:
    """A second line that tells records of one title apart: the next two short fields of the list."""
    entity, states, locale = presenter.entity, presenter.states(record), door.locale()
    title, parts = presenter.title(record, locale), []
    for name in entity.columns:
        field = entity.by_name[name]
        value = None if field.target else presenter.value(record, field, states[name])
        if value is not None:
            text = str(value) if isinstance(value, Protected) else field.kind.show(value, locale)
            if text != title:
                parts.append(text)
    return " · ".join(parts[:HINTS]) or None
