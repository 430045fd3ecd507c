"""Jobs in a browser: a bar moves by itself, a job is retried by keyboard, a notice is read by opening it."""

import re

import pytest
from playwright.sync_api import expect

from tests.appkit import Premises
from tests.e2e.conftest import Open

pytestmark = pytest.mark.e2e
RUNNING = (
    "INSERT INTO work.outbox (kind, state, lease_token, lease_until, progress, total)"
    " VALUES ('import.run', 'running', gen_random_uuid(), now() + interval '1 hour', 10, 100) RETURNING id"
)
DONE = (
    "UPDATE work.outbox SET state = 'done', lease_token = NULL, lease_until = NULL, finished_at = now() WHERE id = %s"
)


def test_a_bar_moves_and_goes_when_its_job_is_done(premises: Premises, window: Open) -> None:
    number = premises.one(RUNNING)
    here, there = window("admin"), window("admin")
    here.go("/jobs/")
    there.go(f"/jobs/{number}")
    row = here.page.locator("tr", has=here.page.locator(f'a[href="/jobs/{number}"]'))
    expect(row.locator("progress")).to_have_attribute("value", "10")
    premises.run("UPDATE work.outbox SET progress = 55 WHERE id = %s", number)
    expect(row.locator("progress")).to_have_attribute("value", "55", timeout=10_000)
    expect(there.page.locator("progress")).to_have_attribute("value", "55", timeout=10_000)
    premises.run(DONE, number)
    expect(row).to_have_count(0, timeout=10_000)
    expect(there.page.locator(".head .state")).to_have_text("完成", timeout=10_000)
    premises.run("DELETE FROM work.outbox WHERE id = %s", number)


def test_a_dead_job_is_retried_by_keyboard_on_a_phone(premises: Premises, window: Open) -> None:
    number = premises.one(
        "INSERT INTO work.outbox (kind, state, finished_at, last_error)"
        " VALUES ('feed.tidy', 'dead', now(), 'x') RETURNING id"
    )
    here = window("admin")
    here.page.set_viewport_size({"width": 390, "height": 780})
    here.go(f"/jobs/{number}")
    here.page.get_by_role("button", name="重试").focus()
    here.page.keyboard.press("Enter")
    expect(here.page.locator(".flashes")).to_contain_text("已重新开始")
    assert here.page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    premises.run("DELETE FROM work.outbox WHERE id = %s", number)


def test_a_notice_is_read_by_opening_it(premises: Premises, window: Open) -> None:
    premises.run(
        "INSERT INTO work.inbox (user_id, key, title, href) VALUES"
        " (%s, 'e2e', '{\"zh\": \"令牌可用了\", \"en\": \"A token\"}', '/tokens/')", premises.users["advisor"],
    )  # fmt: skip
    here = window("advisor")
    here.go("/")
    here.page.get_by_role("link", name=re.compile("收件箱，1 条未读")).click()
    here.page.get_by_role("button", name="令牌可用了").click()
    expect(here.page).to_have_url(re.compile("/tokens/$"))
    expect(here.page.get_by_role("link", name="收件箱", exact=True)).to_be_visible()
    premises.run("DELETE FROM work.inbox WHERE key = 'e2e'")
