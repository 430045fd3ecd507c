"""People at work while somebody publishes: every answer they get is judged."""

import random
import re
import time
from collections import Counter
from dataclasses import dataclass, field
from itertools import count
from threading import Event, Lock, Thread
from typing import Any

import requests

from app.core.entity import Entity
from tests.studio.ledger import Ledger

MARK = re.compile(r"⟪(\d+)⟫")  # in every label of the sample: the turn it was published in
CODE = re.compile(r"归[A-Z]{2}\d\d")  # in every record: whose it is; no token or nonce can look like one
HEAD = frozenset({"id", "uuid", "version", "store", "created_at", "updated_at", "created_by", "updated_by"})
CSRF = re.compile(r'name="csrf_token" value="([^"]+)"')
VERSION = re.compile(r'name="version" value="(\d+)"')
NUMBERS = count(1)


@dataclass
class Verdict:
    """What all of them found."""

    asked: Counter[str] = field(default_factory=Counter)
    complaints: list[str] = field(default_factory=list)
    lock: Lock = field(default_factory=Lock)

    @property
    def total(self) -> int:
        return sum(self.asked.values())

    def note(self, what: str, complaint: str | None) -> None:
        with self.lock:
            self.asked[what] += 1
            if complaint:
                self.complaints.append(f"{what}: {complaint}")


@dataclass
class Person:
    """One browser and one program of one member of the cast; `mine` are his codes, `near` those of his store."""

    address: str
    session: str
    token: str
    mine: str
    near: frozenset[str]
    ledger: Ledger
    verdict: Verdict
    browser: requests.Session = field(default_factory=requests.Session)

    def __post_init__(self) -> None:
        self.browser.cookies.set("sid", self.session)
        self.browser.headers["Connection"] = "close"  # or a request may meet a connection the server just let go

    def work(self, over: Event) -> None:
        """Opens one page after the other until it is over."""
        chance = random.Random(self.mine)
        acts = [
            self.list_mine,
            self.list_all,
            self.form,
            self.add,
            self.show,
            self.edit,
            self.ask,
            self.ask_mine,
            self.tell,
        ]
        while not over.is_set():
            chance.choice(acts)()

    # Pages ---------------------------------------------------------------------------------------------------------
    def list_mine(self) -> None:
        """A list of his own records alone."""
        self.page("list of mine", f"/data/loan_car/?where=code~eq~{self.mine}", only=frozenset({self.mine}))

    def list_all(self) -> None:
        """A list of his store's records."""
        self.page("list", "/data/loan_car/", only=self.near)

    def form(self) -> None:
        """An empty form."""
        self.page("form", "/data/loan_car/add", only=frozenset())

    def show(self) -> None:
        """One of his records."""
        if number := self.number():
            self.page("record", f"/data/loan_car/{number}", only=frozenset({self.mine}))

    def add(self) -> None:
        """A new record, by its form."""
        answer = self.page("form to add", "/data/loan_car/add", only=frozenset())
        if answer.status_code == 200:
            data = {"csrf_token": CSRF.search(answer.text)[1], "plate": f"沪A{next(NUMBERS):05}", "code": self.mine}  # type: ignore[index]
            self.post("add", "/data/loan_car/add", data)

    def edit(self) -> None:
        """A change of one of his records, by its form."""
        number = self.number()
        if not number:
            return
        answer = self.page("form to edit", f"/data/loan_car/{number}/edit", only=frozenset({self.mine}))
        if answer.status_code == 200:
            found, version = CSRF.search(answer.text), VERSION.search(answer.text)
            data = {"csrf_token": found[1], "version": version[1], "mileage": str(next(NUMBERS))}  # type: ignore[index]
            self.post("edit", f"/data/loan_car/{number}/edit", data, also=(409,))

    # The API -------------------------------------------------------------------------------------------------------
    def ask(self) -> None:
        """His store's records, as a program."""
        self.call("API list", "GET", "/", only=self.near)

    def ask_mine(self) -> None:
        """His own records, as a program."""
        self.call("API list of mine", "GET", f"/?where=code~eq~{self.mine}", only=frozenset({self.mine}))

    def tell(self) -> None:
        """A new record, and then the same, as a program."""
        given = {"plate": f"沪B{next(NUMBERS):05}", "code": self.mine}
        answer = self.call("API add", "POST", "/", only=frozenset(), json=given)
        if answer.status_code == 201:
            self.call("API get", "GET", f"/{answer.json()['id']}", only=frozenset({self.mine}))

    # Judging -------------------------------------------------------------------------------------------------------
    def number(self) -> int | None:
        """One of his records' numbers."""
        answer = self.call("API number", "GET", f"/?where=code~eq~{self.mine}&size=5", only=frozenset({self.mine}))
        found = answer.json()["result"] if answer.status_code == 200 else []
        return random.choice(found)["id"] if found else None

    def page(self, what: str, path: str, *, only: frozenset[str]) -> requests.Response:
        """A page, judged."""
        began = time.monotonic()
        answer = self.browser.get(self.address + path, timeout=30)
        self.judge(what, answer, began, only, page=True)
        return answer

    def post(self, what: str, path: str, data: dict[str, str], also: tuple[int, ...] = ()) -> None:
        """A form sent, judged; `also` are further answers that are no failure."""
        began = time.monotonic()
        answer = self.browser.post(self.address + path, data=data, allow_redirects=False, timeout=30)
        self.judge(what, answer, began, frozenset({self.mine}), page=answer.status_code == 409, well=(303, *also))

    def call(self, what: str, method: str, path: str, *, only: frozenset[str], **more: Any) -> requests.Response:
        """An answer of the API, judged."""
        began = time.monotonic()
        headers = {"Authorization": f"Bearer {self.token}"}
        answer = requests.request(
            method, f"{self.address}/api/v1/data/loan_car{path}", headers=headers, timeout=30, **more
        )
        self.judge(what, answer, began, only, well=(200, 201))
        return answer

    def judge(
        self, what: str, answer: requests.Response, began: float, only: frozenset[str], *, page: bool = False,
        well: tuple[int, ...] = (200,),
    ) -> None:  # fmt: skip
        """Notes an answer and what is wrong with it."""
        states = self.ledger.between(began, time.monotonic())
        self.verdict.note(what, complaint(answer, states, only, page=page, well=well))


