"""Showroom visit (来店登记): people who came into the showroom."""

from app.core.field import Privacy, State
from app.core.label import Label
from app.core.rules import Check
from app.fields import Boolean, Choice, DateTime, Integer, LongText, Option, Phone, Reference, Text
from app.models.base import Record, about, field
from app.models.grants import PROSPECTS
from app.models.near import task

PURPOSES = (
    Option("look", Label("看车", "To look at cars")),
    Option("drive", Label("试驾", "To drive")),
    Option("negotiate", Label("谈价签约", "To negotiate or sign")),
    Option("collect", Label("提车", "To collect a car")),
    Option("service", Label("售后", "For service")),
    Option("other", Label("其他", "Other")),
)


class ShowroomVisit(Record):
    """One visit, from the door to the farewell."""

    about = about(
        "来店登记",
        "Showroom visit",
        "Showroom visits",
        group="sales",
        rank=20,
        icon="user-plus",
        title="visitor",
        order="-arrived_at",
        owners=("consultant",),
        near=(task(),),
        list=(
            "arrived_at",
            "visitor",
            "phone",
            "party_size",
            "purpose",
            "first_visit",
            "series",
            "consultant",
            "left_at",
        ),
        grants=PROSPECTS,
        checks=(
            Check(
                "in_order",
                "left_at >= arrived_at",
                Label("离店时间不能早于到店时间。", "They cannot leave before they came."),
                "left_at",
            ),
        ),
    )

    visitor = field(Text(80, names=True), "来访人", "Visitor", required=True, search=True, privacy=Privacy.PERSONAL)
    phone = field(Phone(), "手机", "Mobile", privacy=Privacy.SEALED, search=True, mine=State.CLEAR)
    arrived_at = field(DateTime(), "到店时间", "Came", required=True, index=True)
    left_at = field(DateTime(), "离店时间", "Left")
    party_size = field(Integer(min=1, max=99), "同行人数", "People", required=True, default="1")
    purpose = field(Choice(PURPOSES), "来店目的", "Purpose", required=True, default="look", index=True)
    first_visit = field(Boolean(), "首次来店", "First visit", required=True, default=True, index=True)
    series = field(Reference("series"), "意向车系", "Series wanted")
    lead = field(Reference("lead"), "线索", "Lead")
    customer = field(Reference("customer"), "客户", "Customer")
    receptionist = field(Reference("employee"), "接待员", "Receptionist", claimed_by=("receptionist",))
    consultant = field(Reference("employee"), "销售顾问", "Consultant", claimed_by=("sales_consultant",))
    note = field(LongText(), "备注", "Note", privacy=Privacy.PERSONAL)
