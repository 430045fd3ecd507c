"""Every place that holds sealed values is known, counted and sealed anew: a forgotten one goes with its key."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

import psycopg
import pytest
from psycopg.types.json import Jsonb
from sqlalchemy import Connection, create_engine, pool

from app.access.seal import key_id
from app.core.field import Privacy
from app.fields import Phone
from app.jobs import entry, registry
from app.jobs.resealing import places
from app.process.keys import administrator
from app.studio.publish import publish
from tests.exchange.conftest import Wizard
from tests.jobs.processes import HURRY
from tests.keys.conftest import Ring
from tests.make import Make
from tests.studio.samples import item, loan_car
from tests.web.doorway import somebody

HEAD = "姓名,手机,地址,会员积分\n"
HASHES = {
    "token_hash",
    "file_hash",
    "key_hash",
    "content_hash",
    "tie",
    "salt",
    "digest",
    "device",
    "key",
    "values_digest",
}
HASHES |= {"leaf", "root", "previous", "head", "signature"}
BYTES = """
    SELECT c.relname || '.' || a.attname FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid
     WHERE c.relkind IN ('r', 'p') AND NOT c.relispartition AND a.attnum > 0 AND a.atttypid = 'bytea'::regtype
       AND c.relnamespace::regnamespace::text IN ('public', 'gate', 'trail', 'work') AND a.attname !~ '_bidx$'
       AND a.attname <> ALL (%s) ORDER BY 1"""
TABLES = """
    SELECT c.oid::regclass::text FROM pg_class c WHERE c.relkind IN ('r', 'p') AND NOT c.relispartition
       AND c.relnamespace::regnamespace::text IN ('public', 'gate', 'trail', 'work')"""


@contextmanager
def editing(ring: Ring) -> Iterator[Connection]:
    """One transaction of the owner's, announced as the administrator."""
    engine = create_engine(ring.config.url("owner"), poolclass=pool.NullPool)
    with engine.begin() as connection:
        connection.exec_driver_sql("SELECT gate.announce_job(%s, 'r-studio')", (ring.premises.users["admin"],))
        yield connection


@pytest.fixture
def wizard(ring: Ring) -> Wizard:
    """A manager's way through an import, whose worker leaves re-sealing to the test."""
    registry.load()
    waiting = "SELECT id FROM work.outbox WHERE state = 'pending' AND kind LIKE 'import.%' ORDER BY id"

    def run_due() -> None:
        entry.take_post(entry.Post(ring.config.as_process("worker"), "default", HURRY))
        while rows := ring.premises.run(waiting):
            for (number,) in rows:
                entry.execute(number)

    return Wizard(ring.premises, ring.premises.desk("manager"), run_due)


def everywhere(ring: Ring, number: int) -> dict[str, int]:
    """The tables that hold bytes which look like a value under a key, however they hold it."""
    found = {}
    for (table,) in ring.premises.run(TABLES):
        sql = f"SELECT count(*) FROM {table} t WHERE t::text ~ 'x01{number:04x}[0-9a-f]{{56}}'"
        if count := ring.premises.one(sql):
            found[table] = count
    return found


def test_every_column_of_bytes_is_a_place_or_known_to_hold_none(ring: Ring):
    with administrator(ring.config) as connection:
        known = {place.name for place in places(connection)}
    columns = {name for (name,) in ring.premises.run(BYTES, [*HASHES])}
    assert columns - known == {"factor.secret", "factor.pending"}


def test_imports_go_on_and_are_rolled_back_under_the_new_key(ring: Ring, wizard: Wizard):
    wizard.through(HEAD + "赵一,13800138211,,\n")
    filled = wizard.through(HEAD + "赵一,13800138211,张江路9号,\n")
    waits = wizard.begun(HEAD + "钱二,13800138212,世纪大道1号,七百分\n钱三,12,世纪大道2号,八百分\n")
    wizard.check(waits)
    old = ring.rotate() - 1
    assert {"import_row: customer.phone", "import_row.raw", "import_batch.preview"} <= ring.under(old).keys()
    ring.work()
    assert ring.under(old) == {"uploads": 1}  # it goes with its import, after a week at most
    wizard.run(waits)
    assert wizard.state(waits) == "done"
    assert "13800138212" in ring.reveal(ring.premises.one("SELECT id FROM customer WHERE name = '钱二'"))
    assert "钱三" in wizard.desk.get(f"/import/{waits}/failed.csv").text
    wizard.undo(filled)
    assert ring.premises.one("SELECT address IS NULL FROM customer WHERE name = '赵一'")


