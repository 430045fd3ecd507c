"""What roles may do and who holds them; and what a change would make of people's rights, before it is made."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from dataclasses import field as attribute
from datetime import datetime
from typing import Any

import orjson
from psycopg import errors as pg
from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError

from app.access.actor import actor_from, extents_from
from app.access.fresh import refusal_of
from app.core.action import Action
from app.core.actor import Actor, Extent
from app.core.errors import Invalid, NotFound, Unfit
from app.core.field import State
from app.core.label import Label
from app.core.scope import Reach

NOUN = "rights"  # what the grants are called that let somebody tend grants
FieldStates = Mapping[str, tuple[State | None, State | None]]  # in one's own records, in others; None: as described
SHOWN = 50  # people of whom a preview tells what changes
REFUSED: Mapping[str, Label] = {
    "rights_last": Label(
        "这样改之后，没有人能再设置权限。请先让另一位能登录的人拥有“角色与权限”的修改权。",
        "After this nobody could set rights any more. Let somebody else who can sign in hold that right first.",
    ),
    "rights_own": Label(
        "不能修改自己持有的角色，请另一位管理员来改。", "You hold this role yourself; another administrator changes it."
    ),
    "rights_moved": Label(
        "别人刚改过这个角色，没有保存。请重新打开，在现在的基础上再改。",
        "Somebody changed this role meanwhile, so nothing was saved. Open it again and change what stands now.",
    ),
    "rights_self": Label(
        "不能给自己加减角色，请另一位管理员来做。", "Nobody gives roles to himself; another administrator does."
    ),
    "rights_duties": Label(
        "设置权限和审阅轨迹要分开：同一个账号不能既是系统管理员又是安全官。",
        "Tending rights and judging the trail stay apart: no account is both administrator and security officer.",
    ),
    "rights_held": Label(
        "还有人持有这个角色，请先收回再删除。", "People still hold this role; take it from them first."
    ),
    "rights_shipped": Label(
        "自带的角色不能删除；不用时，收回它的权限即可。", "A shipped role stays; take its rights away instead."
    ),
}
TAKEN = Unfit("taken", Label("已有同名的角色，请换一个名称。", "There is a role of this name; choose another."))


@dataclass(frozen=True, slots=True)
class Right:
    """What a role may do with the records of one entity, how far, and how fields stand that do not as described."""

    actions: frozenset[Action]
    reach: Reach
    fields: FieldStates = attribute(default_factory=dict)


Rights = Mapping[str, Right]


@dataclass(frozen=True, slots=True)
class Role:
    """A role in the list: how many people hold it, on how many entities it grants anything."""

    id: int
    name: str
    base: str | None  # the shipped role it was cloned from
    people: int
    entities: int
    mine: bool  # whether the asker holds it


@dataclass(frozen=True, slots=True)
class RoleRights:
    """One role with everything it grants; `print` tells two editors of it apart."""

    id: int
    name: str
    base: str | None
    mine: bool
    rights: Rights
    print: str


@dataclass(frozen=True, slots=True)
class Holder:
    """Somebody who holds a role; `active` when he may sign in."""

    user: int
    login: str
    name: str
    store: str | None
    active: bool = True


@dataclass(frozen=True, slots=True)
class Effect:
    """What one person may do on the entities concerned, before and after."""

    name: str
    store: str | None
    was: Mapping[str, Extent]
    becomes: Mapping[str, Extent]


@dataclass(frozen=True, slots=True)
class Given:
    """One grant by which somebody may do something."""

    role: str
    right: Right


def roles(connection: Connection) -> list[Role]:
    """Every role; Forbidden without the right to list rights."""
    with refusals():
        return [Role(*row) for row in connection.exec_driver_sql("SELECT * FROM gate.roles()")]


def role(connection: Connection, number: int) -> RoleRights:
    """One role; NotFound when there is none."""
    sql = "SELECT name, base, mine, rights, print FROM gate.role_rights(%s)"
    with refusals():
        name, base, mine, rights, seen = connection.exec_driver_sql(sql, (small(number),)).one()
    if name is None:
        raise NotFound
    return RoleRights(number, name, base, mine, from_json(rights), seen)


def holders(connection: Connection, number: int) -> list[Holder]:
    """Who holds a role, those who may sign in first."""
    with refusals():
        return [Holder(*row) for row in connection.exec_driver_sql("SELECT * FROM gate.holders(%s)", (small(number),))]


def accounts(connection: Connection, words: str, most: int = 20) -> list[Holder]:
    """Living accounts whose login or name holds the words."""
    sql = "SELECT * FROM gate.accounts(%s, %s)"
    with refusals():
        return [Holder(*row) for row in connection.exec_driver_sql(sql, (words, most))]


def history(connection: Connection, number: int, most: int = 20) -> list[tuple[datetime, str, Mapping[str, Any]]]:
    """What was done with a role, newest first: when, by whom, and `was` and `becomes`, or `given`, `taken`, `like`."""
    with refusals():
        rows = connection.exec_driver_sql("SELECT * FROM gate.role_history(%s, %s)", (small(number), most))
        return [(at, name or "", details) for at, name, details in rows]


def effects(connection: Connection, number: int, wanted: Rights, seen: str) -> tuple[list[Effect], int]:
    """What a change would make of its holders' rights, and how many more there are; nothing is changed.

    Raises Invalid for what would be refused.
    """
    sql = "SELECT people, more FROM gate.rights_effect(%s, %s::jsonb, %s, %s)"
    with refusals():
        people, more = connection.exec_driver_sql(sql, (small(number), to_json(wanted), seen, SHOWN)).one()
    told = [
        Effect(one["name"], one["store"], extents_from(one["was"] or {}), extents_from(one["becomes"] or {}))
        for one in people
    ]
    return told, int(more)


def set_rights(connection: Connection, number: int, wanted: Rights, seen: str) -> None:
    """Puts these rights in the place of what the role had on these entities; raises Invalid."""
    sql = "SELECT gate.set_rights(%s, %s::jsonb, %s)"
    with refusals():
        connection.exec_driver_sql(sql, (small(number), to_json(wanted), seen))


def clone(connection: Connection, number: int, name: str) -> int:
    """Makes a role like another; its number. Raises Invalid for a name that is taken."""
    with refusals():
        sql = "SELECT gate.clone_role(%s, %s)"
        return int(connection.exec_driver_sql(sql, (small(number), name)).scalar_one())


def drop(connection: Connection, number: int) -> None:
    """Takes away a cloned role that nobody holds; raises Invalid."""
    with refusals():
        connection.exec_driver_sql("SELECT gate.drop_role(%s)", (small(number),))


def give(connection: Connection, number: int, person: int, *, holds: bool) -> None:
    """Gives a role to somebody or takes it from him; raises Invalid."""
    with refusals():
        connection.exec_driver_sql("SELECT gate.give_role(%s, %s, %s)", (small(person), small(number), holds))


def profile(connection: Connection, person: int, entity: str) -> tuple[Actor, bool, list[Given]]:
    """Somebody as the gate announces him, whether he may sign in, and which role grants him what on an entity."""
    sql = "SELECT profile, grants FROM gate.profile_of(%s, %s)"
    with refusals():
        told, grants = connection.exec_driver_sql(sql, (small(person), entity)).one()
    if told is None:
        raise NotFound
    return actor_from(told), bool(told["in"]), [Given(one["role"], right_of(one)) for one in grants]


def reaches(connection: Connection, person: int, entity: str, record: int) -> bool:
    """Whether the row policy lets somebody see one record."""
    with refusals():
        sql = "SELECT reached_by(%s, %s, %s)"
        return bool(connection.exec_driver_sql(sql, (small(person), entity, record)).scalar_one())


def seen_by(connection: Connection, entity: str, record: int, most: int) -> list[tuple[str, str, str | None]]:
    """Login, name and store of the accounts that may see a record; at most so many accounts are asked."""
    with refusals():
        sql = "SELECT login, name, store FROM seen_by(%s, %s, %s)"
        return [tuple(row) for row in connection.exec_driver_sql(sql, (entity, record, most))]


@contextmanager
def refusals() -> Iterator[None]:
    """What the gate refuses, in words."""
    try:
        yield
    except DBAPIError as error:
        match error.orig:
            case pg.InsufficientPrivilege() as denied:
                raise refusal_of(denied) from error
            case pg.NoDataFound() | pg.ForeignKeyViolation():
                raise NotFound from error
            case pg.CheckViolation(diag=diag) if (code := diag.constraint_name or "") in REFUSED:
                raise Invalid({NOUN: Unfit(code, REFUSED[code])}) from error
            case pg.UniqueViolation():
                raise Invalid({"name": TAKEN}) from error
        raise


def small(number: int) -> int:
    """A number as accounts and roles have them; NotFound beyond."""
    if not 0 < number < 2**31:
        raise NotFound
    return number


def right_of(told: Mapping[str, Any]) -> Right:
    """One right from JSON; a verb unknown to this version allows nothing."""
    known = {action.value for action in Action}
    verbs = frozenset(Action(verb) for verb in told["a"] if verb in known)
    return Right(verbs, Reach(told["r"]), states_of(told.get("f") or {}))


def states_of(told: Mapping[str, Any]) -> FieldStates:
    """States of fields from JSON; ValueError or TypeError for what is none."""
    found = {}
    for name, pair in told.items():
        mine, scope = (None if one is None else State(one) for one in pair)
        if mine is not None or scope is not None:
            found[name] = (mine, scope)
    return found


def from_json(told: Mapping[str, Any]) -> Rights:
    """Rights as the gate tells them."""
    return {entity: right_of(one) for entity, one in told.items()}


def to_json(rights: Rights) -> str:
    """Rights as the gate takes them."""
    return orjson.dumps({name: _plain(one) for name, one in rights.items()}).decode()


def _plain(right: Right) -> dict[str, Any]:
    plain: dict[str, Any] = {"a": sorted(right.actions), "r": right.reach.value}
    if right.fields:
        plain["f"] = {
            name: [None if one is None else int(one) for one in pair] for name, pair in sorted(right.fields.items())
        }
    return plain
