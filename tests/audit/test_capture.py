"""What the triggers write, for every way a row can change."""

import json

import psycopg
import pytest

from tests.audit.conftest import TICKET, Trail

PERSON = '{"u": 7, "k": "person", "n": "李顾问", "q": "r-1"}'


def entries(trail: Trail, action: str) -> list[tuple]:
    rows = trail.run(
        "SELECT e.entity, e.record_id, e.store_id, e.version, v.before, v.after FROM trail.entry e"
        " LEFT JOIN trail.value v ON v.entry_id = e.id AND v.at = e.at WHERE e.action = %s ORDER BY e.id",
        action,
    )
    return [(*head, before and json.loads(before), after and json.loads(after)) for *head, before, after in rows]


def test_an_insert_keeps_the_row_without_its_secrets(trail: Trail):
    trail.run(
        """INSERT INTO thing (store_id, name, extra, secret, phone)
           VALUES (4, '张"三', '{"a": [null]}', 'hidden', '\\xbeef')"""
    )
    [(entity, record, store, version, before, after)] = entries(trail, "insert")
    assert (entity, record, store, version, before) == ("thing", 1, 4, 1, None)
    assert len(after.pop("uuid")) == 36
    assert after == {"store_id": 4, "name": '张"三', "extra": {"a": [None]}, "secret": "changed", "phone": "changed"}


def test_an_update_keeps_only_what_changed(trail: Trail):
    trail.run("INSERT INTO thing (store_id, name, price, extra, phone) VALUES (4, 'a', 5, '{}', '\\xbeef')")
    trail.run("""UPDATE thing SET name = 'A', price = NULL, note = '', phone = '\\xbeee', version = 2""")
    [(*_, version, before, after)] = entries(trail, "update")
    assert version == 2
    assert before == {"name": "a", "note": None, "price": 5, "phone": "changed"}
    assert after == {"name": "A", "note": "", "price": None, "phone": "changed"}


def test_a_delete_keeps_the_whole_row(trail: Trail):
    trail.run("INSERT INTO thing (store_id, name) VALUES (4, '㛃')")
    trail.run("DELETE FROM thing")
    [(_, record, store, _, before, after)] = entries(trail, "delete")
    assert (record, store, before["name"], before["id"], after) == (1, 4, "㛃", 1, None)


OVERRIDE = "SELECT set_config('forecourt.override', %s, true)"


def overriding(trail: Trail, told: str, *statements: str) -> None:
    """Runs statements in one transaction for which reasons were told."""
    with trail.connect("web") as connection, connection.transaction():
        connection.execute(OVERRIDE, (told,))
        for statement in statements:
            connection.execute(statement)


def test_reasons_told_for_a_statement_stand_in_its_entries(trail: Trail):
    reason = """平行进口', "@override": {"x": 1}} \\ --"""
    told = json.dumps({"thing": {"name": reason, "note": "字" * 900}, "pair": {"a": "no"}})
    overriding(trail, told, "INSERT INTO thing (name) VALUES ('x')", "UPDATE thing SET name = 'y'")
    kept = {"name": reason, "note": "字" * 200}
    assert [after["@override"] for *_, after in entries(trail, "insert")] == [kept]
    [(*_, before, after)] = entries(trail, "update")
    assert (before, after) == ({"name": "x"}, {"name": "y", "@override": kept})


def test_reasons_alone_write_nothing_and_end_with_their_transaction(trail: Trail):
    overriding(
        trail, '{"thing": {"name": "why"}}', "INSERT INTO thing (name) VALUES ('x')", "UPDATE thing SET note = note"
    )
    trail.run("UPDATE thing SET name = 'z'")
    assert [after for *_, after in entries(trail, "update")] == [{"name": "z"}]


@pytest.mark.parametrize("told", ["why", '{"thing": "why"}', '{"thing": [1]}'])
def test_reasons_of_another_form_are_refused_with_the_write(trail: Trail, told: str):
    with pytest.raises(psycopg.errors.DataError):
        overriding(trail, told, "INSERT INTO thing (name) VALUES ('x')")
    assert trail.run("SELECT count(*) FROM thing") == [(0,)]


def test_bookkeeping_alone_is_no_news(trail: Trail):
    trail.run("INSERT INTO thing (name) VALUES ('a')")
    trail.run("UPDATE thing SET version = 2, updated_at = now(), updated_by = 9")
    assert entries(trail, "update") == []


