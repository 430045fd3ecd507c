"""The ground other tests stand on."""

import psycopg
import redis
from sqlalchemy import Connection, text
from sqlalchemy.engine import make_url

from config import Config


def connect(config: Config, role: str) -> psycopg.Connection:
    return psycopg.connect(
        make_url(config.url(role)).set(drivername="postgresql").render_as_string(hide_password=False)
    )


def test_a_clone_holds_the_migrated_schema_and_every_role_can_sign_in(database: Config) -> None:
    for role in ("web", "worker", "owner", "sealer"):
        with connect(database, role) as connection:
            assert connection.execute("SELECT session_user").fetchone() == (f"forecourt_{role}",)


def test_a_clone_keeps_the_rights_of_its_template(template: Config, database: Config) -> None:
    with connect(database, "administrator") as connection:
        rights = connection.execute(
            "SELECT DISTINCT datacl::text FROM pg_database WHERE datname IN (%s, %s)",
            (template.database, database.database),
        )
        assert len(rights.fetchall()) == 1


def test_what_one_test_writes_is_rolled_back(db: Connection) -> None:
    assert db.execute(text("SELECT to_regclass('public.left_behind')")).scalar() is None
    db.execute(text("CREATE TABLE left_behind (n int)"))


def test_it_was_rolled_back(db: Connection) -> None:
    assert db.execute(text("SELECT to_regclass('public.left_behind')")).scalar() is None


def test_the_queue_is_empty_at_first(valkey: redis.Redis) -> None:
    assert valkey.keys("*") == []
    valkey.set("rq:left", 1)
