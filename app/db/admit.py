"""Lets the database roles in: each with the password its file holds."""

import psycopg
from psycopg import sql

from config import ROLES, Config


def admit(connection: psycopg.Connection, config: Config) -> None:
    """Gives each login role its password, hashed here: the server's log never sees one."""
    for role, name in ROLES.items():
        if role == "administrator":
            continue
        password = config.secret(f"password_{role}")
        hashed = connection.pgconn.encrypt_password(password, name.encode(), b"scram-sha-256").decode()
        statement = sql.SQL("ALTER ROLE {} LOGIN PASSWORD {}")
        connection.execute(statement.format(sql.Identifier(name), sql.Literal(hashed)))
