"""Undoing from the trail: as ordinary changes, sparing what others changed since, on the page and by the API."""

from collections.abc import Callable
from typing import Any

import pytest

from tests.appkit import Premises
from tests.make import Make


def row(premises: Premises, number: int, *names: str) -> tuple[Any, ...]:
    return premises.run(f"SELECT {', '.join(names)} FROM customer WHERE id = %s", number)[0]


def edit(premises: Premises, part: str, record: int, **values: object) -> None:
    version = row(premises, record, "version")[0]
    answer = premises.caller(part).patch(f"/api/v1/data/customer/{record}", json=values | {"version": version})
    assert answer.status_code == 200, answer.text


def acts(premises: Premises, number: int, part: str = "manager") -> list[dict[str, Any]]:
    answer = premises.caller(part).get(f"/api/v1/data/customer/{number}/history")
    assert answer.status_code == 200, answer.text
    return answer.json["result"]


@pytest.fixture
def undo(premises: Premises) -> Callable[..., Any]:
    """Undoes through the API as the record stands."""

    def ask(number: int, entry: int, part: str = "manager", **more: object) -> Any:
        given = {"entry": entry, "version": row(premises, number, "version")[0]} | more
        return premises.caller(part).post(f"/api/v1/data/customer/{number}/undo", json=given)

    return ask


@pytest.fixture
def customer(premises: Premises, make: Make) -> int:
    """A customer whose note and source the consultant changed by one edit, and whose note the manager changed since."""
    number = make.customer(note="第一", source="展厅", name="撤销客户")
    edit(premises, "consultant", number, note="第二", source="网络")
    edit(premises, "manager", number, note="第三")
    return number


def test_an_act_goes_back_and_what_was_changed_since_stays(premises: Premises, customer: int, undo: Any) -> None:
    answer = undo(customer, acts(premises, customer)[1]["entry"])
    assert (answer.status_code, answer.json["undone"]) == (200, ["source"]), answer.text
    assert [one["reason"] for one in answer.json["kept"]] == ["changed_since"]
    assert row(premises, customer, "note", "source") == ("第三", "展厅")


def test_what_was_changed_since_goes_back_when_it_is_chosen(premises: Premises, customer: int, undo: Any) -> None:
    assert undo(customer, acts(premises, customer)[1]["entry"], others=["note"]).status_code == 200
    assert row(premises, customer, "note", "source") == ("第一", "展厅")


def test_one_field_goes_back_alone(premises: Premises, customer: int, undo: Any) -> None:
    edit(premises, "manager", customer, note="第四", source="转介绍")
    assert undo(customer, acts(premises, customer)[0]["entry"], fields=["note"]).json["undone"] == ["note"]
    assert row(premises, customer, "note", "source") == ("第三", "转介绍")


def test_a_record_goes_back_to_a_moment_but_for_what_others_did(premises: Premises, customer: int, undo: Any) -> None:
    born = acts(premises, customer)[-1]["entry"]
    edit(premises, "manager", customer, district="浦东新区")
    answer = undo(customer, born, to="moment")
    assert "source" not in answer.json["undone"]
    assert row(premises, customer, "source") == ("网络",)
    assert undo(customer, born, to="moment", others=["source", "note"]).status_code == 200
    assert row(premises, customer, "source", "note") == ("展厅", "第一")


def test_the_undoing_stands_in_the_trail_and_is_undone_itself(premises: Premises, customer: int, undo: Any) -> None:
    undo(customer, acts(premises, customer)[0]["entry"])
    newest = acts(premises, customer)[0]
    assert (newest["action"], newest["by"], row(premises, customer, "note")) == ("undo", "王经理", ("第二",))
    assert undo(customer, newest["entry"]).status_code == 200
    assert row(premises, customer, "note") == ("第三",)


def test_a_sealed_value_is_said_to_be_lost(premises: Premises, customer: int, undo: Any) -> None:
    edit(premises, "manager", customer, phone="13912345671", note="第四")
    answer = undo(customer, acts(premises, customer)[0]["entry"])
    assert answer.json["undone"] == ["note"]
    (kept,) = answer.json["kept"]
    assert (kept["field"], kept["reason"]) == ("phone", "barred")
    assert "操作轨迹不保存受保护的内容" in kept["message"]
    page = premises.desk("manager").get(f"/data/customer/{customer}/undo?entry={acts(premises, customer)[1]['entry']}")
    assert "操作轨迹不保存受保护的内容" in page.text


def test_when_nothing_is_left_it_says_so(premises: Premises, customer: int, undo: Any) -> None:
    entry = acts(premises, customer)[0]["entry"]
    undo(customer, entry)
    answer = undo(customer, entry)
    assert (answer.status_code, answer.json["code"]) == (409, "nothing_to_undo")


def test_somebody_who_saved_first_is_not_overwritten(premises: Premises, customer: int, undo: Any) -> None:
    entry = acts(premises, customer)[0]["entry"]
    stale = row(premises, customer, "version")[0]
    edit(premises, "consultant", customer, district="徐汇区")
    assert undo(customer, entry, version=stale).status_code == 409
    assert row(premises, customer, "note") == ("第三",)


