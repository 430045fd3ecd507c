"""What brings a record close to somebody who does not own it: its car is here today, or it is his task."""

from app.core.action import Action
from app.core.clock import business_date
from app.core.entity import Entity
from app.core.scope import Near
from app.records.context import Context


def nearness(context: Context, entity: Entity) -> str:
    """SQL over `t` that answers "task:7" where that task makes the record the actor's own for a while, or NULL.

    Nothing for whoever may open no protected value of the entity anyway, or is no employee (practice.md §2).
    """
    if context.actor.employee is None or not context.actor.may(Action.REVEAL, entity.name):
        return ""
    parts = [_first(context, entity, one) for one in entity.near if context.actor.may(Action.LIST, one.entity)]
    return f"coalesce({', '.join(parts)})" if parts else ""


def reason(entity: Entity, near: str) -> Near:
    """What of the description brought the record close."""
    name, _, _number = near.partition(":")
    return next(one for one in entity.near if one.entity == name)


def _first(context: Context, entity: Entity, near: Near) -> str:
    other = context.snapshot.entities[near.entity]
    where = [near.when.format(today=f"DATE '{business_date(context.clock.now())}'")]
    if near.by:
        where.append(f"n.{other.by_name[near.by].column} = t.id")
    else:
        where.append(f"n.subject_entity = '{entity.name}' AND n.subject_record = t.id")
    if near.whose:
        # What one writes down for oneself opens nothing: otherwise anybody might make any record his own.
        where.append(f"n.{other.by_name[near.whose].column} = {int(context.actor.employee or 0)}")
        where.append(f"n.created_by IS DISTINCT FROM {int(context.actor.id or 0)}")
    return f"(SELECT '{near.entity}:' || n.id FROM \"{near.entity}\" n WHERE {' AND '.join(where)} LIMIT 1)"
