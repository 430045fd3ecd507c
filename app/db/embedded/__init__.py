"""The database and queue servers that Forecourt brings along: their binaries, private sockets and processes."""

from app.db.embedded.place import Place, Unusable
from app.db.embedded.postgres import Postgres
from app.db.embedded.valkey import Valkey

__all__ = ["Place", "Postgres", "Unusable", "Valkey"]
