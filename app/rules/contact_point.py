"""A contact point's kind says what its value is."""

from collections.abc import Mapping
from typing import Any

from app.core.entity import Entity
from app.core.errors import Invalid, Unfit
from app.core.label import Label
from app.fields import Contact
from app.records.context import Context
from app.records.row import Record
from app.records.rulebook import RULEBOOK

MISMATCH = Unfit(
    "contact_kind",
    Label("号码与所选方式不符，请改选方式或核对号码。", "The value is of another kind; choose that kind or check it."),
)


@RULEBOOK.test("contact_point")
def of_its_kind(_context: Context, _entity: Entity, values: Mapping[str, Any], _before: Record | None) -> None:
    """Refuses an address under 手机, a mobile under 固定电话 and the like; a WeChat name may be a mobile number."""
    value, kind = values.get("value"), values["kind"]
    if not isinstance(value, str) or Contact.family(value) == kind:
        return
    if kind == "wechat" and Contact.family(value) == "mobile":
        return
    raise Invalid({"value": MISMATCH})
