"""Opening a protected value: within one's budget, and in the trail before it is told."""

from typing import Any

from app import metrics
from app.access.fresh import asked
from app.core.action import Action
from app.core.entity import Entity
from app.core.errors import TooMany
from app.core.field import Field
from app.core.label import Label
from app.records.context import Context
from app.records.event import note
from app.records.present import Presenter
from app.records.row import Record

SPENT = Label(
    "查看完整号码的次数用完了，请 {minutes} 分钟后再试；工作需要更多时请找管理员。",
    "You have opened as many numbers as you may for now; try again in {minutes} minutes,"
    " or ask an administrator for more.",
)


def opened(context: Context, presenter: Presenter, record: Record, field: Field, why: dict[str, Any]) -> Any:
    """The value of one field in clear, noted with its reason; raises TooMany beyond one's roles' budget.

    Who calls customers may open 200 a day, others 60 an hour (security.md §4, practice.md §2). A number that proves who
    somebody is raises StepUp for whoever did not show lately who he is himself; one to call by never does.
    """
    entity: Entity = presenter.entity
    context.demand(Action.REVEAL, entity)
    with asked():
        sql = "SELECT gate.spend_reveal(%s, %s)"
        wait = context.connection.exec_driver_sql(sql, (entity.name, field.kind.identifies)).scalar_one()
    if wait:
        raise TooMany(SPENT.format(minutes=-(-wait // 60)), wait)
    details = {"field": field.name, **why}
    metrics.REVEALS.labels(f"{entity.name}.{field.name}").inc()
    note(context.connection, "reveal", entity, record=record.id, store=record.store, details=details)
    return presenter.plain(record, field)
