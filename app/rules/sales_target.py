"""Whose a sales target is, and for which month."""

from app.core.rules import Derive
from app.records.rulebook import RULEBOOK

RULEBOOK.on(
    "sales_target",
    Derive(
        "level",
        {
            "month": "date_trunc('month', NEW.month)::date",  # whatever day of it was given
            "level": "CASE WHEN NEW.employee_id IS NOT NULL THEN 'employee'"
            " WHEN NEW.team_id IS NOT NULL THEN 'team' ELSE 'store' END",
        },
    ),
)
