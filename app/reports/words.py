"""What parts of figures are called on paper."""

from app.fields import Option
from app.models import complaint, customer, insurance_policy, opportunity, work_order
from app.models.kpi_figure import NOBODY

_OPTIONS: tuple[Option, ...] = (
    *work_order.KINDS,
    *complaint.CATEGORIES,
    *opportunity.REASONS,
    *insurance_policy.RENEWALS,
    *customer.STAGES,
)
_NAMES = {one.code: one.label.zh for one in reversed(_OPTIONS)} | {NOBODY: "未注明"}


def part_name(part: str) -> str:
    """A part in words; years of a car as they are."""
    return _NAMES.get(part, f"{part} 年" if part[:1].isdigit() else part)
