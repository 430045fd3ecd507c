"""Papers made from the one before: an opportunity's quotation, a quotation's order; nothing is typed twice."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from app.core.clock import business_date
from app.core.entity import Entity
from app.core.errors import Invalid
from app.core.field import Field
from app.core.label import Label
from app.models import ENTITIES
from app.records import write
from app.records.context import Context
from app.records.row import Record
from app.records.rulebook import RULEBOOK, Outcome

QUOTED_IN = ("intent", "needs", "test_drive", "quotation", "negotiation")
QUOTATION, ORDER = ENTITIES["quotation"].by_name, ENTITIES["sales_order"].by_name
FIGURES = ("price", "discount")
LINE = ("line", "kind", "product", "name", "quantity", "price", "discount")
LISTED = Label("留空按车型指导价。", "Left empty, the model's list price.")
LINES = "SELECT {} FROM quotation_line WHERE quotation_id = %s ORDER BY line"
ORDERED = "SELECT number FROM sales_order WHERE quotation_id = %s AND status <> 'cancelled'"


def asked(known: Field, **changes: Any) -> Field:
    """A field as an action asks for it."""
    return replace(known, section=None, **changes)


@RULEBOOK.deed(
    "opportunity",
    code="make_quotation",
    label=Label("做报价", "Make a quotation"),
    icon="file-text",
    makes="quotation",
    fields=(
        asked(QUOTATION["model"]),
        asked(QUOTATION["color"]),
        asked(QUOTATION["price"], required=False, default=None, help=LISTED),
        asked(QUOTATION["discount"]),
        asked(QUOTATION["valid_until"]),
    ),
    applies=lambda _context, record: record["stage"] in QUOTED_IN,
)
def make_quotation(context: Context, _entity: Entity, record: Record, values: Mapping[str, Any]) -> Outcome:
    """Opens a draft for the opportunity's customer, at the price given or the model's list price."""
    sql = "SELECT list_price FROM vehicle_model WHERE id = %s"
    price = values["price"]
    if price is None:
        price = context.connection.exec_driver_sql(sql, (values["model"],)).scalar_one_or_none()
    if price is None:
        raise Invalid({"price": write.MISSING})
    # Whoever makes it sells only where he works.
    mine = write.default(context, QUOTATION["consultant"]) if record.store == context.actor.store else None
    known = {"customer": record["customer"], "consultant": record["consultant"] or mine}
    filled = write.raw(QUOTATION, {**values, **known, "price": price})
    quotation = context.entity("quotation")
    number = write.insert(context, quotation, filled | {"store": record.store, "opportunity": record.id})
    words = Label("报价草稿已建好，加上精品和服务后发出。", "The draft is there; add the extras and send it.")
    return Outcome(words, f"/data/quotation/{number}")


@RULEBOOK.deed(
    "quotation",
    code="make_order",
    label=Label("转为订单", "Make it an order"),
    icon="shopping-cart",
    makes="sales_order",
    fields=(asked(ORDER["payment"]), asked(ORDER["promised_on"])),
    applies=lambda context, record: holds(context, record) and not ordered(context, record),
)
def make_order(context: Context, _entity: Entity, record: Record, values: Mapping[str, Any]) -> Outcome:
    """Opens a draft of what was offered, with every line; confirming it accepts the quotation."""
    names = ("customer", "opportunity", "model", "color", "consultant", "note", *FIGURES)
    whole = write.raw(ORDER, {**values, **{name: record[name] for name in names}})
    order, line = context.entity("sales_order"), context.entity("sales_order_line")
    number = write.insert(context, order, whole | {"store": record.store, "quotation": record.id})
    columns = ", ".join(f'"{line.by_name[name].column}"' for name in LINE)
    for row in context.connection.exec_driver_sql(LINES.format(columns), (record.id,)).all():
        filled = write.raw(line.by_name, dict(zip(LINE, row, strict=True)))
        write.insert(context, line, filled | {"store": record.store, "sales_order": number})
    words = Label("订单草稿已建好，核对后签约。", "The draft is there; check it and confirm.")
    return Outcome(words, f"/data/sales_order/{number}")


def holds(context: Context, record: Record) -> bool:
    """Whether the offer was made and still holds: accepted, or sent and its day has not passed."""
    until = record["valid_until"]
    fresh = until is None or until >= business_date(context.clock.now())
    return record["status"] == "accepted" or (record["status"] == "sent" and fresh)


def ordered(context: Context, record: Record) -> bool:
    """Whether an order was made of the quotation that still stands."""
    return context.connection.exec_driver_sql(ORDERED, (record.id,)).first() is not None
