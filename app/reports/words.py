"""What parts of figures are called on paper."""

from app.models import complaint, insurance_policy, opportunity, work_order
from app.models.kpi_figure import NOBODY

_NAMES = {
    code: {one.code: one.label.zh for one in options}
    for code, options in (
        ("K12", opportunity.REASONS),
        ("K31", work_order.KINDS),
        ("K43", insurance_policy.RENEWALS),
        ("K55", complaint.CATEGORIES),
    )
}


def part_name(code: str, part: str) -> str:
    """A part of a KPI in words; years of a car as they are."""
    if part == NOBODY:
        return "未注明"
    return _NAMES.get(code, {}).get(part, f"{part} 年")
