"""API tokens: others' for who tends accounts, and nothing that was said of a token is widened."""

from migrations.sql_file import run

revision = "0016_token_scopes"
down_revision = "0015_asking"


def upgrade() -> None:
    run("token_scopes.sql")


def downgrade() -> None:
    run("token_scopes_down.sql")
