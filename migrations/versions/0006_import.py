"""Imports: batches, their stage, what they made; the same person in other stores; find_or_claim."""

from pathlib import Path

from migrations.sql_file import run

revision = "0006_import"
_API = Path(__file__).with_name("0007_api.py")  # TEMPORARY: one head while 0007 still names 0005
down_revision = "0007_api" if _API.exists() and 'down_revision = "0005_kernel"' in _API.read_text() else "0005_kernel"


def upgrade() -> None:
    run("import.sql")


def downgrade() -> None:
    run("import_down.sql")
