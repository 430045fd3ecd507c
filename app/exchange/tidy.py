"""What imports leave behind: uploads and stages nobody comes back to."""

from sqlalchemy import Connection

from app.exchange import batch as batches
from app.exchange.batch import RUNNING, State
from app.exchange.upload import Uploads

DAYS = 7  # an import waits so long for its person, and so long its failed rows can be fetched

_LEFT = f"""
    SELECT {batches.COLUMNS} FROM import_batch b
     WHERE state <> ALL (%s) AND updated_at < now() - make_interval(days => %s)
       AND (state IN ('mapping', 'checked', 'failed')
            OR EXISTS (SELECT FROM import_row r WHERE r.batch_id = b.id)) ORDER BY id FOR UPDATE"""


def expire(connection: Connection, uploads: Uploads, days: int = DAYS) -> int:
    """Clears what imports untouched for `days` left; answers how many. For the system alone."""
    rows = connection.exec_driver_sql(_LEFT, ([state.value for state in RUNNING], days)).all()
    for batch in map(batches.of, rows):
        uploads.remove(batch.hash, batch.uuid)
        connection.exec_driver_sql("DELETE FROM import_row WHERE batch_id = %s", (batch.id,))
        if batch.state in (State.MAPPING, State.CHECKED):
            batches.change(connection, batch, State.EXPIRED, preview=None)
    return len(rows)
