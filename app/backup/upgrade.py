"""Upgrades the schema on a copy that is made of a fresh backup, and puts the copy in place when it is right."""

import shutil
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime

from alembic.script import ScriptDirectory
from alembic.util import CommandError
from psycopg import Connection, errors, sql
from sqlalchemy import create_engine, pool
from sqlalchemy.exc import SQLAlchemyError

from app.audit.verify import verify
from app.backup import shelf, snapshot
from app.backup.create import create
from app.backup.keys import Keys
from app.backup.ledger import Ledger, ledger
from app.backup.lock import alone
from app.backup.manifest import Manifest
from app.backup.places import target_of
from app.backup.refusals import Unusable
from app.backup.restore import MIB, beside, build, demand_quiet, seal_key_of, switch
from app.backup.server import Server
from app.catalog.catalog import Catalog
from app.core.errors import Refusal
from app.core.label import Label
from app.db import migrate
from app.db.admit import admit
from app.models import ENTITIES
from config import Config

OLDEST = "0013_rights"  # the first schema that upgrades begin from
Say = Callable[[Label], None]
NEWER_SCHEMA = Label(
    "数据库结构（{found}）比程序新。请换用同样新或更新的程序。没有改动。",
    "The database ({found}) is newer than this program. Use one at least as new. Nothing was changed.",
)
TOO_OLD = Label(
    "数据库结构（{found}）太旧，只能从 {oldest} 起升级。没有改动。",
    "The database ({found}) is too old: upgrades begin from {oldest}. Nothing was changed.",
)
NO_ROOM = Label(
    "磁盘空间不足：升级需要约 {need} MB，{folder} 只剩 {free} MB。没有改动。",
    "Not enough room: the upgrade needs about {need} MB, {folder} has {free} MB left. Nothing was changed.",
)
BROKEN = Label(
    "升级失败：{why}。原来的数据库没有动，请用原来的程序启动。",
    "The upgrade failed: {why}. The database is as it was; start the program you had before.",
)
MOVED = Label(
    "升级期间有人写入了表 {table}，没有切换。请停止所有进程后再试。",
    "Somebody wrote to the table {table} meanwhile; nothing was switched. Stop every process and try again.",
)
WRONG = Label("升级后的数据不对：{why}", "what came out is not right: {why}")


@dataclass(frozen=True, slots=True)
class Upgraded:
    """What an upgrade did."""

    before: str  # the schema's revision
    after: str
    manifest: Manifest  # of the backup it went through
    aside: str | None  # the database as it was
    seconds: float


def upgrade(config: Config, say: Say) -> Upgraded | None:
    """Brings the database to this program's schema; None when it is there already, or when there is no database.

    The live database is read, never written, until the copy takes its name: a failure or a kill leaves it as it was.
    """
    began, live = time.monotonic(), Server.of(config, "administrator")
    with alone(config.home / ".restore.lock", patience=0):
        before = revision(live)
        if before in (None, head()):
            return None
        demand_known(before)
        demand_quiet(live)
        demand_room(config, live)
        _let_in(config, live)
        say(Label(f"正在备份（结构 {before}）", f"Backing up (schema {before})"))
        made = create(config)
        say(Label(f"已备份 {made.name}，正在副本上升级", f"Backup {made.name} is made; upgrading a copy of it"))
        aside = _through(config, live, made, say)
    done = Upgraded(before, head(), made, aside, round(time.monotonic() - began, 1))
    with ledger(config) as book:
        _enter(book, done)
    return done


def _through(config: Config, live: Server, manifest: Manifest, say: Say) -> str | None:
    """The name under which the database before is kept, once the upgraded copy of the backup has taken its place."""
    began, target, keys = time.monotonic(), target_of(config), Keys.of(config)
    with target.reading(), beside(live) as made:
        try:
            build(config, target, keys, manifest, made)
        except (SQLAlchemyError, CommandError) as error:
            raise Unusable(BROKEN.format(why=_first_line(error)), "upgrade_failed") from error
        say(Label("正在核对升级后的数据", "Looking at what came out"))
        demand_right(config, manifest, made)
        _carry_keys(live, made)
        demand_quiet(live)
        demand_same_still(live, manifest)
        aside = switch(made, live, ())  # the trail goes on from where it was, and so do its exported notes
        with suppress(Refusal):
            shelf.prove(target, manifest, datetime.now(UTC), time.monotonic() - began, keys.signer)
    return aside


def head() -> str:
    """The revision this program wants."""
    return str(ScriptDirectory.from_config(migrate.settings()).get_current_head())


