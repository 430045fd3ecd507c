"""Protected values one may ask for whole: how often, so that asking is not reading."""

from app.core.entity import Entity
from app.core.errors import TooMany
from app.core.kind import Operator
from app.core.label import Label
from app.records.context import Context
from app.records.query import Query
from app.records.search import seeks_protected

SPENT = Label(
    "按号码查找的次数用完了，请 {minutes} 分钟后再试。",
    "You have looked for numbers as often as you may for now; try again in {minutes} minutes.",
)


def protected(context: Context, entity: Entity, query: Query) -> dict[str, bool]:
    """The sealed fields whose whole or end the question asks for; True where that counts."""
    asked = {one.field.name: True for one in query.conditions if one.field.sealed and one.operator is not Operator.HAS}
    return (seeks_protected(context, entity, query.words) | asked) if query.words else asked


def spend_search(context: Context) -> None:
    """Takes one question by a protected value from the asker's budget: 120 an hour, or TooMany.

    Whoever sees 138****8000 and may ask for whole numbers would otherwise have the rest by asking ten thousand times.
    """
    if wait := context.connection.exec_driver_sql("SELECT gate.spend_search()").scalar_one():
        raise TooMany(SPENT.format(minutes=-(-wait // 60)), wait)
