"""Uploaded files and the records that hold them."""

from migrations.sql_file import run

revision = "0009_upload"
down_revision = "0008_studio"


def upgrade() -> None:
    run("upload.sql", role="forecourt_owner")


def downgrade() -> None:
    run("upload_down.sql")
