"""The console in a browser: hostile rows run nothing, the keyboard is enough, and a phone is wide enough."""

import pytest

from tests.appkit import Premises
from tests.e2e.conftest import Open

pytestmark = pytest.mark.e2e
PAYLOAD = "<script>window.ran=1</script><img src=x onerror='window.ran=1'>\"'><svg onload=window.ran=1> "


def work(premises: Premises, error: str) -> None:
    premises.run(
        "INSERT INTO work.outbox (kind, state, attempts, last_error, finished_at)"
        " VALUES ('console.browser', 'dead', 5, %s, now())",
        error,
    )


def test_a_hostile_reason_runs_nothing(window: Open, premises: Premises) -> None:
    work(premises, PAYLOAD * 3)
    here = window("admin")
    for path in ("/console/dead/?kind=console.browser", "/console/work/?kind=console.browser", "/console/database/"):
        here.go(path)
        assert here.page.evaluate("window.ran") is None
        assert here.page.locator("main script, main img").count() == 0
    here.go("/console/dead/?kind=console.browser")
    assert "window.ran=1" in here.page.inner_text("main table")


def test_the_console_is_read_and_filtered_without_a_mouse(window: Open, premises: Premises) -> None:
    work(premises, "Busy: too many")
    here = window("admin", language="en")
    page = here.page
    here.go("/")
    page.focus("a[href='/console/']")
    page.keyboard.press("Enter")
    page.wait_for_url("**/console/")
    page.focus("main .tabs a[href='/console/work/']")
    page.keyboard.press("Enter")
    page.wait_for_url("**/console/work/")
    page.focus("#f-kind")
    page.keyboard.type("console.browser")
    page.keyboard.press("Enter")
    page.wait_for_url("**kind=console.browser**")
    assert "Busy: too many" in page.inner_text("main table")
    page.focus("main .scroll")
    assert page.evaluate("document.activeElement.className") == "scroll"


@pytest.mark.parametrize("language", ["zh_Hans_CN", "en"])
def test_no_page_is_wider_than_a_phone(window: Open, premises: Premises, language: str) -> None:
    work(premises, "x" * 400)
    here = window("admin", language=language)
    here.page.set_viewport_size({"width": 390, "height": 844})
    for view in premises.app.extensions["admin"][0]._views:
        here.go(view.here)
        assert here.page.evaluate("document.documentElement.scrollWidth") <= 390, view.here
