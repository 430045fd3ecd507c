"""Second factor: codes beside passwords, trusted devices, and which acts ask again who somebody is."""

from migrations.sql_file import run

revision = "0017_second_factor"
down_revision = "0016_token_scopes"


def upgrade() -> None:
    run("second_factor.sql")


def downgrade() -> None:
    run("second_factor_down.sql")
