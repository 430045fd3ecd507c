"""Every head of the product asked by somebody, its answer held against the oracle's: what differs, both ways."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from html import unescape
from typing import Any

from werkzeug.test import TestResponse

from tests.model.oracle import NOUNS, Oracle, Seen
from tests.model.stage import Stage

SORTED = {"name", "source", "vin", "plate", "code", "margin", "remark"}  # fields whose kind has an order
MASKING = ("*", "•")
TAILED = {"phone", "value"}
Head = Callable[["Case"], Iterator[str]]
HEADS: dict[str, Head] = {}


@dataclass(frozen=True)
class Case:
    """Somebody, a noun, and one of the world's records of it."""

    stage: Stage
    person: int
    noun: str
    number: int

    @property
    def oracle(self) -> Oracle:
        return self.stage.oracle

    @property
    def base(self) -> str:
        return f"/data/{self.noun}"

    @property
    def value(self) -> dict[str, str | int | None]:
        return self.oracle.records[self.noun][self.number].values

    def ours(self, ids: Iterator[int] | set[int] | list[int]) -> set[int]:
        """Those of the ids that are records of this world."""
        return set(ids) & set(self.oracle.records[self.noun])

    def get(self, path: str, **query: object) -> TestResponse:
        return self.stage.get(self.person, path, query)

    def post(self, path: str, **given: object) -> TestResponse:
        return self.stage.send(self.person, "POST", path, given)


def head(asks: Head) -> Head:
    """Registers a head under its name."""
    HEADS[asks.__name__] = asks
    return asks


def differences(case: Case, names: list[str] | None = None) -> list[str]:
    """What the named heads (all of them, unless told) answer otherwise than the oracle."""
    return [f"{name}: {told}" for name in names or HEADS for told in HEADS[name](case)]


# What every head is held to ------------------------------------------------------------------------------------------
def status(case: Case, answer: TestResponse, wanted: int, door: str) -> Iterator[str]:
    """The status an answer must have, where the door is open; nobody's is asked to sign in."""
    expected = {wanted} if case.oracle.enters(case.person, door) else ({401} if door == "token" else {302, 401})
    if answer.status_code not in expected:
        yield f"{case.noun} {case.number} answers {answer.status_code}, not {sorted(expected)}"


def opened(case: Case, wanted: int, door: str) -> bool:
    """Whether there is something to read in an answer as it must be."""
    return wanted == 200 and case.oracle.enters(case.person, door)


def same(what: str, got: set[int], wanted: set[int]) -> Iterator[str]:
    """Ids as they must be, nothing more and nothing less."""
    if got != wanted:
        yield f"{what}: {sorted(got - wanted)} too many, {sorted(wanted - got)} missing"


def scanned(case: Case, answer: TestResponse, place: str = "list") -> Iterator[str]:
    """What a text tells that it must not, of any record of the world; on a page its own record is the page's."""
    text = re.sub(r"\s", "", unescape(answer.get_data(as_text=True)))
    for noun in ("customer", "vehicle", "contact_point", "key_loan"):
        for what, secret in case.oracle.secrets(case.person, noun, "list"):
            own = place == "page" and what.startswith(f"{case.noun} {case.number}.")
            if secret in text and not own:
                yield f"tells {what}"
    if place == "page":
        for name, value in case.value.items():
            clear = name not in NOUNS[case.noun].fields or state(case, name, "page") is Seen.CLEAR
            if isinstance(value, str) and not clear and value in text:
                yield f"tells {case.noun} {case.number}.{name}"


def state(case: Case, name: str, place: str = "list", number: int = 0) -> Seen:
    return case.oracle.state(case.person, case.noun, number or case.number, name, place)


def told(case: Case, row: dict[str, Any]) -> Iterator[str]:
    """One record of the API as it must be: hidden fields absent, masked ones masked, clear ones whole."""
    number = row["id"]
    for name in NOUNS[case.noun].fields:
        wanted, plain = state(case, name, "list", number), case.oracle.records[case.noun][number].values[name]
        got = row.get(name)
        masked = isinstance(got, str) and got != plain and any(sign in got for sign in MASKING)
        right = {
            Seen.HIDDEN: name not in row,
            Seen.MASKED: name in row and (masked if plain is not None else got is None),
            Seen.CLEAR: name in row and got == plain,
        }
        if not right[wanted]:
            yield f"{case.noun} {number}.{name} is {got!r}, not {wanted.name}"


