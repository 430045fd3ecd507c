"""The screens: generated ones for every entity, and the hand-made ones around them."""

from flask import Flask


def install(app: Flask) -> None:
    """Registers every page of the product."""
    from app.heads.dispatch import Instances, blueprint  # noqa: PLC0415  # the whole of views is loaded only where pages are served
    from app.views.asking import asking  # noqa: PLC0415
    from app.views.backups import backups  # noqa: PLC0415
    from app.views.entity_view import EntityView, build  # noqa: PLC0415
    from app.views.feeding import feeding  # noqa: PLC0415
    from app.views.files import install as install_files  # noqa: PLC0415
    from app.views.home import home  # noqa: PLC0415
    from app.views.importing import importing  # noqa: PLC0415
    from app.views.inbox import inbox  # noqa: PLC0415
    from app.views.jobs import jobs  # noqa: PLC0415
    from app.views.probes import probes  # noqa: PLC0415
    from app.views.quality import quality  # noqa: PLC0415
    from app.views.receiving import receiving  # noqa: PLC0415
    from app.views.reports import reports  # noqa: PLC0415
    from app.views.rights import rights  # noqa: PLC0415
    from app.views.role_fields import role_fields  # noqa: PLC0415
    from app.views.security import security  # noqa: PLC0415
    from app.views.security_rules import administration  # noqa: PLC0415
    from app.views.signing import signing  # noqa: PLC0415
    from app.views.tokens import own_tokens  # noqa: PLC0415
    from app.views.trail import trail  # noqa: PLC0415

    app.extensions["forecourt.screens"] = Instances(build)
    app.register_blueprint(blueprint("data", "/data", EntityView, app.extensions["forecourt.screens"]))
    install_files(app)
    app.register_blueprint(home)
    app.register_blueprint(asking)
    app.register_blueprint(importing)
    app.register_blueprint(feeding)
    app.register_blueprint(jobs)
    app.register_blueprint(inbox)
    app.register_blueprint(quality)
    app.register_blueprint(receiving)
    app.register_blueprint(reports)
    app.register_blueprint(rights)
    app.register_blueprint(role_fields)
    app.register_blueprint(administration)
    app.register_blueprint(security)
    app.register_blueprint(signing)
    app.register_blueprint(trail)
    app.register_blueprint(backups)
    app.register_blueprint(own_tokens)
    app.register_blueprint(probes)
