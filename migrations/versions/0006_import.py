"""Imports: batches, their stage, what they made; the same person in other stores; find_or_claim."""

from migrations.sql_file import run

revision = "0006_import"
down_revision = "0005_kernel"


def upgrade() -> None:
    run("import.sql")


def downgrade() -> None:
    run("import_down.sql")
