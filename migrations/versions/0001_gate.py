"""Roles, accounts and the gate that decides who acts."""

from migrations.sql_file import run

revision = "0001_gate"
down_revision = None


def upgrade() -> None:
    run("roles.sql")
    run("fab.sql", role="forecourt_owner")
    run("gate.sql")


def downgrade() -> None:
    run("gate_down.sql")