def revision(live: Server) -> str | None:
    """The live database's revision; None when there is none, or nothing in it."""
    if not live.exists():
        return None
    with live.connect() as connection:
        try:
            row = connection.execute("SELECT version_num FROM public.alembic_version").fetchone()
        except errors.UndefinedTable:
            return None
    return str(row[0]) if row else None


def demand_known(found: str | None) -> None:
    """Refuses a schema that is newer than the program, or older than upgrades begin."""
    script = ScriptDirectory.from_config(migrate.settings())
    try:
        known = {one.revision for one in script.iterate_revisions(head(), "base")}
    except CommandError:
        known = set()
    if found not in known:
        raise Unusable(NEWER_SCHEMA.format(found=found), "newer")
    supported = {one.revision for one in script.iterate_revisions(head(), OLDEST)} | {OLDEST}
    if found not in supported:
        raise Unusable(TOO_OLD.format(found=found, oldest=OLDEST), "too_old")


def demand_room(config: Config, live: Server) -> None:
    """Refuses before anything is written what the embedded server's disk would not hold: the database once more."""
    if config.database_url is not None:
        return
    with live.connect() as connection:
        row = connection.execute("SELECT pg_database_size(current_database())").fetchone()
    free = shutil.disk_usage(config.home).free
    need = (int(row[0]) if row else 0) + config.disk_reserve_mb * MIB
    if free < need:
        raise Unusable(NO_ROOM.format(need=need // MIB, free=free // MIB, folder=config.home), "no_room")


def _let_in(config: Config, live: Server) -> None:
    """The roles this program knows, the one that dumps among them: an older schema may lack it."""
    live.know_roles()
    with live.connect() as connection:
        admit(connection, config)


def demand_right(config: Config, manifest: Manifest, made: Server) -> None:
    """Refuses a copy that is not of this program's schema, whose trail broke, or that lacks what entities name."""
    found = revision(made)
    if found != head():
        raise Unusable(BROKEN.format(why=WRONG.format(why=str(found)).en), "upgrade_failed")
    with made.connect() as connection:
        verdict = verify(connection, None, seal_key_of(config))
        kept = manifest.trail is None or _has(connection, manifest.trail.batch, manifest.trail.head)
    if verdict.first is not None or verdict.gaps or not kept:
        why = verdict.first.label.en if verdict.first else "the trail's head"
        raise Unusable(BROKEN.format(why=WRONG.format(why=why).en), "upgrade_failed")
    _read_all(made)


def _has(connection: Connection, batch: int, digest: str) -> bool:
    row = connection.execute("SELECT encode(head, 'hex') FROM trail.batch WHERE no = %s", (batch,)).fetchone()
    return row is not None and row[0] == digest


def _read_all(made: Server) -> None:
    """Reads a row of every entity with every column it describes."""
    engine = create_engine(made.url.set(drivername="postgresql+psycopg"), poolclass=pool.NullPool)
    try:
        with engine.connect() as connection:
            for entity in Catalog(ENTITIES.values()).now(connection).entities.values():
                columns = ", ".join(f'"{field.column}"' for field in entity.fields if field.column)
                connection.exec_driver_sql(f'SELECT {columns} FROM public."{entity.name}" LIMIT 1')
    except SQLAlchemyError as error:
        raise Unusable(BROKEN.format(why=_first_line(error)), "upgrade_failed") from error


def _carry_keys(live: Server, made: Server) -> None:
    """The keys of tickets and sessions, which no backup holds: people stay signed in."""
    with live.connect() as one, made.connect(autocommit=False) as other:
        rows = one.execute("SELECT * FROM gate.secret").fetchall()
        other.execute("DELETE FROM gate.secret")
        for row in rows:
            places = sql.SQL(", ").join(sql.Placeholder() * len(row))
            other.execute(sql.SQL("INSERT INTO gate.secret VALUES ({})").format(places), row)


def demand_same_still(live: Server, manifest: Manifest) -> None:
    """Refuses to switch away from a database into which something was written since its backup."""
    with live.connect() as connection:
        found = snapshot.tables(connection)
    for table in sorted({*found, *manifest.tables}):
        if found.get(table) != manifest.tables.get(table):
            raise Unusable(MOVED.format(table=table), "moved")


def _enter(book: Ledger, done: Upgraded) -> None:
    with book.act("upgrade") as told:
        told.backup = done.manifest.name
        told.details = {"from": done.before, "to": done.after, "seconds": done.seconds}
        book.made([done.manifest])
        book.proven(done.manifest.name, shelf.Proof(done.manifest.digest, datetime.now(UTC), done.seconds))


def _first_line(error: Exception) -> str:
    """What an operator reads of an error; the rest may quote values."""
    told = str(getattr(error, "orig", None) or error).strip().splitlines()
    return told[0][:300] if told else type(error).__name__