def test_rows_are_paired_even_when_their_keys_change(trail: Trail):
    trail.run("INSERT INTO pair SELECT g, g FROM generate_series(1, 500) g")
    trail.run("UPDATE pair SET a = 501 - a, b = b + 1000")
    changes = [(before, after) for *_, before, after in entries(trail, "update")]
    assert len(changes) == 500
    assert all(
        after["b"] == before["b"] + 1000 and after.get("a", before.get("a")) == 501 - before.get("a", 0)
        for before, after in changes
    )


def test_a_table_without_id_store_or_version_is_recorded(trail: Trail):
    trail.run("INSERT INTO pair VALUES (1, 2)")
    assert entries(trail, "insert") == [("pair", None, None, None, None, {"a": 1, "b": 2})]


def test_upsert_and_merge_leave_an_entry_for_each_row(trail: Trail):
    trail.run("INSERT INTO thing (name) VALUES ('a')")
    trail.run(
        "INSERT INTO thing (id, name) OVERRIDING SYSTEM VALUE VALUES (1, 'b'), (50, 'c')"
        " ON CONFLICT (id) DO UPDATE SET name = excluded.name"
    )
    trail.run(
        "MERGE INTO thing t USING (VALUES (1, 'd'), (60, 'e')) AS s (id, name) ON t.id = s.id"
        " WHEN MATCHED THEN DELETE WHEN NOT MATCHED THEN INSERT (name) VALUES (s.name)"
    )
    assert [len(entries(trail, action)) for action in ("insert", "update", "delete")] == [3, 1, 1]


def test_a_foreign_keys_cascade_leaves_entries(trail: Trail):
    trail.run("CREATE TABLE child (id bigint PRIMARY KEY, thing bigint REFERENCES thing ON DELETE CASCADE)")
    trail.run("SELECT trail.attach('child', 'child', NULL, NULL)")
    trail.run("INSERT INTO thing (name) VALUES ('a')")
    trail.run("INSERT INTO child VALUES (5, 1)")
    trail.run("DELETE FROM thing")
    assert {row[:2] for row in entries(trail, "delete")} == {("child", 5), ("thing", 1)}


def test_replica_mode_does_not_silence_the_trail(trail: Trail):
    with trail.connect() as connection:
        connection.execute("SET session_replication_role = replica")
        connection.execute("INSERT INTO pair VALUES (1, 2)")
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            connection.execute("TRUNCATE pair")
    assert len(entries(trail, "insert")) == 1


def test_a_rolled_back_write_leaves_nothing(trail: Trail):
    with trail.connect() as connection, connection.transaction(force_rollback=True):
        connection.execute("INSERT INTO pair VALUES (1, 2)")
    assert trail.ids() == []


def test_an_entry_names_the_announced_actor_and_the_database_role(trail: Trail):
    with trail.connect() as connection, connection.transaction():
        connection.execute(TICKET, (PERSON, "{}"))
        connection.execute("SET LOCAL SESSION AUTHORIZATION forecourt_web")
        connection.execute("INSERT INTO pair VALUES (1, 2)")
    columns = "actor_id, actor_kind, actor_name, db_role, request_id"
    assert trail.run(f"SELECT {columns} FROM trail.entry") == [(7, "person", "李顾问", "forecourt_web", "r-1")]


def test_a_connection_that_announced_nobody_or_forged_a_ticket_is_named_by_its_role(trail: Trail):
    with trail.connect("worker") as connection:
        connection.execute("SELECT set_config('forecourt.ticket', %s, false)", (PERSON,))
        connection.execute("INSERT INTO pair VALUES (1, 2)")
    assert trail.run("SELECT actor_id, actor_kind, db_role FROM trail.entry") == [
        (None, "database", "forecourt_worker")
    ]


def test_a_new_column_is_followed_without_attaching_again(trail: Trail):
    trail.run("SET ROLE forecourt_owner; ALTER TABLE thing ADD colour text, ADD key bytea; ALTER TABLE thing DROP note")
    trail.run("INSERT INTO thing (name, colour, key) VALUES ('a', '红', '\\x01')")
    trail.run("ALTER TABLE thing RENAME colour TO tint")
    trail.run("UPDATE thing SET tint = '蓝', key = '\\x02'")
    assert entries(trail, "insert")[0][5]["colour"] == "红"
    assert entries(trail, "update")[0][4:] == ({"tint": "红", "key": "changed"}, {"tint": "蓝", "key": "changed"})


