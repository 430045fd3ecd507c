"""The operator's console: what it is told about work, seals, backups and the server, and who may ask."""

from migrations.sql_file import run

revision = "0024_console"
down_revision = "0023_reports"


def upgrade() -> None:
    run("monitor_role.sql")
    run("console.sql")


def downgrade() -> None:
    run("console_down.sql")
