"""The recycle bin for programs."""

from datetime import datetime
from typing import Any

from flask import request

from app.access.state import FieldPolicy
from app.core.entity import Entity
from app.core.errors import Malformed
from app.core.label import Label
from app.records import bin as bins
from app.records.context import Context
from app.records.present import Shape
from app.records.query import natural, sizing

MOMENT = Label(
    "from 和 to 应为带时区的时刻，例如 2026-11-22T00:00:00+08:00。", "`from` and `to` are moments with a zone."
)
FURTHER = Label("before 应为上一页 next 给出的编号。", "`before` is the number that `next` told.")
LONGEST = 60


def listed(context: Context, entity: Entity, policy: FieldPolicy) -> dict[str, Any]:
    """A page of the bin, newest first, and where older entries go on."""
    shape = Shape(entity, policy)
    found, older = bins.listing(context, entity, asked())
    told = [
        {
            "number": one.id,
            "deleted_at": one.at,
            "deleted_by": one.by,
            "parts": one.parts,
            "record": {name: value for name, value in shape.dump(context, one.record).items() if known(entity, name)},
        }
        for one in found
    ]
    return {"result": told, "next": older}


def known(entity: Entity, name: str) -> bool:
    """Whether the bin tells a part of a record: sealed values lie in it unseen."""
    field = entity.field(name)
    return field is None or not field.sealed


def asked() -> bins.Asked:
    """What the address asks for."""
    before = request.args.get("before")
    until = natural(before) if before is not None else None
    if before is not None and not until:
        raise Malformed(FURTHER, "before")
    return bins.Asked(
        by=request.args.get("by", "").replace("\0", "").strip()[:LONGEST] or None,
        first=moment("from"),
        last=moment("to"),
        until=until,
        size=sizing(request.args.get("size", bins.SIZE)),
    )


def moment(name: str) -> datetime | None:
    """A moment of the address."""
    raw = request.args.get(name)
    if raw is None:
        return None
    try:
        found = datetime.fromisoformat(raw)
    except ValueError:
        raise Malformed(MOMENT, name) from None
    if found.tzinfo is None:
        raise Malformed(MOMENT, name)
    return found


def restored(context: Context, entity: Entity, number: int) -> dict[str, Any]:
    """Brings a record back; its id, and how many parts came with it and how many stay."""
    done = bins.bring_back(context, entity, number)
    return {"id": done.record, "parts": done.parts, "left": done.left}
