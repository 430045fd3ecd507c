"""A description as JSON, for storage and for showing: `load(dump(entity)) == entity`, but for conditions in SQL.

Those are code's alone: what comes back from JSON never holds SQL.
"""

from typing import Any

from app.core.action import Action
from app.core.entity import Entity, Grant, Origin
from app.core.field import Field, Privacy, State
from app.core.label import Label
from app.core.scope import Belongs, Reach
from app.fields import kind_of

FLAGS = ("required", "unique", "index", "search", "readonly", "part_of")


def dump_label(label: Label | None) -> list[str] | None:
    """A label as [zh, en]."""
    return None if label is None else [label.zh, label.en]


def load_label(value: list[str] | None) -> Label | None:
    """A label from [zh, en]."""
    return None if value is None else Label(*value)


def dump_field(field: Field) -> dict[str, Any]:
    """A field as JSON; what stands at its default is left out."""
    spec: dict[str, Any] = {
        "name": field.name,
        "kind": field.kind.code,
        "options": field.kind.options(),
        "label": dump_label(field.label),
        "privacy": field.privacy.value,
    }
    spec |= {flag: True for flag in FLAGS if getattr(field, flag)}
    optional = {
        "default": field.default,
        "help": dump_label(field.help),
        "section": dump_label(field.section),
        "target": field.target,
        "mine": None if field.mine is None else field.mine.name,
        "scope": None if field.scope is None else field.scope.name,
        "claimed_by": list(field.claimed_by) or None,
    }
    return spec | {key: value for key, value in optional.items() if value is not None}


def load_field(spec: dict[str, Any]) -> Field:
    """The field a JSON description means."""
    return Field(
        name=spec["name"],
        kind=kind_of(spec["kind"], spec.get("options", {})),
        label=Label(*spec["label"]),
        privacy=Privacy(spec["privacy"]),
        **{flag: True for flag in FLAGS if spec.get(flag)},
        default=spec.get("default"),
        help=load_label(spec.get("help")),
        section=load_label(spec.get("section")),
        target=spec.get("target"),
        mine=State[spec["mine"]] if "mine" in spec else None,
        scope=State[spec["scope"]] if "scope" in spec else None,
        claimed_by=tuple(spec.get("claimed_by", ())),
    )


def dump(entity: Entity) -> dict[str, Any]:
    """An entity as JSON."""
    return {
        "name": entity.name,
        "label": dump_label(entity.label),
        "plural": dump_label(entity.plural),
        "fields": [dump_field(field) for field in entity.fields],
        "title": entity.title,
        "stand_in": entity.stand_in,
        "belongs": entity.belongs.value,
        "group": entity.group,
        "rank": entity.rank,
        "icon": entity.icon,
        "list": list(entity.list),
        "owners": list(entity.owners),
        "team": entity.team,
        "unique": [list(group) for group in entity.unique],
        "order": entity.order,
        "shelved": list(entity.shelved),
        "offered": entity.offered,
        "ledger": entity.ledger,
        "grants": [{"role": g.role, "actions": sorted(g.actions), "reach": g.reach.value} for g in entity.grants],
        "origin": entity.origin.value,
        "version": entity.version,
    }


def load(spec: dict[str, Any]) -> Entity:
    """The entity a JSON description means."""
    return Entity(
        name=spec["name"],
        label=Label(*spec["label"]),
        plural=Label(*spec["plural"]),
        fields=tuple(load_field(field) for field in spec["fields"]),
        title=spec["title"],
        stand_in=spec.get("stand_in"),
        belongs=Belongs(spec["belongs"]),
        group=spec["group"],
        rank=spec.get("rank", 50),
        icon=spec["icon"],
        list=tuple(spec["list"]),
        owners=tuple(spec["owners"]),
        team=spec["team"],
        unique=tuple(tuple(group) for group in spec["unique"]),
        order=spec["order"],
        shelved=tuple(spec.get("shelved", ())),
        offered=spec.get("offered"),
        ledger=spec.get("ledger", False),
        grants=tuple(
            Grant(g["role"], frozenset(Action(a) for a in g["actions"]), Reach(g["reach"])) for g in spec["grants"]
        ),
        origin=Origin(spec["origin"]),
        version=spec["version"],
    )
