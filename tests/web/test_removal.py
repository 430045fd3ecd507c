"""A record is removed as somebody saw it, and never as it happens to stand."""

import re

import pytest

from tests.appkit import Premises
from tests.make import Make


@pytest.fixture
def customer(make: Make) -> int:
    """A customer at version 1."""
    return make.customer()


def stands(premises: Premises, number: int) -> bool:
    return bool(premises.one("SELECT count(*) FROM customer WHERE id = %s", number))


def test_without_a_version_it_is_asked_again(premises: Premises, customer: int) -> None:
    answer = premises.desk("manager", language="en").post(f"/data/customer/{customer}/delete", data={})
    assert (answer.status_code, stands(premises, customer)) == (409, True)
    assert "Which version you saw was not said" in answer.text
    assert re.search(r'name="version" value="1"', answer.text)


def test_what_somebody_changed_meanwhile_is_told_and_asked_again(premises: Premises, customer: int) -> None:
    manager = premises.desk("manager")
    page = manager.get(f"/data/customer/{customer}/delete").text
    assert "还没有删除" not in page
    premises.desk("consultant").post(f"/data/customer/{customer}/edit", data={"version": "1", "source": "老客户"})
    answer = manager.post(f"/data/customer/{customer}/delete", data={"version": "1"})
    assert (answer.status_code, stands(premises, customer)) == (409, True)
    assert re.search(r"李顾问 在 [\d: -]+ 修改过这条记录，还没有删除", answer.text)
    assert f'href="/data/customer/{customer}?tab=trail"' in answer.text
    assert manager.post(f"/data/customer/{customer}/delete", data={"version": "2"}).status_code == 303
    assert not stands(premises, customer)


@pytest.mark.parametrize("version", ["-1", "x", "1.0", "99999999999999999999"])
def test_a_version_that_is_none_removes_nothing(premises: Premises, customer: int, version: str) -> None:
    answer = premises.desk("manager").post(f"/data/customer/{customer}/delete", data={"version": version})
    assert (answer.status_code, stands(premises, customer)) == (400, True)
