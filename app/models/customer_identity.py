"""Customer identity (证件): a paper by which a customer proves who he is."""

from app.core.action import EVERYTHING, READ_ONLY, WORK
from app.core.field import Privacy
from app.core.label import Label
from app.core.scope import Reach
from app.fields import Choice, Date, IdentityNumber, Option, Reference, Text
from app.models.base import Record, about, field
from app.models.grants import FIND, FRONT, HEADS, LEADERS, SHOW, grants

KINDS = (
    Option("id_card", Label("居民身份证", "Resident ID card")),
    Option("passport", Label("护照", "Passport")),
    Option("driving_licence", Label("驾驶证", "Driving licence")),
    Option("uscc", Label("统一社会信用代码", "Social credit code")),
    Option("residence_permit", Label("港澳台居民居住证", "Residence permit (HK, Macao, Taiwan)")),
    Option("home_return", Label("回乡证", "Mainland travel permit (HK, Macao)")),
    Option("taiwan_pass", Label("台胞证", "Mainland travel permit (Taiwan)")),
    Option("foreign_resident", Label("外国人永久居留身份证", "Foreign permanent resident card")),
    Option("officer", Label("军官证", "Military officer card")),
)


class CustomerIdentity(Record):
    """One paper of a customer, one of each kind."""

    about = about(
        "证件",
        "Identity paper",
        "Identity papers",
        group="customers",
        rank=14,
        icon="id",
        title="kind",
        list=("customer", "kind", "number", "holder", "expires_on"),
        unique=(("customer", "kind"),),
        grants=(
            *grants(FRONT, WORK | FIND, Reach.STORE),
            *grants(LEADERS, EVERYTHING | SHOW, Reach.STORE),
            *grants(("finance", "complaint_handler"), READ_ONLY | FIND, Reach.STORE),
            *HEADS,
        ),
    )

    customer = field(Reference("customer"), "客户", "Customer", required=True, part_of=True)
    kind = field(Choice(KINDS), "证件类型", "Kind", required=True, default="id_card", index=True)
    number = field(IdentityNumber(), "证件号码", "Number", required=True, privacy=Privacy.SEALED, search=True)
    holder = field(Text(80), "证件姓名", "Name on it", privacy=Privacy.PERSONAL)
    expires_on = field(Date(), "有效期至", "Valid until", index=True)
