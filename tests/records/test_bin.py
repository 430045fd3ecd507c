"""The recycle bin: what is deleted comes back whole, to those who may, and only once."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import psycopg
import pytest

from app.core.errors import NotFound
from app.records import bin as bins
from app.records import write
from app.records.present import Presenter
from app.records.read import fetch
from tests.appkit import Premises
from tests.cast import PUDONG, XUHUI
from tests.make import Make

BIN = "SELECT id FROM gate.bin WHERE entity = %s AND record_id = %s ORDER BY id DESC LIMIT 1"


@pytest.fixture
def deleted(premises: Premises, make: Make) -> Callable[..., tuple[int, int]]:
    """Makes a record, deletes it and answers its id and its number in the bin."""

    def gone(entity: str = "customer", part: str = "manager", **values: object) -> tuple[int, int]:
        number = make.record(entity, **values)
        return number, remove(premises, entity, number, part)

    return gone


def remove(premises: Premises, entity: str, number: int, part: str = "manager") -> int:
    with premises.acting(part) as context:
        write.delete(context, context.entity(entity), number)
    return int(premises.one(BIN, entity, number))


def back(premises: Premises, entity: str, number: int, part: str = "manager") -> bins.Back:
    with premises.acting(part) as context:
        return bins.bring_back(context, context.entity(entity), number)


def whole(premises: Premises, entity: str, number: int) -> dict[str, Any]:
    """The row without what a return changes."""
    told = premises.one(f'SELECT to_jsonb(t) FROM "{entity}" t WHERE id = %s', number)
    return {name: value for name, value in told.items() if name not in {"version", "updated_at", "updated_by"}}


def test_a_record_comes_back_as_it_was(premises: Premises, make: Make) -> None:
    number = make.customer(phone="13812340001", id_card=None)
    before, version = (
        whole(premises, "customer", number),
        premises.one("SELECT version FROM customer WHERE id = %s", number),
    )
    told = back(premises, "customer", remove(premises, "customer", number))
    assert (told.record, whole(premises, "customer", number)) == (number, before)
    assert premises.one("SELECT version FROM customer WHERE id = %s", number) == version + 1
    with premises.acting("manager") as context:
        entity = context.entity("customer")
        presenter = Presenter(context, entity)
        assert presenter.plain(fetch(context, entity, number), entity.by_name["phone"]) == "+8613812340001"


def test_it_is_found_by_its_words_again(premises: Premises, make: Make) -> None:
    name = f"归来{make.number()}"
    number = make.customer(name=name)
    href = f"/data/customer/{number}"
    kept = remove(premises, "customer", number)
    assert href not in premises.desk("manager").get(f"/data/customer/?q={name}").text
    back(premises, "customer", kept)
    assert href in premises.desk("manager").get(f"/data/customer/?q={name}").text


def test_its_parts_come_with_it_and_nothing_follows_twice(premises: Premises, make: Make) -> None:
    order = make.record("work_order", settled_at=None)
    lines = [make.record("work_order_line", work_order=str(order)) for _ in range(2)]
    steps = "SELECT array_agg(id ORDER BY id) FROM work_order_status WHERE work_order_id = %s"
    before = (whole(premises, "work_order", order), premises.one(steps, order))
    told = back(premises, "work_order", remove(premises, "work_order", order, "boss"), "boss")
    assert (told.parts, told.left) == (len(lines) + len(before[1]) + 1, 0), (
        "lines, steps and the reading of the mileage"
    )
    assert (whole(premises, "work_order", order), premises.one(steps, order)) == before
    assert premises.one("SELECT count(*) FROM work_order_line WHERE id = ANY (%s)", lines) == 2
    assert premises.one("SELECT count(*) FROM gate.bin WHERE wholes @> ARRAY['work_order:' || %s]", order) == 0


def test_a_part_alone_waits_for_its_whole(premises: Premises, make: Make) -> None:
    order = make.record("work_order", settled_at=None)
    line = make.record("work_order_line", work_order=str(order))
    part, rest = remove(premises, "work_order_line", line, "boss"), remove(premises, "work_order", order, "boss")
    with pytest.raises(bins.Blocked, match="is gone") as blocked:
        back(premises, "work_order_line", part, "boss")
    assert "“工单”已不存在；请先恢复那条记录" in blocked.value.label.zh
    back(premises, "work_order", rest, "boss")
    assert back(premises, "work_order_line", part, "boss").record == line


def test_a_number_used_meanwhile_is_named(premises: Premises, make: Make) -> None:
    held = f"K-{make.number()}"
    number = make.customer(number=held)
    kept = remove(premises, "customer", number)
    other = make.customer(number=held)
    with pytest.raises(bins.Blocked) as blocked:
        back(premises, "customer", kept)
    assert "已被另一条记录使用" in blocked.value.label.zh
    premises.run("UPDATE customer SET number = NULL WHERE id = %s", other)
    assert back(premises, "customer", kept).record == number


def test_it_comes_back_once(premises: Premises, deleted: Any) -> None:
    number, kept = deleted()
    assert back(premises, "customer", kept).record == number
    with pytest.raises(NotFound):
        back(premises, "customer", kept)
    with premises.connect("web") as first, premises.connect("web") as second:
        again = remove(premises, "customer", number)
        for one in (first, second):
            one.execute("SELECT gate.announce(%s, 'r-twice')", (premises.session("manager"),))
        assert len(first.execute("SELECT * FROM bring_back('customer', %s)", (again,)).fetchall()) > 0
        second.execute("SET LOCAL lock_timeout = '200ms'")
        with pytest.raises(psycopg.errors.LockNotAvailable):
            second.execute("SELECT * FROM bring_back('customer', %s)", (again,))
        first.rollback()


@pytest.mark.parametrize("part", ["outsider", "consultant", "technician", "newcomer", "auditor"])
def test_it_takes_the_right_and_the_reach(premises: Premises, deleted: Any, part: str) -> None:
    number, kept = deleted()
    with premises.connect("web") as bare:
        bare.execute("SELECT gate.announce(%s, 'r-bare')", (premises.session(part),))
        assert bare.execute("SELECT * FROM gate.binned('customer', single => %s)", (kept,)).fetchall() == []
        assert bare.execute("SELECT * FROM bring_back('customer', %s)", (kept,)).fetchall() == []
    assert premises.one("SELECT count(*) FROM customer WHERE id = %s", number) == 0


@pytest.mark.parametrize("entity", ["vehicle", "store", "ab_user", "no_such", 'customer" t --', ""])
def test_a_number_under_another_name_is_nothing(premises: Premises, deleted: Any, entity: str) -> None:
    _, kept = deleted()
    with premises.connect("web") as bare:
        bare.execute("SELECT gate.announce(%s, 'r-bare')", (premises.session("boss"),))
        assert bare.execute("SELECT * FROM bring_back(%s, %s)", (entity, kept)).fetchall() == []


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT * FROM gate.bin",
        "DELETE FROM gate.bin",
        "UPDATE gate.bin SET restoring = pg_current_xact_id()",
        "SELECT * FROM gate.take_out('customer', 1)",
        "SELECT gate.taken_out(ARRAY[1::bigint])",
        "SELECT gate.empty_bin(0)",
        "SELECT gate.purge_bin('customer', 1)",
        "SELECT records_seen('customer', ARRAY[1::bigint])",
    ],
)
def test_nobody_but_the_guard_touches_it(premises: Premises, sql: str) -> None:
    with premises.connect("web") as bare:
        bare.execute("SELECT gate.announce(%s, 'r-bare')", (premises.session("boss"),))
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            bare.execute(sql)


def test_pretending_that_a_record_comes_back_chooses_no_number(premises: Premises, deleted: Any) -> None:
    number, _ = deleted()
    with premises.connect("web") as bare:
        bare.execute("SELECT gate.announce(%s, 'r-bare')", (premises.session("boss"),))
        bare.execute("SELECT set_config('forecourt.restoring', 'on', true)")
        with pytest.raises((psycopg.errors.InsufficientPrivilege, psycopg.errors.ObjectNotInPrerequisiteState)):
            bare.execute(
                "INSERT INTO customer (id, store_id, name, kind, stage, do_not_contact) OVERRIDING SYSTEM VALUE"
                " VALUES (%s, %s, 'x', 'person', 'new', false)",
                (number, premises.stores[PUDONG]),
            )


def test_ciphertexts_are_not_told(premises: Premises, deleted: Any) -> None:
    _, kept = deleted(phone="13812340002")
    with premises.connect("web") as bare:
        bare.execute("SELECT gate.announce(%s, 'r-bare')", (premises.session("manager"),))
        (told,) = bare.execute("SELECT content FROM gate.binned('customer', single => %s)", (kept,)).fetchone() or ({},)
    assert told["kind"]
    assert not {"phone", "phone_bidx"} & set(told)
    assert premises.one("SELECT content ->> 'phone' FROM gate.bin WHERE id = %s", kept).startswith("\\x01")


def test_each_sees_what_was_deleted_within_his_reach(premises: Premises, make: Make) -> None:
    here, there = make.customer(), make.customer(store=XUHUI)
    premises.run("DELETE FROM customer WHERE id = ANY (%s)", [here, there])
    with premises.acting("manager") as context:
        found, _ = bins.listing(context, context.entity("customer"), bins.Asked(size=200))
    assert {one.record.id for one in found} & {here, there} == {here}


def test_the_bin_is_listed_by_person_and_time_and_page(premises: Premises, deleted: Any) -> None:
    numbers = [deleted()[0] for _ in range(3)]
    numbers.append(deleted(part="boss")[0])
    with premises.acting("boss") as context:
        entity, now = context.entity("customer"), context.clock.now()

        def ids(**asked: Any) -> list[int]:
            return [one.record.id for one in bins.listing(context, entity, bins.Asked(**asked))[0]]

        assert ids(size=2) == numbers[:1:-1]
        _, older = bins.listing(context, entity, bins.Asked(size=2))
        assert ids(size=2, until=older) == numbers[1::-1]
        assert numbers[3] not in ids(by="王经理")
        assert set(numbers[:3]) <= set(ids(by="王经理"))
        assert ids(last=now - timedelta(hours=1)) == []
        assert set(numbers) <= set(ids(first=now - timedelta(hours=1)))


def test_an_erasure_empties_the_bin_of_a_person(premises: Premises, make: Make) -> None:
    order = make.record("work_order", settled_at=None)
    make.record("work_order_line", work_order=str(order))
    kept = remove(premises, "work_order", order, "boss")
    with premises.connect("worker") as worker:
        worker.execute("SELECT gate.announce_system('r-erase')")
        worker.execute("SELECT trail.erase('work_order', %s, 'asked')", (order,))
    left = "SELECT count(*) FROM gate.bin WHERE id = %s OR wholes @> ARRAY['work_order:' || %s]"
    assert premises.one(left, kept, order) == 0


def test_what_is_old_goes_for_good(premises: Premises, deleted: Any) -> None:
    old, young = deleted()[1], deleted()[1]
    premises.run("UPDATE gate.bin SET at = now() - interval '31 days' WHERE id = %s", old)
    with premises.connect("worker") as worker:
        worker.execute("SELECT gate.announce_system('r-tidy')")
        assert worker.execute("SELECT gate.empty_bin(30)").fetchone() >= (1,)
    assert premises.run("SELECT id FROM gate.bin WHERE id = ANY (%s)", [old, young]) == [(young,)]


def test_the_trail_tells_that_it_came_back_and_by_whom(premises: Premises, deleted: Any) -> None:
    number, kept = deleted()
    back(premises, "customer", kept, "boss")
    sql = (
        "SELECT action, actor_id FROM trail.entry WHERE entity = 'customer' AND record_id = %s ORDER BY id DESC LIMIT 3"
    )
    me = premises.users["boss"]
    assert premises.run(sql, number) == [("bring_back", me), ("insert", me), ("delete", premises.users["manager"])]
