"""What an empty installation begins with: roles, one company, two stores, and a person for each kind of work."""

from dataclasses import dataclass
from functools import partial

from sqlalchemy import Connection, create_engine, pool

import app.rules  # noqa: F401  # what tables obey is made with them
from app.access.key_file import sealer_of
from app.access.keys import SignInKeys
from app.access.signin import Door
from app.fields.sorting import sort_key
from app.models import ENTITIES
from app.records.reindex import reindex
from app.reminders import shipped
from app.rules import risk_rule
from app.studio.install import install_code
from config import Config

STORES = (("PD", "浦东店", "上海"), ("XH", "徐汇店", "上海"))
OFFICERS, GRACE = ("administrator", "security_officer"), 7  # who must have a second factor, and after how many days
TEAMS = (("销售一组", "sales"), ("售后一组", "service"))


@dataclass(frozen=True, slots=True)
class Newcomer:
    """A first account: its login, the name, the role, and the post where it has one."""

    login: str
    name: str
    role: str
    store: str | None = None
    team: str | None = None
    job: str = ""


PEOPLE = (
    Newcomer("admin", "系统管理员", "administrator"),
    Newcomer("officer", "安全官", "security_officer"),
    Newcomer("boss", "陈总", "general_manager", "PD", None, "总经理"),
    Newcomer("manager", "王经理", "sales_manager", "PD", "销售一组", "销售经理"),
    Newcomer("consultant", "李顾问", "sales_consultant", "PD", "销售一组", "销售顾问"),
    Newcomer("advisor", "周顾问", "service_advisor", "PD", "售后一组", "服务顾问"),
    Newcomer("outsider", "钱经理", "sales_manager", "XH", "销售一组", "销售经理"),
)


def load(config: Config) -> list[tuple[str, str, str, str]]:
    """Brings code's roles and grants in; on the first run also the organisation, and answers its one-time sign-ins.

    Each is (name, login, role, path): the path is opened once to choose a password, within three days.
    """
    engine = create_engine(config.url("administrator"), poolclass=pool.NullPool)
    keys = SignInKeys.parse(config.secret("password_pepper"))
    with engine.begin() as connection:
        connection.exec_driver_sql("SET LOCAL ROLE forecourt_guard")
        connection.exec_driver_sql("SELECT gate.provision('sign_in', %s)", (keys.proof,))
        connection.exec_driver_sql("RESET ROLE")
        # What the product itself brings is the system's doing, told apart from somebody's at the database.
        connection.exec_driver_sql("SELECT gate.announce_system('install')")
        install_code(connection, ENTITIES.values())
        risk_rule.install(connection)
        shipped.install(connection)
        if connection.exec_driver_sql("SELECT EXISTS (SELECT FROM ab_user)").scalar_one():
            return []
        organise(connection)
        connection.exec_driver_sql(
            "INSERT INTO gate.factor_demand (role_id, grace) SELECT id, %s FROM ab_role WHERE name = ANY (%s)",
            (GRACE, list(OFFICERS)),
        )
        sealer = sealer_of(config)
        people = [(one, hire(connection, one)) for one in PEOPLE]
        for entity in ENTITIES.values():
            reindex(connection, sealer, entity)
        invite = partial(Door(engine, keys).invite, connection, purpose="welcome", hours=72)
        return [(one.name, one.login, one.role, f"/welcome/{invite(user)}") for one, user in people]


def organise(connection: Connection) -> None:
    """One company with two stores and a sales and a service team in each."""
    company = connection.exec_driver_sql(
        "INSERT INTO company (code, name) VALUES ('G01', '示例汽车集团') RETURNING id"
    ).scalar_one()
    for code, name, city in STORES:
        sql = "INSERT INTO store (code, name, name_key, company_id, city) VALUES (%s, %s, %s, %s, %s) RETURNING id"
        store = connection.exec_driver_sql(sql, (code, name, sort_key(name), company, city)).scalar_one()
        for team, kind in TEAMS:
            connection.exec_driver_sql(
                "INSERT INTO team (store_id, name, name_key, kind) VALUES (%s, %s, %s, %s)",
                (store, team, sort_key(team), kind),
            )


def hire(connection: Connection, one: Newcomer) -> int:
    """Adds an account with its role, and the employee behind it; answers the account's id."""
    sql = "INSERT INTO ab_user (username, first_name, last_name, active) VALUES (%s, %s, '', true) RETURNING id"
    user = int(connection.exec_driver_sql(sql, (one.login, one.name)).scalar_one())
    connection.exec_driver_sql(
        "INSERT INTO ab_user_role (user_id, role_id) SELECT %s, id FROM ab_role WHERE name = %s", (user, one.role)
    )
    if one.store:
        sql = (
            "INSERT INTO employee (store_id, number, name, name_key, team_id, job, user_id)"
            " SELECT s.id, %s, %s, %s, t.id, %s, %s"
            " FROM store s LEFT JOIN team t ON t.store_id = s.id AND t.name = %s WHERE s.code = %s"
        )
        connection.exec_driver_sql(
            sql, (f"E{user:03}", one.name, sort_key(one.name), one.job, user, one.team, one.store)
        )
    return user
