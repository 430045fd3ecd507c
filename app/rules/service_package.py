"""How prepaid packages are used up, extended and paid back."""

from app.core.label import Label
from app.core.rules import Ban, Event, Lifecycle, Move, Then
from app.records.rulebook import RULEBOOK

SELLERS = ("service_advisor", "service_manager")
TILL = ("service_manager", "finance", "general_manager")
TODAY = "(pg_catalog.now() AT TIME ZONE 'Asia/Shanghai')::date"

RULEBOOK.on(
    "service_package",
    Lifecycle(
        "status",
        begins=("active",),
        moves=(
            Move("use_up", Label("用完", "Used up"), ("active",), "used_up"),
            Move("give_back", Label("恢复次数", "Uses came back"), ("used_up",), "active"),
            Move("expire", Label("到期待退", "Expired: refund due"), ("active",), "refund_due", by=SELLERS),
            Move("extend", Label("延期", "Extend"), ("refund_due",), "active", by=SELLERS, asks=("expires_on",)),
            Move(
                "refund",
                Label("退款", "Refund"),
                ("active", "refund_due"),
                "refunded",
                by=TILL,
                asks=("refunded", "refunded_on"),
                danger=True,
            ),
        ),
        needs={"refunded": ("refunded", "refunded_on")},
        locks=dict.fromkeys(
            ("used_up", "refunded"), ("customer", "vehicle", "bought_on", "total", "price", "refunded")
        ),
    ),
    Ban(
        "by_ledger",
        "person AND (TG_OP = 'INSERT' AND NEW.used <> 0 OR TG_OP = 'UPDATE' AND NEW.used IS DISTINCT FROM OLD.used)",
        Label("已用次数由核销记录得出，请登记核销。", "What is used follows from the package's uses; write one."),
        "used",
    ),
    Ban(
        "is_used_up",
        "person AND TG_OP = 'UPDATE' AND NEW.status IS DISTINCT FROM OLD.status"
        " AND (NEW.status = 'used_up' AND NEW.used < NEW.total OR NEW.status = 'active' AND NEW.used = NEW.total)",
        Label(
            "剩余次数与这个状态不符，请先核对核销记录。", "What is left does not fit this state; check the uses first."
        ),
        "status",
    ),
    Ban(
        "extended",
        f"TG_OP = 'UPDATE' AND OLD.status = 'refund_due' AND NEW.status = 'active' AND NEW.expires_on < {TODAY}",
        Label("延期后的到期日期要在今天或以后。", "The new expiry is today or later."),
        "expires_on",
    ),
    Ban(
        "owed",
        "person AND OLD.used < OLD.total AND OLD.status <> 'refunded' AND OLD.price > 0",
        Label("套餐还有剩余次数，不能删除；请退款或延期。", "Uses are left, so it cannot go; refund or extend it."),
        "number",
        on=(Event.DELETE,),
    ),
)
RULEBOOK.on(
    "service_package_use",
    Ban(
        "not_left",
        "EXISTS (SELECT FROM public.service_package p WHERE p.id = NEW.package_id"
        " AND NOT p.used + NEW.times BETWEEN 0 AND p.total)",
        Label("套餐剩余次数不够，或退回超过已用次数。", "The package has not that many uses left, or to give back."),
        "times",
        on=(Event.INSERT,),
    ),
    Ban(
        "paid_back",
        "EXISTS (SELECT FROM public.service_package p WHERE p.id = NEW.package_id AND p.status = 'refunded')",
        Label("套餐已退款，不能再核销。", "The package was refunded and cannot be used."),
        "package",
        on=(Event.INSERT,),
    ),
    # Expiry takes nothing: uses after it count, and what is left is owed back or extended.
    Then(
        "count",
        "UPDATE public.service_package p SET used = p.used + m.times, status = CASE"
        " WHEN p.status = 'active' AND p.used + m.times = p.total THEN 'used_up'"
        " WHEN p.status = 'used_up' AND p.used + m.times < p.total THEN 'active' ELSE p.status END"
        " FROM (SELECT package_id, sum(times) AS times FROM moved GROUP BY package_id) m WHERE p.id = m.package_id",
        on=(Event.INSERT,),
    ),
)
