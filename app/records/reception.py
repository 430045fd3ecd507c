"""Reception: what one's own stores know of a car or number, and the records made of who comes in.

Nothing personal is copied from another store: a person is made of what reception types, a car of that and of the VIN,
model and colour the group knows.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from app.core.action import Action
from app.core.clock import business_date
from app.core.entity import Entity
from app.core.errors import Invalid, NotFound, Unfit
from app.core.label import Label
from app.records import read, write
from app.records.claim import car_known
from app.records.context import Context
from app.records.override import NONE
from app.records.query import Query, condition, natural
from app.records.row import Record

CAR, PERSON = ("plate", "vin", "model", "mileage"), ("name", "phone")
OWNER, BRINGER, NEW = "owner", "bringer", "new"
MOST = 20  # records told of
SHARED = Unfit(
    "phone_known",
    Label(
        "本店已有客户使用这个号码：请选择归到这位客户，还是另建客户共用号码。",
        "A customer of this store has this number: choose him, or a new customer who shares it.",
    ),
)
OWNED = Unfit(
    "owned",
    Label(
        "这辆车在本店已有车主；来人请选“送修人”，已过户请先在车辆上更换车主。",
        "The car has an owner here; choose “Brings it in”, or change the owner on the car first.",
    ),
)
KEPT = Label("沿用集团档案的车架号", "VIN as the group knows it")
NO_PERSON = Unfit("person", Label("请从列出的客户中选择。", "Choose one of the customers listed."))


@dataclass(frozen=True, slots=True)
class Arrived:
    """The records of one's own store that stand for who came in."""

    vehicle: int | None
    customer: int | None


def cars(context: Context, name: str, raw: object) -> list[Record]:
    """The cars within reach with this whole VIN or plate (`name`), newest first."""
    return _with(context, context.entity("vehicle"), name, raw)


def people(context: Context, raw: object) -> list[Record]:
    """The customers within reach who have this whole phone, as their mobile or as one more contact."""
    customer, contact = context.entity("customer"), context.entity("contact_point")
    found = {record.id: record for record in _with(context, customer, "phone", raw)}
    if all(context.actor.may(action, contact.name) for action in (Action.LIST, Action.SEARCH)):
        others = {one["customer"] for one in _with(context, contact, "value", raw)} - found.keys()
        if others:
            query = Query(ids=tuple(others), size=MOST)
            found |= {one.id: one for one in read.listing(context, customer, query).records if standing(one)}
    return list(found.values())


def standing(record: Record) -> bool:
    """Whether a customer was neither merged nor put away."""
    return record["merged_into"] is None and record["archived_at"] is None


def mine(context: Context, records: list[Record]) -> list[Record]:
    """Those of the store where the actor works."""
    return [one for one in records if one.store == context.actor.store]


def _with(context: Context, entity: Entity, name: str, raw: object) -> list[Record]:
    query = Query(conditions=(condition(entity, context.policy(entity), name, "eq", raw),), size=MOST)
    found = read.listing(context, entity, query).records
    read.note_search(context, entity, query, len(found))
    return list(found)


def arrive(context: Context, given: Mapping[str, str], reasons: Mapping[str, str] = NONE) -> Arrived:
    """Makes the car and the customer at one's own store of what reception typed, or takes those it has already.

    `given` holds plate, vin, model, mileage, name, phone, relation ("owner" or "bringer"), person (a customer's id, or
    "new" for one who shares a known number) and vehicle (the id of a car known here). Raises Invalid with all that is
    wrong at once; the caller undoes what was written then.
    """
    typed = {name: text.strip() for name, text in given.items() if text.strip()}
    if context.actor.store is None:
        raise Invalid({"store": write.CHOOSE_STORE})
    if not typed.keys() & {*CAR[:2], *PERSON, "person", "vehicle"}:
        raise Invalid({"name": write.MISSING})
    wrong: dict[str, Unfit] = {}
    customer = _gathered(wrong, lambda: customer_of(context, typed))
    vehicle = _gathered(wrong, lambda: vehicle_of(context, typed, customer, reasons))
    if wrong:
        raise Invalid(wrong)
    return Arrived(vehicle, customer or owner(context, vehicle))


def _gathered(wrong: dict[str, Unfit], make: Callable[[], int | None]) -> int | None:
    """What `make` answers; its complaints are kept with the others'."""
    try:
        return make()
    except Invalid as invalid:
        wrong |= invalid.fields
        return None


