"""Department (部门): a line of work of a store, and who answers for it."""

from app.core.label import Label
from app.fields import Choice, Option, Reference, Text
from app.models.base import Record, about, field
from app.models.grants import ORGANISATION

KINDS = (
    Option("sales", Label("销售", "Sales")),
    Option("service", Label("售后", "Service")),
    Option("care", Label("客户关怀", "Customer care")),
    Option("marketing", Label("市场", "Marketing")),
    Option("finance", Label("财务", "Finance")),
    Option("administration", Label("行政人事", "Administration")),
)


class Department(Record):
    """A department of a store."""

    about = about(
        "部门",
        "Department",
        "Departments",
        group="organisation",
        rank=25,
        icon="sitemap",
        title="name",
        order="name",
        list=("name", "kind", "head", "phone_extension"),
        unique=(("name",),),
        grants=ORGANISATION,
    )

    name = field(Text(60, names=True), "名称", "Name", required=True, index=True, search=True)
    kind = field(Choice(KINDS), "业务", "Line of work", required=True, default="sales", index=True)
    head = field(Reference("employee"), "负责人", "Head")
    phone_extension = field(Text(20), "分机号", "Extension")
