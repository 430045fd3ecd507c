"""Pages before and beside the work: sign-in, passwords, refusals and errors."""

from dataclasses import dataclass
from typing import ClassVar

from app.heads.pages.frame import Frame, Link, Page
from app.heads.pages.refusals import ERRORS


@dataclass(frozen=True, slots=True, kw_only=True)
class SignInPage(Page):
    """Posts `username`, `password` and `next`; one error for every way to fail."""

    template: ClassVar[str] = "sign_in.html"
    action: str
    next: str = ""
    username: str = ""
    error: str | None = None
    note: str | None = None  # e.g. signed out after a password change


@dataclass(frozen=True, slots=True, kw_only=True)
class PasswordPage(Page):
    """Sets a password: the first by a one-time link, later ones after the present one.

    Posts `password` and `repeat`, and `current` when it asks for it.
    """

    template: ClassVar[str] = "password.html"
    action: str
    username: str
    minimum: int = 12  # characters
    asks_current: bool = False
    intro: str = ""
    errors: tuple[tuple[str, str], ...] = ()  # (current | password | repeat, what to do)
    cancel_href: str | None = None

    def error(self, name: str) -> str:
        """What is wrong with that input, or nothing."""
        return dict(self.errors).get(name, "")


@dataclass(frozen=True, slots=True, kw_only=True)
class PlainHttpPage(Page):
    """Refuses to work without encryption."""

    template: ClassVar[str] = "plain_http.html"
    https_href: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ErrorPage(Page):
    """What went wrong, what to do and the way back; needs neither a person nor the database."""

    template: ClassVar[str] = "error.html"
    status: int
    message: str
    advice: str
    request_id: str
    links: tuple[Link, ...] = ()
    retry_after: int | None = None  # seconds


def error_page(
    frame: Frame,
    status: int,
    request_id: str,
    message: str | None = None,
    *,
    retry_after: int | None = None,
    links: tuple[Link, ...] = (),
) -> ErrorPage:
    """The page for an HTTP status; `message` is the refusal's own words where it has some."""
    words = ERRORS.get(status, ERRORS[500])
    locale = frame.t.locale
    return ErrorPage(
        frame=frame,
        title=words.title.text(locale),
        status=status,
        message=message or words.message.text(locale),
        advice=words.advice.text(locale),
        request_id=request_id,
        retry_after=retry_after,
        links=links,
    )
