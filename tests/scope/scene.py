"""Two stores in a database, people of both, and what an attacker with any statement at hand gets out of it."""

import hashlib
import secrets
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import psycopg
from sqlalchemy.engine import make_url

from config import Config

SECRET = "外店机密"  # stands in every foreign row; seeing it anywhere is a leak
WATCHED = ("customer", "vehicle", "employee", "team", "store", "search_token", "role_grant", "ab_user_role")


def connect(config: Config, role: str, *, autocommit: bool = False) -> psycopg.Connection[Any]:
    """A bare connection to the database of `config` as one of its roles."""
    url = make_url(config.url(role)).set(drivername="postgresql").render_as_string(hide_password=False)
    return psycopg.connect(url, autocommit=autocommit)


@dataclass
class Scene:
    """The database, with the ids attacks need; `mine` are of the first store, `theirs` of the second."""

    config: Config
    tokens: Mapping[str, str]
    stores: Mapping[str, int]
    mine: Mapping[str, int]
    theirs: Mapping[str, int]

    @contextmanager
    def open(self, role: str = "web", person: str = "") -> Iterator["Hand"]:
        """A transaction as a role, announced as a person where one is named; committed at the end."""
        with connect(self.config, role) as connection:
            connection.execute("SELECT 1")  # begins the transaction, so that what follows are savepoints in it
            hand = Hand(self, connection)
            if person:
                hand.announce(person)
            yield hand

    def as_administrator(self, statement: str, *values: object) -> list[Any]:
        """The rows a superuser reads."""
        with connect(self.config, "administrator", autocommit=True) as connection:
            found = connection.execute(statement, values or None)
            return found.fetchall() if found.description else []

    def foreign_print(self) -> list[Any]:
        """A print of everything an attacker of the first store must not move."""
        theirs = self.stores["XH"]
        rows = {
            "team": f"store_id = {theirs}", "employee": f"store_id = {theirs}", "customer": f"store_id = {theirs}",
            "vehicle": f"store_id = {theirs}", "store": f"id = {theirs}", "search_token": f"store_id = {theirs}",
            "role_grant": "true", "ab_user_role": "true", "ab_user": "true", "company": "true",
        }  # fmt: skip
        prints = [
            f"(SELECT md5(string_agg(t::text, '|' ORDER BY t::text)) FROM {name} t WHERE {row})"
            for name, row in rows.items()
        ]
        astray = "(SELECT count(*) FROM vehicle v JOIN customer c ON c.id = v.customer_id AND c.store_id <> v.store_id)"
        trail = "(SELECT md5(string_agg(e::text, '|' ORDER BY e.id)) FROM trail.entry e WHERE e.id <= %s)"
        return self.as_administrator(f"SELECT {', '.join((*prints, astray, trail))}", self.mine["entry"])


@dataclass
class Hand:
    """One attacker's transaction: what it saw, and which statements that must be refused were not."""

    scene: Scene
    connection: psycopg.Connection[Any]
    leaks: list[str] = field(default_factory=list)

    def announce(self, person: str) -> None:
        """Announces the transaction as the holder of a person's session."""
        self.connection.execute("SELECT gate.announce(%s, 'scope')", (self.scene.tokens[person],))

    def run(self, statement: str, *values: object) -> list[Any]:
        """The rows of a statement, or none when it is refused; whatever shows the secret is a leak."""
        rows: list[Any] = []
        try:
            with self.connection.transaction():
                found = self.connection.execute(statement, values or None)
                rows = found.fetchall() if found.description else []
        except psycopg.Error as error:
            self.look(statement, str(error))
        self.look(statement, repr(rows))
        return rows

    def refused(self, statement: str, *values: object) -> None:
        """Runs a statement that nobody may run; its success is a leak."""
        try:
            with self.connection.transaction():
                self.connection.execute(statement, values or None)
        except psycopg.Error as error:
            self.look(statement, str(error))
        else:
            self.leaks.append(f"not refused: {statement[:120]}")

    def copied(self, statement: str) -> None:
        """Runs a COPY TO STDOUT and looks at what came out."""
        try:
            with self.connection.transaction(), self.connection.cursor().copy(statement) as copy:
                self.look(statement, b"".join(bytes(part) for part in copy).decode())
        except psycopg.Error as error:
            self.look(statement, str(error))

    def poured(self, statement: str, data: str) -> None:
        """Runs a COPY FROM STDIN with some data."""
        try:
            with self.connection.transaction(), self.connection.cursor().copy(statement) as copy:
                copy.write(data)
        except psycopg.Error as error:
            self.look(statement, str(error))

    def look(self, where: str, text: str) -> None:
        """Notes a leak when the text shows the secret."""
        if SECRET in text:
            self.leaks.append(f"seen through: {where[:120]}")

    def sweep(self) -> None:
        """Looks into every relation this role may read."""
        sql = (
            "SELECT format('%I.%I', n.nspname, c.relname) FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace"
            " WHERE c.relkind IN ('r', 'v', 'm', 'p', 'f') AND n.nspname !~ '^(pg_|information_schema)'"
            " AND has_schema_privilege(n.oid, 'USAGE') AND has_any_column_privilege(c.oid, 'SELECT')"
        )
        for (name,) in self.run(sql):
            self.run(f"SELECT t::text FROM {name} t")


