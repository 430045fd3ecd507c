"""What rights mean, in plain Python that knows nothing of the product: who reaches which record and sees what of it.

Written by hand from the specification: reach and united grants, the matrix of fields by relation, sealed fields masked
everywhere but on the page of one's own record, and that who does not see a field clear cannot ask by it.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import IntEnum

VERBS = ("list", "read", "create", "update", "delete", "export", "reveal", "search")
REACHES = ("group", "company", "store", "team", "own", "granted")


class Seen(IntEnum):
    """How a field stands to somebody; a greater one shows more."""

    HIDDEN = 0
    MASKED = 1
    CLEAR = 2


@dataclass(frozen=True)
class Fact:
    """A field: how it stands in one's own records and in others, whether it is sealed, and found by its whole."""

    mine: Seen
    scope: Seen
    sealed: bool = False
    whole: bool = False

    def state(self, *, mine: bool) -> Seen:
        return self.mine if mine else self.scope


@dataclass(frozen=True)
class Noun:
    """A kind of record: its fields, which of them name its owners and its team, and what it is a part of."""

    fields: dict[str, Fact]
    owners: tuple[str, ...] = ()
    team: str = ""
    parent: str = ""  # the field that names the record it hangs on
    shared: bool = False  # the whole group's


OPEN = Fact(Seen.CLEAR, Seen.CLEAR)
NUMBER = Fact(Seen.CLEAR, Seen.MASKED, sealed=True, whole=True)
OWNERS = ("sales_owner", "service_owner", "renewal_owner", "care_owner")
NOUNS = {
    "customer": Noun(
        {
            "name": OPEN,
            "source": OPEN,
            "note": OPEN,
            "phone": NUMBER,
            "address": Fact(Seen.MASKED, Seen.MASKED, sealed=True),
            "id_card": Fact(Seen.MASKED, Seen.HIDDEN, sealed=True, whole=True),
            **dict.fromkeys(OWNERS, OPEN),
        },
        owners=OWNERS,
    ),
    "vehicle": Noun(
        {"vin": OPEN, "plate": OPEN, "note": OPEN, "customer": OPEN, "sales_owner": OPEN, "service_owner": OPEN},
        owners=("sales_owner", "service_owner"),
        parent="customer",
    ),
    "contact_point": Noun(
        {
            "kind": OPEN,
            "customer": OPEN,
            "note": OPEN,
            "value": Fact(Seen.MASKED, Seen.MASKED, sealed=True, whole=True),
        },
        parent="customer",
    ),
    # Made in the studio for this test: states that no shipped field has, and a team.
    "key_loan": Noun(
        {
            "name": OPEN,
            "note": OPEN,
            "customer": OPEN,
            "keeper": OPEN,
            "team": OPEN,
            "margin": Fact(Seen.CLEAR, Seen.HIDDEN),
            "remark": Fact(Seen.CLEAR, Seen.MASKED),
            "phone": NUMBER,
        },
        owners=("keeper",),
        team="team",
        parent="customer",
    ),
    "lead_source": Noun({"code": OPEN, "name": OPEN, "note": OPEN}, shared=True),
    "employee": Noun({"name": OPEN, "number": OPEN}, team="team"),
    "team": Noun({"name": OPEN}),
}
TELLING = {"name", "note", "source", "vin", "margin", "remark"}  # what else no text may hold for who sees none of it
WATCHED = ("customer", "vehicle", "contact_point", "key_loan", "lead_source")


@dataclass(frozen=True)
class Right:
    """What a role may do with one noun, and how far."""

    verbs: frozenset[str]
    reach: str


@dataclass
class Person:
    """Somebody with an account: his post, which of his doors stand open, and whether he may come in at all."""

    employee: int
    store: int
    team: int | None
    active: bool = True
    left: bool = False
    session: bool = True
    token: bool = True
    scopes: dict[str, frozenset[str]] = field(default_factory=dict)  # what his narrow token is confined to, by noun


@dataclass
class Record:
    """One record: where it stands, whom its fields name, and what its watched fields hold."""

    store: int | None
    values: dict[str, str | int | None]


