"""Feeds: import profiles, their runs, what stands in a record since when, and what each run did."""

from migrations.sql_file import run

revision = "0010_feeds"
down_revision = "0009_upload"


def upgrade() -> None:
    run("feeds.sql")


def downgrade() -> None:
    run("feeds_down.sql")
