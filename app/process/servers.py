"""The servers one installation stands on: prepared once, started unless the operator named others."""

import signal
import time
from importlib import import_module

import psycopg
from psycopg import sql
from sqlalchemy.engine import make_url

from app.access.keys import KeyFileError
from app.backup.keys import Escrow
from app.db.admit import admit
from app.db.embedded import Place, Postgres, Unusable, Valkey
from app.process import secrets
from app.process.say import say
from app.process.supervisor import Member, Supervisor
from config import Config

LOST = (
    "密钥文件丢失：{folder} 里没有 {names}，用它们加密的数据将无法打开，因此不会重新生成。"
    "请用 {escrow} 里（或存放在别处）的托管文件恢复：python run.py backup keys restore <托管文件> --replace · "
    "{names} is missing from {folder}. It is not made anew, since what was sealed under it would be lost. "
    "Bring it back from an escrow file in {escrow}, or your copy elsewhere: "
    "python run.py backup keys restore <escrow file> --replace"
)
CLOCK_SKEW = 2.0  # seconds; leases are judged by the database's clock, cleaners by ours


class Servers:
    """Embedded PostgreSQL and Valkey where the settings name no others."""

    def __init__(self, config: Config) -> None:
        self.config = config
        embedded = not (config.database_url and config.redis_url)
        self.place = Place.prepare(config.home) if embedded else None
        self.postgres = (
            Postgres(self.place, config.database_memory_mb) if self.place and not config.database_url else None
        )
        self.valkey = Valkey(self.place) if self.place and not config.redis_url else None

    def prepare(self) -> None:
        """Write missing secrets and make what the servers need to start; for an administrator's process."""
        config = self.config.as_process("administrator")
        if Escrow.of(config).current or (self.postgres and self.postgres.exists):
            demand_held(config)
        secrets.write_missing(config.secrets_dir)
        Escrow.of(config).keep(config)
        if self.postgres and not self.postgres.exists:
            say("正在建立数据库（仅第一次）", "Making the database cluster (first time only)")
            self.postgres.create(config.secret("password_administrator").decode())
        if self.valkey:
            self.valkey.admit(config.secret("valkey").decode())

    def start(self, supervisor: Supervisor) -> None:
        """Start them under `supervisor` and return when they answer."""
        if self.postgres:
            say("正在启动 PostgreSQL", "Starting PostgreSQL")
            database = self.postgres.start()
            supervisor.add(
                Member("postgres", self.postgres.start, 9, 6.0, signal.SIGINT, signal.SIGQUIT, running=database)
            )
            self.postgres.wait(database)
        if self.valkey:
            say("正在启动 Valkey", "Starting Valkey")
            self._start_valkey(self.valkey, supervisor)

    def _start_valkey(self, valkey: Valkey, supervisor: Supervisor) -> None:
        queue = valkey.start()
        member = Member("valkey", valkey.start, 8, 3.0, running=queue)
        supervisor.add(member)
        try:
            valkey.wait(queue)
        except Unusable:
            valkey.set_aside()
            member.running = queue = valkey.start()
            valkey.wait(queue)


def migrate(config: Config) -> None:
    """Bring the database to this version and let the roles in; for an administrator's process."""
    if not config.database_url:
        _create_database(config)
    url = config.url("administrator")
    import_module("app.db.migrate").upgrade(url)
    try:  # before anything of these secrets is put in force: those of another installation would shut its machines out
        import_module("app.process.keys").admit(config)
    except KeyFileError as error:
        raise Unusable(str(error)) from error
    with psycopg.connect(
        make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)
    ) as connection:
        _compare_clocks(connection)
        admit(connection, config)


def demand_held(config: Config) -> None:
    """Refuses to begin anew with keys that an installation had: what was sealed under them would be lost."""
    lost = [name for name in secrets.NEVER_ANEW if not (config.secrets_dir / name).exists()]
    if lost:
        raise Unusable(LOST.format(names=", ".join(lost), folder=config.secrets_dir, escrow=Escrow.of(config).root))


def _create_database(config: Config) -> None:
    url = make_url(config.url("administrator")).set(drivername="postgresql", database="postgres")
    with psycopg.connect(url.render_as_string(hide_password=False), autocommit=True) as connection:
        known = connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", (config.database,)).fetchone()
        if not known:
            connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(config.database)))


def _compare_clocks(connection: psycopg.Connection) -> None:
    row = connection.execute("SELECT extract(epoch FROM clock_timestamp())::float8").fetchone()
    skew = abs(float(row[0]) - time.time()) if row else 0.0
    if skew > CLOCK_SKEW:
        raise Unusable(
            f"The database's clock and this machine's differ by {skew:.1f} s. Set both by NTP, then start again."
        )
