"""Reminders: when each car is next due for service, kept so that a night looks at those that are due alone."""

from migrations.sql_file import run

revision = "0022_reminders"
down_revision = "0021_health"


def upgrade() -> None:
    run("reminders.sql", role="forecourt_owner")


def downgrade() -> None:
    run("reminders_down.sql")
