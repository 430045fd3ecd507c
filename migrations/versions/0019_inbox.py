"""The inbox: what work tells people when it is done or needs them."""

from migrations.sql_file import run

revision = "0019_inbox"
down_revision = "0018_backup"


def upgrade() -> None:
    run("inbox.sql", role="forecourt_owner")


def downgrade() -> None:
    run("inbox_down.sql")