def listing(case: Case, **query: object) -> TestResponse:
    return case.get(f"/api/v1{case.base}/", size=200, order="-id", count="false", **query)


def numbers(answer: TestResponse) -> list[int]:
    return [row["id"] for row in answer.json["result"]]


# Lists and records ---------------------------------------------------------------------------------------------------
@head
def api_list(case: Case) -> Iterator[str]:
    answer, wanted = listing(case), case.oracle.listed(case.person, case.noun)
    yield from status(case, answer, 403 if wanted is None else 200, "token")
    yield from scanned(case, answer)
    if opened(case, answer.status_code, "token") and wanted is not None:
        rows = {row["id"]: row for row in answer.json["result"]}
        yield from same("list", case.ours(set(rows)), wanted)
        for number in wanted & set(rows):
            yield from told(case, rows[number])


@head
def api_count(case: Case) -> Iterator[str]:
    wanted = case.oracle.listed(case.person, case.noun)
    everywhere = case.oracle.extent(case.person, case.noun).everywhere or NOUNS[case.noun].shared
    answer = case.get(f"/api/v1{case.base}/", size=1)
    counted = opened(case, answer.status_code, "token") and wanted is not None and not everywhere
    if counted and answer.json["count"] != len(wanted or ()):
        yield f"counts {answer.json['count']}, not {len(wanted or ())}"


@head
def api_get(case: Case) -> Iterator[str]:
    answer = case.get(f"/api/v1{case.base}/{case.number}")
    wanted = case.oracle.told(case.person, "read", case.noun, case.number)
    yield from status(case, answer, wanted, "token")
    yield from scanned(case, answer)
    if answer.status_code == 200 and wanted == 200:
        yield from told(case, answer.json["result"])


@head
def screen_list(case: Case) -> Iterator[str]:
    answer, wanted = case.get(f"{case.base}/", size=100, order="-id"), case.oracle.listed(case.person, case.noun)
    yield from status(case, answer, 403 if wanted is None else 200, "session")
    yield from scanned(case, answer)
    if opened(case, answer.status_code, "session") and wanted is not None:
        yield from same("list", linked(case, answer, case.noun), wanted)


def linked(case: Case, answer: TestResponse, noun: str) -> set[int]:
    """The world's records of a noun that a page leads to."""
    found = {int(number) for number in re.findall(rf'href="/data/{noun}/(\d+)"', answer.text)}
    return found & set(case.oracle.records[noun])


@head
def screen_show(case: Case) -> Iterator[str]:
    answer = case.get(f"{case.base}/{case.number}")
    wanted = case.oracle.told(case.person, "read", case.noun, case.number)
    yield from status(case, answer, wanted, "session")
    yield from scanned(case, answer, "page")
    if opened(case, answer.status_code, "session") and wanted == 200:
        text = re.sub(r"\s", "", unescape(answer.text))
        for name in ("phone", "name", "note", "margin", "remark"):
            clear = name in NOUNS[case.noun].fields and state(case, name, "page") is Seen.CLEAR
            if clear and isinstance(case.value[name], str) and str(case.value[name]) not in text:
                yield f"{name} of a record of {case.noun} is not clear on its page"


# Asking by a field ---------------------------------------------------------------------------------------------------
@head
def api_filter(case: Case) -> Iterator[str]:
    listed = case.oracle.listed(case.person, case.noun)
    for name, fact in NOUNS[case.noun].fields.items():
        if (value := case.value[name]) is None or name == "note":
            continue
        may = (case.oracle.finds if fact.sealed else case.oracle.asks)(case.person, case.noun, name)
        answer = listing(case, where=f"{name}~eq~{value}")
        yield from status(case, answer, 403 if listed is None else 200 if may else 400, "token")
        if opened(case, answer.status_code, "token") and listed is not None:
            wanted = {n for n in listed if case.oracle.records[case.noun][n].values[name] == value}
            yield from same(f"{name}~eq", case.ours(numbers(answer)), wanted)