Attack = Callable[[Scene], list[str]]


def leaks(scene: Scene, attack: Attack) -> list[str]:
    """What an attack gets: secrets seen, statements not refused, foreign rows moved."""
    before = scene.foreign_print()
    found = list(attack(scene))
    if scene.foreign_print() != before:
        found.append("foreign rows were moved")
    return found


def build(config: Config) -> Scene:
    """Fills a migrated database: first data, customers and cars in both stores, a session for each person."""
    from app.first_data import load

    load(config)
    with connect(config, "administrator", autocommit=True) as connection:
        stores = dict(connection.execute("SELECT code, id FROM store").fetchall())
        user = connection.execute(
            "INSERT INTO ab_user (username, first_name, last_name) VALUES ('technician', '赵', '师傅') RETURNING id"
        ).fetchone()
        role = "INSERT INTO ab_user_role (user_id, role_id) SELECT %s, id FROM ab_role WHERE name = 'technician'"
        connection.execute(role, user)
        post = "INSERT INTO employee (store_id, number, name, user_id) VALUES (%s, 'T1', '赵师傅', %s)"
        connection.execute(post, (stores["PD"], *(user or ())))
        sides = [_side(connection, stores[code], name) for code, name in (("PD", "本店客户"), ("XH", SECRET))]
        return Scene(config, _tokens(connection), stores, *sides)


def _side(connection: psycopg.Connection[Any], store: int, name: str) -> dict[str, int]:
    """A customer with a car, an employee and a team of one store; their ids, and the last entry of the trail."""
    customer = (
        "INSERT INTO customer (store_id, name, name_key, kind, stage, do_not_contact, source, note)"
        " VALUES (%s, %s, %s, 'person', 'new', false, %s, %s) RETURNING id"
    )
    vehicle = (
        "INSERT INTO vehicle (store_id, vin, customer_id, model, status)"
        " VALUES (%s, %s, %s, %s, 'delivered') RETURNING id"
    )
    token = "INSERT INTO search_token (store_id, token, record_id, entity) VALUES (%s, 42, %s, 'customer')"
    connection.execute("UPDATE employee SET job = %s WHERE store_id = %s", (name, store))
    ids = {"customer": _one(connection, customer, store, name, name, name, name)}
    ids["childless"] = _one(connection, customer, store, name, name, name, name)
    ids["vehicle"] = _one(connection, vehicle, store, f"LSVAA2AA{store}EE00000{store}", ids["customer"], name)
    ids["employee"] = _one(connection, "SELECT min(id) FROM employee WHERE store_id = %s", store)
    ids["team"] = _one(connection, "SELECT min(id) FROM team WHERE store_id = %s", store)
    connection.execute(token, (store, ids["customer"]))
    ids["entry"] = _one(connection, "SELECT max(id) FROM trail.entry")
    return ids


def _one(connection: psycopg.Connection[Any], statement: str, *values: object) -> int:
    row = connection.execute(statement, values or None).fetchone()
    return int(row[0]) if row else 0


def _tokens(connection: psycopg.Connection[Any]) -> dict[str, str]:
    """An open session for every account."""
    tokens = {}
    for number, login in connection.execute("SELECT id, username FROM ab_user").fetchall():
        tokens[login] = secrets.token_hex(32)
        connection.execute(
            "INSERT INTO gate.session (token_hash, user_id, idle, expires_at)"
            " VALUES (%s, %s, '2 hours', now() + interval '2 hours')",
            (hashlib.sha256(tokens[login].encode()).digest(), number),
        )
    return tokens
