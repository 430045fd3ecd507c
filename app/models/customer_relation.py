"""Customer relation (人脉): how two customers of a store know each other."""

from app.core.field import Privacy
from app.core.label import Label
from app.core.rules import Check
from app.fields import Choice, Option, Reference, Text
from app.models.base import Record, about, field
from app.models.grants import BUSINESS

SYMMETRIC = (
    Option("spouse", Label("配偶", "Spouse")),
    Option("relative", Label("亲属", "Relative")),
    Option("friend", Label("朋友", "Friend")),
    Option("colleague", Label("同事", "Colleague")),
)
DIRECTED = (
    Option("referrer", Label("推荐", "Referred")),
    Option("employer", Label("雇主", "Employs")),
)


class CustomerRelation(Record):
    """A tie between two customers; one that holds both ways stands once, the older customer first."""

    about = about(
        "人脉关系",
        "Relation",
        "Relations",
        group="customers",
        rank=16,
        icon="sitemap",
        title="kind",
        list=("customer", "kind", "other", "note"),
        unique=(("customer", "other", "kind"),),
        checks=(
            Check(
                "two_people",
                "customer_id <> other_id",
                Label("请选择另一位客户。", "Choose another customer."),
                "other",
            ),
        ),
        grants=BUSINESS,
    )

    customer = field(Reference("customer"), "客户", "Customer", required=True, part_of=True)
    kind = field(Choice((*SYMMETRIC, *DIRECTED)), "关系", "Relation", required=True, default="friend", index=True)
    other = field(Reference("customer"), "对方", "Other customer", required=True, part_of=True)
    note = field(Text(200), "说明", "Note", privacy=Privacy.PERSONAL)
