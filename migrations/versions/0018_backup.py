"""Backups: the role that dumps, and what is known about backups, drills and restores."""

from migrations.sql_file import run

revision = "0018_backup"
down_revision = "0017_second_factor"


def upgrade() -> None:
    run("backup_role.sql")
    run("backup.sql", role="forecourt_owner")


def downgrade() -> None:
    run("backup_down.sql")
