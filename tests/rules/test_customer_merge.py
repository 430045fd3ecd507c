"""Two records of one person made one: nothing is lost, it can be taken back, and nobody goes round in circles."""

import psycopg
import pytest

from app.models import ENTITIES
from tests.appkit import Premises
from tests.make import Make
from tests.rules.desk import bare, changed

CHILDREN = "SELECT count(*) FROM vehicle WHERE customer_id = %s"


@pytest.fixture
def pair(make: Make) -> tuple[int, int]:
    """Two customers of one store, the second with a car and a note the first lacks."""
    first = make.customer(name="合并甲", note=None, district="浦东新区")
    second = make.customer(name="合并乙", note="第二份的备注", district="徐汇区")
    make.vehicle(customer=str(second))
    return first, second


def do(premises: Premises, entity: str, number: int, code: str, part: str = "manager", **given: object):
    version = premises.one(f"SELECT version FROM {entity} WHERE id = %s", number)
    return premises.caller(part).post(f"/api/v1/data/{entity}/{number}/do/{code}", json=given | {"version": version})


def merges(premises: Premises, loser: int) -> int:
    return premises.one("SELECT id FROM customer_merge WHERE loser_id = %s AND undone_at IS NULL", loser)


def test_what_hangs_on_one_comes_to_the_other(premises: Premises, pair: tuple[int, int]):
    kept, lost = pair
    answer = do(premises, "customer", kept, "merge", other=lost, take=["district"])
    assert answer.status_code == 200, answer.json
    assert (premises.one(CHILDREN, kept), premises.one(CHILDREN, lost)) == (1, 0)
    assert premises.run("SELECT note, district, name FROM customer WHERE id = %s", kept) == [
        ("第二份的备注", "徐汇区", "合并甲")
    ]


def test_the_merged_record_is_in_no_list_and_its_page_leads_on(premises: Premises, pair: tuple[int, int]):
    kept, lost = pair
    do(premises, "customer", kept, "merge", other=lost)
    desk = premises.desk("manager")
    assert f'href="/data/customer/{lost}"' not in desk.get("/data/customer/?where=name~eq~合并乙").text
    assert lost not in [
        row["id"] for row in premises.caller("manager").get("/api/v1/data/customer/?q=合并乙").json["result"]
    ]
    answer = desk.get(f"/data/customer/{lost}")
    assert (answer.status_code, answer.location) == (302, f"/data/customer/{kept}")


def test_taking_it_back_restores_both(premises: Premises, pair: tuple[int, int]):
    kept, lost = pair
    do(premises, "customer", kept, "merge", other=lost, take=["district"])
    assert do(premises, "customer_merge", merges(premises, lost), "undo").status_code == 200
    assert (premises.one(CHILDREN, kept), premises.one(CHILDREN, lost)) == (0, 1)
    rows = premises.run(
        "SELECT name, note, district, merged_into_id FROM customer WHERE id = ANY (%s) ORDER BY id", [kept, lost]
    )
    assert rows == [("合并甲", None, "浦东新区", None), ("合并乙", "第二份的备注", "徐汇区", None)]
    found = premises.caller("manager").get("/api/v1/data/customer/?q=合并乙").json["result"]
    assert lost in [row["id"] for row in found]


def test_what_somebody_changed_since_stays(premises: Premises, pair: tuple[int, int]):
    kept, lost = pair
    do(premises, "customer", kept, "merge", other=lost, take=["district"])
    version = premises.one("SELECT version FROM customer WHERE id = %s", kept)
    premises.caller("manager").patch(f"/api/v1/data/customer/{kept}", json={"district": "静安区", "version": version})
    do(premises, "customer_merge", merges(premises, lost), "undo")
    assert premises.one("SELECT district FROM customer WHERE id = %s", kept) == "静安区"


def test_it_is_taken_back_once_and_within_thirty_days(premises: Premises, pair: tuple[int, int]):
    kept, lost = pair
    do(premises, "customer", kept, "merge", other=lost)
    number = merges(premises, lost)
    premises.run("UPDATE customer_merge SET merged_at = now() - interval '31 days' WHERE id = %s", number)
    assert do(premises, "customer_merge", number, "undo").status_code == 422
    premises.run("UPDATE customer_merge SET merged_at = now() WHERE id = %s", number)
    assert do(premises, "customer_merge", number, "undo").status_code == 200
    assert do(premises, "customer_merge", number, "undo").status_code == 422


def test_what_the_kept_record_has_already_stays_and_is_told(premises: Premises, make: Make, pair: tuple[int, int]):
    kept, lost = pair
    for one in pair:
        make.record("customer_identity", customer=str(one), kind="passport")
    answer = do(premises, "customer", kept, "merge", other=lost)
    assert "1 条因这里已有相同内容留在原档案" in answer.json["message"]
    assert premises.one("SELECT count(*) FROM customer_identity WHERE customer_id = %s", lost) == 1


