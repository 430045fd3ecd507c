"""No page keeps somebody out: axe finds nothing serious, in either language."""

import re
from pathlib import Path
from typing import Any

import pyotp
import pytest

from config import ROOT
from tests.e2e.conftest import Open, Window
from tests.make import Make
from tests.web.doorway import PASSWORD, Somebody, somebody

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
    "role-fields": "/rights/6/fields/customer",
    "why": "/rights/why?who=consultant&entity=customer&action=update&record={number}",
    "tokens": "/tokens/",
    "token": "/tokens/new",
    "security": "/security/",
    "people": "/security/people",
    "rules": "/security/rules",
    "factor-off": "/security/factor/off",
    "console": "/console/",
    "console-work": "/console/work/?kind=console.axe",
    "console-database": "/console/database/",
    "console-settings": "/console/settings/",
    "jobs": "/jobs/",
    "waiting": "/jobs/?board=waiting",
    "schedules": "/jobs/schedules/",
    "inbox": "/inbox/",
    "missing": "/data/customer/999999",
}

IN_BOTH = (
    "sign-in",
    "list",
    "form",
    "record",
    "compare",
    "quality",
    "review",
    "role",
    "why",
    "token",
    "security",
    "rules",
    "console",
    "jobs",
    "schedules",
    "inbox",
)
# The others by the manager.
SEEN_BY = {
    "sign-in": "nobody",
    "review": "auditor",
    "roles": "admin",
    "role": "admin",
    "role-fields": "admin",
    "why": "admin",
    "people": "admin",
    "rules": "admin",
    "console": "admin",
    "console-work": "admin",
    "console-database": "admin",
    "console-settings": "admin",
    "jobs": "admin",
    "waiting": "admin",
    "schedules": "admin",
}


MEASURED = """
    INSERT INTO quality_figure (store_id, month, subject, employee_id, records, points, poor,
                                unverified, issues, doubles, formula)
    SELECT e.store_id, m.month, 'customer', e.id, 10, 10 * m.share, 3, 1, 2, 0, 'K68.1'
      FROM employee e, (VALUES ('2026-10-01'::date, 55), ('2026-11-01', 72)) m (month, share)
     WHERE NOT EXISTS (SELECT FROM quality_figure f WHERE f.employee_id = e.id AND f.month = m.month)"""

RUNNING = """
    INSERT INTO work.outbox (kind, worker, state, lease_token, lease_until, progress, total, run_after)
    VALUES ('import.run', 'axe', 'running', gen_random_uuid(), now() + interval '1 hour', 24, 100, now()),
           ('import.run', 'axe', 'running', gen_random_uuid(), now() + interval '1 hour', NULL, NULL, now()),
           ('import.run', 'axe', 'pending', NULL, NULL, NULL, NULL, now() + interval '1 day')"""
SCHEDULED = """
    INSERT INTO work.schedule (code, kind, cron, catch_up, enabled)
    VALUES ('backup.create', 'backup.create', '7 * * * *', 'last', true),
           ('bin.empty', 'bin.empty', '25 4 * * *', 'last', false)
    ON CONFLICT DO NOTHING"""
TOLD = """
    INSERT INTO work.inbox (user_id, key, title, href, level, read_at)
    SELECT u.id, 'axe:' || gen_random_uuid(), '{"zh": "导入完成", "en": "An import is done"}',
           x.href, x.level, x.read_at
      FROM ab_user u, (VALUES ('/import/7', 'good', NULL), (NULL, 'danger', NULL), ('/import/6', 'warn', now()))
           AS x (href, level, read_at)"""
CLEARED = (
    "DELETE FROM work.outbox WHERE worker = 'axe'",
    "DELETE FROM work.inbox WHERE starts_with(key, 'axe:')",
)
PREPARED = {"quality": MEASURED, "jobs": RUNNING, "waiting": RUNNING, "schedules": SCHEDULED, "inbox": TOLD}


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
    if name in PREPARED:
        make.premises.run(PREPARED[name])
    here = window(SEEN_BY.get(name, "manager"), language=language)
    here.go(PAGES[name].format(number=make.customer(), other=make.customer()))
    found = problems(here, axe)
    for statement in CLEARED:
        make.premises.run(statement)
    assert found == []


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


@pytest.mark.parametrize("language", ["zh_Hans_CN", "en"])
def test_setting_a_second_factor_up_and_signing_in_with_it_keeps_nobody_out(
    language: str, window: Open, make: Make, axe: str
) -> None:
    """By keyboard alone, from the password to the account page."""
    one = somebody(make.premises)
    here = window("nobody", language=language)
    page = here.page
    enter_password(here, one)
    here.go("/security/")
    page.locator("main form button.btn-primary").press("Enter")
    page.wait_for_selector(".secret")
    assert problems(here, axe) == []
    one.secret = page.inner_text(".secret").replace(" ", "")
    page.fill("[name=code]", pyotp.TOTP(one.secret).now())
    page.keyboard.press("Enter")
    page.wait_for_selector(".recovery")
    assert problems(here, axe) == []
    page.context.clear_cookies(name="sid")
    enter_password(here, one)
    page.wait_for_url("**/sign-in/code**")
    assert problems(here, axe) == []
    page.keyboard.type("123")
    page.keyboard.press("Enter")
    page.wait_for_selector("#code-error")
    assert problems(here, axe) == []
    page.keyboard.type(one.code())  # the line is ready to type in
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile(r":\d+/$"))
    one.stale()
    here.go("/security/factor/off")
    page.locator("main button.btn-danger").press("Enter")
    page.wait_for_selector("[name=step_up_answer]")
    assert problems(here, axe) == []
    page.keyboard.type(PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url("**/security/")
    assert not make.premises.one("SELECT count(*) FROM gate.factor WHERE user_id = %s", one.user)


def enter_password(here: Window, one: Somebody) -> None:
    """Types login and password and sends them."""
    here.go("/sign-in")
    here.page.fill("#username", one.login)
    here.page.fill("#password", PASSWORD)
    with here.page.expect_navigation():
        here.page.keyboard.press("Enter")
