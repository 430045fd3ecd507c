"""Descriptions, grants and search; company, store, team, employee, customer, vehicle."""

from migrations.sql_file import run

revision = "0005_kernel"
down_revision = "0004_signin"


def upgrade() -> None:
    run("kernel_base.sql", role="forecourt_owner")
    run("kernel_tables.sql", role="forecourt_owner")
    run("kernel_after.sql")


def downgrade() -> None:
    run("kernel_down.sql")
