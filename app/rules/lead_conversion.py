"""What people do with a lead: claim it from the pool, give it back, make it an opportunity."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from app.core.entity import Entity
from app.core.errors import Invalid
from app.core.label import Label
from app.models import ENTITIES
from app.records import write
from app.records.context import Context
from app.records.present import Presenter
from app.records.row import Record
from app.records.rulebook import RULEBOOK, Outcome
from app.rules.lead import DESK, OPEN

FIELDS = ENTITIES["lead"].by_name
MINE = Outcome(
    Label("已认领，请在下次跟进日期前联系客户。", "It is yours; call before the day it is to be followed up.")
)
BACK = Outcome(Label("已退回公海，其他顾问可以认领。", "It is in the pool, where others may claim it."))
# One number is shared by spouses and companies, so the name must agree as well.
KNOWN = (
    "SELECT c.id FROM lead l JOIN customer c ON c.store_id = l.store_id AND c.phone_bidx = l.phone_bidx"
    " AND c.name = l.name WHERE l.id = %s AND c.merged_into_id IS NULL ORDER BY c.id LIMIT 1"
)


def is_open(_context: Context, record: Record) -> bool:
    """Whether the lead is still worked on."""
    return record["status"] in OPEN


def in_pool(context: Context, record: Record) -> bool:
    """Whether the lead lies in the pool of the actor's own store."""
    return is_open(context, record) and record["assignee"] is None and record.store == context.actor.store


def given_back(context: Context, record: Record) -> bool:
    """Whether the actor may give the lead back: it is his, or he hands leads out."""
    mine = record["assignee"] is not None and record["assignee"] == context.actor.employee
    return is_open(context, record) and (mine or bool(record["assignee"] and context.actor.roles & set(DESK)))


@RULEBOOK.deed("lead", code="claim", label=Label("认领", "Claim"), icon="user-check", applies=in_pool)
def claim(context: Context, entity: Entity, record: Record, _values: Mapping[str, Any]) -> Outcome:
    """Makes the actor its consultant; of two who claim it the second is told."""
    write.update(context, entity, record.id, record.version, {}, fixed={"assignee": context.actor.employee})
    return MINE


@RULEBOOK.deed(
    "lead", code="release", label=Label("退回公海", "Give back"), icon="arrow-back-up", applies=given_back, danger=True
)
def release(context: Context, entity: Entity, record: Record, _values: Mapping[str, Any]) -> Outcome:
    """Puts it into the pool."""
    write.update(context, entity, record.id, record.version, {}, fixed={"assignee": None})
    return BACK


@RULEBOOK.deed(
    "lead",
    code="open_opportunity",
    label=Label("转为商机", "Make it an opportunity"),
    icon="flag",
    makes="opportunity",
    fields=(replace(FIELDS["customer"], section=None), replace(FIELDS["series"], section=None)),
    applies=is_open,
)
def open_opportunity(context: Context, entity: Entity, record: Record, values: Mapping[str, Any]) -> Outcome:
    """Opens the opportunity for its customer, known or new; the lead is converted in consequence."""
    series = values.get("series") or record["series"]
    if series is None:
        raise Invalid({"series": write.MISSING})
    customer = values.get("customer") or record["customer"] or known(context, record) or made(context, entity, record)
    given = {
        "store": record.store,
        "lead": record.id,
        "customer": customer,
        "series": series,
        "model": record["model"] if series == record["series"] else None,
        "consultant": record["assignee"] or context.actor.employee,
        "level": record["grade"] or record["intent"],
        "budget": FIELDS["budget"].kind.dump(record["budget"]),
    }
    filled = {name: value for name, value in given.items() if value is not None}
    number = write.insert(context, context.entity("opportunity"), filled)
    return Outcome(Label("已转为商机。", "It is an opportunity now."), f"/data/opportunity/{number}")


def known(context: Context, record: Record) -> int | None:
    """The store's customer of the same name and number, if there is one."""
    found: int | None = context.connection.exec_driver_sql(KNOWN, (record.id,)).scalar_one_or_none()
    return found


def made(context: Context, entity: Entity, record: Record) -> int:
    """A new customer from what the lead tells."""
    plain = Presenter(context, entity, masked=False).plain
    given = {
        "store": record.store,
        "name": record["name"],
        "phone": plain(record, FIELDS["phone"]),
        "sales_owner": record["assignee"],
        "source": context.connection.exec_driver_sql(
            "SELECT name FROM lead_source WHERE id = %s", (record["source"],)
        ).scalar_one_or_none(),
    }
    return write.insert(
        context, context.entity("customer"), {name: value for name, value in given.items() if value is not None}
    )
