"""Who leaves hands over: what is open under his name goes to colleagues, and his doors close with his last day."""

from collections.abc import Mapping
from typing import Any

from app.core.action import Action
from app.core.entity import Entity
from app.core.errors import Invalid, Unfit
from app.core.field import Field
from app.core.label import Label
from app.core.rules import Ban, Event
from app.fields import Date, Reference
from app.models import ENTITIES
from app.records.context import Context
from app.records.read import fetch
from app.records.refusals import worded
from app.records.row import Record
from app.records.rulebook import RULEBOOK, Outcome
from app.rules.dated import TODAY

LEADERS = ("sales_manager", "service_manager", "general_manager", "administrator")
OPEN = Label(
    "他名下还有未交接的客户、商机或任务，请先用“交接”转给同事。",
    "Customers, opportunities or tasks are still his; use “Hand over” to give them to colleagues first.",
)
HEIR = Unfit(
    "heir", Label("请选择同一门店的在职同事，不能是本人。", "Choose a colleague of the same store who works there.")
)
DONE = Label("已交接 {n} 条记录；{day} 起不能再登录。", "{n} records handed over; no sign-in from {day} on.")


def heir(name: str, zh: str, en: str, *, required: bool = False) -> Field:
    """One colleague who takes over."""
    return Field(name=name, kind=Reference("employee"), target="employee", label=Label(zh, en), required=required)


RULEBOOK.say("employee_heirs", "to", HEIR.label)
RULEBOOK.on(
    "employee",
    Ban(
        "open_items",
        "person AND NEW.left_on IS NOT NULL AND OLD.left_on IS NULL AND public.open_items(NEW.id) > 0",
        OPEN,
        "left_on",
        on=(Event.UPDATE,),
    ),
)

# Whose records are worked by the person they name: nobody gives new work to who has left.
WORKED = ("customer", "vehicle", "lead", "opportunity", "task", "renewal_case", "complaint", "ticket")


def leaver(column: str) -> str:
    """SQL: whether a column of NEW now names somebody whose last day has come."""
    return (
        f"(NEW.{column} IS DISTINCT FROM OLD.{column} AND EXISTS (SELECT FROM public.employee e"
        f" WHERE e.id = NEW.{column} AND e.left_on <= {TODAY}))"
    )


for _entity in (ENTITIES[name] for name in WORKED):
    for _name in _entity.owners:
        RULEBOOK.on(
            _entity.name,
            Ban(
                f"leaver_{_name}",
                f"person AND {leaver(_entity.by_name[_name].column)}",
                Label("这位同事已离职，请选择在职的同事。", "This colleague has left; choose one who works here."),
                _name,
            ),
        )


@RULEBOOK.deed(
    "employee",
    code="hand_over",
    label=Label("离职交接", "Hand over"),
    icon="logout",
    fields=(
        heir("to", "交给", "To", required=True),
        heir("second", "平分给第二位", "Shared with a second"),
        heir("third", "平分给第三位", "Shared with a third"),
        Field(name="last_day", kind=Date(), label=Label("离职日期", "Leaves on"), required=True),
    ),
    action=Action.READ,
    by=LEADERS,
    applies=lambda context, record: record["left_on"] is None and record.id != context.actor.employee,
    danger=True,
)
def hand_over(context: Context, entity: Entity, record: Record, values: Mapping[str, Any]) -> Outcome:
    """Gives what is open under his name to one to three colleagues in turn, with a task to greet each customer."""
    names = [name for name in ("to", "second", "third") if values.get(name) is not None]
    heirs = {name: fetch(context, entity, values[name]) for name in names}
    wrong = {
        name: HEIR
        for name, one in heirs.items()
        if one.id == record.id or one.store != record.store or one["left_on"] is not None
    }
    if wrong:
        raise Invalid(wrong)
    chosen = list(dict.fromkeys(one.id for one in heirs.values()))
    with worded(entity):
        sql = "SELECT hand_over(%s, %s::bigint[], %s)"
        moved = context.connection.exec_driver_sql(sql, (record.id, chosen, values["last_day"])).scalar_one()
    return Outcome(DONE.format(n=sum(moved.values()), day=values["last_day"].isoformat()))
