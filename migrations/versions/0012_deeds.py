"""Named actions that reach further than one person's grants: merging customers and taking that back."""

from migrations.sql_file import run

revision = "0012_deeds"
down_revision = "0011_bin"


def upgrade() -> None:
    run("deeds.sql", role="forecourt_owner")


def downgrade() -> None:
    run("deeds_down.sql")
