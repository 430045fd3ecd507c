"""Flask-AppBuilder, reduced to what Forecourt stands on: its views and APIs, its hooks, none of its pages."""

from typing import Any

from flask import Flask
from flask_appbuilder import AppBuilder
from flask_appbuilder.security.sqla.manager import SecurityManager
from flask_limiter import Limiter
from flask_login import LoginManager

from app.core.action import Action
from app.heads import door

# FAB's method permissions, in our verbs.
VERBS = {
    "can_list": Action.LIST,
    "can_get": Action.READ,
    "can_show": Action.READ,
    "can_info": Action.LIST,
    "can_add": Action.CREATE,
    "can_post": Action.CREATE,
    "can_edit": Action.UPDATE,
    "can_put": Action.UPDATE,
    "can_delete": Action.DELETE,
    "can_export": Action.EXPORT,
    "can_reveal": Action.REVEAL,
}
NOUN = "data."


class Gatekeeper(SecurityManager):
    """FAB's security manager asking our grants: the methods every FAB check goes through; nothing signs in here."""

    def register_views(self) -> None:
        """No view: the one door is ours."""

    def create_db(self) -> None:
        """No table: migrations make them, once."""

    def create_limiter(self, _app: Flask) -> Limiter:
        """A limiter that limits nothing: ours counts before hashing, in the database."""
        return Limiter(key_func=lambda: "-", enabled=False)

    def create_login_manager(self, _app: Flask) -> LoginManager:
        """A login manager that knows nobody: sessions are rows in the gate."""
        manager = LoginManager()
        manager.user_loader(lambda _: None)
        return manager

    def create_jwt_manager(self, _app: Flask) -> None:
        """No JWT: API tokens are rows in the gate."""

    @staticmethod
    def before_request() -> None:
        """Nothing to load: the door knows the actor."""

    def has_access(self, permission_name: str, view_name: str) -> bool:
        """Whether the actor's grants allow a FAB permission on an entity ("data.customer")."""
        return self._has_view_access(None, permission_name, view_name)

    def _has_view_access(self, _user: object, permission_name: str, view_name: str) -> bool:
        verb = VERBS.get(permission_name)
        return verb is not None and view_name.startswith(NOUN) and door.actor().may(verb, view_name.removeprefix(NOUN))

    def is_item_public(self, _permission_name: str, _view_name: str) -> bool:
        """Nothing is public."""
        return False

    def _get_user_permission_view_menus(self, user: object, permission_name: str, view_menus_name: Any) -> set[str]:
        return {name for name in view_menus_name if self._has_view_access(user, permission_name, name)}


class Builder(AppBuilder):
    """An AppBuilder that registers none of FAB's own views, menus, static files or permission rows."""

    def _add_admin_views(self) -> None:
        """None of FAB's pages."""

    def _add_global_static(self) -> None:
        """None of FAB's assets."""

    def _add_menu_permissions(self, update_perms: bool = False) -> None:
        """No permission rows: grants are ours."""
