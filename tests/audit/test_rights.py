"""Who may do what with the trail itself."""

import psycopg
import pytest
from sqlalchemy import create_engine, text

from app.audit.read import Entry, history
from tests.audit.conftest import TICKET, Trail

READER = '{"g": {"thing": {"a": ["read"], "st": [1], "ids": [9]}}}'
NARROW = '{"g": {"thing": {"a": ["list"], "st": [1]}}}'
PERSON = '{"u": 7, "k": "person", "n": "李顾问", "q": "r-1"}'

REPLICA = " SET session_replication_role = replica"

WRITES = [
    "INSERT INTO trail.entry DEFAULT VALUES",
    "UPDATE trail.entry SET action = 'x'",
    "DELETE FROM trail.entry",
    "TRUNCATE trail.entry",
    "SELECT * FROM trail.entry",
    "SELECT * FROM trail.value",
    "SELECT * FROM trail.batch",
    "SELECT * FROM trail.entry_default",
    "INSERT INTO trail.entry_default OVERRIDING SYSTEM VALUE SELECT * FROM trail.entry ON CONFLICT DO NOTHING",
    "DELETE FROM trail.queue",
    "DROP TABLE trail.seal",
    "ALTER TABLE trail.entry DISABLE TRIGGER ALL",
    "SET session_replication_role = replica",
    "SET ROLE forecourt_guard",
    "CREATE TABLE trail.mine ()",
    "SELECT nextval('trail.entry_id_seq')",
    "SELECT trail.write('insert', 'thing', 1, 1, 1, '{}')",
    "SELECT trail.erase('thing', 1, 'why')",
    "SELECT trail.detach('thing')",
    "SELECT trail.attach('thing', 'thing', '{}', '')",
    "SELECT trail.register('thing', 'thing', '{}', '')",
    "SELECT trail.extend(1)",
    "SELECT trail.head_of('a', 'b')",
    "CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END'",
    "TRUNCATE thing",
]


def test_the_web_role_is_refused_everything_else(trail: Trail):
    assert [statement for statement in WRITES if not trail.refuses(statement, "web")] == []


def test_the_web_role_may_execute_seven_functions(trail: Trail):
    rows = trail.run(
        "SELECT p.proname FROM pg_proc p WHERE p.pronamespace = 'trail'::regnamespace"
        " AND has_function_privilege('forecourt_web', p.oid, 'EXECUTE') ORDER BY 1"
    )
    assert rows == [(name,) for name in ("act", "activity", "browse", "history", "note", "standing", "vitals")]


def test_every_function_fixes_its_search_path_and_is_closed_to_the_public(trail: Trail):
    rows = trail.run(
        "SELECT p.oid::regprocedure::text FROM pg_proc p"
        " LEFT JOIN LATERAL aclexplode(coalesce(p.proacl, acldefault('f', p.proowner))) a ON a.grantee = 0"
        " WHERE p.pronamespace = 'trail'::regnamespace AND (a.grantee = 0 OR p.proowner <> 'forecourt_guard'::regrole"
        " OR NOT coalesce(p.proconfig @> ARRAY['search_path=\"\"'], false))"
    )
    assert rows == []


@pytest.mark.parametrize("statement", ["UPDATE trail.{} SET {} = {}", "DELETE FROM trail.{}", "TRUNCATE trail.{}"])
def test_even_a_superuser_is_refused_while_the_triggers_stand(trail: Trail, statement: str):
    trail.write()
    trail.run("UPDATE trail.queue SET entries = entries || 0::bigint")
    trail.seal()
    trail.run("ALTER ROLE CURRENT_USER IN DATABASE " + trail.run("SELECT current_database()")[0][0] + REPLICA)
    tables = {"entry": "tx", "value": "salt", "seal": "leaf", "batch": "note", "refused": "reason"}
    assert all(trail.run(f"SELECT FROM trail.{table}") for table in tables), "each has rows to lose"
    assert [t for t, column in tables.items() if not trail.refuses(statement.format(t, column, column))] == []


def test_a_partition_cannot_be_truncated_by_itself(trail: Trail):
    rows = trail.run("SELECT inhrelid::regclass::text FROM pg_inherits WHERE inhparent = 'trail.entry'::regclass")
    for (part,) in rows:
        with trail.connect() as connection, pytest.raises(psycopg.errors.InsufficientPrivilege):
            connection.execute(f"TRUNCATE {part}")
    assert len(rows) == 5


def test_a_note_says_who_and_when_by_itself(trail: Trail):
    with trail.connect() as connection, connection.transaction():
        connection.execute(TICKET, (PERSON, READER))
        connection.execute("SET LOCAL SESSION AUTHORIZATION forecourt_web")
        connection.execute("""SELECT trail.note('reveal', 'thing', 3, 1, '{"field": "phone", "why": "回访"}')""")
    rows = trail.run(
        "SELECT actor_id, actor_name, action, entity, record_id, store_id, after"
        " FROM trail.entry JOIN trail.value ON entry_id = id"
    )
    assert rows == [(7, "李顾问", "reveal", "thing", 3, 1, '{"why": "回访", "field": "phone"}')]
    trail.seal()
    assert trail.verify().exit_code == 0


