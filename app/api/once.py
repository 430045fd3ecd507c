"""`Idempotency-Key`: a creation that is sent again answers the record it made, for a day."""

from flask import request

from app.core.entity import Entity
from app.core.errors import Malformed, Refusal
from app.core.label import Label
from app.records.context import Context
from app.records.refusals import worded

LONGEST = 200  # characters of a key
FORM = Label("Idempotency-Key 应为 1 到 200 个可见字符。", "An Idempotency-Key is 1 to 200 visible characters.")
OTHER = Label(
    "这个 Idempotency-Key 已用于另一份内容，请换一个。",
    "This Idempotency-Key was used with other content; use a new one.",
)

# A key that is a day old counts as new. Two requests with one key wait for each other here.
CLAIM = """
    INSERT INTO work.idempotency (key_hash, content_hash, entity) VALUES (%s, %s, %s)
    ON CONFLICT (actor, key_hash) DO UPDATE SET content_hash = excluded.content_hash, entity = excluded.entity,
        record = NULL, at = now() WHERE work.idempotency.at < now() - interval '24 hours' RETURNING key_hash"""
FORGET = "DELETE FROM work.idempotency WHERE at < now() - interval '24 hours'"
FOUND = "SELECT record, content_hash FROM work.idempotency WHERE key_hash = %s"
DONE = "UPDATE work.idempotency SET record = %s WHERE key_hash = %s"


class Reused(Refusal):
    """A key that already stands for other content."""

    status = 422
    code = "idempotency_key"


class Once:
    """One creation under the client's key; without a key every creation is new."""

    def __init__(self, context: Context, entity: Entity) -> None:
        key = request.headers.get("Idempotency-Key")
        if key is not None and not (0 < len(key) <= LONGEST and key.isprintable()):
            raise Malformed(FORM, "idempotency_key")
        self._connection = context.connection
        self._entity = entity
        self._key = key and context.sealer.index("idempotency key", f"{entity.name}|{key}")
        self._content = key and context.sealer.index("idempotency content", request.get_data(as_text=True))

    def before(self) -> int | None:
        """The record an earlier creation under this key made; None when this one is the first. Raises Reused."""
        if not self._key:
            return None
        with worded(self._entity):
            self._connection.exec_driver_sql(FORGET)
            claim = (self._key, self._content, self._entity.name)
            if self._connection.exec_driver_sql(CLAIM, claim).one_or_none():
                return None
            record, content = self._connection.exec_driver_sql(FOUND, (self._key,)).one()
        if bytes(content) != self._content:
            raise Reused(OTHER)
        return int(record)

    def made(self, record: int) -> None:
        """Keeps what the creation made, in its transaction."""
        if self._key:
            self._connection.exec_driver_sql(DONE, (record, self._key))
