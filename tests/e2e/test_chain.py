"""A customer's whole way through the house, worked in the screens: from the lead to the car, to the workshop, the
policy and the complaint, by the people whose work each step is."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

import pytest
from playwright.sync_api import expect

from app.fields import Vin
from tests.appkit import Premises
from tests.e2e.conftest import Open, Window
from tests.make import Make

pytestmark = pytest.mark.e2e
Answers = Mapping[str, str]


@dataclass
class Counter:
    """Somebody at the screens."""

    here: Window

    def open(self, path: str) -> "Counter":
        """Goes to a page."""
        self.here.go(path)
        return self

    def fill(self, answers: Answers) -> "Counter":
        """Fills in a form; a name that begins with @ is a picker's, found by the words."""
        page = self.here.page
        for name, value in answers.items():
            if name.startswith("@"):
                page.fill(f"input[name={name[1:]}__text]", value)
                page.locator("[role=option]:visible", has_text=value).first.click()
                continue
            control = page.locator(f"main [name={name}]:not([type=hidden])").first
            if control.evaluate("e => e.tagName") == "SELECT":
                control.select_option(value)
            else:
                control.fill(value)
        return self

    def save(self, entity: str) -> int:
        """Sends the form; the number of the record it leads to."""
        page = self.here.page
        page.click(".editor-acts button.btn-primary, .editor-acts button.btn-danger")
        page.wait_for_url(re.compile(rf"/data/{entity}/\d+$"))
        return int(page.url.rpartition("/")[2])

    def add(self, entity: str, given: str, answers: Answers) -> int:
        """Adds a record from its form."""
        return self.open(f"/data/{entity}/add?{given}").fill(answers).save(entity)

    def act(self, label: str, answers: Answers | None = None, leads: str = "") -> int:
        """Presses one of the record's buttons and answers what it asks."""
        page = self.here.page
        entity = page.url.split("/data/")[1].split("/")[0]
        one = page.locator("main a:visible, main button:visible").filter(has_text=re.compile(rf"^\s*{label}\s*$"))
        if one.count() == 0:
            page.click("main summary:has-text('更多')")
        one.first.click()
        page.wait_for_url(re.compile(r"/do/|/data/\w+/\d+$"))
        if "/do/" in page.url:
            return self.fill(answers or {}).save(leads or entity)
        return int(page.url.rpartition("/")[2])


@pytest.fixture
def trade(make: Make) -> dict[str, str]:
    """A series, a model of it, its source, and a car of it on the lot."""
    tag = str(make.number())
    series = make.record("series", name=f"系列{tag}", active="1")
    make.record("vehicle_model", name=f"车型{tag}", series=str(series), list_price="189800", active="1")
    make.record("lead_source", name=f"来源{tag}", active="1")
    make.record("insurer", name=f"保险{tag}", active="1")
    vin = Vin().example(make.number())
    make.vehicle(vin=vin, status="stock", customer=None, plate=None, mileage="8", bought_on=None)
    names = {"series": f"系列{tag}", "model": f"车型{tag}", "source": f"来源{tag}", "insurer": f"保险{tag}"}
    return {**names, "vin": vin, "name": f"陈先生{tag}", "phone": f"139{make.number():08d}"}


def test_from_the_lead_to_the_delivery(window: Open, premises: Premises, trade: dict[str, str]) -> None:
    seller = Counter(window("consultant"))
    lead = {"name": trade["name"], "phone": trade["phone"], "@source": trade["source"], "@series": trade["series"]}
    seller.add("lead", "", lead)
    wish = seller.act("转为商机", leads="opportunity")
    seller.act("做报价", {"@model": trade["model"], "discount": "3800", "valid_until": "2026-12-31"}, "quotation")
    offer = int(seller.here.page.url.rpartition("/")[2])
    seller.add("quotation_line", f"quotation={offer}", {"line": "1", "name": "脚垫", "price": "600"})
    seller.open(f"/data/quotation/{offer}").act("发出报价")
    order = seller.act("转为订单", leads="sales_order")
    seller.act("签约", {"deposit": "5000", "promised_on": "2026-12-20"})
    seller.act("配车", {"@vehicle": trade["vin"]})
    seller.act("登记交车", {"odometer": "12", "delivered_at": "2026-11-20T10:00"}, "delivery")
    assert premises.run("SELECT status, total, deposit FROM sales_order WHERE id = %s", order) == [
        ("delivered", 18_660_000, 500_000)
    ]
    assert premises.one("SELECT status FROM lead WHERE name = %s", trade["name"]) == "converted"
    assert premises.one("SELECT stage FROM opportunity WHERE id = %s", wish) == "delivered"
    assert premises.one("SELECT status FROM quotation WHERE id = %s", offer) == "accepted"
    assert premises.one("SELECT status FROM vehicle WHERE vin = %s", trade["vin"]) == "delivered"


