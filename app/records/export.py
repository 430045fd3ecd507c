"""Records as rows of a file, streamed: references by title, protected values as masks."""

from collections.abc import Callable, Iterator, Sequence
from functools import lru_cache
from typing import Any

from app import metrics
from app.core.action import Action
from app.core.entity import Entity
from app.core.field import Field, Relation, State
from app.core.scope import Belongs
from app.records import read
from app.records.context import Context
from app.records.plan import plan_of
from app.records.present import Presenter, masked
from app.records.query import Query
from app.records.refusals import worded
from app.records.row import Values, stream
from app.records.where import conditions

CHUNK = 1_000
STORE, STORE_AT = "store", 3
KEPT = 50_000  # titles held at once
REPEATED = 10_000  # values of a field that become cells once

Titles = dict[str, dict[int, str]]
Cell = Callable[[Values, Titles], Any]


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
    presenter = Presenter(context, entity)
    mine, others = (cells_of(context, presenter, relation) for relation in (Relation.MINE, Relation.SCOPE))
    known: Titles = {}
    with worded(entity):
        for chunk in stream(context.connection, sql, tuple(where.values), CHUNK):
            learn(context, entity, chunk, known)
            metrics.EXPORTED.inc(len(chunk))
            for row in chunk:
                yield [cell(row, known) for cell in (mine if presenter.is_mine(row) else others)]


def learn(context: Context, entity: Entity, chunk: Sequence[Values], known: Titles) -> None:
    """Adds to `known` the titles of what these rows refer to, asking only for those it does not hold yet."""
    if sum(map(len, known.values())) > KEPT:
        known.clear()
    at = plan_of(entity).at
    places = [(field.target or "", at[field.name]) for field in entity.references]
    if entity.belongs is Belongs.STORE:
        places.append((STORE, STORE_AT))
    wanted: dict[str, set[int]] = {}
    for target, place in places:
        ids = {row[place] for row in chunk if row[place] is not None} - known.setdefault(target, {}).keys()
        wanted.setdefault(target, set()).update(ids)
    found = read.titles(context, wanted)
    for target, ids in wanted.items():
        unseen = dict.fromkeys(ids, "") if target == STORE else {number: f"#{number}" for number in ids}
        known[target] |= unseen | found.get(target, {})


def cells_of(context: Context, presenter: Presenter, relation: Relation) -> list[Cell]:
    """How the fields of records of one relation become cells, the store last where rows belong to one."""
    entity = presenter.entity
    made = [cell_of(presenter, field, relation) for field in columns(context, entity)]
    if entity.belongs is Belongs.STORE:
        made.append(lambda row, titles: titles[STORE].get(row[STORE_AT], ""))
    return made


def cell_of(presenter: Presenter, field: Field, relation: Relation) -> Cell:
    """How one field becomes a cell in records of one relation; decided once, not for each row."""
    entity, kind = presenter.entity, field.kind
    place = plan_of(entity).at[field.name]
    state = presenter.state(field, relation)
    if state is State.HIDDEN:
        return lambda _row, _titles: ""
    if field.sealed:
        sealer = presenter.context.sealer
        return lambda row, _titles: "" if row[place] is None else masked(sealer, entity, field, row[1], row[place])
    if state is State.MASKED:
        return lambda row, _titles: "" if row[place] is None else kind.mask(row[place])
    if field.target:
        target = field.target
        return lambda row, titles: "" if row[place] is None else titles[target][row[place]]
    if kind.code in ("text", "integer"):
        return lambda row, _titles: row[place]
    written = kind.cell if kind.sql.endswith("[]") else lru_cache(REPEATED)(kind.cell)  # lists are no keys
    return lambda row, _titles: None if row[place] is None else written(row[place])
