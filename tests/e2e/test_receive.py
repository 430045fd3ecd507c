"""A car that another store knows comes in, in a real browser."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import expect

from app.fields import Plate, Vin
from tests.appkit import Premises
from tests.e2e.conftest import Open
from tests.e2e.test_accessible import axe, problems
from tests.make import Make

pytestmark = pytest.mark.e2e
THERE = "外店车主甲"
__all__ = ["axe"]


@pytest.fixture(autouse=True)
def _unhurried(premises: Premises) -> Iterator[None]:
    yield
    premises.run("DELETE FROM gate.bucket WHERE key LIKE 'claim:%' OR key LIKE 'arrival:%'")


@pytest.fixture
def plate(make: Make) -> str:
    """The plate of a car that the other store knows."""
    number = make.number()
    owner = make.customer(store="XH", name=THERE)
    plate = Plate().example(number)
    known = {"vin": Vin().example(number), "plate": plate, "model": "凯美瑞", "color": "银色"}
    make.vehicle(store="XH", customer=str(owner), **known)
    return plate


def test_an_advisor_receives_a_car_of_another_store_in_three_clicks(
    window: Open, premises: Premises, plate: str
) -> None:
    here = window("advisor")
    here.go("/")
    here.page.click("nav a[href='/receive']")
    expect(here.page.locator("#f-value")).to_be_focused()
    here.page.keyboard.type(plate)
    here.page.click("main form.ask button")
    expect(here.page.locator(".known")).to_contain_text(re.compile(r"银色 凯美瑞，最近 \d{4}-\d\d，徐汇店"))
    expect(here.page.locator("main")).not_to_contain_text(THERE)
    here.page.fill("[name=name]", "到店客户甲")
    here.page.fill("[name=mileage]", "34567")
    here.page.click("main .editor .btn-primary")
    expect(here.page.locator("h1")).to_contain_text("已登记到店")
    stands = "SELECT v.vin IS NOT NULL, c.name FROM vehicle v JOIN customer c ON c.id = v.customer_id"
    where = f"{stands} WHERE v.plate = %s AND v.store_id = %s"
    assert premises.run(where, plate, premises.stores["PD"]) == [(True, "到店客户甲")]

    here.page.click("main a.btn-primary")
    expect(here.page.locator("[name=vehicle__text]")).to_have_value(re.compile(plate[-5:]))
    expect(here.page.locator("[name=mileage]")).to_have_value("34567")
    here.page.click("main button.btn-primary")
    here.page.wait_for_url(re.compile(r"/data/work_order/\d+$"))


def test_the_keyboard_alone_receives_a_car(window: Open, premises: Premises, plate: str) -> None:
    here = window("advisor", language="en")
    here.go("/receive")
    keys = here.page.keyboard
    expect(here.page.locator("#f-value")).to_be_focused()
    keys.type(plate)
    keys.press("Enter")
    expect(here.page.locator(".known")).to_be_visible()
    expect(here.page.locator("[name=vin]")).to_be_focused()
    for _ in ("model", "mileage", "name"):
        keys.press("Tab")
    keys.type("Keyboard Arrival")
    keys.press("Enter")
    expect(here.page.locator("h1")).to_contain_text("Entered")
    assert premises.one("SELECT count(*) FROM customer WHERE name = 'Keyboard Arrival'") == 1


@pytest.mark.parametrize("language", ["zh_Hans_CN", "en"])
def test_reception_keeps_nobody_out_and_fits_a_phone(window: Open, plate: str, axe: str, language: str) -> None:
    here = window("advisor", language=language)
    here.page.set_viewport_size({"width": 390, "height": 844})
    here.go("/receive")
    assert problems(here, axe) == []
    here.page.fill("#f-value", plate)
    here.page.press("#f-value", "Enter")
    expect(here.page.locator(".known")).to_be_visible()
    assert problems(here, axe) == []
    assert here.page.evaluate("document.documentElement.scrollWidth") <= 390
