"""What publishing at run time stands on: drafts, what is dropped later, the stamp beside the descriptions."""

from migrations.sql_file import run

revision = "0008_studio"
down_revision = "0007_api"


def upgrade() -> None:
    run("studio_tables.sql", role="forecourt_owner")
    run("studio_rights.sql")


def downgrade() -> None:
    run("studio_down.sql")
