"""Employee's skill (员工技能): who holds which certificate, and until when."""

from app.core.label import Label
from app.core.rules import Check
from app.fields import Choice, Date, Option, Reference, Text
from app.models.base import Record, about, field
from app.models.grants import ORGANISATION

LEVELS = (
    Option("junior", Label("初级", "Junior")),
    Option("intermediate", Label("中级", "Intermediate")),
    Option("senior", Label("高级", "Senior")),
    Option("expert", Label("技师", "Expert")),
)


class EmployeeSkill(Record):
    """One skill of one employee; it goes with the employee."""

    about = about(
        "员工技能",
        "Employee skill",
        "Employee skills",
        group="organisation",
        rank=60,
        icon="school",
        title="certificate",
        order="expires_on",
        owners=("employee",),
        list=("employee", "skill", "level", "certificate", "issued_on", "expires_on"),
        unique=(("employee", "skill"),),
        grants=ORGANISATION,
        checks=(
            Check(
                "in_order",
                "expires_on > issued_on",
                Label("到期日期要晚于发证日期。", "It must expire after it was issued."),
                "expires_on",
            ),
        ),
    )

    employee = field(Reference("employee"), "员工", "Employee", required=True, part_of=True)
    skill = field(Reference("skill"), "技能", "Skill", required=True)
    level = field(Choice(LEVELS), "等级", "Level", required=True, default="junior", index=True)
    certificate = field(Text(60), "证书编号", "Certificate number")
    issued_on = field(Date(), "发证日期", "Issued on")
    expires_on = field(Date(), "到期日期", "Expires on", index=True)