def owner(context: Context, vehicle: int | None) -> int | None:
    """Whose car it is, as the store knows it."""
    found: int | None = read.get(context, context.entity("vehicle"), vehicle)["customer"] if vehicle else None
    return found


def customer_of(context: Context, typed: Mapping[str, str]) -> int | None:
    """The customer who came: the one chosen, the one of that name and number, or a new one; None when nobody was typed.

    A number known here under other names is Invalid until it was said whose it is.
    """
    entity = context.entity("customer")
    choice = typed.get("person", "")
    known = mine(context, people(context, typed["phone"])) if "phone" in typed else []
    if choice and choice != NEW:
        return chosen(known, choice)
    same = [one.id for one in known if one["name"] == typed.get("name")]
    if same and not choice:
        return same[0]
    if known and not choice:
        raise Invalid({"person": SHARED})
    if not typed.keys() & set(PERSON):
        return None
    values = {name: typed[name] for name in PERSON if name in typed}
    return write.insert(context, entity, values | {"collection_method": "visit"})


def chosen(known: list[Record], choice: str) -> int:
    """The id of the customer chosen among those who have the number."""
    number = natural(choice)
    if number not in {one.id for one in known}:
        raise Invalid({"person": NO_PERSON})
    return int(choice)


def vehicle_of(
    context: Context, typed: Mapping[str, str], customer: int | None, reasons: Mapping[str, str]
) -> int | None:
    """The car that came: the store's own, or a new one; None when none was typed."""
    car = own_car(context, typed)
    if car is None and not typed.keys() & {"plate", "vin"}:
        return None
    owns = typed.get("relation", OWNER) == OWNER
    if car is None:
        number = new_car(context, typed, customer if owns else None, reasons)
    else:
        number = car.id
        refresh(context, car, typed, customer if owns else None, reasons)
    if customer is not None and not owns:
        bring(context, number, customer)
    return number


def own_car(context: Context, typed: Mapping[str, str]) -> Record | None:
    """The store's own record of the car, by its number or by what was typed."""
    if "vehicle" in typed:
        car = read.get(context, context.entity("vehicle"), natural(typed["vehicle"]) or 0)
        if car.store != context.actor.store:
            raise NotFound
        return car
    for name in ("vin", "plate"):
        if name in typed and (found := mine(context, cars(context, name, typed[name]))):
            return found[0]
    return None


def new_car(context: Context, typed: Mapping[str, str], owner: int | None, reasons: Mapping[str, str]) -> int:
    """A new record of the car, with the VIN, model and colour the group knows where they were not typed."""
    entity = context.entity("vehicle")
    context.demand(Action.CREATE, entity)
    values: dict[str, Any] = {name: typed[name] for name in CAR if name in typed}
    kind = "vin" if "vin" in typed else "plate"
    if car := car_known(context, kind, typed[kind]):
        known = {"vin": car.vin, "model": car.model, "color": car.color}
        values = {name: value for name, value in known.items() if value} | values
        if "vin" not in typed:
            reasons = {"vin": KEPT.zh} | dict(reasons)  # whoever entered it there answered for its check digit
    return write.insert(context, entity, values | ({"customer": str(owner)} if owner else {}), reasons)


def refresh(
    context: Context, car: Record, typed: Mapping[str, str], owner: int | None, reasons: Mapping[str, str]
) -> None:
    """Gives a car of the store the plate it carries today, and an owner where it has none."""
    changes: dict[str, Any] = {}
    entity = context.entity("vehicle")
    if "plate" in typed:
        changes["plate"] = typed["plate"]
    if owner is not None and car["customer"] is None:
        changes["customer"] = str(owner)
    elif owner is not None and car["customer"] != owner:
        raise Invalid({"relation": OWNED})
    if changes:
        write.update(context, entity, car.id, None, changes, reasons=reasons)


def bring(context: Context, vehicle: int, customer: int) -> None:
    """Writes down that this customer brings the car, unless that stands already."""
    entity = context.entity("vehicle_role")
    policy = context.policy(entity)
    since = business_date(context.clock.now()).isoformat()
    told = {"vehicle": str(vehicle), "customer": str(customer), "role": BRINGER}
    conditions = tuple(condition(entity, policy, name, "eq", value) for name, value in told.items())
    if not read.listing(context, entity, Query(conditions=conditions, size=1)).records:
        write.insert(context, entity, told | {"since": since})
