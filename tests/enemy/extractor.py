"""Questions of somebody who sees a record masked and wants the rest: thousands of them, the same for any secret."""

import base64
import json
import random
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from tests.appkit import Desk, Premises

FIELDS = ("phone", "email", "address", "id_card")
OPERATORS = ("eq", "ne", "lt", "le", "gt", "ge", "in", "has", "has_no", "tail", "sw", "ct", "like")
VARYING = re.compile(
    r'r-[0-9a-f]{16}|nonce="[^"]*"|nonce-[\w=+/-]+|value="[\w.-]{30,}"|"version":\d+|name="version" value="\d+"'
    r"|\d{4}-\d\d-\d\d[T ]\d\d:\d\d[^\"<]*|\d\d:\d\d(?::\d\d)?|\?v=\w+"
)
Secret = dict[str, str]
Answer = tuple[str, int, int, str]  # what was asked, the status, how many statements it took, the text


@dataclass(frozen=True)
class Question:
    """One request; a write says which version it read, and what it changed is put back."""

    method: str
    path: str
    given: dict[str, Any] = field(default_factory=dict)


def questions(number: int, record: int, secrets: tuple[Secret, Secret], seed: int) -> Iterator[Question]:
    """So many questions about a record: guesses of every part of either secret, the whole of it, and neither."""
    dice = random.Random(seed)
    for _ in range(number):
        name = dice.choice(FIELDS)
        yield dice.choice(ROADS)(dice, record, name, guess(dice, dice.choice(secrets)[name]))


def guess(dice: random.Random, value: str) -> str:
    """The value, a part of it, or one that differs from it in a place."""
    start = dice.randrange(len(value))
    wrong = value[:start] + dice.choice("0123456789X") + value[start + 1 :]
    return dice.choice((value, value, value[: start + 1], value[start:], wrong, f"{value[:3]}****{value[-4:]}"))


def where(dice: random.Random, _record: int, name: str, text: str) -> Question:
    base = dice.choice(("/api/v1/data/customer/", "/data/customer/"))
    return Question("GET", f"{base}?where={name}~{dice.choice(OPERATORS)}~{text}")


def two(dice: random.Random, _record: int, name: str, text: str) -> Question:
    second = f"where=name~eq~孪生&where={name}~{dice.choice(('has', 'eq', 'tail'))}~{text}"
    return Question("GET", f"/api/v1/data/customer/?{second}&count=true&size=1")


def rison(dice: random.Random, _record: int, name: str, text: str) -> Question:
    q = f"(filters:!((col:{name},opr:{dice.choice(OPERATORS)},value:'{text}')),columns:!({name}))"
    return Question("GET", f"/api/v1/data/customer/?q={q}")


def order(dice: random.Random, record: int, name: str, text: str) -> Question:
    place = base64.urlsafe_b64encode(json.dumps([text, record, dice.randrange(2)]).encode()).decode().rstrip("=")
    base = dice.choice(("/api/v1/data/customer/", "/data/customer/"))
    wanted = dice.choice((name, f"-{name}", f"{name}_bidx", "name", "id"))
    return Question("GET", f"{base}?order={wanted}{dice.choice(('', f'&after={place}'))}")


def words(dice: random.Random, _record: int, _name: str, text: str) -> Question:
    roads = ("/search?q=", "/data/customer/?q=", "/data/customer/lookup?q=", "/api/v1/data/customer/lookup?q=")
    return Question("GET", f"{dice.choice((*roads, '/api/v1/data/customer/?q='))}{text}")


def file(dice: random.Random, record: int, name: str, text: str) -> Question:
    asked = dice.choice((f"where={name}~{dice.choice(OPERATORS)}~{text}", f"q={text}", "where=name~eq~孪生"))
    if dice.randrange(4) == 0:
        return Question("POST", "/data/customer/bulk/export", {"id": str(record)})
    return Question("GET", f"/{dice.choice(('', 'api/v1/'))}data/customer/export.csv?{asked}")


def change(dice: random.Random, record: int, name: str, text: str) -> Question:
    given: dict[str, Any] = {name: text, "version": dice.choice((None, 1, 10**6))}  # None: as it stands
    if dice.randrange(2):
        return Question("PATCH", f"/api/v1/data/customer/{record}", given)
    return Question("POST", f"/data/customer/{record}/edit", given)


def many(dice: random.Random, record: int, name: str, text: str) -> Question:
    return Question("POST", "/data/customer/bulk/set", {"id": str(record), "field": name, name: text, "confirm": "1"})


def opening(dice: random.Random, record: int, name: str, text: str) -> Question:
    paths = (f"/data/customer/{record}/reveal/{name}", f"/api/v1/data/customer/{record}/reveal/{name}")
    return Question("POST", dice.choice((*paths, "/api/v1/find")), {"reason": text, "value": text})


def reading(dice: random.Random, record: int, name: str, text: str) -> Question:
    paths = (f"/data/customer/{record}", f"/api/v1/data/customer/{record}", f"/data/customer/{record}/edit")
    asked = (f"/api/v1/data/customer/?fields={name}", f"/data/customer/condition?field={name}&value={text}")
    return Question("GET", dice.choice((*paths, *asked)))


ROADS = (where, where, two, rison, order, words, file, change, many, opening, reading)


@dataclass
class Extractor:
    """Somebody's browser and program; what each is answered, without what varies between any two answers."""

    premises: Premises
    desk: Desk
    caller: Desk
    record: int

    def answers(self, asked: Iterator[Question], secret: Secret) -> list[Answer]:
        """The answer to each question, with that secret in the record."""
        self.put(secret)
        return [self.answer(one, secret) for one in asked]

    def answer(self, one: Question, secret: Secret) -> Answer:
        """One question's; what a write changed is put back."""
        given = dict(one.given)
        if given.get("version", 0) is None:
            given["version"] = self.premises.one("SELECT version FROM customer WHERE id = %s", self.record)
        api = one.path.startswith("/api/")
        sent = {} if one.method == "GET" else {"json" if api else "data": given}
        with self.premises.statements() as statements:
            answer = (self.caller if api else self.desk).open(one.path, method=one.method, **sent)
            text = answer.get_data(as_text=True)
        if one.method != "GET" and answer.status_code < 400:
            self.put(secret)
        return f"{one.method} {one.path}", answer.status_code, len(statements), VARYING.sub("", text)

    def put(self, secret: Secret) -> None:
        """Gives the record its secret, whoever may write it, and makes it findable by it."""
        from app.records import write

        uuid, store = self.premises.run("SELECT uuid, store_id FROM customer WHERE id = %s", self.record)[0]
        with self.premises.acting("manager") as context:
            about = context.entity("customer")
            values = {name: about.by_name[name].kind.read(text) for name, text in secret.items()}
            columns = write.stored(context, about, values, uuid)
            forget = "DELETE FROM search_token WHERE record_id = %s AND entity = 'customer'"
            context.connection.exec_driver_sql(forget, (self.record,))
            write.index(context, about, self.record, store, values | {"name": "孪生"})
        sets = ", ".join(f"{name} = %s" for name in columns)
        self.premises.run(f"UPDATE customer SET {sets} WHERE id = %s", *columns.values(), self.record)
