"""What the database refuses, in the words of the person who asked."""

import re
from collections.abc import Iterator
from contextlib import contextmanager

from psycopg import errors as pg
from sqlalchemy.exc import DBAPIError

from app.core.entity import Entity
from app.core.errors import Busy, Forbidden, InUse, Invalid, Malformed, Refusal, Unfit
from app.core.label import Label
from app.models import ENTITIES
from app.records.rulebook import refusal

TAKEN = Label("这个值已被使用，请核对。", "This value is already in use; please check it.")
UNKNOWN = Label(
    "没有找到所选的记录，或它不属于这家门店。", "The chosen record was not found or belongs to another store."
)
USED = Label("还有其他记录引用它，不能删除。", "Other records refer to it, so it cannot be deleted.")
WAIT = Label("数据正被别人使用，请稍后再试。", "Somebody else is using this data; try again in a moment.")
REFUSED = Label("数据库拒绝了这个值，请核对后重试。", "The database refused this value; check it and try again.")
OUTSIDE = Label("不能把记录放到您的范围之外。", "A record cannot be placed outside your scope.")


@contextmanager
def worded(entity: Entity) -> Iterator[None]:
    """Turns what PostgreSQL refuses about `entity` into refusals people and programs can use."""
    try:
        yield
    except DBAPIError as error:
        refusal = refusal_of(error.orig, entity)
        if refusal is None:
            raise
        raise refusal from error


def refusal_of(error: BaseException | None, entity: Entity) -> Refusal | None:  # noqa: PLR0911  # a table of errors
    """The refusal a database error means, or None when it is a fault of ours."""
    if isinstance(error, pg.Error) and (told := ruled(error, entity)):
        return told
    match error:
        case pg.UniqueViolation():
            return Invalid({name: Unfit("taken", TAKEN) for name in named(error, entity)})
        case pg.ForeignKeyViolation():
            return foreign(error, entity)
        case pg.InsufficientPrivilege():
            return Invalid({"store": Unfit("outside", OUTSIDE)}) if "row-level security" in str(error) else Forbidden()
        case pg.NotNullViolation():
            return Invalid(
                {field_of(error.diag.column_name, entity): Unfit("required", Label("请填写。", "Please fill this in."))}
            )
        case pg.CheckViolation() | pg.ExclusionViolation():
            return Invalid({name: Unfit("check", REFUSED) for name in named(error, entity)})
        case pg.DataError():
            return Malformed(REFUSED, "value")
        case pg.LockNotAvailable() | pg.DeadlockDetected() | pg.SerializationFailure() | pg.QueryCanceled():
            return Busy(WAIT)
    return None


def ruled(error: pg.Error, entity: Entity) -> Refusal | None:
    """What a rule of this entity, or of one that the write has consequences for, says; None when it is no rule's."""
    about = ENTITIES.get(error.diag.table_name or "", entity)
    found = refusal(about, error.diag.constraint_name or "", error.diag.column_name)
    if found is None:
        return None
    return Invalid(found if about.name == entity.name else {entity.title: next(iter(found.values()))})


def foreign(error: pg.ForeignKeyViolation, entity: Entity) -> Refusal:
    """A broken reference: to a record one may not use, or from others to one being deleted."""
    if error.diag.table_name == entity.name and "still referenced" not in str(error):
        return Invalid({name: Unfit("unknown", UNKNOWN) for name in named(error, entity)})
    return InUse(USED)


def named(error: pg.Error, entity: Entity) -> list[str]:
    """The fields a violated constraint is about, by its name; the title when it names none."""
    constraint = error.diag.constraint_name or ""
    core = re.sub(r"_(once|fk)$", "", constraint.removeprefix(f"{entity.name}_"))
    found = [field.name for field in entity.fields if field.name == core]
    found = found or [name for group in entity.unique if "_".join(group) == core for name in group]
    return found or [entity.title]


def field_of(column: str | None, entity: Entity) -> str:
    """The field stored in a column."""
    return next((field.name for field in entity.fields if field.column == column), column or entity.title)
