"""`python run.py`: everything from nothing to a page, until it is told to stop."""

import gc
import os
import shutil
import socket
import ssl
import sys
import time
from collections.abc import Callable
from functools import partial
from http.client import HTTPConnection, HTTPSConnection
from importlib import import_module
from pathlib import Path

from app import log
from app.process import ending
from app.process.child import Forked, fork
from app.process.hold import Record, hold
from app.process.roles import ROLES, Role
from app.process.say import plainly, say
from app.process.servers import Servers, migrate
from app.process.supervisor import Member, Supervisor
from config import Config

PRELOADED = ("app.views", "app.api", "app.console")  # what every web process would import for itself
PATIENCE = (None, 3.0, 3.0)  # seconds each stage may take to stop; the first: the setting stop_seconds
FIRST_PORT, LAST_PORT = 8000, 8099
FIRST_PAGE = 30.0  # seconds after which a missing page is worth a word
LOCAL = {"0.0.0.0": "127.0.0.1", "::": "::1"}  # noqa: S104  # how this machine reaches a socket open to all


class Interrupted(Exception):
    """Somebody asked to stop before everything ran."""


def serve(config: Config) -> int:
    """Run an installation until it is told to stop; the exit code."""
    log.set_up(config.log_level, config.log_format, "parent")
    began = time.monotonic()
    with hold(config.home) as (record, lock):
        supervisor = Supervisor(record.note)
        try:
            listener = _bring_up(config, supervisor, record, lock, began)
            supervisor.run()
            say("正在停止", "Stopping")
            ending.announce()
            supervisor.drain(config.drain_seconds)
            _refuse(listener)
        except Interrupted:
            say("正在停止", "Stopping")
        finally:
            supervisor.stop()
    say("已停止，数据完好", "Stopped; all data is safe")
    return 0


def _refuse(listener: socket.socket | None) -> None:
    """Close the socket; the web closes the last copies: who comes now is refused at once and not left waiting."""
    if listener:
        listener.close()


def _bring_up(config: Config, supervisor: Supervisor, record: Record, lock: int, began: float) -> socket.socket | None:
    """Start everything this machine runs; the socket that is served, once a page was answered; None without web."""
    servers = Servers(config)
    step = partial(_step, supervisor, lock)
    step(servers.prepare)
    servers.start(supervisor)
    say("正在更新数据库结构", "Bringing the database up to date")
    step(partial(migrate, config.as_process("administrator")))
    listener = listen(config) if config.runs("web") else None
    record.address = address(config, listener) if listener else config.public_url or ""
    step(partial(_first_data, config.as_process("administrator"), record.address))
    config = config.as_process("parent")
    _share_figures(config.home / "metrics")
    _import_everything()
    chosen = [role for role in ROLES if config.runs(role.name)]
    for role in chosen:
        supervisor.add(_member(role, config, listener, lock))
    took = f"{time.monotonic() - began:.1f}"
    if listener:
        _await_page(config, listener, supervisor)
        say(f"已就绪：{record.address}（{took} 秒）", f"Ready at {record.address}. Ctrl-C stops")
    else:
        names = ", ".join(role.name for role in chosen)
        say(f"已就绪，运行 {names}（{took} 秒）", f"Ready, running {names}. Ctrl-C stops")
    return listener


def _step(supervisor: Supervisor, lock: int, run: Callable[[], None]) -> None:
    """Run one preparation in a child of its own, so that this process never reads a password or key."""
    code = supervisor.attend(fork(partial(plainly, run), close=(lock,)))
    if supervisor.told.is_set():
        raise Interrupted
    if code != 0:
        raise SystemExit(1)


def _first_data(config: Config, address: str) -> None:
    """Load what an empty installation needs and show its one-time sign-ins: name, login, role and path of each."""
    signins = import_module("app.first_data").load(config)
    if signins:
        say(
            "首次登录：请在三天内打开链接设置密码，链接只显示这一次",
            "First sign-ins: open a link within three days; shown once",
        )
        say(
            "请运行 python run.py backup keys，抄下恢复码，并把密钥托管文件存到别处",
            "Run python run.py backup keys: write the recovery code down, keep the escrow file elsewhere",
        )
    for name, login, role, path in signins:
        print(f"      {name}  {login} ({role})\n        {address}{path}", flush=True)  # noqa: T201


def _share_figures(folder: Path) -> None:
    """Let the children keep what they count in `folder`, where each finds the others' too; it begins empty."""
    if "app.metrics" in sys.modules:
        raise RuntimeError("app.metrics was imported before its folder was named")
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(mode=0o700)
    os.environ["PROMETHEUS_MULTIPROC_DIR"] = str(folder)


def _import_everything() -> None:
    """Import what the children share, then keep the collector from touching, and so copying, its pages."""
    for name in PRELOADED:
        import_module(name)
    for role in ROLES:
        role.load()
    gc.collect()
    gc.freeze()


def _member(role: Role, config: Config, listener: socket.socket | None, lock: int) -> Member:
    served = listener.fileno() if listener else -1
    parent_only = (lock,) if role.name == "web" or not listener else (lock, served)

    def start() -> Forked:
        return fork(partial(role.run, config, served), close=parent_only)

    patience = PATIENCE[role.stage] or float(config.stop_seconds)
    return Member(role.name, start, role.stage, patience, running=start())


def listen(config: Config) -> socket.socket:
    """A socket on the port the settings name, or on 8000 or the next free one."""
    ports = [config.port] if config.port else range(FIRST_PORT, LAST_PORT + 1)
    family = socket.AF_INET6 if ":" in config.host else socket.AF_INET
    for port in ports:
        listener = socket.socket(family)
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind((config.host, port))
        except OSError as error:
            listener.close()
            reason = error
            continue
        listener.listen(1024)
        return listener
    raise reason


def _await_page(config: Config, listener: socket.socket, supervisor: Supervisor) -> None:
    """Return when a page is answered; the reason why none is stands in the log, and starts go on being tried."""
    warned = time.monotonic() + FIRST_PAGE
    while not answers(config, listener):
        if supervisor.tend(0.1):
            raise Interrupted
        if time.monotonic() > warned:
            say("网页尚未应答，仍在尝试；原因见日志", "No page is answered yet; trying on, the log says why")
            warned = float("inf")


def answers(config: Config, listener: socket.socket) -> bool:
    """Whether the web role answers on its socket, whatever it says."""
    host, port = listener.getsockname()[:2]
    try:
        if config.tls_certificate:
            context = ssl.create_default_context()
            context.check_hostname, context.verify_mode = False, ssl.CERT_NONE  # ourselves, by our own socket
            wire: HTTPConnection = HTTPSConnection(LOCAL.get(host, host), port, timeout=5, context=context)
        else:
            wire = HTTPConnection(LOCAL.get(host, host), port, timeout=5)
        wire.request("GET", "/livez")
        wire.getresponse()
    except OSError:
        return False
    return True


def address(config: Config, listener: socket.socket) -> str:
    """Where a person finds the installation."""
    if config.public_url:
        return config.public_url
    host = f"[{config.host}]" if ":" in config.host else config.host
    scheme = "https" if config.tls_certificate else "http"
    return f"{scheme}://{host}:{listener.getsockname()[1]}"
