"""Recalled vehicle (召回车辆): a car a recall is about, and whether it was done."""

from app.core.label import Label
from app.fields import Choice, Date, Option, Reference, Text
from app.models.base import Record, about, field
from app.models.grants import SERVICE, kept

STATES = (
    Option("open", Label("待处理", "Open")),
    Option("informed", Label("已通知", "Informed")),
    Option("done", Label("已完成", "Done")),
    Option("declined", Label("车主拒绝", "Declined")),
)


class RecallVehicle(Record):
    """One car of one recall; the record stays whatever is erased."""

    about = about(
        "召回车辆",
        "Recalled vehicle",
        "Recalled vehicles",
        group="service",
        rank=150,
        icon="alert-circle",
        title="status",
        order="-id",
        list=("vehicle", "campaign", "status", "informed_on", "done_on", "done_order"),
        unique=(("campaign", "vehicle"),),
        grants=kept(SERVICE),
    )

    campaign = field(Reference("recall_campaign"), "召回活动", "Campaign", required=True)
    vehicle = field(Reference("vehicle"), "车辆", "Vehicle", required=True)
    status = field(Choice(STATES), "状态", "Status", required=True, readonly=True, default="open", index=True)
    informed_on = field(Date(), "通知日期", "Informed on")
    done_on = field(Date(), "完成日期", "Done on", index=True)
    done_order = field(Reference("work_order"), "完成工单", "Done on order")
    note = field(Text(200), "备注", "Note")
