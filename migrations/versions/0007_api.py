"""What creations by the API made, under the keys their clients gave."""

from migrations.sql_file import run

revision = "0007_api"
down_revision = "0006_import"


def upgrade() -> None:
    run("api.sql", role="forecourt_owner")


def downgrade() -> None:
    run("api_down.sql")
