"""What a question means in SQL: scope, filters and search words."""

from collections.abc import Mapping
from typing import Any

from app.core.entity import Entity
from app.core.field import Field
from app.core.kind import Operator
from app.records.context import Context
from app.records.plan import numbers, plan_of, whole_stores, within
from app.records.query import Condition, Query
from app.records.search import Where, matching, only_token, tail_token

STANDS = "({0} IS NULL OR {0} > (now() AT TIME ZONE 'Asia/Shanghai')::date)"  # a last day that has not come


def conditions(context: Context, entity: Entity, query: Query) -> Where:
    """Scope, filters and search words as SQL."""
    where = Where(within(entity, context.actor.extent(entity.name)), [], [])
    for one in query.conditions:
        compare(context, entity, one, where)
    if query.ids is None:
        on_the_shelf(entity, query, where)
    else:
        where.add("t.id = ANY (%s)", list(query.ids))
    if query.offered and entity.offered:
        field = entity.by_name[entity.offered]
        where.add(f't."{field.column}"' if field.kind.code == "boolean" else STANDS.format(f't."{field.column}"'))
    if query.words:
        matching(context, entity, query.words, where)
    return where


def on_the_shelf(entity: Entity, query: Query, where: Where) -> None:
    """Leaves out records that were put away, unless a condition asks about that."""
    asked = {one.field.name for one in query.conditions}
    for name in entity.shelved:
        if name not in asked:
            where.add(f't."{entity.by_name[name].column}" IS NULL')


def one_each(context: Context, entity: Entity, query: Query) -> tuple[str, list[Any]]:
    """A SELECT that gives a row for each record the question finds, and its parameters; for counting.

    A single word in whole stores is counted in the search index alone: a common name costs no look at its records.
    """
    stores = whole_stores(entity, context.actor.extent(entity.name))
    token = only_token(context, entity, query.words) if stores and unconditional(query) else None
    if token is not None:
        return f"SELECT 1 FROM search_token s WHERE s.store_id IN ({numbers(stores)}) AND s.token = %s", [token]
    where = conditions(context, entity, query)
    return f"SELECT 1 FROM {plan_of(entity).table} t WHERE {where.sql}", where.values


def unconditional(query: Query) -> bool:
    """Whether the question is made of search words alone, whatever its order, page and size."""
    return bool(query.words) and not query.conditions and query.ids is None and not query.offered


SIGNS: Mapping[Operator, str] = {
    Operator.EQ: "=",
    Operator.NE: "IS DISTINCT FROM",
    Operator.LT: "<",
    Operator.LE: "<=",
    Operator.GT: ">",
    Operator.GE: ">=",
}


def compare(context: Context, entity: Entity, one: Condition, where: Where) -> None:
    """Adds one filter to `where`."""
    field, column = one.field, plan_of(entity).column(one.field)
    if one.operator is Operator.HAS:
        where.add(f"{column} IS {'NOT ' if one.value else ''}NULL")
    elif one.operator is Operator.TAIL:
        token = tail_token(context.sealer, entity, field, one.value)
        where.add("t.id IN (SELECT record_id FROM search_token WHERE token = %s)", token)
    elif field.sealed:
        blind = context.sealer.index(field.kind.code, sealable(field, one.value))
        where.add(f't."{field.name}_bidx" = %s', blind)
    elif one.operator is Operator.IN:
        where.add(f"{column} = ANY (%s)", list(one.value))
    elif field.kind.sql == "text[]":
        where.add(f"{column} @> %s" if one.operator is Operator.EQ else f"NOT {column} @> %s", list(one.value))
    else:
        where.add(f"{column} {SIGNS[one.operator]} %s", one.value)


def sealable(field: Field, value: Any) -> str:
    """A value as the text that is sealed and blind-indexed."""
    return str(field.kind.dump(value))
