"""Jobs on the screen: attempts kept one by one, an operator's deeds, schedules with a switch, the number on the bell."""

from migrations.sql_file import run

revision = "0020_jobs"
down_revision = "0019_inbox"


def upgrade() -> None:
    run("jobs.sql")


def downgrade() -> None:
    run("jobs_down.sql")
