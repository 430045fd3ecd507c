"""Asking to see one record beyond one's reach."""

from migrations.sql_file import run

revision = "0015_asking"
down_revision = "0014_review"


def upgrade() -> None:
    run("asking.sql")


def downgrade() -> None:
    run("asking_down.sql")
