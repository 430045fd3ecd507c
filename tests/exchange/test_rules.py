"""What an import does with the odd rows: duplicates, families, owners, failing lines, what the store has already."""

import io
import re

import pytest

from tests.exchange.conftest import HEAD, VIN, lines


def test_a_row_makes_a_customer_and_his_car(manager, premises):
    manager.through(lines(f"张三,138 0013 8000,{VIN[0]},沪A·12345,怕等"))
    row = premises.run(
        "SELECT c.name, c.store_id, v.vin, v.plate, c.note FROM customer c JOIN vehicle v ON v.customer_id = c.id"
    )
    assert row == [("张三", premises.stores["PD"], VIN[0], "沪A12345", "怕等")]


def test_imported_records_are_found_and_read_like_typed_ones(manager, premises):
    manager.through(lines(f"张三,13800138000,{VIN[0]},沪A12345,"))
    for words in ("张三", "zhangsan", "zs", "13800138000", "8000", "沪A12345", VIN[0], VIN[0][-6:]):
        assert (
            "张三" in manager.desk.get(f"/search?q={words}").text
            or "沪A" in manager.desk.get(f"/search?q={words}").text
        ), words
    number = premises.one("SELECT id FROM customer")
    assert "138****8000" in manager.desk.get(f"/data/customer/{number}").text
    assert premises.one("SELECT name_key FROM customer").startswith("zhang san")


def test_two_spouses_share_one_phone(manager, numbers):
    manager.through(lines(f"张三,13800138000,{VIN[0]},,", f"李四,13800138000,{VIN[1]},,"))
    assert numbers() == (2, 2)


def test_one_person_with_two_cars_is_one_customer(manager, numbers, premises):
    manager.through(lines(f"张三,13800138000,{VIN[0]},,", f"张三,13800138000,{VIN[1]},,常客"))
    assert numbers() == (1, 2)
    assert premises.one("SELECT note FROM customer") == "常客"  # the second line fills what the first left empty


def test_a_customer_without_phone_or_car_is_fine(manager, numbers):
    manager.through(lines("张三,,,,"))
    assert numbers() == (1, 0)


def test_a_failing_cell_fails_its_whole_row_and_says_where(manager, numbers):
    number = manager.begun(
        lines(f"张三,1380013800,{VIN[0]},,", "李四,13800138000,LVGBE40K5L431572X,,", f"王五,,{VIN[2]},,")
    )
    page = manager.check(number)
    assert "手机号应为 11 位" in page
    assert "1380013800" not in page  # of a sealed field not even a wrong value is shown
    assert "LVGBE40K5L431572X" in page
    manager.run(number)
    assert numbers() == (1, 1)


def test_failed_rows_come_back_as_a_file_and_go_in_once_corrected(manager, numbers, premises):
    number = manager.begun(lines(f"张三,1380013800,{VIN[0]},,备注一", f"王五,13900139000,{VIN[2]},,"))
    manager.check(number)
    manager.run(number)
    sent = manager.desk.get(f"/import/{number}/failed.csv")
    text = sent.data.decode("utf-8-sig")
    assert text.splitlines()[0] == "姓名,手机,车架号,车牌号,备注,行号,栏目,原因"
    assert re.match(rf"张三,1380013800,{VIN[0]},,备注一,2,手机,", text.splitlines()[1])
    assert premises.one("SELECT count(*) FROM trail.entry WHERE action = 'export'") == 1
    again = manager.through(text.replace("1380013800", "13800138000").encode())
    assert manager.counts(again)["new"] == {"customer": 1, "vehicle": 1}
    assert numbers() == (2, 2)


def test_gaps_are_filled_and_nothing_is_overwritten(manager, premises):
    manager.through(lines(f"张三,13800138000,{VIN[0]},,旧备注"))
    head = "姓名,手机,车架号,车牌号,备注,地址,邮箱\n"
    manager.through(head + f"张三,13800138000,{VIN[0]},沪A12345,新备注,浦东张江路1号,z@example.com\n")
    number = premises.one("SELECT id FROM customer")
    assert premises.run("SELECT note, address IS NOT NULL, email_bidx IS NOT NULL FROM customer") == [
        ("旧备注", True, True)
    ]
    assert premises.one("SELECT plate FROM vehicle") == "沪A12345"
    with premises.acting("manager") as context:
        from app.records import read
        from app.records.present import Presenter

        entity = context.entity("customer")
        record = read.get(context, entity, number)
        assert Presenter(context, entity).plain(record, entity.by_name["address"]) == "浦东张江路1号"
    assert "张三" in manager.desk.get("/search?q=z@example.com").text


