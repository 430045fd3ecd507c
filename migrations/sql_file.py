"""Runs a file of SQL as it stands, so that no driver reads its percent signs or colons."""

from pathlib import Path

from alembic import op

FOLDER = Path(__file__).parent / "sql"


def run(name: str, role: str | None = None) -> None:
    """Runs `sql/<name>` as the administrator, or with the rights and ownership of `role`."""
    cursor = op.get_bind().connection.cursor()
    if role:
        cursor.execute(f"SET LOCAL ROLE {role}")
    cursor.execute((FOLDER / name).read_text(encoding="utf-8"))
    cursor.execute("RESET ROLE")
