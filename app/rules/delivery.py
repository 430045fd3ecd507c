"""What a delivery needs, and what follows from it: the order, the car, its owner, the customer, the opportunity."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from app.core.entity import Entity
from app.core.label import Label
from app.core.rules import Ban, Event, Then
from app.models import ENTITIES
from app.records import write
from app.records.context import Context
from app.records.row import Record
from app.records.rulebook import RULEBOOK, Outcome
from app.rules.numbering import numbers
from app.rules.odometer_reading import misfits

DAY = "(m.delivered_at AT TIME ZONE 'Asia/Shanghai')::date"
SOLD = "moved m JOIN public.sales_order o ON o.id = m.sales_order_id"
ONCE = (Event.INSERT,)

RULEBOOK.on(
    "delivery",
    numbers("DL"),
    Ban(
        "not_allocated",
        "person AND NOT EXISTS (SELECT FROM public.sales_order o"
        " WHERE o.id = NEW.sales_order_id AND o.status = 'allocated')",
        Label("只有“已配车”的订单才能交车，请先给订单配车。", "Allocate a car to the order first."),
        "sales_order",
        on=ONCE,
    ),
    Ban(
        "recalled",
        "person AND EXISTS (SELECT FROM public.sales_order o JOIN public.recall_vehicle r USING (vehicle_id)"
        " WHERE o.id = NEW.sales_order_id AND r.status <> 'done')",
        Label("这台车有未完成的召回，处理完才能交车。", "The car has an open recall, to be dealt with first."),
        "sales_order",
        on=ONCE,
    ),
    Ban(
        "other_order",
        "person AND NEW.sales_order_id <> OLD.sales_order_id",
        Label("交车登记后不能换订单；登记错了请找管理员更正。", "A delivery stays with its order."),
        "sales_order",
        on=(Event.UPDATE,),
    ),
    Ban(
        "not_yet",
        "NEW.delivered_at > now() + interval '1 hour'",
        Label("交车时间不能在将来，请在交车后登记。", "Enter a delivery after it took place."),
        "delivered_at",
    ),
    # The names are the order in which these follow.
    Then(
        "a_order",
        f"UPDATE public.sales_order w SET status = 'delivered' FROM {SOLD} WHERE w.id = o.id"
        " AND o.status <> 'delivered'",
        on=ONCE,
    ),
    Then(
        "b_car",
        f"UPDATE public.vehicle v SET status = 'delivered', bought_on = {DAY}, channel = 'here',"
        " catalogue_model_id = coalesce(v.catalogue_model_id, o.model_id),"
        f" sales_owner_id = coalesce(v.sales_owner_id, o.consultant_id) FROM {SOLD} WHERE v.id = o.vehicle_id",
        on=ONCE,
    ),
    Then(
        "c_former_owner",
        f"UPDATE public.vehicle_role r SET until = greatest({DAY}, r.since) FROM {SOLD}"
        " WHERE r.vehicle_id = o.vehicle_id AND r.role = 'owner' AND r.until IS NULL"
        " AND r.customer_id <> o.customer_id",
        on=ONCE,
    ),
    Then(
        "d_owner",
        "INSERT INTO public.vehicle_role (store_id, vehicle_id, customer_id, role, since)"
        f" SELECT m.store_id, o.vehicle_id, o.customer_id, 'owner', {DAY} FROM {SOLD} WHERE NOT EXISTS (SELECT FROM"
        " public.vehicle_role r WHERE r.vehicle_id = o.vehicle_id AND r.role = 'owner' AND r.until IS NULL)"
        " ORDER BY m.id ON CONFLICT DO NOTHING",
        on=ONCE,
    ),
    Then(
        "e_customer",
        "UPDATE public.customer c SET stage = CASE c.stage WHEN 'prospect' THEN 'new' ELSE 'active' END,"
        f" sales_owner_id = coalesce(c.sales_owner_id, o.consultant_id) FROM {SOLD}"
        " WHERE c.id = o.customer_id AND c.stage IN ('prospect', 'dormant', 'lost')",
        on=ONCE,
        because="交车",
    ),
    Then(
        "f_opportunity",
        f"UPDATE public.opportunity p SET stage = 'delivered' FROM {SOLD} WHERE p.id = o.opportunity_id"
        " AND p.stage NOT IN ('delivered', 'lost')",
        on=ONCE,
    ),
    Then(
        "g_reading",
        "INSERT INTO public.odometer_reading (store_id, vehicle_id, read_at, km, source, standing)"
        " SELECT m.store_id, s.vehicle_id, m.delivered_at, m.odometer, 'sale',"
        f" CASE WHEN {misfits('s', 'm.delivered_at', 'm.odometer')} THEN 'doubtful' ELSE 'counted' END"
        " FROM moved m JOIN public.sales_order s ON s.id = m.sales_order_id WHERE m.odometer IS NOT NULL ORDER BY m.id",
        on=ONCE,
    ),
    Then(
        "day_corrected",
        f"UPDATE public.vehicle v SET bought_on = {DAY} FROM {SOLD} JOIN former f ON f.id = m.id"
        " WHERE v.id = o.vehicle_id AND f.delivered_at <> m.delivered_at",
        on=(Event.UPDATE,),
    ),
)


DELIVERY = ENTITIES["delivery"].by_name
ASKED = ("delivered_at", "odometer", "checklist", "receiver")


@RULEBOOK.deed(
    "sales_order",
    code="hand_over",
    label=Label("登记交车", "Enter the delivery"),
    icon="key",
    makes="delivery",
    fields=tuple(replace(DELIVERY[name], section=None) for name in ASKED),
    applies=lambda _context, record: record["status"] == "allocated",
)
def hand_over(context: Context, _entity: Entity, record: Record, values: Mapping[str, Any]) -> Outcome:
    """Enters the delivery of an order; what follows from it follows."""
    filled = write.raw(DELIVERY, {**values, "consultant": record["consultant"], "sales_order": record.id})
    number = write.insert(context, context.entity("delivery"), filled | {"store": record.store})
    return Outcome(
        Label("交车已登记，订单、车辆和客户已更新。", "The delivery is entered."), f"/data/delivery/{number}"
    )
