"""What the live database knows about backups: each one, each attempt, and what somebody should look at."""

import json
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from types import MappingProxyType
from typing import Any

from sqlalchemy import Connection, Engine, text

from app.backup.manifest import Manifest
from app.backup.shelf import Proof
from app.core.errors import Refusal
from app.core.label import Label
from app.db.engine import Database
from config import Config

EVENT = {"create": "backup", "prune": "backup", "drill": "drill", "restore": "restore", "upgrade": "schema"}
FAULT = Label("发生错误，详见日志。", "An error, which the log tells in full.")
ALARMS: Mapping[str, Label] = MappingProxyType(
    {
        "old": Label("最近一次备份已超过两小时", "The last backup is older than two hours"),
        "unproven": Label("八天以上没有成功的恢复演练", "No backup was restored in a drill for more than eight days"),
        "off": Label("定时备份被关闭", "The hourly backup is switched off"),
        "create_failed": Label("上一次备份失败", "The last backup failed"),
        "drill_failed": Label("上一次恢复演练失败", "The last drill failed"),
        "prune_failed": Label("上一次清理备份失败", "The last pruning of backups failed"),
        "lost": Label("有备份不见了，且不是清理掉的", "Backups are gone that were not pruned"),
    }
)
_BEGIN = text("INSERT INTO work.backup_act (act) VALUES (:act) RETURNING id")
_STEP = text("UPDATE work.backup_act SET details = jsonb_build_object('step', CAST(:step AS text)) WHERE id = :id")
_END = text("""
    UPDATE work.backup_act
       SET ended_at = clock_timestamp(), ok = :ok, backup = :backup, reason = CAST(:reason AS jsonb),
           details = CAST(:details AS jsonb)
     WHERE id = :id""")
_MADE = text("""
    INSERT INTO work.backup (name, made_at, seconds, bytes, rows, digest)
    VALUES (:name, :made_at, :seconds, :bytes, :rows, :digest) ON CONFLICT (name) DO NOTHING""")
_PROVEN = text("""
    UPDATE work.backup SET restored_at = :at, restore_seconds = :seconds WHERE name = :name""")
_GONE = text("""
    UPDATE work.backup SET gone = :why, gone_at = clock_timestamp() WHERE gone IS NULL AND name = ANY (:names)""")
_LOST = text("SELECT name FROM work.backup WHERE gone IS NULL AND name <> ALL (:names)")
_NOTE = text("SELECT trail.note(:event, NULL, NULL, NULL, CAST(:details AS jsonb))")


@dataclass(frozen=True, slots=True)
class Alarm:
    """Something about backups that somebody should look at, since when."""

    code: str
    since: datetime

    @property
    def label(self) -> Label:
        """The alarm in words."""
        return Label("{what}（自 {since} 起）", "{what} (since {since})").format(
            what=ALARMS[self.code], since=f"{self.since:%Y-%m-%d %H:%M} UTC"
        )


@dataclass(slots=True)
class Act:
    """One attempt; what it says of itself is written when it ends."""

    number: int
    backup: str | None = None
    details: dict[str, Any] = field(default_factory=dict)


class Ledger:
    """The tables of backups, written in the system's name."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    @contextmanager
    def transaction(self) -> Iterator[Connection]:
        """A transaction of the system."""
        with self._engine.begin() as connection:
            connection.execute(text("SELECT gate.announce_system('backup')"))
            yield connection

    @contextmanager
    def act(self, kind: str) -> Iterator[Act]:
        """An attempt from its beginning to its end, whatever that is; both ends are also noted in the trail."""
        with self.transaction() as connection:
            act = Act(int(connection.execute(_BEGIN, {"act": kind}).scalar_one()))
        try:
            yield act
        except BaseException as error:
            self._end(kind, act, error.label if isinstance(error, Refusal) else FAULT)
            raise
        self._end(kind, act, None)

    def step(self, act: Act, name: str) -> None:
        """Shows at once what an attempt is doing."""
        with self.transaction() as connection:
            connection.execute(_STEP, {"id": act.number, "step": name})

    def _end(self, kind: str, act: Act, why: Label | None) -> None:
        reason = {"zh": why.zh, "en": why.en} if why else None
        told = {"act": kind, "backup": act.backup, **act.details} | ({"failed": why.en} if why else {})
        with self.transaction() as connection:
            values = {"id": act.number, "ok": why is None, "backup": act.backup}
            connection.execute(_END, values | {"reason": _json(reason), "details": _json(act.details) or "{}"})
            connection.execute(_NOTE, {"event": EVENT[kind], "details": json.dumps(told, ensure_ascii=False)})

    def made(self, manifests: Iterable[Manifest]) -> None:
        """Enters backups; those that are known stay as they are."""
        with self.transaction() as connection:
            for one in manifests:
                values = {"name": one.name, "made_at": one.made_at, "seconds": one.seconds, "bytes": one.weight}
                connection.execute(_MADE, values | {"rows": one.rows, "digest": one.digest})

    def proven(self, name: str, proof: Proof) -> None:
        """Notes that a backup was restored whole."""
        with self.transaction() as connection:
            connection.execute(_PROVEN, {"name": name, "at": proof.at, "seconds": proof.seconds})

    def pruned(self, names: Iterable[str]) -> None:
        """Notes that backups were taken away by the rule."""
        with self.transaction() as connection:
            connection.execute(_GONE, {"names": [*names], "why": "pruned"})

    def missed(self, names: Iterable[str]) -> list[str]:
        """The backups that should be at the target and are not among `names`; they count as lost from now on."""
        with self.transaction() as connection:
            lost = [*connection.execute(_LOST, {"names": [*names]}).scalars()]
            connection.execute(_GONE, {"names": lost, "why": "lost"})
        return lost

    def alarms(self) -> list[Alarm]:
        """What somebody should look at."""
        with self.transaction() as connection:
            return alarms(connection)


def alarms(connection: Connection) -> list[Alarm]:
    """What somebody should look at, as any role may ask."""
    return [Alarm(*row) for row in connection.execute(text("SELECT code, since FROM work.backup_alarms()"))]


@contextmanager
def ledger(config: Config) -> Iterator[Ledger]:
    """The ledger as a worker reaches it."""
    database = Database(config.url("worker"), pool_size=1)
    try:
        yield Ledger(database.engine)
    finally:
        database.dispose()


def _json(value: object) -> str | None:
    return None if value is None else json.dumps(value, ensure_ascii=False)