def test_a_car_without_owner_gets_one_and_keeps_the_one_it_has(manager, premises):
    manager.through(f"车架号,车牌号\n{VIN[0]},沪A12345\n")
    assert premises.one("SELECT customer_id FROM vehicle") is None
    manager.through(lines(f"张三,13800138000,{VIN[0]},,"))
    first = premises.one("SELECT customer_id FROM vehicle")
    manager.through(lines(f"李四,13900139000,{VIN[0]},,"))
    assert premises.one("SELECT customer_id FROM vehicle") == first


@pytest.mark.parametrize(("answer", "customers"), [("join", 1), ("new", 2), ("skip", 1)])
def test_the_importer_decides_about_a_person_the_store_has(manager, premises, numbers, answer, customers):
    manager.through(lines("张三,13800138000,,,"))
    number = manager.begun(lines(f"张三,13800138000,{VIN[0]},,新"))
    page = manager.check(number)
    assert "手机和姓名相同" in page
    assert "138****8000" in page
    manager.run(number, join__2=answer)
    assert numbers() == (customers, 0 if answer == "skip" else 1)
    assert premises.one("SELECT count(*) FROM customer WHERE note = '新'") == (0 if answer == "skip" else 1)


def test_one_answer_stands_for_all(manager, numbers):
    manager.through(lines("张三,13800138000,,,", "李四,13900139000,,,"))
    number = manager.begun(lines("张三,13800138000,,,", "李四,13900139000,,,"))
    manager.check(number)
    manager.run(number, join_all="new")
    assert numbers() == (4, 0)


def test_a_customer_number_of_somebody_else_fails_the_row(manager, numbers):
    head = "客户编号,姓名,手机\n"
    manager.through(head + "K1,张三,13800138000\n")
    number = manager.begun(head + "K1,李四,13900139000\nK2,王五,\nK2,赵六,\n")
    page = manager.check(number)
    assert "本店已有编号为“K1”的另一位客户" in page
    assert "“K2”在文件里属于另一位客户" in page
    manager.run(number)
    assert numbers() == (2, 0)


@pytest.mark.parametrize("part", ["manager", "boss"], ids=["of one store", "of both stores"])
def test_matches_of_another_store_are_neither_shown_nor_counted_nor_joined(wizard, premises, numbers, part):
    wizard("outsider").through(lines(f"张三,13800138000,{VIN[0]},沪A12345,秘密"), store="XH")
    here = wizard(part)
    number = here.begun(lines(f"张三,13800138000,{VIN[0]},,"))
    page = here.check(number)
    assert "本店已有" not in page
    assert "秘密" not in page
    assert here.counts(number)["matched"] == {}
    assert here.counts(number)["offers"] == 0
    here.run(number)
    assert numbers() == (2, 2)
    assert premises.one("SELECT count(DISTINCT person_no) FROM gate.person_link") == 1  # linked, silently


OWNED = "姓名,手机,销售顾问\n张三,13800138000,李顾问\n李四,13900139000,没这人\n"


@pytest.mark.parametrize(
    ("rule", "owners"),
    [
        ("nobody", [None, None]),
        ("me", ["王经理", "王经理"]),
        ("employee", ["周顾问", "周顾问"]),
        ("column", ["李顾问", None]),
    ],
)
def test_the_owner_rule_says_whose_records_they_become(manager, premises, rule, owners):
    number = manager.begun(OWNED, owner=rule)
    chosen = premises.one("SELECT id FROM employee WHERE name = '周顾问'")
    page = manager.check(number, **({"owner": str(chosen)} if rule == "employee" else {}))
    assert ("找不到的顾问" in page) is (rule == "column")
    manager.run(number)
    found = premises.run("SELECT e.name FROM customer c LEFT JOIN employee e ON e.id = c.sales_owner_id ORDER BY c.id")
    assert [name for (name,) in found] == owners


def test_one_employee_must_be_chosen_and_of_that_store(manager, premises):
    number = manager.begun(lines("张三,,,,"), owner="employee")
    foreign = premises.one("SELECT id FROM employee WHERE name = '钱经理'")
    for owner in ("", str(foreign), "abc"):
        sent = manager.desk.post(f"/import/{number}/mapping", data={"owner": owner})
        assert sent.status_code == 422
        assert "请选择归属员工" in sent.text


