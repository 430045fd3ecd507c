"""A handful of days at the counter, in a real browser."""

import re

import pytest
from playwright.sync_api import Page, expect

from app.fields import Vin
from tests.appkit import Premises
from tests.e2e.conftest import Open
from tests.make import Make

pytestmark = pytest.mark.e2e
PASSWORD = "violet harbour teapot 42"


def test_a_first_sign_in_sets_a_password_and_signs_in_and_out(window: Open, premises: Premises) -> None:
    here = window("nobody")
    here.go("/data/customer/")
    expect(here.page).to_have_url(here.site + "/sign-in?next=/data/customer/")
    here.go(premises.links["consultant"])
    here.page.fill("input[name=password]", PASSWORD)
    here.page.fill("input[name=repeat]", PASSWORD)
    here.page.click("main button.btn-primary")
    expect(here.page).to_have_url(here.site + "/sign-in")
    premises.forget("consultant")  # a new password closes every door but the one it opens
    here.page.fill("#username", "consultant")
    here.page.fill("#password", "not " + PASSWORD)
    here.page.click("form button.btn-primary")
    expect(here.page.locator("#sign-in-error")).to_be_visible()
    here.page.fill("#password", PASSWORD)
    here.page.click("form button.btn-primary")
    expect(here.page.locator("h1")).to_contain_text("李顾问")
    cookies = {cookie["name"]: cookie for cookie in here.page.context.cookies()}
    assert cookies["sid"]["httpOnly"] is True
    assert cookies["sid"]["sameSite"] == "Lax"
    here.page.click("summary.me")
    here.page.click("form[action='/sign-out'] button")
    expect(here.page).to_have_url(here.site + "/sign-in")
    here.go("/data/customer/")
    assert "/sign-in" in here.page.url


def test_a_customer_is_added_found_changed_and_revealed(window: Open, premises: Premises) -> None:
    here = window("manager")
    here.go("/data/customer/")
    here.page.click("a[href='/data/customer/add']")
    here.page.fill("[name=name]", "欧阳㛃")
    here.page.fill("[name=phone]", "138 1234 5678")
    here.page.click("main button.btn-primary")
    expect(here.page.locator("h1")).to_contain_text("欧阳㛃")
    number = here.page.url.rpartition("/")[2]
    assert "13812345678" not in here.page.content().replace(" ", "")

    here.page.fill("#find", "13812345678")
    here.page.press("#find", "Enter")
    here.page.click(f"a[href='/data/customer/{number}']")
    here.page.click(f"a[href='/data/customer/{number}/edit']")
    here.page.fill("[name=source]", "老客户介绍")
    here.page.click("main button.btn-primary")
    expect(here.page.locator("main")).to_contain_text("老客户介绍")

    here.page.click("details.reveal:has(form[action$='/reveal/phone']) summary")
    here.page.click("form[action$='/reveal/phone'] button[value=call]")
    expect(here.page.locator("main")).to_contain_text("138 1234 5678")
    told = "SELECT count(*) FROM trail.entry WHERE action = 'reveal' AND record_id = %s"
    assert premises.one(told, int(number)) == 1


def test_the_second_of_two_windows_compares_and_chooses(window: Open, premises: Premises, make: Make) -> None:
    number = make.customer(source="原来", note="原来")
    path = f"/data/customer/{number}/edit"
    first, second = window("manager"), window("consultant", language="en")
    for here in (first, second):
        here.go(path)
    first.page.fill("[name=source]", "经理写的")
    first.page.fill("[name=note]", "经理写的")
    first.page.click("main button.btn-primary")
    second.page.fill("[name=source]", "顾问写的")
    second.page.fill("[name=note]", "顾问写的")
    second.page.click("main button.btn-primary")
    expect(second.page.locator("table.versus")).to_be_visible()
    expect(second.page.locator("main")).to_contain_text("王经理")
    second.page.check("[name=choose__source][value=theirs]")
    second.page.check("[name=choose__note][value=yours]")
    second.page.click("main button.btn-primary")
    expect(second.page).to_have_url(f"{second.site}/data/customer/{number}")
    assert premises.run("SELECT source, note FROM customer WHERE id = %s", number) == [("经理写的", "顾问写的")]


def test_a_car_of_a_consulate_is_added_for_a_reason(window: Open, make: Make) -> None:
    here = window("manager", language="en")
    here.go("/data/vehicle/add")
    here.page.fill("[name=vin]", Vin().example(make.number()))
    here.page.fill("[name=plate]", "使 014-002")
    here.page.click("main button.btn-primary")
    why = here.page.get_by_label("Save all the same? Say why Plate")
    expect(why).to_be_visible()
    expect(here.page.locator("[name=plate]")).to_have_value("使 014-002")
    why.fill("consulate general")
    why.press("Enter")
    expect(here.page.locator("h1")).to_contain_text("使014002")
    here.go(here.page.url.removeprefix(here.site) + "?tab=trail")
    expect(here.page.locator("main")).to_contain_text("Saved although doubted: consulate general")


def test_the_keyboard_alone_adds_a_customer(window: Open, premises: Premises) -> None:
    here = window("consultant", language="en")
    here.go("/data/customer/add")
    keys = here.page.keyboard
    tab_to(here.page, "name")
    keys.type("Keyboard Only")
    tab_to(here.page, "source")
    keys.type("walk-in")
    keys.press("Enter")
    here.page.wait_for_url(re.compile(r"/data/customer/\d+$"))  # loaded whole: before its scripts ran "/" is no key
    expect(here.page.locator("h1")).to_contain_text("Keyboard Only")
    keys.press("/")
    expect(here.page.locator("#find")).to_be_focused()
    keys.type("keyboard only")
    keys.press("Enter")
    here.page.wait_for_url(re.compile(r"/search\?"))
    expect(here.page.locator("main")).to_contain_text("Keyboard Only")


def tab_to(page: Page, name: str) -> None:
    """Presses Tab until the field of that name has the focus."""
    for _ in range(60):
        if page.evaluate("document.activeElement.name") == name:
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"Tab never reaches {name}")


def test_hostile_names_are_text_everywhere(window: Open, make: Make) -> None:
    name = "<img src=x onerror=alert(1)>\"'><script>alert(2)</script>"
    number = make.customer(name=name, note=name, source=name, district="</textarea><svg onload=alert(3)>")
    make.vehicle(customer=str(number), model=name)
    here = window("manager")
    alerts: list[str] = []
    here.page.on("dialog", lambda dialog: (alerts.append(dialog.message), dialog.dismiss()))
    for path in ("", "/edit", "?tab=trail", "?tab=vehicle.customer", "/delete"):
        here.go(f"/data/customer/{number}{path}")
        assert here.page.locator("img[src=x]").count() == 0
    here.go("/data/customer/")
    here.go("/search?q=" + "%3Cimg%20src%3Dx%20onerror%3Dalert(1)%3E")
    assert alerts == []
