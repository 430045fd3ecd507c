"""A loaded year: the same for the same seed, whole, plausible, worked in by the pages, sound in the trail."""

from collections.abc import Callable
from hashlib import sha256
from pathlib import Path

import psycopg
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from app.audit.checkpoint import Folder
from app.audit.places import conninfo
from app.audit.sealer import work
from app.audit.verify import verify
from app.core.entity import Entity
from app.core.scope import Belongs
from app.demo.plan import VOLUMES, Plan
from app.models import ENTITIES
from app.models.table import index_column
from config import Config
from tests.demo.years import SMALL, Year, lived, sealer_of

PASSING = {("lead", "pooled_at"), ("employee", "user_id")}  # told by the clock, or given by another hand
STORED = [entity for entity in ENTITIES.values() if entity.belongs is Belongs.STORE]


def printed(year: Year, entity: Entity) -> str:
    """What distinguishes a table: sealed values by their blind index, never the clock."""
    columns = ["id"] + (["store_id"] if entity.belongs is Belongs.STORE else [])
    for field in entity.fields:
        if not field.sealed and (entity.name, field.name) not in PASSING:
            columns.append(field.column)
        if blind := index_column(field):
            columns.append(blind)
    listed = ", ".join(f'"{name}"' for name in columns)
    rows = year.premises.run(f'SELECT {listed} FROM "{entity.name}" ORDER BY id')
    return sha256(repr(rows).encode()).hexdigest()


@pytest.fixture(scope="module")
def again(clone: Callable[[], Config]) -> Year:
    """The same plan in another database."""
    return lived(clone())


@pytest.fixture(scope="module")
def other(clone: Callable[[], Config]) -> Year:
    """Another seed."""
    return lived(clone(), Plan(seed=4, scale=SMALL.scale, ends_on=SMALL.ends_on))


@pytest.mark.parametrize("entity", ENTITIES.values(), ids=lambda entity: entity.name)
def test_the_same_seed_makes_the_same_table(year: Year, again: Year, entity: Entity):
    assert printed(year, entity) == printed(again, entity)


@pytest.mark.parametrize("name", ["customer", "vehicle", "work_order", "lead", "opportunity", "interaction"])
def test_another_seed_makes_another(year: Year, other: Year, name: str):
    assert printed(year, ENTITIES[name]) != printed(other, ENTITIES[name])


def test_the_group_has_its_companies_stores_and_eighty_people_in_every_job(year: Year):
    counts = {name: year.premises.one(f"SELECT count(*) FROM {name}") for name in ("company", "store", "employee")}
    assert counts == {"company": 3, "store": 4, "employee": 80}
    assert len({job for shop in year.shops for job in shop.staff}) == 18


@pytest.mark.parametrize(("name", "whole"), [("customer", 10_000), ("vehicle", 15_000), ("work_order", 40_000)])
def test_there_are_as_many_as_the_scale_asks_for(year: Year, name: str, whole: int):
    assert year.premises.one(f"SELECT count(*) FROM {name}") == pytest.approx(whole * SMALL.scale, abs=8)
    assert sum(Plan(1, 1.0, SMALL.ends_on).volume(name, store) for store in range(4)) == whole


def test_a_larger_group_has_more_stores_not_larger_ones():
    bench = Plan(1, 100, SMALL.ends_on)
    assert bench.stores == 400
    assert sum(bench.volume("customer", store) for store in range(bench.stores)) == 1_000_000
    assert max(bench.volume("work_order", store) for store in range(bench.stores)) < 1.2 * VOLUMES["work_order"]


def test_a_quiet_year_has_as_many_customers_and_cars_and_less_of_everything_else():
    quiet = Plan(1, 1.0, SMALL.ends_on, activity=0.1)
    assert [quiet.volume(name, 0) for name in ("customer", "vehicle", "work_order")] == [2_875, 4_312, 1_150]
    assert len(quiet.some(list(range(1_000)))) == 100
    assert SMALL.some([1, 2, 3]) == [1, 2, 3]


def test_everybody_looks_after_customers_of_his_own_store(year: Year):
    for entity in STORED:
        for owner in entity.owners:
            sql = (
                f'SELECT count(*) FROM "{entity.name}" r JOIN employee e ON e.id = r."{owner}_id"'
                " WHERE e.store_id <> r.store_id"
            )
            assert year.premises.one(sql) == 0


