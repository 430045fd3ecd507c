"""Jobs on the screen: each attempt, what operators did, schedules with a switch, and the number on the bell."""

from migrations.sql_file import run

revision = "0020_jobs"
down_revision = "0019_inbox"


def upgrade() -> None:
    run("jobs.sql")


def downgrade() -> None:
    run("jobs_down.sql")
