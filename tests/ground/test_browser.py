"""The browser the journeys drive."""

import pytest
from playwright.sync_api import Page


@pytest.mark.e2e
def test_a_page_renders_chinese(page: Page) -> None:
    page.set_content("<h1>前场</h1>")
    assert page.text_content("h1") == "前场"