def complaint(
    answer: requests.Response, states: list[Entity | None], only: frozenset[str], *, page: bool, well: tuple[int, ...]
) -> str | None:
    """What is wrong with an answer, given the states it may have kept to and whose records it may hold; or None."""
    if answer.status_code == 404:
        return None if None in states else f"404 while {turns(states)} stood"
    if answer.status_code not in well:
        return f"{answer.status_code} {answer.text[-400:]}"
    standing = [one for one in states if one is not None]
    if not standing:
        return f"{answer.status_code} while nothing stood"
    if page and (wrong := misfit(answer.text, standing)):
        return wrong
    if not page and "json" in answer.headers.get("Content-Type", "") and (wrong := stray(answer.json(), standing)):
        return wrong
    others = set(CODE.findall(answer.text)) - only
    return f"shows {sorted(others)}, not only {sorted(only)}" if others else None


def misfit(text: str, standing: list[Entity]) -> str | None:
    """What tells that a page is of no version or of two."""
    seen = set(MARK.findall(text))
    if len(seen) != 1:
        return f"labels of {len(seen)} versions: {sorted(seen)}"
    if seen - set(turns(standing)):
        return f"turn {seen} while {turns(standing)} stood"
    entity = next(one for one in standing if turns([one]) == list(seen))
    strange = {name for name in ("state", "remark") if f"{name} 项" in text} - entity.by_name.keys()
    return f"shows {strange}, which its version lacks" if strange else None


def stray(body: Any, standing: list[Entity]) -> str | None:
    """What tells that records of an answer hold the fields of no version or of two."""
    result = body.get("result", [])
    records = result if isinstance(result, list) else [result]
    shapes = {frozenset(record) - HEAD for record in records}
    known = {frozenset(one.by_name) for one in standing}
    return f"fields {sorted(map(sorted, shapes))}" if len(shapes) > 1 or shapes - known else None


def turns(states: list[Entity | None]) -> list[str]:
    """The turns in which entities were published."""
    return [MARK.search(one.plural.zh)[1] for one in states if one is not None]  # type: ignore[index]


def begin(people: list[Person], over: Event) -> list[Thread]:
    """Everybody at work, in a thread each; what goes wrong in one is a complaint."""

    def work(person: Person) -> None:
        try:
            person.work(over)
        except Exception as error:  # noqa: BLE001  # a dead thread must not look like a quiet one
            person.verdict.note("work", f"{type(error).__name__}: {error}")

    threads = [Thread(target=work, args=(person,)) for person in people]
    for thread in threads:
        thread.start()
    return threads
