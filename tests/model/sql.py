"""The database itself, asked by somebody who can run any statement as the web role under his own ticket."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import psycopg

from tests.model.heads import Case, head, same
from tests.model.oracle import NOUNS, WATCHED, Record

VIEWS = (
    "SELECT c.oid::regclass::text, coalesce(c.reloptions::text, '') FROM pg_class c"
    " WHERE c.relkind IN ('v', 'm') AND c.relnamespace = 'public'::regnamespace"
    " AND has_table_privilege('forecourt_web', c.oid, 'SELECT')"
)
INSERTS = {
    "customer": "INSERT INTO customer (store_id, name, kind, stage, do_not_contact)"
    " VALUES (%s, '写', 'person', 'new', false)",
    "vehicle": "INSERT INTO vehicle (store_id, vin, status) VALUES (%s, 'LVGBE40K0AG999999', 'delivered')",
    "key_loan": "INSERT INTO key_loan (store_id, name) VALUES (%s, '写')",
}


@contextmanager
def ticket(case: Case) -> Iterator[psycopg.Connection[Any]]:
    """A transaction under his ticket, rolled back."""
    connection = case.stage.web
    token = case.stage.desks[case.person, "session"].token
    connection.rollback()
    connection.execute("SELECT gate.announce(%s, 'model')", (token,))
    yield connection
    connection.rollback()


def tried(connection: psycopg.Connection[Any], sql: str, *values: object) -> int:
    """How many rows a statement moved; none when it was refused. It is undone."""
    moved = 0
    try:
        with connection.transaction(force_rollback=True):
            moved = connection.execute(sql, values).rowcount
    except psycopg.Error:
        return 0
    return moved


@head
def sql_reads(case: Case) -> Iterator[str]:
    """The policy of every watched table shows what is within reach, and nothing to who may not come in."""
    inside = case.oracle.enters(case.person, "session")
    with ticket(case) as connection:
        for noun in WATCHED:
            ids = list(case.oracle.records[noun])
            got = {row[0] for row in connection.execute(f'SELECT id FROM "{noun}" WHERE id = ANY (%s)', (ids,))}
            yield from same(f"rows of {noun}", got, case.oracle.reached(case.person, noun) if inside else set())


@head
def sql_views(case: Case) -> Iterator[str]:
    """Every view the web role may read asks with the rights of its reader, and shows no record beyond his reach."""
    with ticket(case) as connection:
        for name, options in connection.execute(VIEWS).fetchall():
            if "security_invoker=true" not in options:
                yield f"the view {name} reads with its owner's rights"
            texts = [row[0] for row in connection.execute(f"SELECT v::text FROM {name} v")]
            told = [
                what for what, secret in case.oracle.secrets(case.person, case.noun, "list") if secret in str(texts)
            ]
            yield from (f"the view {name} tells {what}" for what in told)


@head
def sql_changes(case: Case) -> Iterator[str]:
    """A statement changes and removes what his grants and reach allow, and puts nothing beyond his reach."""
    if case.noun not in INSERTS:
        return
    inside = case.oracle.enters(case.person, "session")
    reached = inside and case.number in case.oracle.reached(case.person, case.noun)
    may = {verb: inside and case.oracle.may(case.person, verb, case.noun) for verb in ("create", "update")}
    with ticket(case) as connection:
        moved = tried(connection, f'UPDATE "{case.noun}" SET note = note WHERE id = %s', case.number)
        if moved != int(reached and may["update"]):
            yield f"UPDATE of {case.noun} {case.number} moved {moved}"
        for store in case.oracle.companies:
            fits = may["create"] and case.oracle.within(case.person, case.noun, None, Record(store, {}))
            if tried(connection, INSERTS[case.noun], store) != int(fits):
                yield f"INSERT into {case.noun} of store {store} {'is refused' if fits else 'goes through'}"
        yield from given_away(case, connection, reached=reached and may["update"])


def given_away(case: Case, connection: psycopg.Connection[Any], *, reached: bool) -> Iterator[str]:
    """Each owner and team is taken out of the record: it stays within reach, or the statement is refused."""
    about, record = NOUNS[case.noun], case.oracle.records[case.noun][case.number]
    emptied = dict.fromkeys((*about.owners, *filter(None, (about.team,))))
    became = Record(record.store, record.values | emptied)
    fits = reached and case.oracle.within(case.person, case.noun, case.number, became)
    sets = ", ".join(f"{name}_id = NULL" for name in emptied)
    if tried(connection, f'UPDATE "{case.noun}" SET {sets} WHERE id = %s', case.number) != int(fits):
        yield f"{case.noun} {case.number} without its owners {'is refused' if fits else 'leaves his reach'}"