@head
def api_compare(case: Case) -> Iterator[str]:
    """Comparisons that would tell a masked value digit by digit."""
    listed = case.oracle.listed(case.person, case.noun)
    for name, fact in NOUNS[case.noun].fields.items():
        if case.value[name] is None or (not fact.sealed and name not in ("margin", "remark")):
            continue
        for how, value in (("ge", "1"), ("lt", "z"), ("ne", "1"), ("tail", str(case.value[name])[-4:])):
            may = case.oracle.asks(case.person, case.noun, name)
            found = how == "tail" and name in TAILED and case.oracle.finds(case.person, case.noun, name)
            answer = listing(case, where=f"{name}~{how}~{value}")
            fits = (may and how == "ne") or found
            yield from status(case, answer, 403 if listed is None else 200 if fits else 400, "token")
        answer = listing(case, where=f"{name}~has~1")
        may = case.oracle.asks_presence(case.person, case.noun, name)
        yield from status(case, answer, 403 if listed is None else 200 if may else 400, "token")


@head
def api_sort(case: Case) -> Iterator[str]:
    listed = case.oracle.listed(case.person, case.noun)
    for name in NOUNS[case.noun].fields:
        may = name in SORTED and case.oracle.asks(case.person, case.noun, name)
        if not may and case.oracle.asks(case.person, case.noun, name):
            continue  # clear, and of a kind without an order
        answer = case.get(f"/api/v1{case.base}/", size=200, order=name, count="false")
        yield from status(case, answer, 403 if listed is None else 200 if may else 400, "token")
        if may and opened(case, answer.status_code, "token") and listed is not None and len(numbers(answer)) < 200:
            yield from same(f"order {name}", case.ours(numbers(answer)), listed)


@head
def search(case: Case) -> Iterator[str]:
    listed = case.oracle.listed(case.person, case.noun)
    for name, fact in NOUNS[case.noun].fields.items():
        if case.value[name] is None or not (fact.whole or name in ("name", "vin", "code")):
            continue
        answer = listing(case, q=case.value[name])
        yield from status(case, answer, 403 if listed is None else 200, "token")
        if opened(case, answer.status_code, "token") and listed is not None:
            may = not fact.sealed or case.oracle.finds(case.person, case.noun, name)
            yield from same(f"words of {name}", case.ours(numbers(answer)), {case.number} & listed if may else set())
    if case.noun == "customer":
        page = case.get("/search", q=case.value["name"])  # it repeats what was asked
        if opened(case, page.status_code, "session"):
            yield from same("search page", linked(case, page, "customer"), {case.number} & (listed or set()))


# Files, pickers, what hangs on it, what was --------------------------------------------------------------------------
def in_file(case: Case, text: str, wanted: set[int]) -> Iterator[str]:
    """The records whose notes stand in a file."""
    records = case.oracle.records[case.noun]
    got = {number for number, one in records.items() if re.search(rf"(?<!\w){one.values['note']}(?!\w)", text)}
    yield from same("file", got, wanted)


@head
def export(case: Case) -> Iterator[str]:
    answer = case.get(f"{case.base}/export.csv")
    may = case.oracle.may(case.person, "export", case.noun)
    yield from status(case, answer, 200 if may else 403, "session")
    yield from scanned(case, answer, "file")
    if may and opened(case, answer.status_code, "session"):
        reached = case.oracle.reached(case.person, case.noun)
        wanted = {number for number in reached if state(case, "note", "file", number) is Seen.CLEAR}
        yield from in_file(case, answer.get_data(as_text=True), wanted)


@head
def bulk_export(case: Case) -> Iterator[str]:
    answer = case.post(f"{case.base}/bulk/export", id=str(case.number))
    may = case.oracle.may(case.person, "export", case.noun)
    yield from status(case, answer, 200 if may else 403, "session")
    yield from scanned(case, answer, "file")
    if may and opened(case, answer.status_code, "session"):
        clear = state(case, "note", "file") is Seen.CLEAR
        yield from in_file(case, answer.get_data(as_text=True), {case.number} if clear else set())


@head
def picker(case: Case) -> Iterator[str]:
    listed = case.oracle.listed(case.person, case.noun)
    answer = case.get(f"/api/v1{case.base}/lookup", q="", size=200)
    yield from status(case, answer, 403 if listed is None else 200, "token")
    yield from scanned(case, answer)
    if opened(case, answer.status_code, "token") and listed is not None:
        yield from same("picker", case.ours(numbers(answer)), listed)
    page = case.get(f"{case.base}/lookup", q=case.value.get("name") or "")
    yield from status(case, page, 403 if listed is None else 200, "session")
    yield from scanned(case, page)
    if opened(case, page.status_code, "session") and listed is not None and case.value.get("name"):
        got = {int(number) for number in re.findall(r'data-value="(\d+)"', page.text)}
        yield from same("picker's page", case.ours(got), {case.number} & listed)


