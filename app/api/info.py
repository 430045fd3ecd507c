"""What an actor may know of an entity and do with it, as JSON."""

from typing import Any

from app.access.state import FieldPolicy
from app.core.entity import Entity
from app.core.field import Field
from app.records.context import Context
from app.records.query import operators


def info(context: Context, entity: Entity, policy: FieldPolicy, locale: str) -> dict[str, Any]:
    """The entity's labels, the actor's verbs on it, and each field visible to him."""
    return {
        "entity": entity.name,
        "label": entity.label.text(locale),
        "plural": entity.plural.text(locale),
        "title": entity.title,
        "order": entity.order,
        "version": entity.version,
        "belongs": entity.belongs.value,
        "actions": sorted(context.actor.extent(entity.name).actions),
        "fields": [field_info(policy, field, locale) for field in entity.fields if field.name in policy.visible],
    }


def field_info(policy: FieldPolicy, field: Field, locale: str) -> dict[str, Any]:
    """One field as the actor may use it."""
    return {
        "name": field.name,
        "label": field.label.text(locale),
        "help": field.help.text(locale) if field.help else None,
        "kind": field.kind.code,
        "privacy": field.privacy.value,
        "required": field.required,
        "unique": field.unique,
        "writable": field.name in policy.writable,
        "sortable": field.name in policy.sortable,
        "operators": [operator.value for operator in operators(policy, field)],
        "target": field.target,
        "schema": field.kind.schema(),
    }
