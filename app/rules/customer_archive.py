"""A customer who is put away: in no list unless one asks for him, his history kept, and brought back by leaders."""

from collections.abc import Mapping
from typing import Any

from app.core.entity import Entity
from app.core.label import Label
from app.records import write
from app.records.context import Context
from app.records.reindex import reindex
from app.records.row import Record
from app.records.rulebook import RULEBOOK, Outcome

LEADERS = ("sales_manager", "service_manager", "general_manager", "administrator")
AWAY = Label(
    "已归档；筛选“归档时间 有值”可以找到，需要时可取消归档。",
    "Archived; filter by “Archived has a value” to find the record, and bring it back when needed.",
)
BACK = Label("已取消归档，客户回到列表。", "The customer is back in the lists.")


@RULEBOOK.deed(
    "customer",
    code="archive",
    label=Label("归档", "Archive"),
    icon="archive",
    by=LEADERS,
    applies=lambda _context, record: record["archived_at"] is None and record["merged_into"] is None,
    danger=True,
)
def archive(context: Context, entity: Entity, record: Record, _values: Mapping[str, Any]) -> Outcome:
    """Puts the customer away as of now."""
    write.update(context, entity, record.id, record.version, {}, fixed={"archived_at": context.clock.now()})
    return Outcome(AWAY)


@RULEBOOK.deed(
    "customer",
    code="bring_back",
    label=Label("取消归档", "Bring back"),
    icon="arrow-back-up",
    by=LEADERS,
    applies=lambda _context, record: record["archived_at"] is not None,
)
def bring_back(context: Context, entity: Entity, record: Record, _values: Mapping[str, Any]) -> Outcome:
    """Brings the customer back; one who was transferred is found by his words again."""
    write.update(context, entity, record.id, record.version, {}, fixed={"archived_at": None})
    reindex(context.connection, context.sealer, entity, [record.id])
    return Outcome(BACK)