@pytest.mark.parametrize(
    ("part", "code"), [("outsider", 404), ("newcomer", 403), ("technician", 403), ("consultant", 200)]
)
def test_it_takes_the_right_to_update_the_record(
    premises: Premises, customer: int, undo: Any, part: str, code: int
) -> None:
    entry = acts(premises, customer)[0]["entry"]
    assert undo(customer, entry, part).status_code == code
    href = f"/data/customer/{customer}/undo?entry={entry}"
    assert premises.desk(part).get(href).status_code == code


@pytest.mark.parametrize("entry", [1, 2**62, 2**63 - 1])
def test_an_entry_of_something_else_is_not_found(premises: Premises, customer: int, undo: Any, entry: int) -> None:
    assert undo(customer, entry).status_code == 404


def test_an_entry_of_another_record_is_not_found(premises: Premises, make: Make, customer: int, undo: Any) -> None:
    other = make.customer()
    edit(premises, "manager", other, note="别的")
    assert undo(customer, acts(premises, other)[0]["entry"]).status_code == 404


def test_what_a_rule_refuses_stays_and_is_told(premises: Premises, make: Make) -> None:
    number = make.customer(number=f"K-{make.number()}")
    held = row(premises, number, "number")[0]
    edit(premises, "manager", number, number=f"K-{make.number()}")
    make.customer(number=held)
    entry = acts(premises, number)[0]["entry"]
    data = {"entry": str(entry), "version": str(row(premises, number, "version")[0])}
    answer = premises.desk("manager").post(f"/data/customer/{number}/undo", data=data)
    assert answer.status_code == 422
    assert "这个值已被使用" in answer.text


def test_the_page_shows_what_will_change_and_then_does_it(premises: Premises, customer: int) -> None:
    entry, desk = acts(premises, customer)[1]["entry"], premises.desk("manager")
    page = desk.get(f"/data/customer/{customer}/undo?entry={entry}").text
    assert [word for word in ("撤销 李顾问", "网络", "展厅", "王经理", "又改过") if word not in page] == []
    data = {"entry": str(entry), "version": str(row(premises, customer, "version")[0]), "others": "note"}
    assert desk.post(f"/data/customer/{customer}/undo", data=data).status_code == 303
    assert row(premises, customer, "note", "source") == ("第一", "展厅")
    assert "撤销" in desk.get(f"/data/customer/{customer}?tab=trail").text


@pytest.fixture
def bulk(premises: Premises, make: Make) -> list[int]:
    """Five customers whose source one bulk edit set; the manager set the third's anew."""
    numbers = [make.customer(source=f"渠道{n}") for n in range(5)]
    data = {"id": [str(one) for one in numbers], "field": "source", "confirm": "1", "source": "批量"}
    assert premises.desk("manager").post("/data/customer/bulk/set", data=data).status_code == 303
    edit(premises, "consultant", numbers[2], source="之后")
    return numbers


def sources(premises: Premises, numbers: list[int]) -> list[str]:
    return [row(premises, one, "source")[0] for one in numbers]


def test_a_bulk_edit_goes_back_from_any_of_its_records(premises: Premises, bulk: list[int]) -> None:
    entry, desk = acts(premises, bulk[4])[0]["entry"], premises.desk("manager")
    assert f'href="/data/customer/undo?entry={entry}"' in desk.get(f"/data/customer/{bulk[4]}/undo?entry={entry}").text
    page = desk.get(f"/data/customer/undo?entry={entry}").text
    assert "这 5 条客户" in page
    assert desk.post("/data/customer/undo", data={"entry": str(entry)}).status_code == 303
    assert sources(premises, bulk) == ["渠道0", "渠道1", "之后", "渠道3", "渠道4"]


def test_a_bulk_edit_goes_back_by_the_api_others_changes_too(premises: Premises, bulk: list[int]) -> None:
    given = {"entry": acts(premises, bulk[0])[0]["entry"], "others": True}
    answer = premises.caller("manager").post("/api/v1/data/customer/undo", json=given)
    assert sorted(answer.json["undone"]) == sorted(bulk)
    assert sources(premises, bulk) == [f"渠道{n}" for n in range(5)]


def test_a_bulk_edit_costs_no_more_statements_to_look_at_than_one_record(premises: Premises, bulk: list[int]) -> None:
    path = f"/data/customer/undo?entry={acts(premises, bulk[0])[0]['entry']}"
    premises.desk("manager").get(path)
    with premises.statements() as sent:
        assert premises.desk("manager").get(path).status_code == 200
    assert len(sent) <= 8


@pytest.mark.parametrize(("part", "code"), [("outsider", 404), ("newcomer", 403), ("technician", 403)])
def test_a_bulk_edit_is_undone_only_within_reach(premises: Premises, bulk: list[int], part: str, code: int) -> None:
    entry = acts(premises, bulk[0])[0]["entry"]
    assert premises.desk(part).get(f"/data/customer/undo?entry={entry}").status_code == code
    assert premises.desk(part).post("/data/customer/undo", data={"entry": str(entry)}).status_code == code
    given = {"entry": entry}
    assert premises.caller(part).post("/api/v1/data/customer/undo", json=given).status_code == code
    assert sources(premises, bulk)[0] == "批量"
