"""The ten rules a group begins with (practice.md §8), and what keeps them there."""

from dataclasses import dataclass

from sqlalchemy import Connection, text

from app.core.label import Label
from app.core.rules import kept
from app.records.rulebook import RULEBOOK


@dataclass(frozen=True, slots=True)
class Shipped:
    """A rule as it is shipped: reported from `threshold` events within `hours`."""

    kind: str
    threshold: int
    hours: int
    severity: str


SHIPPED = (
    Shipped("mass_opening", 50, 24, "medium"),  # security.md §4: alarm at 50 a day
    Shipped("night", 10, 24, "medium"),
    Shipped("export", 5_000, 24, "high"),  # rows
    Shipped("grant", 1, 24, "medium"),
    Shipped("leaver", 20, 720, "high"),
    Shipped("one_number", 5, 168, "medium"),  # people
    Shipped("denials", 20, 1, "medium"),
    Shipped("import_undone", 1, 24, "low"),
    Shipped("no_backup", 1, 26, "high"),  # reminders.md R28: a backup is missing after 26 hours
    Shipped("gap", 1, 720, "high"),
)
_INSTALL = text(
    "INSERT INTO risk_rule (kind, threshold, hours, severity, active)"
    " SELECT :kind, :threshold, :hours, :severity, true"
    " WHERE NOT EXISTS (SELECT FROM risk_rule r WHERE r.kind = :kind)"
)

RULEBOOK.on(
    "risk_rule",
    kept(
        "true",
        Label("风险规则不能删除；不用时停用即可。", "A risk rule stays; switch it off instead."),
        "kind",
    ),
)


def install(connection: Connection) -> None:
    """Adds the shipped rules that are missing; what the officer set stays."""
    for one in SHIPPED:
        given = {"kind": one.kind, "threshold": one.threshold, "hours": one.hours, "severity": one.severity}
        connection.execute(_INSTALL, given)
