"""Snapshots from which monthly reports are printed."""

from migrations.sql_file import run

revision = "0023_reports"
down_revision = "0022_reminders"


def upgrade() -> None:
    run("reports.sql", role="forecourt_owner")


def downgrade() -> None:
    run("reports_down.sql")