GAPS = [
    "ALTER TABLE thing DISABLE TRIGGER ALL",
    "ALTER TABLE thing DISABLE TRIGGER trail_update",
    "ALTER TABLE thing ENABLE REPLICA TRIGGER trail_delete",
    "ALTER TABLE thing ENABLE TRIGGER trail_delete",
    "DROP TRIGGER trail_insert ON thing",
    "ALTER TRIGGER trail_insert ON thing RENAME TO other",
    "CREATE OR REPLACE TRIGGER trail_update AFTER UPDATE ON thing EXECUTE FUNCTION trail.refuse_truncate()",
    "TRUNCATE thing",
]


def test_the_owner_cannot_open_a_gap(trail: Trail):
    assert [statement for statement in GAPS if not trail.refuses(statement, "owner")] == []
    assert trail.verify().gaps == ()


def test_a_gap_that_a_superuser_opened_is_told(trail: Trail):
    trail.run("ALTER EVENT TRIGGER trail_follow DISABLE")
    trail.run("ALTER TABLE thing DISABLE TRIGGER trail_update")
    verdict = trail.verify()
    assert (verdict.gaps, verdict.exit_code) == (("public.thing",), 3)


CAPTURES = "SELECT proname FROM pg_proc WHERE pronamespace = 'trail'::regnamespace AND proname LIKE 'capture%'"


@pytest.mark.parametrize("end", ["DROP TABLE pair", "SELECT trail.detach('pair')", "DROP SCHEMA public CASCADE"])
def test_a_table_that_goes_takes_its_capture_with_it(trail: Trail, end: str):
    [(number,)] = trail.run("SELECT id FROM trail.attached WHERE relation = 'pair'::regclass")
    assert (f"capture_{number}",) in trail.run(CAPTURES)
    before = set(trail.run(CAPTURES))
    trail.run(end)
    left = {(f"capture_{one}",) for (one,) in trail.run("SELECT id FROM trail.attached")}
    assert set(trail.run(CAPTURES)) == left < before


def test_a_drop_that_is_rolled_back_keeps_the_capture(trail: Trail):
    before = trail.run(CAPTURES)
    with trail.connect() as connection, connection.transaction(force_rollback=True):
        connection.execute("DROP TABLE pair")
    assert trail.run(CAPTURES) == before
    trail.run("INSERT INTO pair VALUES (1, 1)")
    assert len(entries(trail, "insert")) == 1


def test_detaching_and_dropping_are_entries(trail: Trail):
    trail.run("SET ROLE forecourt_owner; SELECT trail.detach('thing'); DROP TABLE pair")
    trail.run("INSERT INTO thing (name) VALUES ('unseen')")
    rows = trail.run(
        "SELECT action, entity, after::json ->> 'table' FROM trail.entry e"
        " JOIN trail.value v ON v.entry_id = e.id ORDER BY e.id"
    )
    assert rows == [("detach", "thing", "public.thing"), ("detach", "pair", "public.pair")]


def test_months_get_partitions_ahead_and_nothing_is_lost_without_one(trail: Trail):
    trail.run("INSERT INTO pair VALUES (1, 2)")
    for parent in ("entry", "value", "seal"):
        parts = trail.run(
            "SELECT inhrelid::regclass::text FROM pg_inherits WHERE inhparent = %s::regclass", f"trail.{parent}"
        )
        assert len(parts) == 5
    assert trail.run("SELECT count(*) FROM ONLY trail.entry_default")[0][0] == 0
    with trail.connect("sealer") as connection:
        assert connection.execute("SELECT trail.extend(5)").fetchone() == (6,)
    trail.run(
        "DROP TABLE trail.entry_default; ALTER TABLE trail.entry DETACH PARTITION "
        + trail.run("SELECT tableoid::regclass FROM trail.entry")[0][0]
    )
    trail.run("CREATE TABLE trail.entry_default PARTITION OF trail.entry DEFAULT")
    trail.run("INSERT INTO pair VALUES (3, 4)")
    assert trail.run("SELECT count(*) FROM trail.entry_default")[0][0] == 1
