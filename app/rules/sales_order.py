"""What a sales order comes to, how it moves, and when it and its lines stand still."""

from app.core.label import Label
from app.core.rules import BY_CONSEQUENCE, Ban, Derive, Event, Lifecycle, Move, Then, kept
from app.records.rulebook import RULEBOOK
from app.rules.numbering import numbered
from app.rules.opportunity import JUDGES, OPEN, forward
from app.rules.quotation import AMOUNT, MODEL_NAME, TOTAL, extras, still, summed

SETTLED = ("delivered", "cancelled")
FIXED = (
    "number",
    "customer",
    "model",
    "vehicle",
    "ordered_at",
    "payment",
    "price",
    "discount",
    "deposit",
)
ALLOCATES = "NEW.status = 'allocated' AND (NEW.status, NEW.vehicle_id) IS DISTINCT FROM (OLD.status, OLD.vehicle_id)"

RULEBOOK.on(
    "sales_order",
    Derive(
        "filled",
        {
            "number": numbered("SO"),
            "model_name": MODEL_NAME,
            "ordered_at": "CASE WHEN person AND NEW.status = 'confirmed' THEN coalesce(NEW.ordered_at, now())"
            " ELSE NEW.ordered_at END",
            "cancelled_at": "CASE WHEN NEW.status = 'cancelled' THEN CASE WHEN person"
            " THEN coalesce(OLD.cancelled_at, now()) ELSE coalesce(NEW.cancelled_at, OLD.cancelled_at, now()) END END",
            "extras": extras("sales_order"),
        },
    ),
    TOTAL,
    Lifecycle(
        "status",
        begins=("draft",),
        moves=(
            Move("confirm", Label("签约", "Confirm"), ("draft",), "confirmed", asks=("deposit", "promised_on")),
            Move("allocate", Label("配车", "Allocate a car"), ("confirmed",), "allocated", asks=("vehicle",)),
            Move("release", Label("撤销配车", "Release the car"), ("allocated",), "confirmed", danger=True),
            Move("deliver", Label("交车", "Deliver"), ("allocated",), "delivered", by=BY_CONSEQUENCE),
            Move("drop", Label("作废草稿", "Drop"), ("draft",), "cancelled", asks=("cancel_reason",), danger=True),
            Move(
                "cancel",
                Label("退订", "Cancel"),
                ("confirmed", "allocated"),
                "cancelled",
                by=JUDGES,
                asks=("cancel_reason",),
                danger=True,
            ),
        ),
        needs={
            "confirmed": ("ordered_at",),
            "allocated": ("ordered_at", "vehicle"),
            "delivered": ("vehicle",),
            "cancelled": ("cancel_reason",),
        },
        locks=dict.fromkeys(SETTLED, FIXED),
    ),
    kept(
        "OLD.status IN ('confirmed', 'allocated', 'delivered')",
        Label("已签约的订单要保留；客户不要了请办退订。", "A confirmed order is kept; cancel it instead."),
        "number",
    ),
    Ban(
        "unpriced",
        "person AND NEW.status = 'confirmed' AND NEW.price = 0",
        Label("签约前请填写车价。", "Give the price before the order is confirmed."),
        "price",
    ),
    Ban(
        "signed",
        "person AND OLD.status IN ('confirmed', 'allocated')"
        " AND (NEW.price, NEW.discount) IS DISTINCT FROM (OLD.price, OLD.discount)"
        " AND NOT gate.has_role(ARRAY['sales_manager', 'general_manager'])",
        Label(
            "已签约的价格要由销售经理来改，请找经理。",
            "A signed price is changed by a sales manager; ask one.",
        ),
        "price",
        on=(Event.UPDATE,),
    ),
    Ban(
        "company_without_code",
        "person AND NEW.status = 'confirmed' AND OLD.status = 'draft' AND EXISTS (SELECT FROM public.customer c"
        " WHERE c.id = NEW.customer_id AND c.kind = 'organisation' AND c.uscc IS NULL)",
        Label(
            "单位客户签约前，请先在客户资料里填写统一社会信用代码。",
            "Enter the company's social credit code on the customer before the order is confirmed.",
        ),
        "customer",
    ),
    Ban(
        "car_not_in_stock",
        f"person AND {ALLOCATES} AND NOT EXISTS (SELECT FROM public.vehicle v"
        " WHERE v.id = NEW.vehicle_id AND v.status IN ('stock', 'on_sale'))",
        Label("这台车不在库存或在售状态，请另选一台。", "This car is not in stock or on sale; choose another."),
        "vehicle",
    ),
    Ban(
        "car_recalled",
        f"person AND {ALLOCATES} AND EXISTS (SELECT FROM public.recall_vehicle r"
        " WHERE r.vehicle_id = NEW.vehicle_id AND r.status <> 'done')",
        Label(
            "这台车有未完成的召回，处理完才能配车；请另选一台。",
            "The car has an open recall, to be dealt with first; choose another.",
        ),
        "vehicle",
    ),
    Then("ordered", forward("opportunity_id", "order", OPEN[:-1]), to=("confirmed", "allocated")),
    Then("order_gone", forward("opportunity_id", "negotiation", ("order",)), to=("cancelled",)),
    Then(
        "quotation_taken",
        "UPDATE public.quotation q SET status = 'accepted' FROM moved m"
        " WHERE q.id = m.quotation_id AND q.status = 'sent'",
        to=("confirmed",),
    ),
)
RULEBOOK.on(
    "sales_order_line",
    AMOUNT,
    still(
        "sales_order",
        SETTLED,
        Label(
            "订单已交车或退订，明细不能再改；请另开单据。",
            "The order is delivered or cancelled; open a new one instead.",
        ),
    ),
    *summed("sales_order"),
)