@pytest.fixture
def owner(make: Make) -> tuple[int, int]:
    """A customer and his car."""
    customer = make.customer()
    return customer, make.vehicle(customer=str(customer), status="delivered", mileage="12", bought_on="2026-05-08")


def test_from_the_appointment_to_the_settled_order(window: Open, premises: Premises, owner: tuple[int, int]) -> None:
    customer, car = owner
    desk = Counter(window("advisor"))
    visit = {"starts_at": "2026-11-21T09:00", "ends_at": "2026-11-21T10:00"}
    desk.add("service_appointment", f"vehicle={car}&customer={customer}", visit)
    desk.act("到店")
    order = desk.act("开单", {"mileage": "4100", "complaint": "首保，检查异响"}, "work_order")
    for line, name, price in (("1", "首保工时", "120"), ("2", "机油滤清器", "68")):
        desk.add(
            "work_order_line", f"work_order={order}", {"line": line, "name": name, "quantity": "1", "price": price}
        )
    desk.open(f"/data/work_order/{order}")
    for step in ("派工", "开工", "送质检", "完工"):
        desk.act(step)
    desk.act("结算", {"settled_at": "2026-11-21T17:00"})
    desk.act("交车")
    assert premises.run("SELECT status, amount FROM work_order WHERE id = %s", order) == [("delivered", 18_800)]
    assert premises.one("SELECT mileage FROM vehicle WHERE id = %s", car) == 4100


def test_from_the_policy_to_the_closed_complaint(
    window: Open, premises: Premises, make: Make, trade: dict[str, str], owner: tuple[int, int]
) -> None:
    customer, car = owner
    order = make.record("work_order", vehicle=str(car), customer=str(customer))
    desk = Counter(window("advisor"))
    policy = {
        "number": f"PDZA{make.number():012d}", "starts_on": "2026-11-25", "ends_on": "2027-11-24", "premium": "5320",
        "@insurer": trade["insurer"],
    }  # fmt: skip
    desk.add("insurance_policy", f"vehicle={car}&customer={customer}", policy)
    told = {
        "description": "异响还在", "received_at": "2026-11-21T18:00", "contact_name": trade["name"],
        "contact": trade["phone"],
    }  # fmt: skip
    complaint = desk.add("complaint", f"vehicle={car}&customer={customer}&work_order={order}", told)

    head = Counter(window("manager"))
    head.open(f"/data/complaint/{complaint}")
    department = make.record("department")
    title = premises.one("SELECT name FROM department WHERE id = %s", department)
    head.act("受理")
    head.act("开始调查")
    head.act("认定责任", {"@responsible_department": title, "root_cause": "未复查"})
    for step, answers in (
        ("定方案", {"plan": "返工"}), ("执行", {}), ("反馈客户", {"answer": "已返工并致歉"}), ("回访", {}),
        ("关闭", {"satisfaction": "5"}),
    ):  # fmt: skip
        head.act(step, answers)
    expect(head.here.page.locator("main")).to_contain_text("关闭")
    steps = "SELECT count(*) FROM complaint_step WHERE complaint_id = %s"
    assert premises.run("SELECT status FROM complaint WHERE id = %s", complaint) == [("closed",)]
    assert premises.one(steps, complaint) == 9
