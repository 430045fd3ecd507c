"""The trail: entries written by triggers, their values, seals and batches."""

from migrations.sql_file import run

revision = "0002_trail"
down_revision = "0001_gate"


def upgrade() -> None:
    run("trail.sql")


def downgrade() -> None:
    run("trail_down.sql")
