"""Merging by hand: who it may be, the two side by side, what follows, and what was chosen."""

import re

import pytest

from tests.appkit import Premises
from tests.make import Make


@pytest.fixture
def pair(make: Make) -> tuple[int, int]:
    """Two records of one person, who gave the same phone twice; the second has a car."""
    phone = f"138{make.number():08d}"
    first = make.customer(name="并页甲", phone=phone, note=None, district="浦东新区")
    second = make.customer(name="并页甲", phone=phone, note="第二份的备注", district="徐汇区")
    make.vehicle(customer=str(second))
    return first, second


def path(number: int) -> str:
    return f"/data/customer/{number}/do/merge"


def test_who_it_may_be_is_a_click_away(premises: Premises, make: Make, pair: tuple[int, int]):
    stranger = make.customer(name="并页甲")
    foreign = make.customer(store="XH", name="并页甲")
    page = premises.desk("manager").get(path(pair[0])).text
    assert f"{path(pair[0])}?other={pair[1]}" in page
    assert f"?other={stranger}" not in page
    assert f"?other={foreign}" not in page


def test_the_two_stand_side_by_side_with_what_follows(premises: Premises, pair: tuple[int, int]):
    page = premises.desk("manager").get(f"{path(pair[0])}?other={pair[1]}").text
    chosen = set(re.findall(r'name="choose__district" value="(\w+)"[^>]*?( checked)?>', page))
    assert chosen == {("yours", " checked"), ("theirs", "")}
    assert "浦东新区" in page
    assert "徐汇区" in page
    assert 'name="choose__name"' not in page  # the same in both
    assert 'name="choose__number"' not in page  # stands only once, and the other keeps it
    assert "第二份的备注" in page  # blank here
    assert "车辆 1" in page
    assert "30 天内可以撤销" in page


def test_what_was_chosen_is_taken(premises: Premises, pair: tuple[int, int]):
    desk = premises.desk("manager")
    version = premises.one("SELECT version FROM customer WHERE id = %s", pair[0])
    sent = {
        "version": version,
        "compared": "1",
        "other": str(pair[1]),
        "choose__district": "theirs",
        "choose__number": "theirs",
    }
    answer = desk.post(path(pair[0]), data=sent)
    assert (answer.status_code, answer.location) == (303, f"/data/customer/{pair[0]}")
    found = premises.run("SELECT district, note FROM customer WHERE id = %s", pair[0])
    assert found == [("徐汇区", "第二份的备注")]
    assert premises.one("SELECT merged_into_id FROM customer WHERE id = %s", pair[1]) == pair[0]


def test_whom_one_names_is_found_and_led_to(premises: Premises, make: Make, pair: tuple[int, int]):
    desk = premises.desk("manager")
    answer = desk.post(path(pair[0]), data={"other": str(pair[1]), "version": "1"})
    assert (answer.status_code, answer.location) == (303, f"{path(pair[0])}?other={pair[1]}")
    typed = {"other": "", "other__text": "查无此人甲乙", "other__was": "", "version": "1"}
    nobody = desk.post(path(pair[0]), data=typed)
    assert (nobody.status_code, "查无此人甲乙" in nobody.text) == (422, True)
    missing = desk.post(path(pair[0]), data={"other": "", "version": "1"})
    assert missing.status_code == 422


@pytest.mark.parametrize("who", ["self", "foreign", "merged"])
def test_who_cannot_be_merged_is_told_before_the_comparison(
    who: str, premises: Premises, make: Make, pair: tuple[int, int]
):
    other = {"self": pair[0], "foreign": make.customer(store="XH"), "merged": pair[1]}[who]
    desk = premises.desk("manager")
    if who == "merged":
        into = make.customer()
        sent = {"version": "1", "compared": "1", "other": str(pair[1])}
        assert desk.post(path(into), data=sent).status_code == 303
    answer = desk.get(f"{path(pair[0])}?other={other}")
    assert (answer.status_code, 'name="compared"' in answer.text) == (404 if who == "foreign" else 200, False)
    said = {"self": "请选择另一位客户", "merged": "已并入别的档案", "foreign": ""}[who]
    assert said in answer.text


def test_a_consultant_is_not_asked(premises: Premises, pair: tuple[int, int]):
    assert premises.desk("consultant").get(f"{path(pair[0])}?other={pair[1]}").status_code == 403


def test_what_is_masked_is_compared_as_masks(premises: Premises, make: Make):
    first, second = make.customer(phone="13812340001"), make.customer(phone="13912340002")
    page = premises.desk("manager").get(f"{path(first)}?other={second}").text
    assert "13812340001" not in page
    assert "13912340002" not in page
    assert 'name="choose__phone"' in page
