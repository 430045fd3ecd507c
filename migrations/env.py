"""Alembic's entry: runs as the server's administrator, one transaction a migration, with short locks."""

from alembic import context
from sqlalchemy import Connection, create_engine, pool, text

from app.models import METADATA


def run(connection: Connection) -> None:
    context.configure(connection=connection, target_metadata=METADATA, transaction_per_migration=True)
    with context.begin_transaction():
        connection.execute(text("SET LOCAL lock_timeout = '5s'"))
        context.run_migrations()


given = context.config.attributes.get("connection")
if given is not None:
    run(given)
else:
    engine = create_engine(context.config.attributes["url"], poolclass=pool.NullPool)
    with engine.connect() as connection:
        run(connection)