def test_columns_without_a_field_are_kept_sealed(manager, premises):
    number = manager.through("姓名,会员积分\n张三,积分一千二百\n")
    assert premises.one("SELECT count(*) FROM import_kept") == 1
    kept = bytes(premises.one("SELECT kept FROM import_kept"))
    assert "积分".encode() not in kept
    uuid = premises.one("SELECT uuid FROM import_batch WHERE id = %s", number)
    assert premises.house.sealer.open(kept, "import_kept", "line 2", uuid) == '{"会员积分":"积分一千二百"}'


def test_the_person_may_choose_other_fields(manager, premises):
    number = manager.begun("姓名,甲\n张三,一句话\n")
    manager.check(number, column__1="customer.note")
    manager.run(number)
    assert premises.one("SELECT note FROM customer") == "一句话"


def test_a_mapping_that_cannot_be_is_shown_with_its_reason(manager):
    number = manager.begun("姓名,甲\n张三,李四\n")
    twice = manager.desk.post(f"/import/{number}/mapping", data={"column__1": "customer.name"})
    assert twice.status_code == 422
    assert "有两列都对应“姓名”" in twice.text
    nothing = manager.desk.post(f"/import/{number}/mapping", data={"column__0": "skip", "column__1": "skip"})
    assert "请至少选一列" in nothing.text


def test_a_file_can_be_read_otherwise(manager):
    number = manager.begun(b"a;b\n\xd5\xc5\xc8\xfd;1\n", "x.csv")
    sent = manager.desk.post(
        f"/import/{number}/mapping", data={"encoding": "gb18030", "separator": ";", "header_line": "0"}
    )
    assert sent.status_code == 303
    assert "张三" in manager.desk.get(f"/import/{number}/mapping").text


def test_masks_are_no_values(manager, premises):
    head = "姓名,地址\n"
    number = manager.begun(head + "张三,上海市浦东****\n")
    assert "掩码" in manager.check(number)


def test_the_mapping_page_masks_samples_of_sealed_fields(manager):
    number = manager.begun("姓名,手机,别的\n张三,13800138000,电话13900139000\n")
    page = manager.desk.get(f"/import/{number}/mapping").text
    assert "张三" in page
    assert "13800138000" not in page
    assert "13900139000" not in page


def test_names_with_rare_characters_formulas_and_markup_come_in_as_they_are(manager, premises):
    names = ["𠮷田", "㛃㛃", "😀", "=1+1", "<b>x</b>"]
    manager.through(HEAD + "".join(f"{name},,,,\n" for name in names))
    assert [name for (name,) in premises.run("SELECT name FROM customer ORDER BY id")] == names


def test_the_upload_itself_is_sealed_and_gone_after_the_import(manager, premises):
    folder = premises.config.home / "uploads"
    number = manager.begun(lines("张三独一无二,13800138000,,,"))
    (file,) = folder.iterdir()
    assert file.stat().st_mode & 0o777 == 0o600
    assert "张三".encode() not in file.read_bytes()
    manager.check(number)
    manager.run(number)
    assert list(folder.iterdir()) == []


def test_no_clear_phone_stands_in_the_stage(manager, premises):
    number = manager.begun("姓名,手机,配偶电话\n张三,13800138000,13911112222\n李四,1370013700,13933334444\n")
    manager.check(number)
    for table in ("import_batch", "import_row", "import_kept", "import_link"):
        text = "".join(row for (row,) in premises.run(f"SELECT t::text FROM {table} t"))
        for phone in ("13800138000", "1370013700", "13911112222", "13933334444"):
            assert phone not in text, table
            assert phone.encode().hex() not in text, table


def test_upload_form_asks_for_a_file_and_a_store(manager):
    empty = manager.desk.post(
        "/import/new", data={"store": str(manager.premises.stores["PD"])}, content_type="multipart/form-data"
    )
    assert empty.status_code == 422
    data = {"file": (io.BytesIO(b"a,b\n1,2\n"), "a.csv"), "store": "abc"}
    assert (
        "请选择您可以导入的门店" in manager.desk.post("/import/new", data=data, content_type="multipart/form-data").text
    )
