"""Customer address (地址): where a customer lives, works or wants things brought."""

from app.core.field import Privacy
from app.core.label import Label
from app.core.rules import Once
from app.fields import Boolean, Choice, DateTime, Option, Reference, Text
from app.models.base import Record, about, field
from app.models.grants import BUSINESS

KINDS = (
    Option("home", Label("家庭", "Home")),
    Option("work", Label("单位", "Work")),
    Option("delivery", Label("寄送", "Delivery")),
    Option("other", Label("其他", "Other")),
)


class CustomerAddress(Record):
    """An address: district and community can be read and filtered, the house number is sealed."""

    about = about(
        "地址",
        "Address",
        "Addresses",
        group="customers",
        rank=13,
        icon="map-pin",
        title="district",
        list=("customer", "kind", "district", "community", "detail", "is_primary", "verified_at"),
        checks=(
            Once(
                "primary_once",
                ("customer",),
                "is_primary",
                Label(
                    "这位客户已有首选地址，请先取消原来的首选。",
                    "The customer has a preferred address; unset that first.",
                ),
                "is_primary",
            ),
        ),
        grants=BUSINESS,
    )

    customer = field(Reference("customer"), "客户", "Customer", required=True, part_of=True)
    kind = field(Choice(KINDS), "类型", "Kind", required=True, default="home", index=True)
    district = field(Text(80), "地区", "District", required=True, privacy=Privacy.PERSONAL, index=True, search=True)
    community = field(Text(80), "小区或街道", "Community", privacy=Privacy.PERSONAL, index=True, search=True)
    detail = field(Text(120), "门牌号", "House number", privacy=Privacy.SEALED)
    is_primary = field(Boolean(), "首选", "Preferred", required=True, default=False)
    verified_at = field(DateTime(), "核实时间", "Verified")
