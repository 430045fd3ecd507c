"""Opening a protected value: for a reason, and in the trail first."""

from typing import Any

from app.core.entity import Entity
from app.core.errors import Invalid, Malformed, NotFound, Unfit
from app.core.field import State
from app.core.label import Label
from app.records import read
from app.records.context import Context
from app.records.present import Presenter
from app.records.query import unknown
from app.records.reveal import opened

LONGEST = 200
WHY = Unfit("required", Label("请说明为什么要查看。", "Say why you need to see it."))


def reveal(context: Context, entity: Entity, number: int, name: str, given: dict[str, Any]) -> dict[str, Any]:
    """The value of one field of one record in clear, noted before it is told; a field hidden there is NotFound."""
    if stray := next((key for key in given if key != "reason"), None):
        raise unknown(stray)
    record = read.get(context, entity, number)
    presenter = Presenter(context, entity)
    field = entity.field(name)
    if field is None or presenter.states(record)[name] is State.HIDDEN:
        raise NotFound
    value = opened(context, presenter, record, field, {"reason": "other", "words": reason_of(given)})
    return {"field": name, "value": None if value is None else field.kind.dump(value)}


def reason_of(given: dict[str, Any]) -> str:
    """The reason given; Invalid for none."""
    reason = given.get("reason")
    if reason is not None and not isinstance(reason, str):
        raise Malformed(Label("reason 应是文字。", "The reason is text."))
    words = (reason or "").replace("\0", "").strip()[:LONGEST]
    if not words:
        raise Invalid({"reason": WHY})
    return words
