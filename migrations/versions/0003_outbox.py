"""Durable work: the outbox, unique effects, schedules and their slots."""

from migrations.sql_file import run

revision = "0003_outbox"
down_revision = "0002_trail"


def upgrade() -> None:
    run("outbox.sql")


def downgrade() -> None:
    run("outbox_down.sql")
