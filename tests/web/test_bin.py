"""The recycle bin on its page and by the API."""

import re

import pytest

from tests.appkit import Premises
from tests.make import Make


@pytest.fixture
def number(make: Make) -> int:
    """A customer nobody deleted yet."""
    return make.customer(name="回收客户", phone="13812340009")


def kept(premises: Premises, number: int) -> int:
    return premises.one("SELECT max(id) FROM gate.bin WHERE entity = 'customer' AND record_id = %s", number)


@pytest.mark.parametrize("language", ["zh_Hans_CN", "en"])
def test_what_was_deleted_is_brought_back_from_the_page(premises: Premises, number: int, language: str) -> None:
    desk = premises.desk("manager", language=language)
    assert desk.post(f"/data/customer/{number}/delete", data={"version": "1"}).status_code == 303
    assert 'href="/data/customer/bin"' in desk.get("/data/customer/").text
    page, href = desk.get("/data/customer/bin").text, f"/data/customer/bin/{kept(premises, number)}/restore"
    assert [word for word in ("回收客户", "王经理", href) if word not in page] == []
    assert "13812340009" not in page
    answer = desk.post(href)
    assert (answer.status_code, answer.location) == (303, f"/data/customer/{number}")
    assert ("从回收站恢复" if language.startswith("zh") else "Brought back") in desk.get(
        f"{answer.location}?tab=trail"
    ).text
    assert desk.post(href).status_code == 404


def test_the_page_says_what_to_do_when_a_number_was_used_meanwhile(premises: Premises, make: Make) -> None:
    held, desk = f"K-{make.number()}", premises.desk("manager")
    number = make.customer(number=held)
    desk.post(f"/data/customer/{number}/delete", data={"version": "1"})
    make.customer(number=held)
    answer = desk.post(f"/data/customer/bin/{kept(premises, number)}/restore")
    assert answer.status_code == 409
    assert re.search("“[^”]+”的值已被另一条记录使用", answer.text)


def test_the_page_is_filtered_by_person_and_day(premises: Premises, number: int) -> None:
    premises.desk("boss").post(f"/data/customer/{number}/delete", data={"version": "1"})
    desk, href = premises.desk("manager"), f"/data/customer/bin/{kept(premises, number)}/restore"
    assert href in desk.get("/data/customer/bin?by=陈总").text
    assert href not in desk.get("/data/customer/bin?by=王经理").text
    assert href not in desk.get("/data/customer/bin?to=2020-01-01").text
    assert desk.get("/data/customer/bin?from=x&to=9&by=%00&before=-1").status_code == 200


def test_the_api_lists_and_brings_back(premises: Premises, number: int) -> None:
    caller = premises.caller("manager")
    assert caller.delete(f"/api/v1/data/customer/{number}").status_code == 204
    told = caller.get("/api/v1/data/customer/bin?size=1").json["result"][0]
    assert (told["record"]["id"], told["deleted_by"], "phone" in told["record"]) == (number, "王经理", False)
    answer = caller.post(f"/api/v1/data/customer/bin/{told['number']}/restore")
    assert (answer.status_code, answer.json["id"]) == (200, number)
    assert caller.get(f"/api/v1/data/customer/{number}").json["result"]["phone"] == "138****0009"
    assert caller.get("/api/v1/data/customer/bin?from=yesterday").status_code == 400


@pytest.mark.parametrize(
    ("part", "code"),
    [("boss", 200), ("manager", 200), ("consultant", 403), ("technician", 403), ("auditor", 403), ("newcomer", 403)],
)
def test_the_bin_is_for_those_who_may_delete(premises: Premises, number: int, part: str, code: int) -> None:
    premises.desk("manager").post(f"/data/customer/{number}/delete", data={"version": "1"})
    assert premises.desk(part).get("/data/customer/bin").status_code == code
    assert premises.caller(part).get("/api/v1/data/customer/bin").status_code == code
    path = f"customer/bin/{kept(premises, number)}/restore"
    if code != 200:
        assert premises.desk(part).post(f"/data/{path}").status_code == code
    assert premises.caller(part).post(f"/api/v1/data/{path}").status_code == code


def test_another_stores_bin_is_not_there(premises: Premises, number: int) -> None:
    premises.desk("manager").post(f"/data/customer/{number}/delete", data={"version": "1"})
    href = f"/data/customer/bin/{kept(premises, number)}/restore"
    assert href not in premises.desk("outsider").get("/data/customer/bin").text
    assert premises.desk("outsider").post(href).status_code == 404
    for wrong in ("/data/vehicle/bin/1/restore", "/data/customer/bin/0/restore", f"/data/customer/bin/{2**63}/restore"):
        assert premises.desk("manager").post(wrong).status_code == 404


def test_the_page_costs_the_same_for_one_and_for_many(premises: Premises, make: Make) -> None:
    def cost() -> int:
        premises.desk("manager").get("/data/vehicle/bin")
        with premises.statements() as sent:
            assert premises.desk("manager").get("/data/vehicle/bin").status_code == 200
        return len(sent)

    premises.run("DELETE FROM vehicle WHERE id = %s", make.vehicle(customer=make.customer()))
    one = cost()
    for _ in range(8):
        premises.run("DELETE FROM vehicle WHERE id = %s", make.vehicle(customer=make.customer()))
    assert cost() == one <= 6
