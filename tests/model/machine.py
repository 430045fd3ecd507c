"""A state machine that changes the world by the product's own ways and, between, asks every head about it."""

from collections.abc import Callable
from typing import ClassVar

from hypothesis import note
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from tests.model import narrow, sql  # noqa: F401  # they register their heads
from tests.model.heads import HEADS, Case, differences
from tests.model.oracle import NOUNS, REACHES, VERBS, WATCHED, Oracle, Record, Right
from tests.model.stage import Stage, Values

LISTS = ("api_list", "api_count", "screen_list", "export", "bulk_export", "picker")
RECORDS = ("narrow_token", "api_get", "screen_show", "related", "history", "reveal", "mask_as_value")
FIELDS = ("api_filter", "api_compare", "api_sort", "search", "find")
DATABASE = ("sql_reads", "sql_views", "sql_changes")
ALWAYS = ["api_list", "sql_reads"]
READ_ONLY = frozenset({"list", "read"})
CHANGED = {"customer": "phone", "contact_point": "value", "key_loan": "phone"}

people = st.integers(0, 4)
roles = st.integers(0, 3)
nouns = st.sampled_from(WATCHED)
places = st.integers(0, 40)
doors = st.sampled_from(("token", "session"))
verbs = st.one_of(
    st.just(frozenset(VERBS)),
    st.just(frozenset(VERBS) - {"delete"}),
    st.just(READ_ONLY),
    st.just(frozenset[str]()),
    st.frozensets(st.sampled_from(VERBS)),
)
rights = st.builds(Right, verbs, st.sampled_from(REACHES))


def several(heads: tuple[str, ...]) -> st.SearchStrategy[list[str]]:
    """Two different heads of a kind."""
    return st.lists(st.sampled_from(heads), min_size=2, max_size=2, unique=True)


