"""Rights: functions by which who tends them sets what roles may do, gives roles to people, and asks why."""

from migrations.sql_file import run

revision = "0013_rights"
down_revision = "0012_deeds"


def upgrade() -> None:
    run("rights.sql")


def downgrade() -> None:
    run("rights_down.sql")
