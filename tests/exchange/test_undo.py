"""Rolling an import back as a whole, sparing what others have used since."""

import pytest

from app.records.write import insert, update
from tests.exchange.conftest import CSV, VIN, lines

THREE = lines(f"张三,13800138000,{VIN[0]},,", f"李四,13900139000,{VIN[1]},,", f"王五,13700137000,{VIN[2]},,")


def test_an_import_goes_without_a_trace_but_the_trail(manager, premises, numbers):
    number = manager.through(CSV.read_bytes(), "a.csv")
    page = manager.undo(number)
    assert "删除 3826 条" in page
    assert numbers() == (0, 0)
    assert premises.one("SELECT count(*) FROM search_token WHERE entity IN ('customer', 'vehicle')") == 0
    assert premises.one("SELECT count(*) FROM import_kept") == 0
    assert premises.one("SELECT count(*) FROM trail.entry WHERE action = 'import_undone'") == 1
    assert (
        premises.one("SELECT count(*) FROM trail.entry WHERE action = 'delete' AND entity IN ('customer', 'vehicle')")
        == 3826
    )


def test_a_record_changed_since_is_spared_and_listed(manager, premises, numbers):
    number = manager.through(THREE)
    first = premises.one("SELECT id FROM customer WHERE name = '张三'")
    with premises.acting("consultant") as context:
        update(context, context.entity("customer"), first, None, {"note": "已联系"})
    page = manager.undo(number)
    assert numbers() == (1, 0)
    assert "保留 1 条" in page
    assert "李顾问" in page
    assert f"/data/customer/{first}" in page


def test_a_customer_others_gave_a_car_is_spared(manager, premises, numbers):
    number = manager.through(THREE)
    first = premises.one("SELECT id FROM customer WHERE name = '张三'")
    with premises.acting("consultant") as context:
        insert(context, context.entity("vehicle"), {"vin": "LSVAA49J2L1857582", "customer": str(first)})
    page = manager.undo(number)
    assert numbers() == (1, 1)
    assert "已有其他记录引用它" in page


def test_a_changed_car_keeps_its_owner(manager, premises, numbers):
    number = manager.through(THREE)
    car = premises.one("SELECT id FROM vehicle WHERE vin = %s", VIN[0])
    with premises.acting("consultant") as context:
        update(context, context.entity("vehicle"), car, None, {"mileage": "100"})
    manager.undo(number)
    assert numbers() == (1, 1)
    assert premises.one("SELECT c.name FROM vehicle v JOIN customer c ON c.id = v.customer_id") == "张三"


def test_filled_gaps_are_emptied_where_nobody_changed_them(manager, premises):
    manager.through(lines("张三,13800138000,,,", "李四,13900139000,,,"))
    head = "姓名,手机,地址,备注\n"
    number = manager.through(head + "张三,13800138000,张江路1号,甲\n李四,13900139000,张江路2号,乙\n")
    second = premises.one("SELECT id FROM customer WHERE name = '李四'")
    with premises.acting("consultant") as context:
        update(context, context.entity("customer"), second, None, {"note": "改过"})
    page = manager.undo(number)
    assert premises.run("SELECT name, address IS NULL, note FROM customer ORDER BY id") == [
        ("张三", True, None),
        ("李四", True, "改过"),
    ]
    assert "还原 1 条" in page
    assert "保留 1 条" in page


def test_a_car_joined_to_a_new_customer_is_let_go_again(manager, premises, numbers):
    manager.through(f"车架号,车牌号\n{VIN[0]},沪A12345\n")
    number = manager.through(lines(f"张三,13800138000,{VIN[0]},,"))
    assert premises.one("SELECT customer_id IS NOT NULL FROM vehicle")
    manager.undo(number)
    assert numbers() == (0, 1)
    assert premises.one("SELECT customer_id FROM vehicle") is None


def test_records_the_batch_filled_itself_go_whole(manager, numbers):
    number = manager.through(lines(f"张三,13800138000,{VIN[0]},,", f"张三,13800138000,{VIN[1]},,后来"))
    manager.undo(number)
    assert numbers() == (0, 0)


def test_others_customers_named_as_before_stay(manager, numbers):
    manager.through(THREE)
    again = manager.through(THREE)
    manager.undo(again)
    assert numbers() == (3, 3)


@pytest.mark.parametrize("part", ["consultant", "advisor"])
def test_who_may_not_import_may_not_roll_back(manager, premises, numbers, part):
    number = manager.through(THREE)
    assert premises.desk(part).post(f"/import/{number}/rollback").status_code == 403
    assert numbers() == (3, 3)


def test_an_import_is_rolled_back_once(manager):
    number = manager.through(THREE)
    manager.undo(number)
    assert manager.desk.post(f"/import/{number}/rollback").status_code == 409
