"""The application on a port of its own, and browsers whose every complaint fails the test."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from threading import Thread

import pytest
from playwright.sync_api import Browser, Page
from werkzeug.serving import WSGIRequestHandler, make_server

from tests.appkit import Premises


class Silent(WSGIRequestHandler):
    """Answers without writing a line for each request."""

    def log(self, *_: object, **__: object) -> None:
        """Nothing."""


@pytest.fixture(scope="session")
def site(premises: Premises) -> Iterator[str]:
    """The address where the application answers."""
    server = make_server("127.0.0.1", 0, premises.app, threaded=True, request_handler=Silent)
    thread = Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join(10)


@dataclass
class Window:
    """One person's browser window."""

    page: Page
    site: str
    complaints: list[str] = field(default_factory=list)

    def go(self, path: str) -> None:
        """Opens a page of ours."""
        self.page.goto(self.site + path, wait_until="load")

    def watch(self) -> None:
        """Collects what the console and the content policy complain about."""
        self.page.on("console", lambda said: self.complaints.append(said.text) if said.type == "error" else None)
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        script = (
            "document.addEventListener('securitypolicyviolation', e => console.error('CSP ' + e.violatedDirective))"
        )
        self.page.add_init_script(script)


Open = Callable[..., Window]


@pytest.fixture
def window(browser: Browser, site: str, premises: Premises) -> Iterator[Open]:
    """Opens a window for one of the cast, already signed in; none may have complained at the end."""
    made: list[Window] = []

    def open_for(part: str, *, language: str = "zh_Hans_CN") -> Window:
        locale = "zh-CN" if language.startswith("zh") else "en-GB"
        context = browser.new_context(
            locale=locale, timezone_id="Asia/Shanghai", viewport={"width": 1366, "height": 820}
        )
        cookies = [("lang", language)] + (
            [("sid", premises.open_session(premises.users[part]))] if part != "nobody" else []
        )
        context.add_cookies([{"name": name, "value": value, "url": site} for name, value in cookies])
        made.append(Window(context.new_page(), site))
        made[-1].watch()
        return made[-1]

    yield open_for
    complaints = [complaint for one in made for complaint in one.complaints]
    for one in made:
        one.page.context.close()
    assert [one for one in complaints if not expected(one)] == []


def expected(complaint: str) -> bool:
    """Whether the console only repeats an answer the journey asked for: a refused form, a conflict."""
    return "the server responded with a status of 4" in complaint
