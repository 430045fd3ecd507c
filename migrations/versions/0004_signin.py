"""Signing in: credentials, limits, sessions, invitations, API tokens."""

from migrations.sql_file import run

revision = "0004_signin"
down_revision = "0003_outbox"


def upgrade() -> None:
    run("signin.sql")


def downgrade() -> None:
    run("signin_down.sql")
