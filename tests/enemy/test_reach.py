"""Reach that is smaller than a store, and rights that time ends: what they let in, and when they stop."""

from collections.abc import Callable, Iterator

import pytest

from app.core.entity import Entity
from app.core.errors import Invalid, NotFound
from app.records import read, write
from app.records.query import Query
from tests.appkit import Premises
from tests.make import Make

ME = "newcomer"
WORK = ["list", "read", "create", "update", "delete", "search"]


@pytest.fixture
def customers(make: Make) -> Entity:
    return make.entity("customer")


@pytest.fixture
def employee(premises: Premises) -> int:
    found: int = premises.one("SELECT id FROM employee WHERE user_id = %s", premises.users[ME])
    return found


@pytest.fixture
def reach(premises: Premises) -> Iterator[Callable[[str], None]]:
    """Gives a person without roles one that reaches customers only so far."""
    role = premises.one("INSERT INTO ab_role (name) VALUES ('narrow') RETURNING id")
    premises.run("INSERT INTO ab_user_role (user_id, role_id) VALUES (%s, %s)", premises.users[ME], role)

    def give(how: str) -> None:
        sql = "INSERT INTO role_grant (role_id, entity, actions, reach) VALUES (%s, 'customer', %s, %s)"
        premises.run(sql, role, WORK, how)
        premises.run(
            "INSERT INTO role_grant (role_id, entity, actions, reach) VALUES (%s, 'employee', '{read}', 'store')"
            " ON CONFLICT DO NOTHING" if how != "granted" else "SELECT %s", role
        )  # fmt: skip

    yield give
    premises.run("DELETE FROM record_grant WHERE user_id = %s", premises.users[ME])
    premises.run("DELETE FROM ab_role WHERE id = %s", role)


def seen(premises: Premises, entity: Entity, words: str = "") -> set[int]:
    """The records the narrow person lists or finds."""
    with premises.acting(ME) as context:
        return {record.id for record in read.listing(context, entity, Query(words=words, size=200)).records}


def share(premises: Premises, record: int, seconds: float, store: str = "PD") -> None:
    """Lets the narrow person see one record for a while."""
    sql = (
        "INSERT INTO record_grant (user_id, entity, record_id, store_id, reason, expires_at)"
        " VALUES (%s, 'customer', %s, %s, 'hand-over', now() + make_interval(secs => %s))"
    )
    premises.run(sql, premises.users[ME], record, premises.stores[store], seconds)


def test_own_reach_takes_nothing_in_and_gives_nothing_away(premises, make, reach, customers, employee):
    reach("own")
    mine, other = make.customer(name="归我管", sales_owner=str(employee)), make.customer(name="归别人")
    assert seen(premises, customers) == {mine}
    with premises.acting(ME) as context, pytest.raises(NotFound):
        write.update(context, customers, other, None, {"sales_owner": str(employee)})
    for deed in ({"sales_owner": None}, {"sales_owner": str(make.employee())}):
        with pytest.raises(Invalid), premises.acting(ME) as context:
            write.update(context, customers, mine, None, deed)
    with pytest.raises(Invalid), premises.acting(ME) as context:
        write.insert(context, customers, {"name": "无主", "kind": "person"})


def test_records_of_own_reach_are_found_and_renamed(premises, make, reach, customers, employee):
    reach("own")
    mine = make.customer(name="欧阳修", sales_owner=str(employee))
    with premises.acting(ME) as context:
        write.update(context, customers, mine, None, {"name": "欧阳锋"})
    assert seen(premises, customers, "欧阳锋") == {mine}
    assert seen(premises, customers, "欧阳修") == set()


def test_a_shared_record_is_found_and_renamed_wherever_it_stands(premises, make, reach, customers):
    reach("granted")
    record = make.customer(store="XH", name="慕容复")
    share(premises, record, 600, "XH")
    with premises.acting(ME) as context:
        write.update(context, customers, record, None, {"name": "慕容博"})
    assert seen(premises, customers) == seen(premises, customers, "慕容博") == {record}


def test_a_shared_record_is_gone_when_its_time_is_over(premises, make, reach, customers):
    reach("granted")
    record = make.customer(name="限时")
    share(premises, record, 0.6)
    assert seen(premises, customers) == {record}
    premises.run("SELECT pg_sleep(0.7)")
    assert seen(premises, customers) == set()
    with premises.acting(ME) as context:
        assert context.connection.exec_driver_sql("SELECT gate.my_records('customer')").scalar() == []
    assert premises.desk(ME).get(f"/data/customer/{record}").status_code == 404


def test_nothing_of_it_stays_in_the_process(premises, make, reach, customers):
    reach("granted")
    share(premises, make.customer(), 0.6)
    assert premises.actor(ME).extent("customer").records
    premises.run("SELECT pg_sleep(1.7)")  # the process counts whole seconds
    assert not premises.actor(ME).extent("customer").records


@pytest.mark.parametrize(("day", "works"), [("+1", True), ("+0", False), ("-1", False)])
def test_a_person_works_until_the_day_he_leaves(day, works, premises, reach, employee):
    reach("own")
    desk = premises.desk(ME, own=True)
    local = f"((now() AT TIME ZONE 'Asia/Shanghai')::date {day})"
    try:
        premises.run(f"UPDATE employee SET left_on = {local} WHERE id = %s", employee)
        assert premises.one("SELECT gate.may_enter(%s)", premises.users[ME]) is works
        assert (desk.get("/data/customer/").status_code == 200) is works
    finally:
        premises.run("UPDATE employee SET left_on = NULL WHERE id = %s", employee)
        premises.forget(ME)  # his doors were closed


def test_rights_end_on_that_day_without_anybody_doing_anything(premises, reach, employee):
    reach("own")
    try:
        premises.run("UPDATE employee SET left_on = CURRENT_DATE + 9 WHERE id = %s", employee)
        assert premises.actor(ME).extent("customer").actions
        until = premises.one("SELECT until FROM gate.profile WHERE user_id = %s", premises.users[ME])
        due = premises.one(
            "SELECT left_on::timestamp AT TIME ZONE 'Asia/Shanghai' FROM employee WHERE id = %s", employee
        )
        assert until == due
    finally:
        premises.run("UPDATE employee SET left_on = NULL WHERE id = %s", employee)