@head
def related(case: Case) -> Iterator[str]:
    """The records that point to a customer, on his page."""
    customer = case.number if case.noun == "customer" else case.value.get("customer")
    if not isinstance(customer, int):
        return
    wanted = case.oracle.told(case.person, "read", "customer", customer)
    for noun in ("vehicle", "contact_point", "key_loan"):
        page = case.get(f"/data/customer/{customer}", tab=f"{noun}.customer")
        yield from status(case, page, wanted, "session")
        yield from scanned(case, page)
        if opened(case, page.status_code, "session") and wanted == 200:
            listed = case.oracle.listed(case.person, noun) or set()
            pointing = {n for n, one in case.oracle.records[noun].items() if one.values["customer"] == customer}
            yield from same(f"related {noun}", linked(case, page, noun), listed & pointing)


@head
def history(case: Case) -> Iterator[str]:
    wanted = case.oracle.told(case.person, "read", case.noun, case.number)
    answer = case.get(f"/api/v1{case.base}/{case.number}/history")
    yield from status(case, answer, wanted, "token")
    yield from scanned(case, answer)
    page = case.get(f"{case.base}/{case.number}", tab="trail")
    yield from status(case, page, wanted, "session")
    yield from scanned(case, page)


# Opening, finding, masks ---------------------------------------------------------------------------------------------
@head
def reveal(case: Case) -> Iterator[str]:
    case.stage.admin.execute("DELETE FROM gate.bucket WHERE key = %s", (f"reveal:{case.person}",))
    for name, fact in NOUNS[case.noun].fields.items():
        if not fact.sealed or case.value[name] is None:
            continue
        answer = case.post(f"/api/v1{case.base}/{case.number}/reveal/{name}", reason="回访")
        wanted = 200 if case.oracle.may(case.person, "reveal", case.noun) else 403
        if wanted == 200:
            wanted = case.oracle.told(case.person, "read", case.noun, case.number)
        if wanted == 200 and state(case, name) is Seen.HIDDEN:
            wanted = 404
        yield from status(case, answer, wanted, "token")
        value = str(case.value[name])
        if (value in answer.get_data(as_text=True)) != opened(case, wanted, "token"):
            yield f"{name} is {'not ' if wanted == 200 else ''}told"


@head
def find(case: Case) -> Iterator[str]:
    """Whether the group knows a whole VIN: one's own by number, of others nothing of persons."""
    if case.noun != "vehicle":
        return
    case.stage.admin.execute("DELETE FROM gate.bucket WHERE key = %s", (f"claim:{case.person}",))
    answer = case.post("/api/v1/find", value=case.value["vin"])
    listed = case.oracle.listed(case.person, "vehicle")
    asks = all(case.oracle.may(case.person, "search", noun) for noun in ("vehicle", "customer"))
    visible = case.oracle.asks(case.person, "vehicle", "vin")
    wanted = 403 if not asks or (listed is None and visible) else 200 if visible else 400
    yield from status(case, answer, wanted, "token")
    yield from scanned(case, answer)
    if opened(case, answer.status_code, "token") and listed is not None:
        yield from same("found", {one["id"] for one in answer.json["here"]}, {case.number} & listed)


@head
def mask_as_value(case: Case) -> Iterator[str]:
    """A mask sent back is refused, and what stands stays."""
    names = [name for name, fact in NOUNS[case.noun].fields.items() if fact.sealed and case.value[name] is not None]
    for name in names:
        stored = f'SELECT {name} FROM "{case.noun}" WHERE id = %s'
        before = case.stage.one(stored, case.number)
        given = {"version": case.stage.version(case.noun, case.number), name: f"{str(case.value[name])[0]}**"}
        answer = case.stage.send(case.person, "PATCH", f"/api/v1{case.base}/{case.number}", given)
        if answer.status_code < 400 or case.stage.one(stored, case.number) != before:
            yield f"a mask became the {name} of a record of {case.noun}"