@dataclass
class Extent:
    """How far somebody's united rights on a noun reach."""

    verbs: set[str] = field(default_factory=set)
    everywhere: bool = False
    stores: set[int] = field(default_factory=set)
    team: int | None = None
    own: int | None = None
    records: set[int] = field(default_factory=set)

    @property
    def beyond_own(self) -> bool:
        """Whether records that are not one's own can be within it."""
        return bool(self.everywhere or self.stores or self.team is not None or self.records)


@dataclass
class Oracle:
    """Companies, people, roles, records and what was shared; answers what must be true of them."""

    companies: dict[int, int] = field(default_factory=dict)  # store → company
    people: dict[int, Person] = field(default_factory=dict)
    roles: dict[int, dict[str, Right]] = field(default_factory=dict)
    held: dict[int, set[int]] = field(default_factory=dict)  # person → roles
    records: dict[str, dict[int, Record]] = field(default_factory=lambda: {name: {} for name in NOUNS})
    given: set[tuple[int, str, int]] = field(default_factory=set)  # (person, noun, record), while it lasts

    # Who may what ----------------------------------------------------------------------------------------------------
    def enters(self, person: int, door: str) -> bool:
        """Whether a request through his browser's session or his token is his."""
        one = self.people[person]
        return one.active and not one.left and (one.session if door == "session" else one.token)

    def extent(self, person: int, noun: str) -> Extent:
        """His rights on a noun, united over his roles: every verb counts as far as any of them reaches."""
        one, found = self.people[person], Extent()
        if not one.active or one.left:
            return found
        rights = [self.roles[role][noun] for role in self.held[person] if noun in self.roles[role]]
        for right in rights:
            found.verbs |= right.verbs
            self._widen(found, right.reach, one)
        if rights:
            found.records = {record for who, name, record in self.given if (who, name) == (person, noun)}
        return found

    def _widen(self, found: Extent, reach: str, one: Person) -> None:
        match reach:
            case "group":
                found.everywhere = True
                found.stores |= set(self.companies)
            case "company":
                company = self.companies[one.store]
                found.stores |= {store for store, owner in self.companies.items() if owner == company}
            case "store":
                found.stores.add(one.store)
            case "team":
                found.team, found.own = one.team, one.employee
            case "own":
                found.own = one.employee

    def may(self, person: int, verb: str, noun: str) -> bool:
        """Whether any of his roles allows the verb on the noun."""
        return verb in self.extent(person, noun).verbs

    def in_scope(self, person: int, verb: str, noun: str) -> bool:
        """Whether his narrow token's scopes name the verb on the noun; "*" names all but revealing."""
        own, every = (self.people[person].scopes.get(name, frozenset()) for name in (noun, "*"))
        return verb in own or (verb != "reveal" and ("*" in own | every or verb in every))

    # Which records ---------------------------------------------------------------------------------------------------
    def within(self, person: int, noun: str, number: int | None, record: Record) -> bool:
        """Whether a record as it stands (or would stand) is within his reach."""
        extent, about = self.extent(person, noun), NOUNS[noun]
        if about.shared:
            return bool(extent.verbs & {"list", "read"})
        owns = extent.own is not None and any(record.values.get(name) == extent.own for name in about.owners)
        team = extent.team is not None and bool(about.team) and record.values.get(about.team) == extent.team
        return record.store in extent.stores or owns or team or number in extent.records

    def reached(self, person: int, noun: str) -> set[int]:
        """The records within his reach, whatever he may do with them."""
        return {number for number, one in self.records[noun].items() if self.within(person, noun, number, one)}

    def listed(self, person: int, noun: str) -> set[int] | None:
        """The records he lists; None where he may list none at all."""
        return self.reached(person, noun) if self.may(person, "list", noun) else None

    def told(self, person: int, verb: str, noun: str, number: int) -> int:
        """What one record answers to a verb: 403 without the right, 404 beyond his reach, else 200."""
        if not self.may(person, verb, noun):
            return 403
        return 200 if number in self.reached(person, noun) else 404

    # Which fields ----------------------------------------------------------------------------------------------------
    def is_mine(self, person: int, noun: str, number: int) -> bool:
        """Whether an owner field of the record names him."""
        me, record = self.people[person].employee, self.records[noun][number]
        return any(record.values.get(name) == me for name in NOUNS[noun].owners)

    def relations(self, person: int, noun: str) -> set[bool]:
        """Whether records that are his own (True) and others (False) can be within his reach."""
        extent, about = self.extent(person, noun), NOUNS[noun]
        if not extent.verbs & {"list", "read"}:
            return set()
        return ({True} if about.owners else set()) | ({False} if about.shared or extent.beyond_own else set())

    def state(self, person: int, noun: str, number: int, name: str, place: str) -> Seen:
        """How a field of a record stands to him in a place; sealed ones are clear on pages of his own alone."""
        if number not in self.reached(person, noun) or not self.relations(person, noun):
            return Seen.HIDDEN
        fact = NOUNS[noun].fields[name]
        found = fact.state(mine=self.is_mine(person, noun, number))
        return min(found, Seen.MASKED) if fact.sealed and place != "page" else found

    def visible(self, person: int, noun: str, name: str) -> bool:
        """Whether he sees anything of the field in any record he might reach."""
        return any(NOUNS[noun].fields[name].state(mine=mine) for mine in self.relations(person, noun))

    def asks(self, person: int, noun: str, name: str) -> bool:
        """Whether he may filter, sort and group by the field: it is clear in every record he might reach."""
        fact, relations = NOUNS[noun].fields[name], self.relations(person, noun)
        return bool(relations) and not fact.sealed and all(fact.state(mine=one) is Seen.CLEAR for one in relations)

    def finds(self, person: int, noun: str, name: str) -> bool:
        """Whether he may look for a protected field's whole value."""
        fact = NOUNS[noun].fields[name]
        return fact.whole and self.may(person, "search", noun) and self.visible(person, noun, name)

    def asks_presence(self, person: int, noun: str, name: str) -> bool:
        """Whether he may ask for records in which the field is filled: never where any record would hide it."""
        fact = NOUNS[noun].fields[name]
        shown = min(fact.mine, fact.scope) > Seen.HIDDEN and self.visible(person, noun, name)
        return self.asks(person, noun, name) or shown

    # What writing does -----------------------------------------------------------------------------------------------
    def changes(self, person: int, noun: str, number: int, new: dict[str, str | int | None]) -> int:
        """What a change answers: 403, 404, 400 for a field he never sees, 422 for what leaves his reach."""
        told = self.told(person, "update", noun, number)
        if told != 403 and not all(self.visible(person, noun, name) for name in new):
            return 400
        if told != 200:
            return told
        record = self.records[noun][number]
        became = Record(record.store, record.values | new)
        return 200 if self.within(person, noun, number, became) and self.points(person, noun, new) else 422

    def adds(self, person: int, noun: str, record: Record) -> int:
        """What adding a record answers: 403, 422 for a store or references past his reach, 400 as above, else 201."""
        if not self.may(person, "create", noun):
            return 403
        extent, here = self.extent(person, noun), self.people[person].store
        own = extent.own is not None and record.store == here
        placed = NOUNS[noun].shared or record.store in extent.stores or own
        filled = (name for name, value in record.values.items() if value is not None)
        if placed and not all(self.visible(person, noun, name) for name in filled):
            return 400
        fits = placed and self.within(person, noun, None, record) and self.points(person, noun, record.values)
        return 201 if fits else 422

    def points(self, person: int, noun: str, values: dict[str, str | int | None]) -> bool:
        """Whether everything a record would refer to is within his reach: nobody links to what he cannot see."""
        about = NOUNS[noun]
        targets = dict.fromkeys(about.owners, "employee") | {about.parent: "customer", about.team: "team"}
        wanted = ((targets[name], value) for name, value in values.items() if name in targets and value is not None)
        return all(value in self.reached(person, target) for target, value in wanted)

    # For whoever compares --------------------------------------------------------------------------------------------
    def secrets(self, person: int, noun: str, place: str) -> Iterable[tuple[str, str]]:
        """What a text in a place must not hold for him: (what it is, the text), of one noun's records."""
        for number, record in self.records[noun].items():
            for name, value in record.values.items():
                fact = NOUNS[noun].fields.get(name)
                guarded = fact is not None and (fact.sealed or name in TELLING)
                clear = self.state(person, noun, number, name, place) if fact else Seen.CLEAR
                if guarded and isinstance(value, str) and clear is not Seen.CLEAR:
                    yield f"{noun} {number}.{name}", value
