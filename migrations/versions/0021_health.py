"""Health: what an operator's monitor may read of work, backups and the trail, and nothing of the business."""

from migrations.sql_file import run

revision = "0021_health"
down_revision = "0020_jobs"


def upgrade() -> None:
    run("health.sql")


def downgrade() -> None:
    run("health_down.sql")
