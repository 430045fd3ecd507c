"""Reviewing the trail: what the officer reads, what risk rules count, the daily check of the chain."""

from migrations.sql_file import run

revision = "0014_review"
down_revision = "0013_rights"


def upgrade() -> None:
    run("review.sql")


def downgrade() -> None:
    run("review_down.sql")
