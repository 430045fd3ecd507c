"""The browser's session, for browsers alone: a program's request has none to open."""

from flask import Flask, Request, Response, request
from flask.sessions import SecureCookieSession, SecureCookieSessionInterface, SessionMixin


class Unsaved(SecureCookieSession):
    """The empty session of a program's request; whatever is put into it ends with the request."""


class BrowserSessions(SecureCookieSessionInterface):
    """Flask's signed cookie for browsers; a request that speaks for an API token neither reads nor sets it."""

    def open_session(self, app: Flask, request: Request) -> SecureCookieSession | None:
        """The session of the request's cookie; an empty one for a program."""
        return Unsaved() if "Authorization" in request.headers else super().open_session(app, request)

    def get_cookie_secure(self, app: Flask) -> bool:
        """Over TLS only, where this request came by TLS or the settings say that all do."""
        return request.is_secure or super().get_cookie_secure(app)

    def save_session(self, app: Flask, session: SessionMixin, response: Response) -> None:
        """Sets the cookie where a browser's session changed."""
        if not isinstance(session, Unsaved):
            super().save_session(app, session, response)