def test_three_are_not_merged_in_a_ring(premises: Premises, make: Make):
    a, b, c = (make.customer() for _ in range(3))
    assert do(premises, "customer", b, "merge", other=a).status_code == 200
    assert do(premises, "customer", c, "merge", other=b).status_code == 200
    assert premises.run("SELECT merged_into_id FROM customer WHERE id = ANY (%s) ORDER BY id", [a, b]) == [(c,), (c,)]
    ring = do(premises, "customer", a, "merge", other=c)
    assert (ring.status_code, ring.json["errors"][0]["code"]) == (422, "move")
    ring = do(premises, "customer", c, "merge", other=a)
    assert ring.json["errors"][0] == {
        "field": "other", "code": "merged", "message": "这位客户已并入别的档案，请选那份档案。"
    }  # fmt: skip
    inner = do(premises, "customer_merge", merges(premises, a), "undo")
    assert (inner.status_code, inner.json["errors"][0]["code"]) == (422, "merged_since")


@pytest.mark.parametrize(("part", "code"), [("consultant", 403), ("auditor", 403), ("outsider", 404)])
def test_who_may_not_remove_customers_merges_none(part: str, code: int, premises: Premises, pair: tuple[int, int]):
    assert do(premises, "customer", pair[0], "merge", part, other=pair[1]).status_code == code


@pytest.mark.parametrize("part", ["consultant", "outsider"])
def test_the_function_itself_asks_for_right_and_store(part: str, premises: Premises, pair: tuple[int, int]):
    with premises.connect("web") as connection:
        connection.execute("SELECT gate.announce(%s, 'r-bare')", (premises.session(part),))
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            connection.execute("SELECT merge_customer(%s, %s, '{}')", pair)


def test_the_other_stores_customer_is_not_to_be_had(premises: Premises, make: Make, pair: tuple[int, int]):
    foreign = make.customer(store="XH")
    assert do(premises, "customer", pair[0], "merge", other=foreign).status_code in (404, 422)


def test_no_record_is_lost_whatever_points_to_a_customer(premises: Premises, make: Make):
    pointing = [
        (entity, field)
        for entity in ENTITIES.values()
        for field in entity.references
        if field.target == "customer" and entity.name not in ("customer", "customer_merge")
    ]
    kept, lost = make.customer(), make.customer()
    for entity, field in pointing:
        if any(grant.actions for grant in entity.grants if "create" in grant.actions):
            make.record(entity.name, **{field.name: str(lost)})
    before = {(e.name, f.name): counted(premises, e.name, f.column, [kept, lost]) for e, f in pointing}
    assert do(premises, "customer", kept, "merge", other=lost).status_code == 200
    assert {(e.name, f.name): counted(premises, e.name, f.column, [kept, lost]) for e, f in pointing} == before
    assert do(premises, "customer_merge", merges(premises, lost), "undo").status_code == 200
    assert {(e.name, f.name): counted(premises, e.name, f.column, [kept, lost]) for e, f in pointing} == before


def test_a_merge_is_no_change_of_owner(premises: Premises, make: Make):
    kept, lost = make.customer(), make.customer(phone=None)
    car = make.vehicle(customer=str(lost))
    premises.run("UPDATE vehicle_role SET since = since - 400 WHERE vehicle_id = %s", car)
    order = make.record("sales_order", customer=str(lost))
    histories = {
        "SELECT customer_id = ANY (%s), role, since, until FROM vehicle_role WHERE vehicle_id = %s": car,
        "SELECT customer_id = ANY (%s), count(*) FROM sales_order WHERE id = %s GROUP BY 1": order,
    }
    before = [premises.run(sql, [kept, lost], number) for sql, number in histories.items()]
    assert len(before[0]) == 1
    assert do(premises, "customer", kept, "merge", other=lost).status_code == 200
    assert premises.one("SELECT customer_id FROM vehicle WHERE id = %s", car) == kept
    assert [premises.run(sql, [kept, lost], number) for sql, number in histories.items()] == before
    assert do(premises, "customer_merge", merges(premises, lost), "undo").status_code == 200
    assert premises.one("SELECT customer_id FROM vehicle WHERE id = %s", car) == lost
    assert [premises.run(sql, [kept, lost], number) for sql, number in histories.items()] == before
    other = make.customer()
    changed(premises, "manager", "vehicle", car, customer=other)
    assert premises.one("SELECT count(*) FROM vehicle_role WHERE vehicle_id = %s", car) == 2


def test_nobody_switches_off_what_follows(premises: Premises, make: Make):
    car, other = make.vehicle(customer=str(make.customer())), make.customer()
    with bare(premises, "manager") as connection:
        connection.execute("SELECT set_config('forecourt.repointing', 'on', true)")
        connection.execute("UPDATE vehicle SET customer_id = %s WHERE id = %s", (other, car))
        owners = "SELECT count(*) FROM vehicle_role WHERE vehicle_id = %s AND customer_id = %s"
        assert connection.execute(owners, (car, other)).fetchone() == (1,)


def counted(premises: Premises, table: str, column: str, ids: list[int]) -> int:
    return premises.one(f'SELECT count(*) FROM "{table}" WHERE "{column}" = ANY (%s)', ids)
