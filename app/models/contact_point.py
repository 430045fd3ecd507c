"""Contact point (联系方式): one more way to reach a customer."""

from app.core.field import Privacy
from app.core.label import Label
from app.core.rules import Once
from app.fields import Boolean, Choice, Contact, DateTime, Option, Reference, Text
from app.models.base import Record, about, field
from app.models.grants import BUSINESS

KINDS = (
    Option("mobile", Label("手机", "Mobile")),
    Option("wechat", Label("微信", "WeChat")),
    Option("email", Label("邮箱", "E-mail")),
    Option("tel", Label("固定电话", "Landline")),
)


class ContactPoint(Record):
    """A number or address of a customer; the same one may reach several customers (spouses, drivers, a company)."""

    about = about(
        "联系方式",
        "Contact point",
        "Contact points",
        group="customers",
        rank=12,
        icon="address-book",
        title="kind",
        list=("customer", "kind", "value", "is_primary", "verified_at", "bounced", "note"),
        unique=(("customer", "kind", "value"),),
        checks=(
            Once(
                "primary_once",
                ("customer", "kind"),
                "is_primary",
                Label(
                    "这位客户这种方式已有首选，请先取消原来的首选。",
                    "The customer has a preferred one of this kind; unset that first.",
                ),
                "is_primary",
            ),
        ),
        grants=BUSINESS,
    )

    customer = field(Reference("customer"), "客户", "Customer", required=True, part_of=True)
    kind = field(Choice(KINDS), "方式", "Kind", required=True, default="mobile", index=True)
    value = field(Contact(), "号码或账号", "Number or address", required=True, privacy=Privacy.SEALED, search=True)
    is_primary = field(Boolean(), "首选", "Preferred", required=True, default=False)
    verified_at = field(DateTime(), "核实时间", "Verified", index=True)
    bounced = field(Boolean(), "无法送达", "Bounced", required=True, default=False, index=True)
    note = field(Text(120), "备注", "Note", privacy=Privacy.PERSONAL)
