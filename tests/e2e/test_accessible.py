"""No page keeps somebody out: axe finds nothing serious, in either language."""

from pathlib import Path
from typing import Any

import pytest

from config import ROOT
from tests.e2e.conftest import Open, Window
from tests.make import Make

pytestmark = pytest.mark.e2e
AXE = ROOT / "node_modules" / "axe-core" / "axe.min.js"
PAGES = {
    "sign-in": "/sign-in",
    "home": "/",
    "list": "/data/customer/",
    "filtered": "/data/customer/?where=stage~eq~new",
    "empty": "/data/customer/?where=source~eq~nothing-like-it",
    "form": "/data/customer/add",
    "record": "/data/customer/{number}",
    "trail": "/data/customer/{number}?tab=trail",
    "edit": "/data/customer/{number}/edit",
    "delete": "/data/customer/{number}/delete",
    "merge": "/data/customer/{number}/do/merge",
    "compare": "/data/customer/{number}/do/merge?other={other}",
    "archive": "/data/customer/{number}/do/archive",
    "orders": "/data/work_order/",
    "search": "/search?q=0",
    "quality": "/quality/",
    "review": "/trail/",
    "roles": "/rights/",
    "role": "/rights/6",
    "why": "/rights/why?who=consultant&entity=customer&action=update&record={number}",
    "tokens": "/tokens/",
    "token": "/tokens/new",
    "missing": "/data/customer/999999",
}

IN_BOTH = ("sign-in", "list", "form", "record", "compare", "quality", "review", "role", "why", "token")
# The others by the manager.
SEEN_BY = {
    "sign-in": "nobody",
    "review": "auditor",
    "roles": "admin",
    "role": "admin",
    "why": "admin",
}


MEASURED = """
    INSERT INTO quality_figure (store_id, month, subject, employee_id, records, points, poor,
                                unverified, issues, doubles, formula)
    SELECT e.store_id, m.month, 'customer', e.id, 10, 10 * m.share, 3, 1, 2, 0, 'K68.1'
      FROM employee e, (VALUES ('2026-10-01'::date, 55), ('2026-11-01', 72)) m (month, share)
     WHERE NOT EXISTS (SELECT FROM quality_figure f WHERE f.employee_id = e.id AND f.month = m.month)"""


@pytest.fixture(scope="session")
def axe() -> str:
    """The checker's script, from the front-end packages."""
    if not Path(AXE).exists():
        pytest.skip("not run: axe-core is not installed (make assets)")
    return AXE.read_text(encoding="utf-8")


def problems(here: Window, axe: str) -> list[str]:
    """What axe calls serious or critical on the page."""
    here.page.evaluate(axe)
    found: dict[str, Any] = here.page.evaluate("axe.run(document, {resultTypes: ['violations']})")
    bad = [one for one in found["violations"] if one["impact"] in ("serious", "critical")]
    return [f"{one['id']}: {node['target']} {node['failureSummary'][:200]}" for one in bad for node in one["nodes"][:3]]


@pytest.mark.parametrize(
    ("name", "language"), [*((name, "zh_Hans_CN") for name in PAGES), *((name, "en") for name in IN_BOTH)]
)
def test_a_page_keeps_nobody_out(name: str, language: str, window: Open, make: Make, axe: str) -> None:
    if name == "quality":
        make.premises.run(MEASURED)
    here = window(SEEN_BY.get(name, "manager"), language=language)
    here.go(PAGES[name].format(number=make.customer(), other=make.customer()))
    assert problems(here, axe) == []


def test_a_form_that_asks_for_a_reason_keeps_nobody_out(window: Open, axe: str) -> None:
    here = window("manager")
    here.go("/data/vehicle/add")
    here.page.fill("[name=plate]", "使014001")
    here.page.click("main button.btn-primary")
    here.page.wait_for_selector("[name=plate__override]")
    assert problems(here, axe) == []


def test_the_checker_sees_what_it_is_for(window: Open, axe: str) -> None:
    here = window("manager")
    here.go("/data/customer/add")
    here.page.evaluate("document.querySelectorAll('label').forEach(label => label.remove())")
    assert problems(here, axe)
