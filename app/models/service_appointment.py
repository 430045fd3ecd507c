"""Service appointment (预约): a car that is to come to the workshop at a time."""

from app.core.label import Label
from app.core.rules import Apart, Check
from app.fields import Choice, DateTime, LongText, Option, Reference, Text
from app.models.base import Record, about, field
from app.models.grants import SERVICE
from app.models.vocabulary import NUMBERED

STATES = (
    Option("booked", Label("已预约", "Booked")),
    Option("confirmed", Label("已确认", "Confirmed")),
    Option("arrived", Label("已到店", "Arrived")),
    Option("converted", Label("已开单", "Work order opened")),
    Option("no_show", Label("未到店", "No show")),
    Option("cancelled", Label("已取消", "Cancelled")),
)
PURPOSES = (
    Option("maintenance", Label("保养", "Maintenance")),
    Option("repair", Label("维修", "Repair")),
    Option("body", Label("钣喷", "Body and paint")),
    Option("inspection", Label("年检", "Inspection")),
    Option("recall", Label("召回", "Recall")),
)


class ServiceAppointment(Record):
    """A promised time for a car, in a bay where one is set aside."""

    about = about(
        "服务预约",
        "Appointment",
        "Appointments",
        group="service",
        rank=10,
        icon="calendar-event",
        title="number",
        owners=("advisor",),
        list=("number", "starts_at", "vehicle", "customer", "purpose", "advisor", "bay", "status"),
        order="-starts_at",
        unique=(("number",),),
        grants=SERVICE,
        checks=(
            Check(
                "in_order",
                "ends_at > starts_at",
                Label("结束时间要晚于开始时间。", "It must end after it starts."),
                "ends_at",
            ),
            Apart(
                "bay_free",
                ("bay",),
                "starts_at",
                "ends_at",
                Label(
                    "这个工位在这段时间已有预约，请换一个工位或时间。",
                    "The bay is taken then; choose another bay or time.",
                ),
                "bay",
                where="bay_id IS NOT NULL AND status NOT IN ('no_show', 'cancelled')",
            ),
        ),
    )

    number = field(Text(30), "预约号", "Number", help=NUMBERED, search=True)
    vehicle = field(Reference("vehicle"), "车辆", "Vehicle", required=True)
    customer = field(Reference("customer"), "客户", "Customer")
    starts_at = field(DateTime(), "预约时间", "Starts", required=True, index=True)
    ends_at = field(DateTime(), "预计结束", "Ends", required=True)
    purpose = field(Choice(PURPOSES), "事由", "Purpose", required=True, default="maintenance", index=True)
    bay = field(Reference("bay"), "工位", "Bay")
    advisor = field(Reference("employee"), "服务顾问", "Advisor", claimed_by=("service_advisor",))
    status = field(Choice(STATES), "状态", "Status", required=True, readonly=True, default="booked", index=True)
    note = field(LongText(), "备注", "Note")
