"""What is known about a reminder at the moment it is to be told, read anew each time."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, text

from app.access.seal import SealBroken, Sealer
from app.core.clock import business_date
from app.reminders.family import Family, families

_ITEMS = """
    SELECT r.id, r.idem_key, r.customer_id, r.vehicle_id, r.anchor_on, r.stage, r.due_on, r.status, r.wait_until,
           r.subject_entity, r.subject_record,
           coalesce(r.useful_until, r.due_on + CAST(u.grace_days AS integer)) AS useful_until,
           u.code AS rule, u.name AS rule_name, u.nature, coalesce(u.channels, '{{}}') AS channels,
           (SELECT n.id FROM message_template t JOIN message_template n ON n.code = t.code AND n.status = 'approved'
             WHERE t.id = u.template_id ORDER BY n.edition DESC LIMIT 1) AS template_id,
           (SELECT e.id FROM employee e WHERE e.id = r.employee_id
               AND (e.left_on IS NULL OR e.left_on >= :today)) AS employee_id,
           r.vehicle_id IS NULL OR (v.customer_id IS NOT DISTINCT FROM r.customer_id AND v.status = 'delivered')
               AS is_owner, v.plate, v.model,
           ({settled}) AS settled, ({dropped}) AS dropped, ({marketing}) AS marketing
      FROM reminder r
      JOIN reminder_rule u ON u.id = r.rule_id
      LEFT JOIN vehicle v ON v.store_id = r.store_id AND v.id = r.vehicle_id
     WHERE r.store_id = :store AND {which}"""
_OF_FAMILY = "starts_with(u.code, :family)"
_OTHERS = "NOT EXISTS (SELECT FROM unnest(CAST(:families AS text[])) f WHERE starts_with(u.code, f))"
_PEOPLE = text("""
    SELECT c.id, c.uuid, c.name, c.email, c.phone, c.do_not_contact,
           c.merged_into_id IS NOT NULL OR c.archived_at IS NOT NULL AS archived,
           EXISTS (SELECT FROM complaint k WHERE k.store_id = c.store_id AND k.customer_id = c.id
                      AND k.severity = 'critical' AND k.status <> 'closed') AS complains,
           coalesce((SELECT jsonb_object_agg(s.purpose || ':' || s.channel, s.granted) FROM consent_state s
                      WHERE s.store_id = c.store_id AND s.customer_id = c.id), '{}') AS consents
      FROM customer c WHERE c.store_id = :store AND c.id = ANY (:customers)""")
_POINTS = text("""
    SELECT customer_id, uuid, kind, value, bounced FROM contact_point
     WHERE store_id = :store AND customer_id = ANY (:customers) ORDER BY customer_id, is_primary DESC, id""")
_SUPPRESSED = text("""
    SELECT customer_id, contact_bidx, scope FROM suppression
     WHERE store_id = :store AND (contact_bidx = ANY (:contacts) OR customer_id = ANY (:customers))
       AND coalesce(since, :today) <= :today AND coalesce(until, :today) >= :today""")
# What a customer was told: reminders, several told together once, and messages that no reminder asked for.
_TOLD = text("""
    SELECT customer_id, nature, told_at FROM (
        SELECT DISTINCT ON (coalesce(r.bundle_id, r.id)) r.customer_id, r.nature, r.told_at FROM reminder r
         WHERE r.store_id = :store AND r.customer_id = ANY (:customers) AND r.told_at > :since
         ORDER BY coalesce(r.bundle_id, r.id), r.told_at
    ) r WHERE nature <> 'internal'
    UNION ALL
    SELECT m.customer_id, m.nature, m.sent_at FROM message m
     WHERE m.store_id = :store AND m.customer_id = ANY (:customers) AND m.reminder_id IS NULL AND m.sent_at > :since""")


@dataclass(frozen=True, slots=True)
class Item:
    """A reminder with its rule and what stands of its matter."""

    id: int
    idem_key: str
    customer_id: int | None
    vehicle_id: int | None
    anchor_on: date
    stage: int
    due_on: date
    status: str
    wait_until: datetime | None
    subject_entity: str | None
    subject_record: int | None
    useful_until: date
    rule: str
    rule_name: str
    nature: str
    channels: Sequence[str]
    template_id: int | None
    employee_id: int | None
    is_owner: bool
    plate: str | None
    model: str | None
    settled: bool
    dropped: bool
    marketing: bool
    family: Family | None


@dataclass(slots=True)
class Person:
    """A customer as far as telling him goes; addresses are opened here and go no further than his message."""

    id: int
    name: str = field(repr=False)
    do_not_contact: bool
    archived: bool
    complains: bool
    consents: Mapping[str, bool]
    email: str | None = field(default=None, repr=False)
    bounced: bool = False
    unsealed: bool = False  # whether an address could not be opened
    suppressed: set[str] = field(default_factory=set)  # scopes
    told: list[tuple[str, datetime]] = field(default_factory=list)  # class and moment, of the last 30 days


def items(connection: Connection, store: int, now: datetime, which: str, given: Mapping[str, Any]) -> list[Item]:
    """The reminders `r` of a store that fulfil the condition `which`, with what is known of their matters now."""
    values = {"store": store, "now": now, "today": business_date(now), "families": list(families())} | dict(given)
    found: list[Item] = []
    for one in (*families().values(), None):
        told = {"settled": "false", "dropped": "false", "marketing": "false"}
        if one:
            told = {"settled": one.settled, "dropped": one.dropped, "marketing": one.marketing}
        where = f"({which}) AND {_OF_FAMILY if one else _OTHERS}"
        sql = text(_ITEMS.format(which=where, **told))
        rows = connection.execute(sql, values | ({"family": one.code} if one else {})).mappings()
        found += [Item(**row, family=one) for row in rows]
    return found


def people(connection: Connection, sealer: Sealer, store: int, customers: set[int], now: datetime) -> dict[int, Person]:
    """The customers by id."""
    given = {"store": store, "customers": sorted(customers)}
    found, contacts = dict[int, Person](), _Contacts(sealer)
    for row in connection.execute(_PEOPLE, given).mappings():
        person = Person(*(row[name] for name in ("id", "name", "do_not_contact", "archived", "complains", "consents")))
        found[person.id] = person
        person.email = contacts.open(person, row["email"], "customer.email", row["uuid"])
        contacts.open(person, row["phone"], "customer.phone", row["uuid"])
    _points(connection, given, found, contacts)
    _suppress(connection, given | {"contacts": list(contacts.of), "today": business_date(now)}, found, contacts.of)
    for customer, nature, moment in connection.execute(_TOLD, given | {"since": now - timedelta(days=30)}):
        found[customer].told.append((nature, moment))
    return found


@dataclass(slots=True)
class _Contacts:
    """Opens the numbers and addresses of customers; by their blind indexes suppressions of them are found."""

    sealer: Sealer
    of: dict[bytes, set[int]] = field(default_factory=dict)

    def open(self, person: Person, blob: bytes | None, place: str, uuid: UUID) -> str | None:
        """The value sealed in a place ("customer.email"); None for none, or for one that is broken."""
        if blob is None:
            return None
        try:
            entity, name = place.split(".")
            value = self.sealer.open(bytes(blob), entity, name, uuid)
        except SealBroken:
            person.unsealed = True
            return None
        self.of.setdefault(self.sealer.index("contact", value), set()).add(person.id)
        return value


def _points(connection: Connection, given: dict[str, Any], found: dict[int, Person], contacts: _Contacts) -> None:
    """Adds other addresses: a preferred one stands in where the customer's own record has none."""
    for row in connection.execute(_POINTS, given):
        person = found[row.customer_id]
        value = contacts.open(person, row.value, "contact_point.value", row.uuid)
        if row.kind == "email" and value:
            if person.email is None and not row.bounced:
                person.email = value
            person.bounced = person.bounced or (row.bounced and value == person.email)


def _suppress(
    connection: Connection, given: dict[str, Any], found: dict[int, Person], contacts: dict[bytes, set[int]]
) -> None:
    for row in connection.execute(_SUPPRESSED, given):
        for customer in contacts.get(bytes(row.contact_bidx or b""), set()) | {row.customer_id}:
            if customer in found:
                found[customer].suppressed.add(row.scope)
