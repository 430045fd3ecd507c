"""Valkey: whether it answers, its memory and clients, what it keeps on disk, and how long the queues are."""

from collections.abc import Callable, Mapping
from typing import Any

import redis

from app.console import words as w
from app.console.cells import code, lasted, number, plain, sheet, size
from app.console.view import ConsoleView, Told
from app.console.words import text
from app.core.label import Label
from app.heads.house import house
from app.heads.pages import Cell, Count, Notice
from app.outbox import QUEUES
from app.records.context import Context

PATIENCE = 1.0  # seconds it may take to answer
FAILURES = (redis.RedisError, OSError, ValueError)
NOTE = Label(
    "Valkey 只传消息；工作本身在 PostgreSQL 里，它丢了什么都会重新排队。",
    "Valkey only carries messages. The work itself is in PostgreSQL, and whatever is lost here is queued again.",
)
AWAY = Label(
    "Valkey 现在没有应答（{why}）。新的任务会等着，恢复后自动继续。",
    "Valkey does not answer now ({why}). New work waits and goes on by itself when it is back.",
)
QUEUES_TITLE, FACTS = Label("队列", "Queues"), Label("服务器", "The server")
WAITING, WORKING, WORKERS = (
    Label("排队的消息", "Messages waiting"),
    Label("进行中", "Running"),
    Label("工作进程", "Workers"),
)
MEMORY, CLIENTS, KEYS, UP = (
    Label("内存", "Memory"),
    Label("连接", "Clients"),
    Label("键", "Keys"),
    Label("已运行", "Up for"),
)
OF_MOST = Label("最多 {most}", "of {most}")
KEPT, NOT_KEPT = Label("写入日志（AOF）", "append-only file"), Label("没有持久化", "nothing is kept")
LABELS: Mapping[str, Label] = {
    "server_name": Label("软件", "Software"),
    "redis_mode": Label("方式", "Mode"),
    "maxmemory_policy": Label("内存满时", "When memory is full"),
    "aof_enabled": Label("持久化", "Persistence"),
    "aof_last_write_status": Label("上次写入", "Last write"),
    "aof_current_size": Label("日志大小", "Size of the file"),
    "mem_fragmentation_ratio": Label("内存碎片率", "Fragmentation"),
    "blocked_clients": Label("在等消息的连接", "Clients waiting for messages"),
    "rejected_connections": Label("拒绝的连接", "Connections refused"),
    "evicted_keys": Label("挤出的键", "Keys evicted"),
    "expired_keys": Label("过期的键", "Keys expired"),
    "total_commands_processed": Label("处理的命令", "Commands"),
    "keyspace_hits": Label("命中", "Hits"),
    "keyspace_misses": Label("未命中", "Misses"),
    "role": Label("角色", "Role"),
}


class ValkeyView(ConsoleView):
    """The queue's server."""

    code = "valkey"

    def told(self, context: Context, asked: Mapping[str, str]) -> Told:  # noqa: ARG002  # the web's own client is asked
        """What it says of itself, as far as this process may ask."""
        try:
            info, lengths = look(house().config.redis)
        except FAILURES as error:
            return Told(note=text(NOTE), notices=(Notice(text=text(AWAY, why=type(error).__name__), state="bad"),))
        queues = [queue(name, lengths) for name in QUEUES]
        return Told(
            note=text(NOTE),
            counts=counts(info, lengths),
            sheets=(
                sheet(QUEUES_TITLE, (w.QUEUE, WAITING, WORKING, WORKERS), queues, ends=(1, 2, 3)),
                sheet(FACTS, (w.NAME, w.VALUE), [fact(name, info) for name in LABELS if name in info]),
            ),
        )


def look(url: Callable[[], str]) -> tuple[Mapping[str, Any], Mapping[str, int]]:
    """What the server says of itself, and how many messages, runs and workers it holds by queue."""
    client = redis.Redis.from_url(url(), socket_timeout=PATIENCE, socket_connect_timeout=PATIENCE)
    try:
        pipe = client.pipeline(transaction=False)
        pipe.info()
        pipe.dbsize()
        for name in QUEUES:
            pipe.llen(f"rq:queue:{name}")
            pipe.zcard(f"rq:wip:{name}")
            pipe.scard(f"rq:workers:{name}")
        info, keys, *numbers = pipe.execute()
    finally:
        client.close()
    parts = [f"{name}.{what}" for name in QUEUES for what in ("waiting", "working", "workers")]
    return info, {"keys": keys, **dict(zip(parts, numbers, strict=True))}


def counts(info: Mapping[str, Any], lengths: Mapping[str, int]) -> tuple[Count, ...]:
    """The server in numbers."""
    most = info.get("maxmemory") or 0
    return (
        Count(text=str(info.get("server_name", "redis")).capitalize(), value=version(info)),
        Count(text=text(UP), value=lasted(info.get("uptime_in_seconds"))),
        Count(
            text=text(MEMORY),
            value=size(info.get("used_memory")),
            note=text(OF_MOST, most=size(most)) if most else None,
        ),
        Count(text=text(CLIENTS), value=f"{info.get('connected_clients', 0):,}"),
        Count(text=text(KEYS), value=f"{lengths['keys']:,}"),
    )


def version(info: Mapping[str, Any]) -> str:
    """Its version, by whichever name it goes."""
    return str(info.get("valkey_version") or info.get("redis_version") or "?")


def queue(name: str, lengths: Mapping[str, int]) -> tuple[Cell, ...]:
    """One queue as a line."""
    return (code(name), *(number(lengths[f"{name}.{what}"]) for what in ("waiting", "working", "workers")))


def fact(name: str, info: Mapping[str, Any]) -> tuple[Cell, ...]:
    """One thing the server says of itself as a line."""
    value = info[name]
    shown = text(KEPT if value else NOT_KEPT) if name == "aof_enabled" else value
    if name == "aof_current_size":
        shown = size(value)
    return plain(text(LABELS[name])), plain(f"{shown:,}" if isinstance(shown, int) else shown)
