"""A record's history as people read it: titles, labels, amounts, by whom and by which road, act by act."""

import re
from collections.abc import Iterator

import pytest

from tests.appkit import Premises
from tests.make import Make


@pytest.fixture
def car(premises: Premises, make: Make) -> int:
    """A car the manager gave an owner and another state by one edit."""
    number = make.vehicle(customer=None, status="stock", plate=None, mileage=None)
    owner = make.customer(name="历史客户")
    data = {"version": str(version(premises, "vehicle", number)), "customer": str(owner), "status": "delivered"}
    answer = premises.desk("manager").post(
        f"/data/vehicle/{number}/edit", data=data | {"customer__text": "历史客户", "customer__was": "历史客户"}
    )
    assert answer.status_code == 303, answer.text
    return number


def version(premises: Premises, entity: str, number: int) -> int:
    return premises.one(f'SELECT version FROM "{entity}" WHERE id = %s', number)


def history(premises: Premises, path: str, part: str = "manager", language: str = "zh_Hans_CN") -> str:
    answer = premises.desk(part, language=language).get(f"/data/{path}?tab=trail")
    assert answer.status_code == 200, answer.text
    return answer.text


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("zh_Hans_CN", ("修改", "页面", "状态", "库存", "已交", "王经理")),
        ("en", ("Changed", "page", "Delivered", "王经理")),
    ],
)
def test_choices_and_references_read_as_people_know_them(
    premises: Premises, car: int, language: str, words: tuple[str, ...]
) -> None:
    page = history(premises, f"vehicle/{car}", language=language)
    owner = premises.one("SELECT customer_id FROM vehicle WHERE id = %s", car)
    assert f'<a href="/data/customer/{owner}">历史客户</a>' in page
    assert [word for word in words if word not in page] == []


def test_amounts_and_moments_read_as_on_the_page(premises: Premises, make: Make) -> None:
    order = make.record("work_order", settled_at=None)
    stands = version(premises, "work_order", order)
    given = {
        "version": stands,
        "promised_at": "2026-11-21T18:30:00+08:00",
        "promise_reason": "待料",
        "amount": "1234.5",
    }
    answer = premises.caller("advisor").patch(f"/api/v1/data/work_order/{order}", json=given)
    assert answer.status_code == 200, answer.text
    page = history(premises, f"work_order/{order}", "advisor")
    assert "1,234.50" in page
    assert "2026-11-21 18:30" in page
    assert "接口" in page


def test_a_sealed_value_only_says_that_it_changed(premises: Premises, make: Make) -> None:
    customer = make.customer(phone="13812345678")
    premises.caller("manager").patch(
        f"/api/v1/data/customer/{customer}",
        json={"version": version(premises, "customer", customer), "phone": "13912345679"},
    )
    page = history(premises, f"customer/{customer}")
    assert "（已改，不显示）" in page
    assert not re.search(r"13[89]12345", page)


def test_what_a_rule_did_is_called_a_consequence(premises: Premises, car: int) -> None:
    plate = premises.one(
        "INSERT INTO vehicle_plate (store_id, vehicle_id, plate, since) SELECT store_id, id, '沪A1Z2X3', '2020-01-01'"
        " FROM vehicle WHERE id = %s RETURNING id",
        car,
    )
    assert plate
    page = history(premises, f"vehicle/{car}")
    assert "沪A·1Z2X3" in page or "沪A1Z2X3" in page
    assert "联动" in page


def pages(premises: Premises, path: str) -> Iterator[str]:
    """Each page of a history, by its link to earlier entries."""
    href = f"{path}?tab=trail"
    while href:
        text = premises.desk("manager").get(href).text
        yield text
        more = re.search(r'<a href="([^"]+before=[0-9]+)"', text)
        href = more[1].replace("&amp;", "&") if more else ""


def test_a_long_history_goes_on_page_by_page_and_tells_all_of_it_once(premises: Premises, make: Make) -> None:
    customer = make.customer(note="第0次")
    for n in range(1, 130):
        premises.run("UPDATE customer SET note = %s WHERE id = %s", f"第{n}次", customer)
    read = list(pages(premises, f"/data/customer/{customer}"))
    told = [int(n) for text in read for n in re.findall(r"<ins>.*?第(\d+)次</ins>", text)]
    assert len(read) == 3
    assert told == list(range(129, -1, -1))


def test_the_statements_do_not_grow_with_the_entries(premises: Premises, make: Make, car: int) -> None:
    path = f"/data/vehicle/{car}?tab=trail"
    premises.desk("manager").get(path)
    with premises.statements() as few:
        premises.desk("manager").get(path)
    for n in range(20):
        premises.run("UPDATE vehicle SET note = %s WHERE id = %s", f"{n}", car)
    with premises.statements() as many:
        premises.desk("manager").get(path)
    assert len(many) == len(few) <= 7


@pytest.mark.parametrize(("part", "code"), [("outsider", 404), ("newcomer", 403), ("consultant", 200)])
def test_the_history_is_for_whoever_may_read_the_record(premises: Premises, car: int, part: str, code: int) -> None:
    assert premises.desk(part).get(f"/data/vehicle/{car}?tab=trail").status_code == code
