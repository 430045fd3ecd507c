"""The REST API: every entity's, and the tokens and the description that go with it."""

from flask import Flask


def install(app: Flask) -> None:
    """Registers the API under /api/v1."""
    from app.api.entity_api import EntityApi, build  # noqa: PLC0415  # loaded only where the API is served
    from app.api.find import finding  # noqa: PLC0415
    from app.api.openapi import BASE, openapi  # noqa: PLC0415
    from app.api.tokens import bearer  # noqa: PLC0415
    from app.heads.dispatch import Instances, blueprint  # noqa: PLC0415
    from app.heads.sessions import BrowserSessions  # noqa: PLC0415

    app.session_interface = BrowserSessions()
    app.extensions["forecourt.api"] = Instances(build)
    app.register_blueprint(blueprint("api", BASE, EntityApi, app.extensions["forecourt.api"]))
    app.register_blueprint(bearer)
    app.register_blueprint(finding)
    app.register_blueprint(openapi)
