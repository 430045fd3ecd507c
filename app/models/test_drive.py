"""Test drive (试驾): a demonstration car somebody drives for a while."""

from app.core.label import Label
from app.core.rules import Apart, Check
from app.fields import Boolean, Choice, DateTime, Integer, LongText, Option, Reference, Text
from app.models.base import Record, about, field
from app.models.grants import SALES
from app.models.vocabulary import NUMBERED

STATES = (
    Option("booked", Label("已预约", "Booked")),
    Option("out", Label("试驾中", "On the road")),
    Option("returned", Label("已还车", "Returned")),
    Option("no_show", Label("未到店", "No show")),
    Option("cancelled", Label("已取消", "Cancelled")),
)
RATINGS = (
    Option("very_good", Label("非常满意", "Very good")),
    Option("good", Label("满意", "Good")),
    Option("fair", Label("一般", "Fair")),
    Option("poor", Label("不满意", "Poor")),
)


class TestDrive(Record):
    """One drive with one car, which nobody else drives at that time."""

    about = about(
        "试驾",
        "Test drive",
        "Test drives",
        group="sales",
        rank=40,
        icon="steering-wheel",
        title="number",
        order="-starts_at",
        owners=("consultant",),
        list=(
            "number",
            "starts_at",
            "ends_at",
            "vehicle",
            "customer",
            "consultant",
            "licence_checked",
            "rating",
            "status",
        ),
        unique=(("number",),),
        grants=SALES,
        checks=(
            Check(
                "in_order",
                "ends_at > starts_at",
                Label("结束时间要晚于开始时间。", "It must end after it starts."),
                "ends_at",
            ),
            Check(
                "forward",
                "km1 >= km0",
                Label(
                    "还车里程不能小于出车里程，请核对里程表。",
                    "It came back with fewer kilometres; check the odometer.",
                ),
                "km1",
            ),
            Check(
                "licence",
                "licence_checked OR status NOT IN ('out', 'returned')",
                Label(
                    "出车前请核对驾驶证，并勾选“驾驶证已核对”。", "Check the driving licence first and tick the box."
                ),
                "licence_checked",
            ),
            Apart(
                "car_free",
                ("vehicle",),
                "starts_at",
                "ends_at",
                Label(
                    "这台试驾车在这段时间已被预约，请换一台车或时间。",
                    "The car is taken then; choose another car or time.",
                ),
                "vehicle",
                where="status NOT IN ('no_show', 'cancelled')",
            ),
        ),
    )

    number = field(Text(30), "试驾单号", "Number", help=NUMBERED, index=True, search=True)
    opportunity = field(Reference("opportunity"), "商机", "Opportunity")
    customer = field(Reference("customer"), "客户", "Customer", required=True)
    vehicle = field(Reference("vehicle"), "试驾车", "Car", required=True)
    consultant = field(Reference("employee"), "陪驾顾问", "Consultant", claimed_by=("sales_consultant",))
    starts_at = field(DateTime(), "开始时间", "Starts", required=True, index=True)
    ends_at = field(DateTime(), "结束时间", "Ends", required=True)
    status = field(Choice(STATES), "状态", "Status", required=True, readonly=True, default="booked", index=True)
    licence_checked = field(Boolean(), "驾驶证已核对", "Licence checked", required=True, default=False)
    km0 = field(Integer(min=0, max=3_000_000), "出车里程（公里）", "Out at (km)")
    km1 = field(Integer(min=0, max=3_000_000), "还车里程（公里）", "Back at (km)")
    route = field(Text(80), "试驾路线", "Route")
    rating = field(Choice(RATINGS), "试驾评价", "Rating", index=True)
    feedback = field(LongText(), "客户反馈", "Feedback")
