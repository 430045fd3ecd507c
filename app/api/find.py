"""Whether the group knows a whole VIN, plate or phone: one's own records by id, of others no word about persons."""

from typing import Any

from flask import Blueprint, Response

from app.api.answers import answer
from app.api.body import content
from app.api.operations import json, operation
from app.api.schemas import ID, TEXT, Schema, closed
from app.core.errors import Malformed
from app.core.label import Label
from app.heads import door
from app.heads.door import signed_in, through_door
from app.records.claim import KINDS, Known, find_or_claim, kind_of, may_ask
from app.records.context import Context
from app.records.query import unknown
from app.records.reception import cars, people

ADDRESS = "/api/v1/find"
LONGEST = 40  # characters of a value
VALUE = Label(
    "请用文本给出 value；kind 只能是 vin、plate 或 phone。", "Give `value` as text; `kind` is vin, plate or phone."
)
FOUND = closed({"entity": TEXT, "id": ID, "store": ID}, ["entity", "id", "store"])
MAYBE = {"type": ["string", "null"]}
ELSEWHERE = closed({"model": MAYBE, "color": MAYBE, "month": TEXT, "store": TEXT}, ["model", "color", "month", "store"])
SCHEMAS: dict[str, Schema] = {
    "find": closed({"value": TEXT | {"minLength": 1, "maxLength": LONGEST}, "kind": {"enum": list(KINDS)}}, ["value"]),
    "find.answer": closed(
        {
            "kind": {"enum": list(KINDS)},
            "here": {"type": "array", "items": FOUND, "description": "records within your reach"},
            "elsewhere": {"type": "array", "items": ELSEWHERE, "description": "cars other stores know; of phones none"},
            "stores": {"type": "integer", "minimum": 0, "description": "how many other stores know it"},
        },
        ["kind", "here", "elsewhere", "stores"],
    ),
}

finding = Blueprint("finding", __name__)


@finding.post(ADDRESS)
@through_door
def find() -> Response:
    """What is known of a value; each asking is in the trail, sixty an hour a person."""
    signed_in()
    context = door.context()
    kind, value = read(content())
    known = find_or_claim(context, kind or kind_of(value), value)
    return answer(told(context, kind or kind_of(value), value, known))


def read(given: dict[str, Any]) -> tuple[str, str]:
    """The kind, when it is given, and the value; Malformed for anything else."""
    if stray := next((name for name in given if name not in ("value", "kind")), None):
        raise unknown(stray)
    kind, value = given.get("kind", ""), given.get("value")
    known = "kind" not in given or (isinstance(kind, str) and kind in KINDS)
    if not known or not isinstance(value, str) or len(value) > LONGEST:
        raise Malformed(VALUE, "find_value")
    return kind, door.storable(value)


def told(context: Context, kind: str, value: str, known: tuple[Known, ...]) -> dict[str, Any]:
    """The answer as JSON carries it."""
    records = people(context, value) if kind == "phone" else cars(context, kind, value)
    others = [one for one in known if not one.here]
    return {
        "kind": kind,
        "here": [{"entity": KINDS[kind], "id": one.id, "store": one.store} for one in records],
        "elsewhere": []
        if kind == "phone"
        else [{"model": one.model, "color": one.color, "month": one.month, "store": one.name} for one in others],
        "stores": len(others),
    }


def paths(context: Context) -> dict[str, Any]:
    """The operation, for those who may ask."""
    if not may_ask(context.actor):
        return {}
    found = json("What is known of it", "find.answer")
    return {ADDRESS: {"post": operation("find", "Find in the whole group", "find", answer=found, takes="find")}}
