"""A quality figure tells the average of what it sums."""

from app.core.rules import Derive
from app.records.rulebook import RULEBOOK

RULEBOOK.on(
    "quality_figure",
    Derive("average", {"completeness": "CASE WHEN NEW.records > 0 THEN NEW.points / NEW.records END"}),
)
