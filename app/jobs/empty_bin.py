"""Empties the recycle bin of what was deleted long ago."""

from sqlalchemy import text

from app.core.label import Label
from app.jobs.context import JobContext
from app.jobs.registry import job


@job("bin.empty", system=True, label=Label("清空过期的回收站", "Empty the recycle bin"))
def empty(context: JobContext) -> dict[str, int]:
    """How many deleted rows went for good."""
    with context.transaction() as connection:
        days = {"days": context.config.bin_days}
        result = {"rows": int(connection.execute(text("SELECT gate.empty_bin(:days)"), days).scalar_one())}
        context.finish(connection, result)
    return result
