"""Customer ownership (归属历史): who looked after a customer, as what and when."""

from app.core.label import Label
from app.core.rules import Apart, Check
from app.fields import Choice, DateTime, Reference, Text
from app.models.base import Record, about, field
from app.models.grants import HISTORY
from app.models.vocabulary import ROLES

OVERLAP = Label(
    "这段时间这个角色已有归属人，请核对起止时间。", "Somebody held this role then; check the beginning and the end."
)


class CustomerOwnership(Record):
    """A stretch of time in which a customer belonged to an employee; written when an owner of the customer changes."""

    about = about(
        "归属历史",
        "Ownership",
        "Ownership history",
        group="customers",
        rank=18,
        icon="history",
        title="role",
        order="-since",
        ledger=True,
        list=("customer", "role", "employee", "since", "until", "reason"),
        checks=(
            Check(
                "ends_later",
                "until IS NULL OR until >= since",
                Label("结束时间不能早于开始时间。", "It cannot end before it began."),
                "until",
            ),
            *(
                Apart(f"one_{role.code}", ("customer",), "since", "until", OVERLAP, "since", f"role = '{role.code}'")
                for role in ROLES
            ),
        ),
        grants=HISTORY,
    )

    customer = field(Reference("customer"), "客户", "Customer", required=True, part_of=True)
    role = field(Choice(ROLES), "角色", "Role", required=True, default="sales", index=True)
    employee = field(Reference("employee"), "归属人", "Employee", required=True)
    since = field(DateTime(), "开始", "Since", required=True, index=True)
    until = field(DateTime(), "结束", "Until", index=True)
    reason = field(Text(200), "原因", "Reason")
