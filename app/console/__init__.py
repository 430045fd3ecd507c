"""The operator's console: Flask-Admin behind the product's own door, drawn as the product's pages."""

from flask import Flask


def install(app: Flask) -> None:
    """Registers the console's pages; nothing of Flask-Admin's own is served."""
    from flask_admin import Admin  # noqa: PLC0415  # loaded only where pages are served

    from app.console.backups import BackupsView  # noqa: PLC0415
    from app.console.database import DatabaseView, StorageView  # noqa: PLC0415
    from app.console.descriptions import DescriptionsView  # noqa: PLC0415
    from app.console.schedules import RunsView, SchedulesView  # noqa: PLC0415
    from app.console.settings import SettingsView  # noqa: PLC0415
    from app.console.standing import StandingView  # noqa: PLC0415
    from app.console.trail import TrailView  # noqa: PLC0415
    from app.console.valkey import ValkeyView  # noqa: PLC0415
    from app.console.view import HERE  # noqa: PLC0415
    from app.console.work import DeadView, WorkView  # noqa: PLC0415

    first = StandingView()
    admin = Admin(app, name="Forecourt", url=HERE, endpoint=first.endpoint, index_view=first)
    for view in (WorkView, SchedulesView, RunsView, DeadView, TrailView, DescriptionsView, BackupsView):
        admin.add_view(view())
    for view in (DatabaseView, StorageView, ValkeyView, SettingsView):
        admin.add_view(view())
