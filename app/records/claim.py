"""find_or_claim: whether the group knows a whole VIN, plate or phone, told without a word about persons."""

from dataclasses import dataclass
from typing import Any

from app.core.action import Action
from app.core.entity import Entity
from app.core.errors import Malformed, TooMany, Unfit
from app.core.label import Label
from app.records.context import Context

WAIT = Label("查询太频繁，请 {seconds} 秒后再试。", "Too many look-ups; try again in {seconds} seconds.")
WHOLE = Label("请填写完整的车架号、车牌号或手机号。", "Give a whole VIN, plate or mobile number.")


@dataclass(frozen=True, slots=True)
class Known:
    """Where a car or a number is known: `here` within one's own reach; `month` (2026-08) of the last change there."""

    store: int
    name: str
    here: bool
    month: str
    model: str | None = None
    color: str | None = None


def find_or_claim(context: Context, kind: str, raw: object) -> tuple[Known, ...]:
    """Every store that knows this VIN, plate or phone (`kind`), newest first; each asking is in the trail.

    A phone is answered within one's own company alone. Raises Malformed for what is no whole value, Forbidden without
    the search right, TooMany after sixty in an hour.
    """
    vehicle, customer = context.entity("vehicle"), context.entity("customer")
    context.demand(Action.SEARCH, vehicle)
    context.demand(Action.SEARCH, customer)
    plain, blind = None, None
    if kind == "phone":
        blind = context.sealer.index("phone", _read(customer, "phone", raw))
    elif kind in ("vin", "plate"):
        plain = _read(vehicle, kind, raw)
    else:
        raise Malformed(WHOLE, "find_kind")
    sql = "SELECT wait, known FROM gate.find_or_claim(%s, %s, %s)"
    wait, known = context.connection.exec_driver_sql(sql, (kind, plain, blind)).one()
    if wait:
        raise TooMany(WAIT.format(seconds=wait), wait)
    return tuple(Known(**one) for one in known)


def _read(entity: Entity, name: str, raw: object) -> str:
    """The whole value, by the field's own reading."""
    try:
        value: Any = entity.by_name[name].kind.seek(raw)
    except Unfit as unfit:
        raise Malformed(unfit.label, unfit.code) from None
    if value is None:
        raise Malformed(WHOLE, "find_nothing")
    return str(value)
