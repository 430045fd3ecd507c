"""Acts that may ask for a fresh sign-in, as the dealership chose; the database decides whether one is fresh enough."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from enum import StrEnum

from psycopg import errors as pg
from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError

from app.core.errors import Forbidden, Refusal, StepUp
from app.core.label import Label

FRESH = "fresh"  # how the gate names what it misses


class Act(StrEnum):
    """What may ask again who somebody is."""

    REVEAL = "reveal"
    EXPORT = "export"
    RIGHTS = "rights"
    ROLES = "roles"
    TOKENS = "tokens"
    FACTOR = "factor"


ACTS: Mapping[Act, Label] = {
    Act.REVEAL: Label("查看证件号码等身份信息（电话不受影响）", "Opening identity numbers (never telephone numbers)"),
    Act.EXPORT: Label("导出数据", "Exporting records"),
    Act.RIGHTS: Label("修改角色的权限", "Changing what roles may do"),
    Act.ROLES: Label("给人加减角色", "Giving and taking roles"),
    Act.TOKENS: Label("建立接口令牌", "Making API tokens"),
    Act.FACTOR: Label("修改两步验证", "Changing two-step sign-in"),
}


def demand(connection: Connection, act: Act) -> None:
    """Returns when who is announced showed who he is lately enough for this act; raises StepUp."""
    with asked():
        connection.exec_driver_sql("SELECT gate.demand_fresh(%s)", (act.value,))


@contextmanager
def asked() -> Iterator[None]:
    """What the gate refuses for want of a fresh sign-in, as StepUp."""
    try:
        yield
    except DBAPIError as error:
        if isinstance(error.orig, pg.InsufficientPrivilege) and error.orig.diag.constraint_name == FRESH:
            raise refusal_of(error.orig) from error
        raise


def refusal_of(error: pg.Error) -> Refusal:
    """The refusal a privilege error of the gate means."""
    if error.diag.constraint_name != FRESH:
        return Forbidden()
    return StepUp(error.diag.column_name or "", int(error.diag.message_detail or 0))
