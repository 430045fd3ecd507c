"""Second factor: codes beside passwords, trusted devices, and which acts ask again who somebody is."""

from migrations.sql_file import run

revision = "0015_second_factor"
down_revision = "0013_rights"


def upgrade() -> None:
    run("second_factor.sql")


def downgrade() -> None:
    run("second_factor_down.sql")
