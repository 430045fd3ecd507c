"""Backups that a person asks for, and upgrades among what is known about backups."""

from migrations.sql_file import run

revision = "0025_upgrade"
down_revision = "0024_console"


def upgrade() -> None:
    run("upgrade.sql", role="forecourt_owner")


def downgrade() -> None:
    run("upgrade_down.sql")
