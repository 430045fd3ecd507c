"""Asking to see a record beyond one's reach, for a time."""

from app.core.action import Action
from app.core.actor import Actor
from app.core.entity import Entity
from app.core.errors import Invalid, TooMany, Unfit
from app.core.label import Label
from app.core.scope import Belongs
from app.models.access_request import TERMS
from app.records.context import Context

SPENT = Label(
    "今天申请得太多了，请 {minutes} 分钟后再试。", "You have asked often today; try again in {minutes} minutes."
)
REASON = Unfit("required", Label("请写明为什么要看，答复的人据此决定。", "Say why; who answers decides by it."))
TERM = Unfit("choice", Label("请选择多久。", "Choose how long."))
LONGEST = 200


def may_ask(actor: Actor, entity: Entity) -> bool:
    """Whether a record of the entity may be beyond somebody's reach though his role reads such records."""
    extent = actor.extent(entity.name)
    return entity.belongs is Belongs.STORE and not extent.everywhere and actor.may(Action.READ, entity.name)


def ask(context: Context, entity: Entity, record: int, *, term: str, reason: str) -> None:
    """Asks who leads the record's store; the same whether there is such a record or not. Invalid, TooMany."""
    wrong = {}
    if not reason.strip():
        wrong["reason"] = REASON
    if term not in {one.code for one in TERMS}:
        wrong["term"] = TERM
    if wrong:
        raise Invalid(wrong)
    given = (entity.name, record, term, reason.strip()[:LONGEST])
    wait = context.connection.exec_driver_sql("SELECT ask_access(%s, %s, %s, %s)", given).scalar_one()
    if wait:
        raise TooMany(SPENT.format(minutes=-(-wait // 60)), wait)
