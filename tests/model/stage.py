"""The product as the oracle's world: every change is made in both, the product's by its own ways."""

import hashlib
import secrets
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import count
from typing import Any

import orjson
import psycopg
from werkzeug.test import TestResponse

from app.fields import IdCard, Vin
from app.records import write
from app.records.context import Context
from tests.appkit import Desk, Premises
from tests.model.oracle import NOUNS, VERBS, WATCHED, Oracle, Person, Record, Right

EVERYTHING = frozenset(VERBS)
EVERYDAY = EVERYTHING - {"delete", "export"}
# A token for everything; revealing is never meant by "*".
ALL_HE_MAY = orjson.dumps({"*": ["*"]} | {noun: ["*", "reveal"] for noun in NOUNS}).decode()
NARROW = (
    {"customer": frozenset({"list"}), "key_loan": frozenset({"list", "read"})},
    {"*": frozenset({"list", "read"})},
    {"vehicle": frozenset({"read"}), "customer": frozenset({"*", "reveal"})},
)
NUMBERS = count(1)  # no two worlds of a process share a value
Values = dict[str, str | int | None]


@dataclass
class Stage:
    """One world: two companies of three stores, five people, three roles, a few records; new in each example."""

    premises: Premises
    admin: psycopg.Connection[Any]
    web: psycopg.Connection[Any]
    oracle: Oracle = field(default_factory=Oracle)
    founder: int = 0
    logins: dict[int, str] = field(default_factory=dict)
    desks: dict[tuple[int, str], Desk] = field(default_factory=dict)

    # The world -------------------------------------------------------------------------------------------------------
    def build(self) -> "Stage":
        """Stores, people with posts, roles, and records of each kind in each store."""
        first, second, third = self.stores()
        one, two = (self.team(first) for _ in range(2))
        posts = [(first, one), (first, one), (first, two), (second, None), (third, None)]
        self.founder, *staff = [self.hire(store, team) for store, team in posts]
        head, *roles = [self.role() for _ in range(4)]
        self.install(head, {noun: Right(EVERYTHING, "group") for noun in NOUNS})
        self.install(roles[0], {noun: Right(EVERYDAY | {"export"}, "store") for noun in NOUNS})
        self.install(roles[1], dict.fromkeys(WATCHED, Right(EVERYDAY, "own")) | self.home())
        self.install(roles[2], dict.fromkeys(WATCHED, Right(frozenset({"list", "read"}), "company")) | self.home())
        for person, role in zip((self.founder, *staff), (head, *roles, roles[2]), strict=True):
            self.hold(person, role)
        with self.acting(self.founder) as context:
            for place, owner in (
                (first, staff[0]),
                (first, staff[1]),
                (first, None),
                (second, staff[2]),
                (third, None),
            ):
                self.family(context, place, owner)
            self.record(context, "lead_source", None, {})
        return self

    def home(self) -> dict[str, Right]:
        """The right to see the people and teams of one's store, as everybody has it."""
        return dict.fromkeys(("employee", "team"), Right(frozenset({"list", "read"}), "store"))

    def family(self, context: Context, store: int, owner: int | None) -> None:
        """A customer with a car, one more number and a key on loan; the owner's, where one is named."""
        one = self.oracle.people[owner] if owner else None
        employee, team = (one.employee, one.team) if one else (None, None)
        customer = self.record(context, "customer", store, {"sales_owner": employee})
        self.record(context, "vehicle", store, {"customer": customer, "service_owner": employee})
        self.record(context, "contact_point", store, {"customer": customer})
        self.record(context, "key_loan", store, {"customer": customer, "keeper": employee, "team": team})

    def record(self, context: Context, noun: str, store: int | None, values: Values) -> int:
        """A record written through the product by whom the context speaks for."""
        whole = self.filled(noun) | values
        given = {name: str(value) for name, value in whole.items() if value is not None} | self.needed(noun)
        if store is not None:
            given["store"] = str(store)
        number = write.insert(context, context.entity(noun), given)
        self.oracle.records[noun][number] = Record(store, self.empty(noun) | whole)
        return number

    def empty(self, noun: str) -> Values:
        return dict.fromkeys(NOUNS[noun].fields)

    def filled(self, noun: str) -> Values:
        """Values of its own for the watched fields of a new record."""
        n = next(NUMBERS)
        words: Values = {"note": f"记{n}号"}
        match noun:
            case "customer":
                words |= {"name": f"客{n}标", "source": f"源{n}", "phone": f"139{n:08d}", "address": f"密址{n}弄"}
                words |= {"id_card": IdCard().example(n * 7)}
            case "vehicle":
                words |= {"vin": Vin().example(n)}
            case "contact_point":
                words |= {"kind": "mobile", "value": f"137{n:08d}"}
            case "key_loan":
                words |= {
                    "name": f"借{n}标",
                    "phone": f"136{n:08d}",
                    "margin": f"底价{n}元整",
                    "remark": f"评语{n}机密",
                }
            case "lead_source":
                words |= {"code": f"LS{n}", "name": f"渠{n}标"}
        return words

    def needed(self, noun: str) -> dict[str, str]:
        """What else a new record must hold."""
        return {"customer": {"kind": "person"}, "vehicle": {"status": "delivered"}}.get(noun, {})

    def stores(self) -> list[int]:
        """Three stores, two of one company and one of another."""
        company = "INSERT INTO company (code, name) VALUES (%s, %s) RETURNING id"
        store = "INSERT INTO store (code, name, name_key, company_id) VALUES (%s, %s, %s, %s) RETURNING id"
        made = []
        for shops in (2, 1):
            n = next(NUMBERS)
            owner = self.one(company, f"MC{n}", f"模型公司{n}")
            for _ in range(shops):
                n = next(NUMBERS)
                number = self.one(store, f"M{n}", f"模型店{n}", f"m{n}", owner)
                self.oracle.companies[number] = owner
                made.append(number)
        return made

    def team(self, store: int) -> int:
        n = next(NUMBERS)
        sql = "INSERT INTO team (store_id, name, name_key, kind) VALUES (%s, %s, %s, 'sales') RETURNING id"
        number: int = self.one(sql, store, f"模组{n}", f"m{n}")
        self.oracle.records["team"][number] = Record(store, {"name": f"模组{n}"})
        return number

    def hire(self, store: int, team: int | None) -> int:
        """An account with a post and both doors open."""
        n = next(NUMBERS)
        user = "INSERT INTO ab_user (username, first_name, last_name) VALUES (%s, %s, '') RETURNING id"
        post = (
            "INSERT INTO employee (store_id, number, name, name_key, team_id, user_id)"
            " VALUES (%s, %s, %s, %s, %s, %s) RETURNING id"
        )
        person: int = self.one(user, f"model{n}", f"模人{n}")
        employee: int = self.one(post, store, f"ME{n}", f"模人{n}", f"m{n}", team, person)
        self.logins[person] = f"model{n}"
        self.oracle.people[person] = Person(employee, store, team)
        self.oracle.held[person] = set()
        values: Values = {"name": f"模人{n}", "number": f"ME{n}", "team": team}
        self.oracle.records["employee"][employee] = Record(store, values)
        self.open_doors(person)
        return person

    def role(self) -> int:
        n = next(NUMBERS)
        number: int = self.one("INSERT INTO ab_role (name) VALUES (%s) RETURNING id", f"模型角色{n}")
        self.oracle.roles[number] = {}
        return number

    def install(self, role: int, rights: Mapping[str, Right]) -> None:
        """The rights a role begins with."""
        sql = "INSERT INTO role_grant (role_id, entity, actions, reach) VALUES (%s, %s, %s, %s)"
        for noun, right in rights.items():
            self.admin.execute(sql, (role, noun, sorted(right.verbs), right.reach))
        self.oracle.roles[role] = dict(rights)

    def hold(self, person: int, role: int) -> None:
        self.admin.execute("INSERT INTO ab_user_role (user_id, role_id) VALUES (%s, %s)", (person, role))
        self.oracle.held[person].add(role)

    def open_doors(self, person: int) -> None:
        """A new session and a new token, as after signing in anew."""
        session = (
            "INSERT INTO gate.session (token_hash, user_id, idle, expires_at, fresh_at)"
            " VALUES (%s, %s, interval '2 hours', now() + interval '2 hours', now() + interval '2 hours')"
        )
        token = (
            "INSERT INTO gate.token (token_hash, user_id, hint, name, expires_at, scopes)"
            " VALUES (%s, %s, 'dlr_model', 'model', now() + interval '2 hours', '{}')"
        )
        scopes = NARROW[person % len(NARROW)]
        narrow = orjson.dumps({noun: sorted(verbs) for noun, verbs in scopes.items()}).decode()
        for door, text, sql in (
            ("session", secrets.token_hex(32), session),
            ("token", f"dlr_{secrets.token_hex(24)}", token.format(ALL_HE_MAY)),
            ("narrow", f"dlr_{secrets.token_hex(24)}", token.format(narrow)),
        ):
            self.admin.execute(sql, (hashlib.sha256(text.encode()).digest(), person))
            self.desks[person, door] = self.desk(door, text)
        self.oracle.people[person].scopes = scopes
        self.oracle.people[person].session = self.oracle.people[person].token = True

    def desk(self, door: str, text: str) -> Desk:
        made = Desk(self.premises.app, self.premises.app.response_class)
        made.token = text
        if door == "session":
            made.set_cookie("sid", text)
        else:
            made.bearer = text
        return made

    # Asking ----------------------------------------------------------------------------------------------------------
    def one(self, sql: str, *values: object) -> Any:
        """The single value of a statement of the administrator's."""
        row = self.admin.execute(sql, values or None).fetchone()
        return row[0] if row else None

    @contextmanager
    def acting(self, person: int) -> Iterator[Context]:
        """A transaction of the application's announced as somebody, committed at the end."""
        here = self.premises.house
        with here.database.announced(self.desks[person, "session"].token, "model") as (connection, announced):
            actor = here.actors.of(connection, announced, here.clock.now())
            yield Context(connection, actor, here.catalog.at(connection, announced.catalog), here.sealer, here.clock)

    def get(self, person: int, path: str, query: Mapping[str, object] | None = None) -> TestResponse:
        """What somebody is answered: by his token under /api/, else by his session."""
        door = "token" if path.startswith("/api/") else "session"
        return self.desks[person, door].get(path, query_string=dict(query or {}))

    def send(self, person: int, method: str, path: str, given: Mapping[str, object]) -> TestResponse:
        """What a write is answered: JSON under /api/, else a form."""
        door, how = ("token", "json") if path.startswith("/api/") else ("session", "data")
        return self.desks[person, door].open(path, method=method, **{how: dict(given)})

    def version(self, noun: str, number: int) -> int:
        found: int = self.one(f'SELECT version FROM "{noun}" WHERE id = %s', number) or 1
        return found

    # What changes rights ---------------------------------------------------------------------------------------------
    def set_rights(self, role: int, noun: str, right: Right) -> None:
        """An administrator saves a role's rights on one noun."""
        wanted = orjson.dumps({noun: {"a": sorted(right.verbs), "r": right.reach}}).decode()
        seen = self.one("SELECT gate.rights_print(%s)", role)
        answer = self.premises.desk("admin").post(f"/rights/{role}", data={"wanted": wanted, "print": seen})
        assert answer.status_code == 303, answer.text
        self.oracle.roles[role].pop(noun, None)
        if right.verbs:
            self.oracle.roles[role][noun] = right

    def give(self, person: int, role: int, *, holds: bool) -> None:
        """An administrator gives a role to somebody or takes it from him."""
        data = {"add": self.logins[person]} if holds else {"remove": str(person)}
        answer = self.premises.desk("admin").post(f"/rights/{role}/people", data=data)
        assert answer.status_code == 303, answer.text
        (self.oracle.held[person].add if holds else self.oracle.held[person].discard)(role)

    def share(self, person: int, noun: str, number: int) -> None:
        """Somebody is let see one record for a while."""
        sql = (
            "INSERT INTO record_grant (user_id, entity, record_id, store_id, reason, expires_at)"
            " VALUES (%s, %s, %s, %s, 'model', now() + interval '1 hour')"
            " ON CONFLICT (user_id, entity, record_id) DO UPDATE SET expires_at = excluded.expires_at"
        )
        self.admin.execute(sql, (person, noun, number, self.oracle.records[noun][number].store))
        self.oracle.given.add((person, noun, number))

    def expire(self, person: int, noun: str, number: int) -> None:
        """That while is over; the row stays."""
        sql = (
            "UPDATE record_grant SET expires_at = now() - interval '1 second'"
            " WHERE (user_id, entity, record_id) = (%s, %s, %s)"
        )
        self.admin.execute(sql, (person, noun, number))
        self.oracle.given.discard((person, noun, number))

    def activate(self, person: int, *, active: bool) -> None:
        """An account is closed, doors and all, or opened again."""
        self.admin.execute("UPDATE ab_user SET active = %s WHERE id = %s", (active, person))
        one = self.oracle.people[person]
        one.active = active
        if not active:
            one.session = one.token = False

    def leave(self, person: int, heir: int) -> None:
        """His leader hands over to a colleague what is open under his name, and he leaves today."""
        one, to = self.oracle.people[person], self.oracle.people[heir].employee
        day = self.one("SELECT (now() AT TIME ZONE 'Asia/Shanghai')::date::text")
        given = {"to": to, "last_day": day, "version": self.version("employee", one.employee)}
        path = f"/api/v1/data/employee/{one.employee}/do/hand_over"
        answer = self.premises.caller("admin").post(path, json=given)
        assert answer.status_code == 200, answer.text
        one.left, one.session, one.token = True, False, False
        for noun in ("customer", "vehicle"):
            for record in self.oracle.records[noun].values():
                record.values |= {name: to for name in NOUNS[noun].owners if record.values[name] == one.employee}

    def move(self, person: int, team: int | None) -> None:
        """Somebody joins another team of his store."""
        one = self.oracle.people[person]
        given = {"team": team, "version": self.version("employee", one.employee)}
        answer = self.premises.caller("admin").patch(f"/api/v1/data/employee/{one.employee}", json=given)
        assert answer.status_code == 200, answer.text
        one.team = self.oracle.records["employee"][one.employee].values["team"] = team

    def sign_out(self, person: int) -> None:
        """He signs out; his token lives on. Whoever holds the old cookie is nobody."""
        desk = self.desks[person, "session"]
        assert desk.post("/sign-out").status_code == 303
        desk.set_cookie("sid", desk.token)  # as a thief of the cookie would
        self.oracle.people[person].session = False

    def end_token(self, person: int) -> None:
        """His token is ended; his session lives on."""
        sql = "UPDATE gate.token SET ended_at = now() WHERE user_id = %s AND ended_at IS NULL"
        self.admin.execute(sql, (person,))
        self.oracle.people[person].token = False

    # What changes records --------------------------------------------------------------------------------------------
    def add(self, person: int, noun: str, store: int | None, values: Values) -> TestResponse:
        """Somebody adds a record by the API; where it was made the oracle knows it too."""
        whole = self.filled(noun) | values
        given = {name: value for name, value in whole.items() if value is not None} | self.needed(noun)
        answer = self.send(person, "POST", f"/api/v1/data/{noun}/", given | ({} if store is None else {"store": store}))
        if answer.status_code == 201:
            self.oracle.records[noun][answer.json["id"]] = Record(store, self.empty(noun) | whole)
        return answer

    def change(self, person: int, noun: str, number: int, new: Values, door: str) -> TestResponse:
        """Somebody changes a record, by the API or by its form; where it was done the oracle knows it too."""
        given: dict[str, object] = {"version": self.version(noun, number)} | new
        if door == "token":
            answer = self.send(person, "PATCH", f"/api/v1/data/{noun}/{number}", given)
        else:
            form = {name: "" if value is None else str(value) for name, value in given.items()}
            answer = self.send(person, "POST", f"/data/{noun}/{number}/edit", form)
        if answer.status_code in (200, 303):
            self.oracle.records[noun][number].values |= new
        return answer

    def remove(self, person: int, noun: str, number: int) -> TestResponse:
        """Somebody removes a record by the API; where it was done the oracle forgets it too."""
        answer = self.send(person, "DELETE", f"/api/v1/data/{noun}/{number}", {})
        if answer.status_code == 204:
            del self.oracle.records[noun][number]
        return answer