def test_what_feeds_hold_comes_under_the_new_key(ring: Ring, make: Make):
    number = make.customer(phone="13800138221")
    [(uuid, blob)] = ring.premises.run("SELECT uuid, phone FROM customer WHERE id = %s", number)
    cell = Jsonb({"phone": f"\\x{bytes(blob).hex()}", "uuid": str(uuid)})
    profile = ring.premises.one(
        "INSERT INTO feed_profile (code, label, brand_system, entities, stores, spec)"
        " VALUES ('alpha', '甲', 'A', '{customer}', '{}', '{}') RETURNING id"
    )
    run = ring.premises.one(
        "INSERT INTO feed_run (profile_id, way, file_name, file_hash, file_size, day, state)"
        " VALUES (%s, 'screen', 'a', sha256(''), 1, now(), 'done') RETURNING id",
        profile,
    )
    row = (
        "INSERT INTO feed_row (run_id, grp, line, level, ordinal, at, record, state)"
        " VALUES (%s, 1, 1, 0, 0, now(), %s, 'waiting')"
    )
    ring.premises.run(row, run, cell)
    link = (
        "INSERT INTO feed_link (run_id, entity, record_id, action, version, before)"
        " VALUES (%s, 'customer', %s, 'updated', 1, %s)"
    )
    ring.premises.run(link, run, number, Jsonb({"phone": f"\\x{bytes(blob).hex()}"}))
    new = ring.rotate()
    ring.work()
    sealer = ring.premises.house.sealer
    for sql in (
        "SELECT record ->> 'phone' FROM feed_row WHERE run_id = %s",
        "SELECT before ->> 'phone' FROM feed_link WHERE run_id = %s",
    ):
        held = bytes.fromhex(ring.premises.one(sql, run)[2:])
        assert (key_id(held), sealer.open(held, "customer", "phone", uuid)) == (new, "+8613800138221")


def test_fields_of_the_studio_and_removed_ones_come_along(ring: Ring):
    sealed = item("holder", Phone(), privacy=Privacy.SEALED, search=True)
    with editing(ring) as connection:
        publish(connection, replace(loan_car(), fields=(*loan_car().fields, sealed)))
    answer = ring.premises.desk("manager").post(
        "/data/loan_car/add", data={"plate": "沪A88888", "holder": "13800138231"}
    )
    assert answer.status_code == 303
    with editing(ring) as connection:
        publish(connection, loan_car(ring.premises.one("SELECT version FROM catalog_entity WHERE name = 'loan_car'")))
    old = ring.rotate() - 1
    assert ring.under(old)["loan_car.holder"] == 1
    ring.work()
    assert ring.under(old) == {}
    [(uuid, blob)] = ring.premises.run("SELECT uuid, holder FROM loan_car")
    assert ring.premises.house.sealer.open(bytes(blob), "loan_car", "holder", uuid) == "+8613800138231"


def test_a_second_factor_works_after_and_no_worker_reads_it(ring: Ring):
    one = somebody(ring.premises)
    one.enrol()
    ring.rotate()
    desk = one.browser()
    one.sign_in("/", desk)
    assert desk.post("/sign-in/code", data={"code": one.code(1), "next": "/"}).status_code == 303
    assert desk.get("/security/").status_code == 200
    with ring.premises.connect("worker") as worker:
        worker.execute("SELECT gate.announce_system('x')")
        for sql in ("SELECT secret FROM gate.factor", "SELECT gate.reseal_factors('secret', '{}', '{}', '{}')"):
            with pytest.raises(psycopg.errors.InsufficientPrivilege), worker.transaction():
                worker.execute(sql)


def test_after_a_pass_no_table_holds_anything_under_the_old_key(ring: Ring):
    ring.ask()
    ring.work()
    old = ring.rotate() - 1
    assert {"customer", "import_kept"} <= everywhere(ring, old).keys()
    ring.work()
    left = everywhere(ring, old)
    assert left == {}, left


def test_only_the_system_seals_anew_quietly_and_then_changes_nothing_else(ring: Ring, make: Make):
    number = make.customer(phone="13800138241")
    last = ring.premises.one("SELECT max(id) FROM trail.entry")
    sealer, uuid = ring.premises.house.sealer, ring.premises.one("SELECT uuid FROM customer WHERE id = %s", number)
    other = sealer.seal("+8613800138249", "customer", "phone", uuid)
    with ring.premises.acting("manager") as context:  # a web process that says it is sealing anew is only writing
        context.connection.exec_driver_sql("SELECT set_config('forecourt.resealing', 'phone', true)")
        context.connection.exec_driver_sql("UPDATE customer SET phone = %s WHERE id = %s", (other, number))
    told = "SELECT action, record_id FROM trail.entry WHERE id > %s AND entity = 'customer'"
    assert ring.premises.run(told, last) == [("update", number)]
    for change in ("note = 'x'", "phone = phone || '\\x00'", "phone = NULL"):
        with ring.premises.connect("worker") as worker:
            worker.execute("SELECT gate.announce_system('x'), set_config('forecourt.resealing', 'phone', true)")
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                worker.execute(f"UPDATE customer SET {change} WHERE id = %s", (number,))


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT gate.sealed_bin('customer', 'phone')",
        "SELECT gate.reseal_bin('customer', 'phone', '{}', '{}', '{}')",
        "SELECT gate.reseal_factors('secret', '{}', '{}', '{}')",
        "SELECT gate.add_key('9', '00000000000000000000000000000000', true)",
        "SELECT gate.retire_key('1')",
        "SELECT * FROM gate.field_key",
        "SELECT * FROM work.reseal",
    ],
)
def test_a_web_process_does_nothing_of_it(ring: Ring, sql: str):
    with ring.premises.connect("web") as web, pytest.raises(psycopg.errors.InsufficientPrivilege):
        web.execute(sql)
