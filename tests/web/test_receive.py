"""Reception: a car or number is found in the group, who comes in is entered, and no word of others' persons leaks."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from werkzeug.test import TestResponse

from app.fields import Plate, Vin
from tests.appkit import Desk, Premises
from tests.make import Make

THERE = "赵六隐名"  # a customer of the other store


@pytest.fixture(autouse=True)
def _unhurried(premises: Premises) -> Iterator[None]:
    """Asking is counted over an hour; each test begins anew, and leaves no one waiting."""
    yield
    premises.run("DELETE FROM gate.bucket WHERE key LIKE 'claim:%' OR key LIKE 'arrival:%'")


@pytest.fixture
def phone(make: Make) -> str:
    return f"1390{make.number():07d}"


@pytest.fixture
def car(make: Make, phone: str) -> dict[str, str]:
    """A car of the other store, whose owner has the phone there."""
    owner = make.customer(store="XH", name=THERE, phone=phone)
    number = make.number()
    known = {"vin": Vin().example(number), "plate": Plate().example(number), "model": "凯美瑞", "color": "银色"}
    make.vehicle(store="XH", customer=str(owner), **known)
    return known


@pytest.fixture
def advisor(premises: Premises) -> Desk:
    return premises.desk("advisor")


@pytest.fixture
def consultant(premises: Premises) -> Desk:
    return premises.desk("consultant")


def find(desk: Desk, value: str) -> str:
    answer = desk.post("/receive", data={"value": value})
    assert answer.status_code == 200, answer.text
    return answer.text


def arrive(desk: Desk, **typed: str) -> TestResponse:
    return desk.post("/receive/arrive", data=typed)


def made(premises: Premises, answer: TestResponse, entity: str) -> dict[str, Any]:
    """The record the answer leads on to."""
    assert answer.status_code == 303, answer.text
    number = re.search(rf"{entity}=(\d+)", answer.location)
    assert number
    found: dict[str, Any] = premises.one(f'SELECT to_jsonb(r) FROM "{entity}" r WHERE id = %s', int(number[1]))
    return found


def test_a_car_of_another_store_is_told_without_its_owner(advisor: Desk, car: dict[str, str]) -> None:
    for value in (car["plate"], car["vin"]):
        page = find(advisor, value)
        assert re.search(r"银色 凯美瑞，最近 \d{4}-\d\d，徐汇店", page)
        assert THERE not in page
        assert "/data/vehicle/" not in re.sub(r"<nav.*?</nav>", "", page, flags=re.DOTALL)
    assert car["vin"] not in find(advisor, car["plate"])
    assert car["plate"] not in find(advisor, car["vin"])


def test_an_advisor_receives_a_car_of_another_store(
    premises: Premises, advisor: Desk, car: dict[str, str], make: Make
) -> None:
    page = find(advisor, car["plate"])
    assert f'name="plate" value="{car["plate"]}"' in page
    mobile = f"1380{make.number():07d}"
    answer = arrive(advisor, plate=car["plate"], name="来店客户", phone=mobile, mileage="45678", relation="owner")
    vehicle, customer = made(premises, answer, "vehicle"), made(premises, answer, "customer")
    assert (vehicle["vin"], vehicle["model"], vehicle["color"]) == (car["vin"], "凯美瑞", "银色")
    assert (vehicle["store_id"], vehicle["customer_id"]) == (premises.stores["PD"], customer["id"])
    assert (customer["name"], customer["store_id"]) == ("来店客户", premises.stores["PD"])
    next_page = advisor.get(answer.location).text
    for entity in ("work_order", "service_appointment"):
        link = re.search(rf'href="(/data/{entity}/add\?[^"]+)"', next_page)
        assert link
        form = advisor.get(link[1].replace("&amp;", "&"))
        assert f'name="vehicle" value="{vehicle["id"]}"' in form.text
        assert f'name="customer" value="{customer["id"]}"' in form.text
        assert mobile not in link[1]


def test_a_walk_in_whose_phone_another_store_holds_is_registered(
    premises: Premises, consultant: Desk, car: dict[str, str], phone: str
) -> None:
    page = find(consultant, phone)
    assert "集团内另有 1 家门店登记过这个号码。" in page
    assert "徐汇" not in page
    assert THERE not in page
    answer = arrive(consultant, phone=phone, name="新来的客户")
    customer = made(premises, answer, "customer")
    assert (customer["name"], customer["store_id"]) == ("新来的客户", premises.stores["PD"])
    assert "vehicle=" not in answer.location


def test_spouses_share_one_phone(premises: Premises, consultant: Desk, make: Make, phone: str) -> None:
    wife = make.customer(name="周小敏", phone=phone)
    asked = arrive(consultant, phone=phone, name="吴大伟")
    assert asked.status_code == 422
    assert "归到 周小敏" in asked.text
    husband = made(premises, arrive(consultant, phone=phone, name="吴大伟", person="new"), "customer")
    assert husband["id"] != wife
    assert (
        premises.one("SELECT count(DISTINCT phone_bidx) FROM customer WHERE id IN (%s, %s)", wife, husband["id"]) == 1
    )
    page = find(consultant, phone)
    assert "归到 周小敏" in page
    assert "归到 吴大伟" in page


def test_a_car_is_attached_to_the_customer_who_has_the_number(
    premises: Premises, advisor: Desk, make: Make, phone: str
) -> None:
    known = make.customer(phone=phone)
    vin = Vin().example(make.number())
    vehicle = made(premises, arrive(advisor, vin=vin, phone=phone, person=str(known)), "vehicle")
    assert vehicle["customer_id"] == known
    stranger = make.customer(phone=f"1370{make.number():07d}")
    refused = arrive(advisor, vin=Vin().example(make.number()), phone=phone, person=str(stranger))
    assert refused.status_code == 422


def test_the_same_name_and_number_is_the_same_person(premises: Premises, advisor: Desk, make: Make, phone: str) -> None:
    known = make.customer(name="郑同名", phone=phone)
    vin = Vin().example(make.number())
    assert made(premises, arrive(advisor, vin=vin, name="郑同名", phone=phone), "customer")["id"] == known


def test_who_has_the_number_as_one_more_contact_is_offered(consultant: Desk, make: Make, phone: str) -> None:
    known = make.customer(name="冯备用")
    make.record("contact_point", customer=str(known), kind="mobile", value=phone)
    assert "归到 冯备用" in find(consultant, phone)


def test_a_car_of_the_own_store_is_linked_and_not_made_again(
    premises: Premises, advisor: Desk, make: Make, phone: str
) -> None:
    owner = make.customer(name="本店车主")
    number = make.vehicle(customer=str(owner), mileage=1000)
    plate = premises.one("SELECT plate FROM vehicle WHERE id = %s", number)
    page = find(advisor, plate)
    assert f'href="/data/vehicle/{number}"' in page
    assert f'href="/data/customer/{owner}"' in page
    answer = arrive(advisor, vehicle=str(number), name="送修的人", phone=phone, relation="bringer")
    assert made(premises, answer, "vehicle")["id"] == number
    bringer = made(premises, answer, "customer")["id"]
    role = "SELECT customer_id FROM vehicle_role WHERE vehicle_id = %s AND role = 'bringer'"
    assert premises.run(role, number) == [(bringer,)]
    assert premises.one("SELECT customer_id FROM vehicle WHERE id = %s", number) == owner
    refused = arrive(advisor, vehicle=str(number), name="另一位", relation="owner")
    assert refused.status_code == 422
    assert "送修人" in refused.text


def test_what_is_wrong_is_told_at_once_and_nothing_is_written(premises: Premises, advisor: Desk, make: Make) -> None:
    vin = Vin().example(make.number())
    answer = arrive(advisor, vin=vin, mileage="很多", name="半途客户", phone="138")
    assert answer.status_code == 422
    assert {"f-mileage-error", "f-phone-error"} <= set(re.findall(r'id="(f-\w+-error)"', answer.text))
    assert f'value="{vin}"' in answer.text
    assert premises.one("SELECT count(*) FROM vehicle WHERE vin = %s", vin) == 0
    assert premises.one("SELECT count(*) FROM customer WHERE name = '半途客户'") == 0


def test_a_doubted_vin_is_taken_for_a_reason(premises: Premises, advisor: Desk, make: Make) -> None:
    sound = Vin().example(make.number())
    vin = f"{sound[:8]}{'1' if sound[8] != '1' else '2'}{sound[9:]}"  # the check digit is wrong
    typed = {"vin": vin, "name": "疑问客户"}
    assert "vin__override" in arrive(advisor, **typed).text
    assert made(premises, arrive(advisor, **typed, vin__override="已对照车身"), "vehicle")["vin"] == vin


def test_at_most_eight_inputs_are_asked(consultant: Desk, make: Make, phone: str) -> None:
    make.customer(phone=phone)
    page = find(consultant, phone)
    form = page[page.index('action="/receive/arrive"') :]
    asked = re.findall(r'<(?:input|select)(?![^>]*type="hidden")[^>]* name="(\w+)"', form.partition("</form>")[0])
    assert "person" in asked
    assert len(asked) <= 8
    assert re.search(rf'name="phone" value="\+?(?:86)?{phone}"', form)


def test_another_store_is_asked_for_a_transfer_without_personal_data(
    premises: Premises, consultant: Desk, car: dict[str, str], phone: str
) -> None:
    for _ in range(2):
        answer = consultant.post("/receive/transfer", data={"kind": "phone", "value": phone})
        assert answer.status_code == 303
    page = consultant.get("/receive").text
    assert "已请 1 家门店的服务经理处理。" in page
    assert "徐汇" not in page
    sql = (
        "SELECT t.title, t.store_id, c.name FROM task t JOIN customer c ON c.id = t.customer_id"
        " WHERE t.idem_key LIKE 'ask_transfer:%%' AND c.name = %s AND t.status = 'open' AND t.customer_id ="
        " (SELECT max(id) FROM customer WHERE name = %s)"
    )
    assert premises.run(sql, THERE, THERE) == [("浦东店请求转移客户", premises.stores["XH"], THERE)]


def test_asking_is_counted_with_a_clear_message_and_in_the_trail(
    premises: Premises, consultant: Desk, car: dict[str, str]
) -> None:
    begun = premises.one("SELECT coalesce(max(id), 0) FROM trail.entry")
    for _ in range(60):
        find(consultant, car["vin"])
    refused = consultant.post("/receive", data={"value": car["vin"]})
    assert refused.status_code == 429
    assert "查询太频繁" in refused.text
    assert int(refused.headers["Retry-After"]) > 0
    asked = "SELECT count(*) FROM trail.entry WHERE action = 'claim' AND id > %s"
    assert premises.one(asked, begun) == 60


@pytest.mark.parametrize("value", ["", "8000", "458457", "LVGBE40K", "赵六 13", "x" * 300])
def test_what_is_no_whole_value_is_told_at_the_box(consultant: Desk, value: str) -> None:
    answer = consultant.post("/receive", data={"value": value})
    assert answer.status_code == 422
    assert 'id="f-value-error"' in answer.text


def test_who_may_not_search_is_refused_and_has_no_entry_in_the_menu(premises: Premises) -> None:
    technician = premises.desk("technician")
    assert technician.get("/receive").status_code == 403
    for path in ("", "/arrive", "/transfer"):
        data = {"value": "沪A12345", "plate": "沪A12345", "kind": "plate"}
        assert technician.post(f"/receive{path}", data=data).status_code == 403
    assert 'href="/receive"' not in technician.get("/").text
    assert 'href="/receive"' in premises.desk("consultant").get("/").text


def test_a_consultant_whose_search_right_was_taken_is_refused(premises: Premises, consultant: Desk) -> None:
    his = "entity = 'customer' AND role_id = (SELECT id FROM ab_role WHERE name = 'sales_consultant')"
    taken = f"UPDATE role_grant SET actions = array_remove(actions, 'search') WHERE {his}"
    given = f"UPDATE role_grant SET actions = actions || '{{search}}' WHERE {his}"
    premises.run(taken)
    try:
        assert consultant.get("/receive").status_code == 403
        assert premises.caller("consultant").post("/api/v1/find", json={"value": "沪A12345"}).status_code == 403
    finally:
        premises.run(given)
    assert consultant.get("/receive").status_code == 200
