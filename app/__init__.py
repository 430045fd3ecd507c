"""Forecourt: `create_app` is the one place where everything meets."""

from flask import Flask
from werkzeug.middleware.proxy_fix import ProxyFix

from config import Config


def create_app(config: Config) -> Flask:
    """The web application for these settings; reads the secrets of a web process and connects when first asked."""
    from app import rules  # noqa: F401, PLC0415  # registers what records obey
    from app.access.key_file import sealer_of  # noqa: PLC0415  # below here is what only web processes need
    from app.api import install as install_api  # noqa: PLC0415
    from app.catalog import Catalog  # noqa: PLC0415
    from app.console import install as install_console  # noqa: PLC0415
    from app.db.engine import Database  # noqa: PLC0415
    from app.heads import errors, headers, metering  # noqa: PLC0415
    from app.heads.builder import Builder, Gatekeeper  # noqa: PLC0415
    from app.heads.house import House  # noqa: PLC0415
    from app.heads.quota import Quota  # noqa: PLC0415
    from app.models import ENTITIES  # noqa: PLC0415
    from app.views import install as install_views  # noqa: PLC0415

    app = Flask("app", static_folder="static", template_folder="templates")
    app.config.update(settings(config))
    app.extensions["forecourt"] = House(
        config=config,
        database=Database(
            config.url("web"),
            pool_size=max(config.pool_size, config.web_threads),
            statement_timeout_ms=config.statement_timeout_ms,
        ),
        catalog=Catalog(ENTITIES.values()),
        sealer=sealer_of(config),
        quota=Quota(config.redis, config.api_requests_per_minute),
    )
    if config.trusted_proxies:
        hops = config.trusted_proxies
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=hops, x_proto=hops, x_host=hops)  # type: ignore[method-assign]
    metering.install(app)
    headers.install(app)
    errors.install(app)
    with app.app_context():
        Builder(app, session=None, security_manager_class=Gatekeeper)
        install_views(app)
        install_api(app)
        install_console(app)
    return app


def settings(config: Config) -> dict[str, object]:
    """Flask's own settings."""
    return {
        "SECRET_KEY": config.secret("secret_key"),
        "MAX_CONTENT_LENGTH": config.upload_limit_mb * 1024 * 1024,
        "MAX_FORM_PARTS": 2_000,
        "TRUSTED_HOSTS": list(config.trusted_hosts) or None,
        "SESSION_COOKIE_NAME": "ui",
        "SESSION_COOKIE_HTTPONLY": True,
        "SESSION_COOKIE_SAMESITE": "Lax",
        "SESSION_COOKIE_SECURE": bool(config.tls_certificate or (config.public_url or "").startswith("https://")),
        "WTF_CSRF_CHECK_DEFAULT": False,  # asked for in heads.headers, since API tokens carry none
        "WTF_CSRF_TIME_LIMIT": None,
        "WTF_CSRF_SSL_STRICT": False,
        "APP_NAME": "Forecourt",
        "BABEL_DEFAULT_LOCALE": "zh_Hans_CN",
        "LANGUAGES": {"zh_Hans_CN": {"flag": "cn", "name": "简体中文"}, "en": {"flag": "gb", "name": "English"}},
        "FAB_UPDATE_PERMS": False,
        "FAB_CREATE_DB": False,
        "FAB_ADD_SECURITY_VIEWS": False,
        "FAB_ADD_SECURITY_API": False,
        "FAB_ADD_OPENAPI_VIEWS": False,
        "FAB_API_KEY_ENABLED": False,
        "RATELIMIT_ENABLED": False,
        "TEMPLATES_AUTO_RELOAD": False,
    }