class World(RuleBasedStateMachine):
    """The oracle's world and the product's, changed together and compared in every step."""

    new_stage: ClassVar[Callable[[], Stage]]

    @initialize(turn=st.integers(0, 300))
    def begin(self, turn: int) -> None:
        self.stage = type(self).new_stage()
        self.last = (self.somebody(0), "customer")
        self.turn = turn

    @property
    def oracle(self) -> Oracle:
        return self.stage.oracle

    def somebody(self, place: int) -> int:
        return sorted(self.oracle.people)[place % len(self.oracle.people)]

    def some_role(self, place: int) -> int:
        return sorted(self.oracle.roles)[place % len(self.oracle.roles)]

    def some_record(self, noun: str, place: int) -> int | None:
        ids = sorted(self.oracle.records[noun])
        return ids[place % len(ids)] if ids else None

    def some_store(self, place: int) -> int:
        return sorted(self.oracle.companies)[place % len(self.oracle.companies)]

    def colleague(self, person: int, place: int) -> int | None:
        """Somebody else of his store who works there, or nobody."""
        known, store = self.oracle.people, self.oracle.people[person].store
        found = [one for one in sorted(known) if one != person and known[one].store == store and not known[one].left]
        return found[place % len(found)] if found else None

    # What changes rights ---------------------------------------------------------------------------------------------
    @rule(role=roles, noun=nouns, right=rights)
    def set_rights(self, role: int, noun: str, right: Right) -> None:
        self.stage.set_rights(self.some_role(role), noun, right)

    @rule(who=people, role=roles)
    def give_role(self, who: int, role: int) -> None:
        person = self.somebody(who)
        if self.oracle.people[person].active and not self.oracle.people[person].left:
            self.stage.give(person, self.some_role(role), holds=True)

    @rule(who=people, role=roles)
    def take_role(self, who: int, role: int) -> None:
        self.stage.give(self.somebody(who), self.some_role(role), holds=False)

    @rule(who=people, noun=st.sampled_from(("customer", "key_loan")), place=places)
    def share(self, who: int, noun: str, place: int) -> None:
        if (number := self.some_record(noun, place)) is not None:
            self.stage.share(self.somebody(who), noun, number)
            self.last = (self.somebody(who), noun)

    @precondition(lambda self: self.oracle.given)
    @rule(place=places)
    def expire(self, place: int) -> None:
        given = sorted(self.oracle.given)
        self.stage.expire(*given[place % len(given)])

    @rule(who=people)
    def deactivate(self, who: int) -> None:
        self.stage.activate(self.somebody(who), active=False)
        self.last = (self.somebody(who), "customer")

    @precondition(lambda self: not all(one.active for one in self.oracle.people.values()))
    @rule()
    def activate(self) -> None:
        person = next(number for number, one in self.oracle.people.items() if not one.active)
        self.stage.activate(person, active=True)
        self.last = (person, "customer")

    @rule(who=people, place=places)
    def leave(self, who: int, place: int) -> None:
        person = self.somebody(who)
        heir = self.colleague(person, place)
        if heir is not None and person != self.stage.founder and not self.oracle.people[person].left:
            self.stage.leave(person, heir)

    @rule(who=people, place=places)
    def move(self, who: int, place: int) -> None:
        person = self.somebody(who)
        one = self.oracle.people[person]
        teams = [None, *(n for n, team in self.oracle.records["team"].items() if team.store == one.store)]
        if not one.left:
            self.stage.move(person, teams[place % len(teams)])

    @rule(who=people, door=doors)
    def close_door(self, who: int, door: str) -> None:
        person = self.somebody(who)
        if self.oracle.enters(person, door):
            (self.stage.sign_out if door == "session" else self.stage.end_token)(person)
            self.last = (person, "customer")

    @precondition(lambda self: self.outside())
    @rule()
    def sign_in(self) -> None:
        for person in self.outside():
            self.stage.open_doors(person)

    def outside(self) -> list[int]:
        """Who may come in and has closed a door behind him."""
        known = self.oracle.people.items()
        return [number for number, one in known if one.active and not (one.left or (one.session and one.token))]

    # What changes records --------------------------------------------------------------------------------------------
    @rule(who=people, noun=nouns, store=places, place=places, owner=places)
    def add(self, who: int, noun: str, store: int, place: int, owner: int) -> None:
        """Somebody adds a record to some store, about some customer, in somebody's name."""
        person, about = self.somebody(who), NOUNS[noun]
        at = None if about.shared else self.some_store(store)
        values: Values = {about.parent: self.of_store("customer", at, place)} if about.parent else {}
        if about.owners and owner % 3:
            values[about.owners[0]] = self.of_store("employee", at, owner)
        whole = self.stage.filled(noun) | values
        if any(whole.get(name) is None for name in ("customer",) if noun == "contact_point"):
            return
        wanted = self.oracle.adds(person, noun, Record(at, whole)) if self.oracle.enters(person, "token") else 401
        answer = self.stage.add(person, noun, at, values)
        assert answer.status_code == wanted, (
            f"adding {noun} {values}: {answer.status_code}, not {wanted}: {answer.text}"
        )
        self.last = (person, noun)

    def of_store(self, noun: str, store: int | None, place: int) -> int | None:
        """A record of a store; of employees one who works there."""
        found = [number for number, one in sorted(self.oracle.records[noun].items()) if one.store == store]
        gone = {one.employee for one in self.oracle.people.values() if one.left}
        found = [number for number in found if noun != "employee" or number not in gone]
        return found[place % len(found)] if found else None

    @rule(who=people, noun=nouns, place=places, door=doors)
    def write(self, who: int, noun: str, place: int, door: str) -> None:
        """Somebody changes the note of a record, and by the API its number."""
        number, new = self.some_record(noun, place), self.stage.filled(noun)
        names = ["note"] + ([CHANGED[noun]] if noun in CHANGED and door == "token" else [])
        if number is not None:
            self.changed(self.somebody(who), noun, number, {name: new[name] for name in names}, door)

    @rule(who=people, noun=st.sampled_from(("customer", "vehicle", "key_loan")), place=places, owner=places)
    def hand_on(self, who: int, noun: str, place: int, owner: int) -> None:
        """Somebody gives a record to another owner, or to none."""
        if (number := self.some_record(noun, place)) is None:
            return
        owners = NOUNS[noun].owners
        to = self.of_store("employee", self.oracle.records[noun][number].store, owner) if owner % 3 else None
        self.changed(self.somebody(who), noun, number, {owners[place % len(owners)]: to}, "token")

    def changed(self, person: int, noun: str, number: int, new: Values, door: str) -> None:
        """Makes a change and holds its answer against what the oracle says of it."""
        wanted = self.oracle.changes(person, noun, number, new)
        if door == "session" and wanted == 400:
            return  # a form offers no field that is not seen
        if not self.oracle.enters(person, door):
            wanted = 401
        before = self.stage.version(noun, number)
        answer = self.stage.change(person, noun, number, new, door)
        expected = {303} if door == "session" and wanted == 200 else {302, 401} if wanted == 401 else {wanted}
        assert answer.status_code in expected, (
            f"{person} changing {noun} {number} {new}: {answer.status_code}, not {expected}: {answer.text[:300]}"
        )
        assert answer.status_code in (200, 303) or self.stage.version(noun, number) == before
        self.last = (person, noun)

    @rule(who=people, noun=st.sampled_from(("contact_point", "key_loan")), place=places)
    def remove(self, who: int, noun: str, place: int) -> None:
        person, number = self.somebody(who), self.some_record(noun, place)
        if number is None:
            return
        wanted = self.oracle.told(person, "delete", noun, number) if self.oracle.enters(person, "token") else 401
        answer = self.stage.remove(person, noun, number)
        assert answer.status_code == (204 if wanted == 200 else wanted), answer.text

    # What asks -------------------------------------------------------------------------------------------------------
    @rule(who=people, noun=nouns, place=places, heads=several(LISTS))
    def ask_lists(self, who: int, noun: str, place: int, heads: list[str]) -> None:
        self.ask(who, noun, place, heads)

    @rule(who=people, noun=nouns, place=places, heads=several(RECORDS))
    def ask_records(self, who: int, noun: str, place: int, heads: list[str]) -> None:
        self.ask(who, noun, place, heads)

    @rule(who=people, noun=nouns, place=places, heads=several(FIELDS))
    def ask_by_fields(self, who: int, noun: str, place: int, heads: list[str]) -> None:
        self.ask(who, noun, place, heads)

    @rule(who=people, noun=nouns, place=places, heads=several(DATABASE))
    def ask_the_database(self, who: int, noun: str, place: int, heads: list[str]) -> None:
        self.ask(who, noun, place, heads)

    def ask(self, who: int, noun: str, place: int, heads: list[str]) -> None:
        if (number := self.some_record(noun, place)) is not None:
            self.compare(Case(self.stage, self.somebody(who), noun, number), heads)

    @invariant()
    def the_last_who_did_something_sees_what_he_may(self) -> None:
        person, noun = self.last
        if (number := self.some_record(noun, 0)) is not None:
            self.compare(Case(self.stage, person, noun, number), ALWAYS)

    @invariant()
    def each_head_in_turn_answers_everybody(self) -> None:
        """One head a step, whoever did what: what nobody thought of asking is asked as well."""
        self.turn += 1
        noun, names = WATCHED[self.turn % len(WATCHED)], sorted(HEADS)
        if (number := self.some_record(noun, self.turn // 7)) is not None:
            case = Case(self.stage, self.somebody(self.turn // len(WATCHED)), noun, number)
            self.compare(case, [names[self.turn // 3 % len(names)]])

    def compare(self, case: Case, heads: list[str]) -> None:
        found = differences(case, heads)
        if found:
            note(f"{case.person} as {self.oracle.extent(case.person, case.noun)}")
        assert not found, found


assert {*LISTS, *RECORDS, *FIELDS, *DATABASE} == set(HEADS)
