"""Work order (工单): one visit of a car to the workshop."""

from app.core.field import Privacy
from app.core.label import Label
from app.core.rules import Check, Once
from app.fields import Choice, DateTime, Integer, LongText, Money, Option, Phone, Reference, Text
from app.models.base import Record, about, field
from app.models.grants import SERVICE
from app.models.vocabulary import NUMBERED

STATES = (
    Option("reception", Label("接车检查", "Reception")),
    Option("dispatched", Label("已派工", "Dispatched")),
    Option("working", Label("施工中", "In work")),
    Option("waiting_parts", Label("待料", "Waiting for parts")),
    Option("waiting_approval", Label("待批", "Waiting for approval")),
    Option("inspection", Label("质检", "Inspection")),
    Option("washing", Label("洗车", "Washing")),
    Option("ready", Label("完工", "Ready")),
    Option("settled", Label("已结算", "Settled")),
    Option("delivered", Label("已交车", "Handed over")),
    Option("voided", Label("作废", "Voided")),
)
KINDS = (
    Option("maintenance", Label("保养", "Maintenance")),
    Option("repair", Label("一般维修", "Repair")),
    Option("warranty", Label("索赔", "Warranty")),
    Option("accident", Label("事故", "Accident")),
    Option("recall", Label("召回", "Recall")),
)
PAYERS = (
    Option("customer", Label("客户自费", "Customer")),
    Option("warranty", Label("厂家索赔", "Manufacturer")),
    Option("insurer", Label("保险", "Insurer")),
    Option("internal", Label("内部", "Internal")),
)
PERSON = Label("送修人", "Brought in by")
MONEY = Label("金额", "Amounts")


class WorkOrder(Record):
    """What is done to a car on one visit, from reception to hand-over."""

    about = about(
        "工单",
        "Work order",
        "Work orders",
        group="service",
        rank=20,
        icon="tool",
        title="number",
        owners=("advisor",),
        list=("number", "vehicle", "customer", "kind", "opened_at", "promised_at", "advisor", "status", "amount"),
        order="-opened_at",
        unique=(("number",),),
        grants=SERVICE,
        checks=(
            Check(
                "promise_later",
                "promised_at IS NULL OR promised_at > opened_at",
                Label("承诺交车时间要晚于接车时间。", "The promised time must be after the car came in."),
                "promised_at",
            ),
            Once(
                "visit",
                ("appointment",),
                "appointment_id IS NOT NULL AND status <> 'voided'",
                Label("这个预约已开过工单，请打开那张工单。", "The appointment has a work order; open that one."),
                "appointment",
            ),
            Check(
                "not_itself",
                "comeback_of_id <> id",
                Label("返修自不能是这张工单自己。", "A work order is no comeback of itself."),
                "comeback_of",
            ),
            Check(
                "amount_positive", "amount >= 0", Label("金额不能是负数。", "The amount cannot be negative."), "amount"
            ),
        ),
    )

    number = field(Text(30), "工单号", "Number", help=NUMBERED, search=True)
    vehicle = field(Reference("vehicle"), "车辆", "Vehicle", required=True)
    customer = field(Reference("customer"), "客户", "Customer")
    appointment = field(Reference("service_appointment"), "预约", "Appointment")
    advisor = field(Reference("employee"), "服务顾问", "Advisor", claimed_by=("service_advisor",))
    kind = field(Choice(KINDS), "类型", "Kind", required=True, default="maintenance", index=True)
    payer = field(Choice(PAYERS), "付费方", "Paid by", required=True, default="customer")
    opened_at = field(DateTime(), "接车时间", "Came in", required=True, index=True)
    promised_at = field(DateTime(), "承诺交车", "Promised for", index=True)
    promise_reason = field(
        Text(100),
        "承诺变更原因",
        "Why the promise moved",
        help=Label("改动承诺时间时填写，变更会留档。", "Needed when the promise moves; the change is kept."),
    )
    mileage = field(Integer(min=0, max=3_000_000), "进店里程（公里）", "Mileage in (km)")
    mileage_reason = field(
        Text(100),
        "里程更正原因",
        "Reason of a lower mileage",
        help=Label(
            "里程比上次低时填写，如更换仪表。", "Needed when it is lower than before, as after a new instrument."
        ),
    )
    status = field(Choice(STATES), "状态", "Status", required=True, readonly=True, default="reception", index=True)
    settled_at = field(DateTime(), "结算时间", "Settled", index=True)
    comeback_of = field(Reference("work_order"), "返修自", "Comeback of")
    fault_code = field(Text(40), "故障代码", "Fault code", index=True)
    complaint = field(LongText(), "客户描述", "Customer's description")
    brought_by = field(Text(60), "送修人", "Name", privacy=Privacy.PERSONAL, section=PERSON)
    brought_phone = field(Phone(), "送修人手机", "Mobile", privacy=Privacy.SEALED, search=True, section=PERSON)
    amount = field(Money(min=0), "应收金额（元）", "Amount (yuan)", required=True, default="0", section=MONEY)
    cost = field(Money(min=0), "成本（元）", "Cost (yuan)", section=MONEY)
