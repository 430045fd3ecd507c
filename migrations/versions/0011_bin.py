"""The recycle bin: deleted records, kept for some days where only the guard reads them."""

from migrations.sql_file import run

revision = "0011_bin"
down_revision = "0010_feeds"


def upgrade() -> None:
    run("bin.sql")


def downgrade() -> None:
    run("bin_down.sql")
