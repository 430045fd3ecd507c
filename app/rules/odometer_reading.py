"""How odometer readings stand to each other, and what a car's mileage follows."""

from app.core.label import Label
from app.core.rules import Ban, Event, Then
from app.records.rulebook import RULEBOOK

FALLS = Label(
    "与前后两次里程不符（里程不会变小）。请核对；确是换表或此前登记有误，请填写更正原因。",
    "It does not fit the readings before and after it; check it, or give the reason of the correction.",
)


def misfits(row: str, at: str, km: str, *, but: str = "false") -> str:
    """SQL: whether `km` at that moment is below the reading before it or above the one after it.

    `row` has the car and its store; `but` says which readings (`o`) are not looked at. What follows a correction may
    be lower than what stood before it.
    """
    readings = (
        "SELECT o.km, o.correction FROM public.odometer_reading o"
        f" WHERE o.store_id = {row}.store_id AND o.vehicle_id = {row}.vehicle_id AND o.standing = 'counted'"
        f" AND NOT ({but})"
    )
    # Store and car find the few readings by an index; sorted as pairs, since else all readings are walked by time.
    before = f"{readings} AND o.read_at <= {at} ORDER BY (o.read_at, o.id) DESC LIMIT 1"
    # The car's record tells when a mileage was typed, not when it was read: it bounds nothing before it.
    after = f"{readings} AND o.read_at > {at} AND o.source <> 'record' ORDER BY (o.read_at, o.id) LIMIT 1"
    unread = (
        f"SELECT FROM public.vehicle c WHERE c.store_id = {row}.store_id AND c.id = {row}.vehicle_id"
        f" AND c.created_at <= {at} AND c.mileage > {km} AND NOT {read('c')}"
    )
    return (
        f"(EXISTS (SELECT FROM ({before}) b WHERE b.km > {km})"
        f" OR EXISTS (SELECT FROM ({after}) a WHERE a.km < {km} AND a.correction IS NULL) OR EXISTS ({unread}))"
    )


def read(car: str) -> str:
    """SQL: whether a car's mileage was read; what a job brought in with the car is no reading until it changes."""
    return (
        "EXISTS (SELECT FROM public.odometer_reading o"
        f" WHERE o.store_id = {car}.store_id AND o.vehicle_id = {car}.id AND o.km = {car}.mileage)"
    )


def latest(row: str, *, wanted: str = "o.km") -> str:
    """SQL: the mileage of a car's latest reading that counts; one typed into its record only if it does not fall."""
    counted = f"o.store_id = {row}.store_id AND o.vehicle_id = {row}.id AND o.standing = 'counted'"
    before = (
        "SELECT p.km FROM public.odometer_reading p WHERE p.store_id = o.store_id AND p.vehicle_id = o.vehicle_id"
        " AND p.standing = 'counted' AND (p.read_at, p.id) < (o.read_at, o.id) ORDER BY (p.read_at, p.id) DESC LIMIT 1"
    )
    return (
        f"(SELECT {wanted} FROM public.odometer_reading o WHERE {counted}"
        f" AND NOT CASE WHEN o.source = 'record' THEN coalesce(o.km < ({before}), false) ELSE false END"
        " ORDER BY (o.read_at, o.id) DESC LIMIT 1)"
    )


# What a car's record said before its mileage changed is no news to the car.
FORMER = "source = 'record' AND read_at < pg_catalog.now() AND pg_catalog.pg_trigger_depth() > 1"

# What follows from other writes was judged there, and stands as doubtful where it does not fit.
RULEBOOK.on(
    "odometer_reading",
    Ban(
        "falls",
        "pg_catalog.pg_trigger_depth() = 1 AND NEW.standing = 'counted' AND NEW.correction IS NULL"
        f" AND {misfits('NEW', 'NEW.read_at', 'NEW.km')}",
        FALLS,
        "km",
        on=(Event.INSERT,),
    ),
    Ban(
        "not_yet",
        "NEW.read_at > pg_catalog.now() + interval '1 day'",
        Label("读数时间不能在将来。", "An odometer cannot be read in the future."),
        "read_at",
        on=(Event.INSERT,),
    ),
    Then(
        "car_mileage",
        "UPDATE public.vehicle v SET mileage = l.km FROM (SELECT DISTINCT store_id, vehicle_id AS id FROM moved"
        f" WHERE NOT ({FORMER})) c CROSS JOIN LATERAL {latest('c', wanted='o.km, o.read_at')} l"
        " WHERE v.store_id = c.store_id AND v.id = c.id AND v.mileage IS DISTINCT FROM l.km AND (v.mileage IS NULL"
        f" OR l.km > v.mileage OR l.read_at > v.created_at OR {read('v')})",
    ),
)
