"""find_or_claim: whether the group knows a whole VIN, plate or phone, told without a word about persons."""

import re
import unicodedata
from dataclasses import dataclass
from typing import Any

from app.core.action import Action
from app.core.actor import Actor
from app.core.errors import Malformed, TooMany, Unfit
from app.core.label import Label
from app.records.context import Context

WAIT = Label("查询太频繁，请 {seconds} 秒后再试。", "Too many look-ups; try again in {seconds} seconds.")
WHOLE = Label("请填写完整的车架号、车牌号或手机号。", "Give a whole VIN, plate or mobile number.")
KINDS = {"vin": "vehicle", "plate": "vehicle", "phone": "customer"}  # what one may ask by, and whose field it is
PHONE, VIN, PLATE = re.compile(r"\+?\d{7,15}"), re.compile(r"[0-9A-Z]{17}"), re.compile(r"[\u4e00-\u9fff]")
SIGNS = re.compile(r"[\s·•.()-]")


@dataclass(frozen=True, slots=True)
class Known:
    """Where a car or a number is known: `here` within one's own reach, last seen in `month` (2026-08)."""

    store: int
    name: str
    here: bool
    month: str
    model: str | None = None
    color: str | None = None


@dataclass(frozen=True, slots=True)
class Car:
    """What the group knows of a car, for the record a store makes of it."""

    vin: str
    model: str | None
    color: str | None


def may_ask(actor: Actor) -> bool:
    """Whether somebody may look for cars and customers by whole values in the group."""
    return all(actor.may(Action.SEARCH, name) for name in ("vehicle", "customer"))


def kind_of(raw: object) -> str:
    """Whether a text is a VIN, a plate or a phone, by its form; Malformed for what is no whole one of them."""
    text = SIGNS.sub("", unicodedata.normalize("NFKC", str(raw))).upper()
    if PHONE.fullmatch(text):
        return "phone"
    if VIN.fullmatch(text):
        return "vin"
    if PLATE.search(text):
        return "plate"
    raise Malformed(WHOLE, "find_whole")


def find_or_claim(context: Context, kind: str, raw: object) -> tuple[Known, ...]:
    """Every store that knows this VIN, plate or phone (`kind`), newest first; each asking is in the trail.

    A phone is answered within one's own company, and of who agreed that the group shares him. Raises Malformed for
    what is no whole value, Forbidden without the search right, TooMany after sixty in an hour.
    """
    _demand(context)
    sql = "SELECT wait, known FROM gate.find_or_claim(%s, %s, %s)"
    wait, known = context.connection.exec_driver_sql(sql, (kind, *_sought(context, kind, raw))).one()
    _in_time(wait)
    return tuple(Known(**one) for one in known)


def ask_transfer(context: Context, kind: str, raw: object) -> int:
    """Asks the other stores that know it to hand the customer over, by a task of each; answers how many they are."""
    _demand(context)
    sql = "SELECT wait, stores FROM ask_transfer(%s, %s, %s)"
    wait, stores = context.connection.exec_driver_sql(sql, (kind, *_sought(context, kind, raw))).one()
    _in_time(wait)
    return int(stores)


def car_known(context: Context, kind: str, raw: object) -> Car | None:
    """The car the group knows by this VIN or plate, for whom it came in to; None for none or several."""
    context.demand(Action.SEARCH, context.entity("vehicle"))
    plain, _ = _sought(context, kind, raw)
    wait, car = context.connection.exec_driver_sql("SELECT wait, car FROM gate.car_known(%s, %s)", (kind, plain)).one()
    _in_time(wait)
    return Car(**car) if car else None


def whole(context: Context, kind: str, raw: object) -> str:
    """The whole value, by its field's own reading; Malformed for anything else."""
    if kind not in KINDS:
        raise Malformed(WHOLE, "find_kind")
    try:
        value: Any = context.entity(KINDS[kind]).by_name[kind].kind.seek(raw)
    except Unfit as unfit:
        raise Malformed(unfit.label, unfit.code) from None
    if value is None:
        raise Malformed(WHOLE, "find_nothing")
    return str(value)


def _demand(context: Context) -> None:
    for name in ("vehicle", "customer"):
        context.demand(Action.SEARCH, context.entity(name))


def _sought(context: Context, kind: str, raw: object) -> tuple[str | None, bytes | None]:
    """A value as it is compared: plain, or for a phone its blind index."""
    value = whole(context, kind, raw)
    return (None, context.sealer.index("phone", value)) if kind == "phone" else (value, None)


def _in_time(wait: int) -> None:
    if wait:
        raise TooMany(WAIT.format(seconds=wait), wait)
