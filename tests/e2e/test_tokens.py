"""A token is made with the keyboard alone and copied by its button."""

import pytest

from tests.e2e.conftest import Open

pytestmark = pytest.mark.e2e


def test_a_token_is_made_and_copied_without_a_mouse(window: Open) -> None:
    here = window("manager")
    page = here.page
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    here.go("/tokens/new")
    page.keyboard.type("官网线索")  # the name has the focus
    page.focus("input[name='do.customer'][value=list]")
    page.keyboard.press("Space")
    page.focus("form[action='/tokens/new'] button.btn-primary")
    page.keyboard.press("Enter")
    page.wait_for_selector("#token")
    token = page.input_value("#token")
    assert token.startswith("dlr_")
    page.focus("[data-copy]")
    page.keyboard.press("Enter")
    page.wait_for_selector("#toasts .is-ok")
    assert page.evaluate("navigator.clipboard.readText()") == token
    here.go("/tokens/")
    assert token[:12] in page.inner_text("main")
    assert token not in page.content()


@pytest.mark.parametrize("path", ["/tokens/", "/tokens/new"])
def test_nothing_is_wider_than_a_phone(path: str, window: Open) -> None:
    here = window("admin")
    here.page.set_viewport_size({"width": 390, "height": 844})
    here.go(path)
    assert here.page.evaluate("document.documentElement.scrollWidth") <= 390
