"""What a write must keep to beyond its own values: it refers to what one sees, and asks no more than one may."""

from collections.abc import Mapping
from typing import Any

from app.core.entity import Entity
from app.core.errors import Invalid, Unfit
from app.records.context import Context
from app.records.guess import spend_search
from app.records.refusals import UNKNOWN


def demand_visible(context: Context, entity: Entity, values: Mapping[str, Any]) -> None:
    """Refuses references to records the actor may not see; foreign keys alone would let him link to them."""
    wanted: dict[str, set[int]] = {}
    for field in entity.references:
        if (value := values.get(field.name)) is not None:
            wanted.setdefault(field.target or "", set()).add(value)
    for target, ids in wanted.items():
        sql = f'SELECT id FROM "{context.entity(target).name}" WHERE id = ANY (%s)'
        seen = set(context.connection.exec_driver_sql(sql, (list(ids),)).scalars())
        wrong = {
            f.name: Unfit("unknown", UNKNOWN)
            for f in entity.references
            if f.target == target and values.get(f.name) in ids - seen
        }
        if wrong:
            raise Invalid(wrong)


def demand_unguessed(context: Context, entity: Entity, values: Mapping[str, Any]) -> None:
    """Counts a write of a protected value that may stand only once as a question by it: its refusal is an answer."""
    once = {name for group in entity.unique for name in group} | {one.name for one in entity.fields if one.unique}
    if any(entity.by_name[name].sealed and values.get(name) is not None for name in once):
        spend_search(context)
