"""What a quotation comes to, how it moves, and when its lines stand still."""

from app.core.label import Label
from app.core.rules import Ban, Derive, Event, Lifecycle, Move, Then, kept
from app.records.rulebook import RULEBOOK
from app.rules.numbering import numbered
from app.rules.opportunity import TODAY, forward

# A model renamed later keeps the name it had on paper.
MODEL_NAME = (
    "CASE WHEN OLD.model_id = NEW.model_id THEN OLD.model_name"
    " ELSE (SELECT v.name FROM public.vehicle_model v WHERE v.id = NEW.model_id) END"
)
TOTAL = Derive("total", {"total": "NEW.price - NEW.discount + NEW.extras"})
AMOUNT = Derive("amount", {"amount": "round(NEW.price * NEW.quantity) - NEW.discount"})


def extras(table: str) -> str:
    """SQL: what the lines of the row NEW of a table with lines come to."""
    return f"coalesce((SELECT sum(l.amount) FROM public.{table}_line l WHERE l.{table}_id = NEW.id), 0)"


def summed(table: str) -> tuple[Then, Then]:
    """What follows from a table's lines: the whole they are part of, and the one they were part of, is summed anew."""
    again = f"UPDATE public.{table} w SET extras = w.extras WHERE w.id IN (SELECT {table}_id FROM moved"
    return (
        Then("sum", f"{again})", on=(Event.INSERT, Event.DELETE)),
        Then("sum_again", f"{again} UNION SELECT {table}_id FROM former)", on=(Event.UPDATE,)),
    )


def still(table: str, states: tuple[str, ...], label: Label) -> Ban:
    """The refusal of lines that come, change or go where the whole, as it is or was, has one of these states."""
    where = ", ".join(f"'{one}'" for one in states)
    return Ban(
        "closed",
        f"person AND EXISTS (SELECT FROM public.{table} w WHERE w.id IN (NEW.{table}_id, OLD.{table}_id)"
        f" AND w.status IN ({where}))",
        label,
        table,
        on=(Event.INSERT, Event.UPDATE, Event.DELETE),
    )


RULEBOOK.on(
    "quotation",
    Derive(
        "filled",
        {
            "number": numbered("QT"),
            "quoted_on": f"coalesce(NEW.quoted_on, {TODAY})",
            "model_name": MODEL_NAME,
            "extras": extras("quotation"),
        },
    ),
    TOTAL,
    Lifecycle(
        "status",
        begins=("draft",),
        moves=(
            Move("send", Label("发出报价", "Send"), ("draft",), "sent", asks=("valid_until",)),
            Move("accept", Label("客户接受", "Accepted"), ("sent",), "accepted"),
            Move("decline", Label("客户拒绝", "Declined"), ("sent",), "declined", danger=True),
            Move("expire", Label("已过期", "Expired"), ("sent",), "expired"),
            Move("revise", Label("重新报价", "Revise"), ("sent", "declined", "expired"), "draft"),
        ),
        needs=dict.fromkeys(("sent", "accepted"), ("valid_until",)),
        locks=dict.fromkeys(("accepted",), ("customer", "model", "price", "discount", "number")),
    ),
    Ban(
        "ordered",
        "person AND NEW.status IN ('draft', 'declined', 'expired') AND NEW.status IS DISTINCT FROM OLD.status"
        " AND EXISTS (SELECT FROM public.sales_order o WHERE o.quotation_id = NEW.id AND o.status <> 'cancelled')",
        Label(
            "这份报价已转成订单；要改价请在订单上改，或先作废那张订单。",
            "It has become an order: change the price there, or give up that order first.",
        ),
        "status",
        on=(Event.UPDATE,),
    ),
    kept(
        "OLD.status = 'accepted'",
        Label("客户已接受的报价要保留，不能删除。", "An accepted quotation is kept and cannot be deleted."),
        "number",
    ),
    Then("quoted", forward("opportunity_id", "quotation", ("intent", "needs", "test_drive")), to=("sent", "accepted")),
)
RULEBOOK.on(
    "quotation_line",
    AMOUNT,
    still(
        "quotation",
        ("accepted",),
        Label(
            "客户已接受这份报价，明细不能再改；请另做一份报价。", "The quotation was accepted; make a new one instead."
        ),
    ),
    *summed("quotation"),
)