def test_values_are_what_their_fields_read(year: Year):
    with year.premises.connect() as connection:
        for entity in ENTITIES.values():
            for field in entity.fields:
                if field.sealed or field.target:
                    continue
                sql = (
                    f'SELECT DISTINCT "{field.column}" FROM "{entity.name}" WHERE "{field.column}" IS NOT NULL LIMIT 40'
                )
                for (value,) in connection.execute(sql).fetchall():
                    assert field.kind.read(field.kind.dump(value)) == value, (entity.name, field.name, value)


def test_sealed_numbers_open_and_are_found(year: Year):
    sealer = sealer_of(year.premises.config)
    row = year.premises.run("SELECT uuid, phone, phone_bidx FROM customer WHERE phone IS NOT NULL LIMIT 1")[0]
    phone = sealer.open(bytes(row[1]), "customer", "phone", row[0])
    assert phone.startswith("+86154")
    assert sealer.index("phone", phone) == bytes(row[2])
    name, where = year.premises.run("SELECT name, store_id FROM customer ORDER BY id LIMIT 1")[0]
    sql = "SELECT count(*) FROM search_token WHERE store_id = %s AND token = %s AND entity = 'customer'"
    assert year.premises.one(sql, where, sealer.token("customer", name)) > 0


def test_fewer_come_further_in_the_funnel(year: Year):
    steps = ("intent", "needs", "test_drive", "quotation", "negotiation", "order", "delivered")
    sql = "SELECT count(DISTINCT opportunity_id) FROM opportunity_stage_log WHERE becomes = %s"
    counts = [year.premises.one(sql, step) for step in steps]
    assert counts == sorted(counts, reverse=True)
    assert counts[0] == year.premises.one("SELECT count(*) FROM opportunity")
    assert year.premises.one("SELECT count(*) FROM lead") > counts[0] > counts[-1] > 0
    assert counts[-1] == year.premises.one("SELECT count(*) FROM delivery")


def test_what_followed_stands_on_the_days_of_what_it_followed(year: Year):
    late = {
        "vehicle_plate": "since > %s",
        "vehicle_role": "since > %s",
        "customer_ownership": "since > %s",
        "work_order_status": "at > %s",
        "opportunity_stage_log": "at > %s",
        "complaint_step": "at > %s",
    }
    for table, after in late.items():
        assert year.premises.one(f"SELECT count(*) FROM {table} WHERE {after}", SMALL.ends_on) == 0, table


def test_mileage_never_falls(year: Year):
    assert year.premises.run("SELECT DISTINCT standing FROM odometer_reading") == [("counted",)]
    sql = (
        "SELECT count(*) FROM (SELECT km < lag(km) OVER (PARTITION BY vehicle_id ORDER BY read_at) AS falls"
        " FROM odometer_reading) r WHERE falls"
    )
    assert year.premises.one(sql) == 0


def test_the_seasons_show(year: Year):
    def orders(since: str, until: str) -> int:
        sql = "SELECT count(*) FROM work_order WHERE opened_at >= %s::date AND opened_at < %s::date"
        return int(year.premises.one(sql, since, until))

    assert orders("2026-02-16", "2026-02-24") < orders("2026-02-02", "2026-02-10") / 3
    cool = (
        "SELECT DISTINCT extract(month FROM w.opened_at) FROM work_order_line l"
        " JOIN work_order w ON w.id = l.work_order_id WHERE l.code = 'KT001'"
    )
    assert {int(month) for (month,) in year.premises.run(cool)} <= {5, 6, 7, 8}


@pytest.mark.parametrize("entity", ENTITIES.values(), ids=lambda entity: entity.name)
def test_its_list_and_a_record_open(year: Year, entity: Entity):
    desk = year.premises.desk("officer" if entity.group == "audit" else "boss")
    assert desk.get(f"/data/{entity.name}/").status_code == 200
    store = f" WHERE store_id = {year.shops[0].id}" if entity.belongs is Belongs.STORE else ""
    if number := year.premises.one(f'SELECT min(id) FROM "{entity.name}"{store}'):
        assert desk.get(f"/data/{entity.name}/{number}").status_code == 200


def test_its_trail_names_the_system_and_is_sound(year: Year, tmp_path: Path):
    sql = "SELECT DISTINCT actor_kind, request_id FROM trail.entry WHERE entity = 'work_order' AND record_id > 0"
    assert year.premises.run(sql) == [("system", "demo 3")]
    key = Ed25519PrivateKey.generate()
    with psycopg.connect(conninfo(year.premises.config.url("sealer")), autocommit=True) as connection:
        while work(connection, key, [Folder(tmp_path)]):
            pass
        verdict = verify(connection, tmp_path, key.public_key())
    assert verdict.first is None
    assert verdict.entries > 5_000
    assert verdict.pending == 0
