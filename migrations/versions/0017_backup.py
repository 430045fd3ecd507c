"""Backups: the role that dumps, and what is known about backups, drills and restores."""

from migrations.sql_file import run

revision = "0017_backup"
down_revision = "0013_rights"


def upgrade() -> None:
    run("backup_role.sql")
    run("backup.sql", role="forecourt_owner")


def downgrade() -> None:
    run("backup_down.sql")
