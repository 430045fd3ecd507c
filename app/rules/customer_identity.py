"""An identity number is of the paper it is given for."""

from collections.abc import Mapping
from typing import Any

from app.core.entity import Entity
from app.core.errors import Invalid, Unfit
from app.core.label import Label
from app.fields import IdentityNumber
from app.records.context import Context
from app.records.row import Record
from app.records.rulebook import RULEBOOK

# A driving licence bears the number of the ID card; permits of residence have numbers of the ID card's form.
FORMS = {"id_card": {"id_card"}, "uscc": {"uscc"}, "residence_permit": {"id_card"}}
MISMATCH = Unfit(
    "identity_kind",
    Label(
        "号码不是这种证件的号码，请核对证件类型和号码。", "This is no number of such a paper; check kind and number."
    ),
)


@RULEBOOK.test("customer_identity")
def of_its_kind(_context: Context, _entity: Entity, values: Mapping[str, Any], _before: Record | None) -> None:
    """Refuses a number whose form is not that of its paper."""
    number, wanted = values.get("number"), FORMS.get(values["kind"])
    if isinstance(number, str) and wanted and IdentityNumber.family(number) not in wanted:
        raise Invalid({"number": MISMATCH})
