"""Accounts for a few people of the group, one for each kind of work; everybody sets his own password by a link."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from sqlalchemy import Connection

from app.demo.organisation import JOBS, Colleague, Shop

ELSEWHERE = ("general_manager", "sales_manager", "sales_consultant")  # also at the third store, of another company
FOREIGN = 2
Invite = Callable[[int], str]


@dataclass(frozen=True, slots=True)
class Entrance:
    """How somebody comes in the first time."""

    name: str
    login: str
    role: str
    store: str
    path: str


def open_accounts(connection: Connection, shops: list[Shop], invite: Invite) -> list[Entrance]:
    """Gives each chosen person an account with the role of his job, and a link; who has an account keeps it."""
    return [_entrance(connection, shop, role, one, invite) for shop, role, one in _chosen(shops)]


def _chosen(shops: list[Shop]) -> Iterator[tuple[Shop, str, Colleague]]:
    """The first of each job anywhere, then some of a store of another company."""
    for role in JOBS:
        shop = next(one for one in shops if role in one.staff)
        yield shop, role, shop.staff[role][0]
    for role in ELSEWHERE:
        yield shops[FOREIGN], role, shops[FOREIGN].staff[role][0]


def _entrance(connection: Connection, shop: Shop, role: str, one: Colleague, invite: Invite) -> Entrance:
    sql = "SELECT u.id, u.username FROM employee e JOIN ab_user u ON u.id = e.user_id WHERE e.id = %s"
    found = connection.exec_driver_sql(sql, (one.id,)).one_or_none()
    user, login = found or _account(connection, shop, role, one)
    return Entrance(one.name, login, role, shop.name, f"/welcome/{invite(user)}")


def _account(connection: Connection, shop: Shop, role: str, one: Colleague) -> tuple[int, str]:
    login = f"{role}.{shop.code.lower()}"
    sql = "INSERT INTO ab_user (username, first_name, last_name, active) VALUES (%s, %s, '', true) RETURNING id"
    user = int(connection.exec_driver_sql(sql, (login, one.name)).scalar_one())
    connection.exec_driver_sql(
        "INSERT INTO ab_user_role (user_id, role_id) SELECT %s, id FROM ab_role WHERE name = %s", (user, role)
    )
    connection.exec_driver_sql("UPDATE employee SET user_id = %s WHERE id = %s", (user, one.id))
    return user, login