def test_a_failed_sign_in_is_noted_without_an_actor(trail: Trail):
    with trail.connect("worker") as connection:
        connection.execute("SELECT trail.note('sign_in_failed', NULL, NULL, NULL, NULL)")
    assert trail.run("SELECT actor_id, actor_kind, values_digest FROM trail.entry") == [(None, "database", None)]


def test_only_events_can_be_noted(trail: Trail):
    with trail.connect("web") as connection:
        for action in ("insert", "update", "erase", "attach", "anything", None):
            with pytest.raises(psycopg.errors.InvalidParameterValue):
                connection.execute("SELECT trail.note(%s, 'thing', 1, 1, NULL)", (action,))


def seen(trail: Trail, reach: str, record: int) -> tuple[Entry, ...]:
    """The history of a record as a person with this reach reads it."""
    engine = create_engine(trail.url("administrator"))
    with engine.begin() as connection:
        connection.execute(text("SELECT gate.punch(CAST(:head AS jsonb), :reach)"), {"head": PERSON, "reach": reach})
        connection.execute(text("SET LOCAL SESSION AUTHORIZATION forecourt_web"))
        found = history(connection, "thing", [record])
    engine.dispose()
    return found


PROTECT = "SELECT gate.protect('thing', 'thing', 'store', '{price}', NULL)"  # the price stands for an owner


def test_history_shows_what_the_actor_may_read_and_reaches(trail: Trail):
    trail.run(PROTECT)
    trail.run("INSERT INTO thing (store_id, name) SELECT g / 5 + 1, 'a' FROM generate_series(1, 9) g")
    trail.run("UPDATE thing SET name = 'b'")
    newest, oldest = seen(trail, READER, 2)
    assert (newest.action, newest.before, newest.after) == ("update", {"name": "a"}, {"name": "b"})
    assert (newest.columns, oldest.action, oldest.actor_kind) == (("name",), "insert", "database")
    assert len(seen(trail, READER, 9)) == 2, "another store's record that was granted"
    for reach, record in ((READER, 5), (NARROW, 2), ("{}", 2)):
        assert seen(trail, reach, record) == ()


@pytest.mark.parametrize(
    ("reach", "records"),
    [
        ('"ow": 77', {1, 2}),
        ('"tm": [88]', {2, 3}),
        ('"ids": [4]', {4}),
        ('"st": [2]', {5}),
        ('"tm": [88], "ids": [1]', {1, 2, 3}),
    ],
)
def test_whoever_reaches_a_record_by_whatever_way_reads_its_history(trail: Trail, reach: str, records: set[int]):
    trail.run(
        "SELECT gate.protect('thing', 'thing', 'store', '{price}', 'created_by')"
    )  # two columns stand for owner and team
    sql = "INSERT INTO thing (store_id, price) VALUES (1, 77), (1, 77), (1, 5), (1, 5), (2, 5)"
    trail.run(sql)
    trail.run("ALTER TABLE thing DISABLE TRIGGER stamp_row; UPDATE thing SET created_by = 88 WHERE id IN (2, 3)")
    held = f'{{"g": {{"thing": {{"a": ["read"], {reach}}}}}}}'
    assert {number for number in range(1, 6) if seen(trail, held, number)} == records


def test_a_change_that_follows_from_a_rule_is_told_apart(trail: Trail):
    trail.run(PROTECT)
    trail.run(
        "CREATE FUNCTION follow() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
        " UPDATE thing SET note = 'so' WHERE id = NEW.b; RETURN NULL; END $$;"
        " CREATE TRIGGER follow AFTER INSERT ON pair FOR EACH ROW EXECUTE FUNCTION follow();"
        "INSERT INTO thing (store_id) VALUES (1); UPDATE thing SET name = 'x'; INSERT INTO pair VALUES (1, 1)"
    )
    held = '{"g": {"thing": {"a": ["read"], "st": [1]}}}'
    assert [(one.columns, one.follows) for one in seen(trail, held, 1)[:2]] == [(("note",), True), (("name",), False)]


def test_nobody_has_no_history(trail: Trail):
    trail.run("INSERT INTO thing (store_id, name) VALUES (NULL, 'a')")
    with trail.connect("web") as connection:
        assert connection.execute("SELECT * FROM trail.history('thing', ARRAY[1])").fetchall() == []


def test_history_says_that_values_were_erased(trail: Trail):
    trail.run(PROTECT)
    trail.write()
    trail.run("SELECT trail.erase('thing', 2, 'asked')")
    with trail.connect() as connection, connection.transaction():
        connection.execute(TICKET, (PERSON, READER))
        rows = connection.execute(
            "SELECT action, before, after, erased FROM trail.history('thing', ARRAY[2])"
        ).fetchall()
    assert [row[0] for row in rows] == ["erase", "insert"]
    assert rows[1] == ("insert", None, None, True)
