"""Records as rows of a file, streamed: references by title, protected values as masks."""

from collections.abc import Callable, Iterator
from itertools import islice
from typing import Any

from app.core.action import Action
from app.core.entity import Entity
from app.core.field import Field, Relation, State
from app.core.scope import Belongs
from app.records import read
from app.records.context import Context
from app.records.plan import plan_of
from app.records.present import Presenter
from app.records.query import Query
from app.records.refusals import worded
from app.records.row import Record
from app.records.where import conditions

CHUNK = 1_000
STORE = "store"

Cell = Callable[[Record, dict[str, dict[int, str]]], Any]


def columns(context: Context, entity: Entity) -> list[Field]:
    """The fields an export holds: those visible to the actor, in order."""
    policy = context.policy(entity)
    return [field for field in entity.fields if field.name in policy.visible]


def rows(context: Context, entity: Entity, query: Query) -> Iterator[list[Any]]:
    """The cells of every record the question finds, by id; read through a cursor, so memory stays small."""
    context.demand(Action.EXPORT, entity)
    plan = plan_of(entity)
    where = conditions(context, entity, query)
    sql = f"SELECT {plan.columns} FROM {plan.table} t WHERE {where.sql} ORDER BY t.id"
    fields = columns(context, entity)
    presenter = Presenter(context, entity)
    made = {relation: [cell_of(presenter, field, relation) for field in fields] for relation in Relation}
    with worded(entity):
        found = context.connection.execution_options(stream_results=True, yield_per=CHUNK).exec_driver_sql(
            sql, tuple(where.values)
        )
    with found:
        while chunk := [Record(plan, row) for row in islice(found, CHUNK)]:
            titles = read.titles(context, read.referred(entity, chunk))
            for record in chunk:
                cells = [cell(record, titles) for cell in made[presenter.relation(record)]]
                if entity.belongs is Belongs.STORE:
                    cells.append(titles.get(STORE, {}).get(record.store or 0, ""))
                yield cells


def cell_of(presenter: Presenter, field: Field, relation: Relation) -> Cell:
    """How one field becomes a cell in records of one relation; decided once, not for each row."""
    place = plan_of(presenter.entity).at[field.name]
    state = presenter.state(field, relation)
    if state is State.HIDDEN:
        return lambda _record, _titles: ""
    if state is State.MASKED:
        return lambda record, _titles: (
            "" if record.row[place] is None else field.kind.mask(presenter.plain(record, field))
        )
    if field.target:
        target = field.target
        return lambda record, titles: (
            "" if record.row[place] is None else titles.get(target, {}).get(record.row[place], f"#{record.row[place]}")
        )
    kind = field.kind
    if kind.code in ("text", "integer"):
        return lambda record, _titles: record.row[place]
    return lambda record, _titles: None if record.row[place] is None else kind.cell(record.row[place])
