"""Settings with where each comes from, never a secret; and the versions of everything this stands on."""

import platform
from collections.abc import Iterator, Mapping
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from app.console import words as w
from app.console.cells import NOTHING, code, plain, sheet, tag
from app.console.reading import one as single
from app.console.settings_words import MEANINGS
from app.console.valkey import FAILURES, look
from app.console.valkey import version as queue_version
from app.console.view import ConsoleView, Told
from app.console.words import text
from app.core.label import Label
from app.heads.house import house
from app.heads.pages import Cell, State
from app.records.context import Context
from config import ROOT, Config, settings
from setting import Setting

NOTE = Label(
    "设置在启动时读一次，来自环境变量或它指向的文件；要改就改那里，再重新启动。密钥从不显示。",
    "Settings are read once at the start, from the environment or a file it names; change them there and start again."
    " Secrets are never shown.",
)
SETTINGS, VERSIONS = w.PAGES["settings"], Label("版本", "Versions")
SETTING, SOURCE, DEFAULT, MEANING = (
    Label("设置", "Setting"),
    Label("来源", "From"),
    Label("默认", "Default"),
    Label("含义", "Meaning"),
)
SOURCES: Mapping[str, tuple[Label, State]] = {
    "environment": (Label("环境变量", "environment"), "info"),
    "file": (Label("文件", "file"), "info"),
    "default": (Label("默认", "default"), "neutral"),
}
HIDDEN, UNSET = Label("已设置（不显示）", "set (not shown)"), Label("未设置", "not set")
PART, SCHEMA, PRODUCT = Label("部件", "Part"), Label("结构版本", "Schema"), Label("产品", "Product")
NO_ANSWER = Label("没有应答", "no answer")
PARTS = (
    "flask",
    "flask-appbuilder",
    "flask-admin",
    "werkzeug",
    "jinja2",
    "wtforms",
    "gunicorn",
    "sqlalchemy",
    "psycopg",
    "alembic",
    "rq",
    "redis",
    "cryptography",
    "argon2-cffi",
    "weasyprint",
    "structlog",
)


class SettingsView(ConsoleView):
    """What was set, and what runs."""

    code = "settings"

    def told(self, context: Context, asked: Mapping[str, str]) -> Told:  # noqa: ARG002  # nothing is asked of it
        """Every setting of this process, then every version."""
        config = house().config
        return Told(
            note=text(NOTE),
            sheets=(
                sheet(
                    SETTINGS,
                    (SETTING, w.VALUE, SOURCE, DEFAULT, MEANING),
                    [row(one, config) for one in settings()],
                ),
                sheet(VERSIONS, (PART, w.VALUE), list(parts(single(context.connection, "standing")))),
            ),
        )


def row(one: Setting, config: Config) -> tuple[Cell, ...]:
    """One setting as a line; of a secret only whether it is set."""
    source, look_of_it = SOURCES[config.given.get(one.name, "default")]
    zh = MEANINGS.get(one.name, one.meaning)
    return (
        code(one.env),
        hidden(one, config) if one.secret else code(spelled(getattr(config, one.name))),
        tag(source, look_of_it),
        NOTHING if one.secret else code(spelled(one.default)),
        plain(text(Label(zh, one.meaning))),
    )


def hidden(one: Setting, config: Config) -> Cell:
    """Whether a secret is set."""
    return plain(text(HIDDEN if getattr(config, one.name) else UNSET))


def spelled(value: object) -> str:
    """A value as it is set."""
    if isinstance(value, bool):
        return text(w.YES if value else w.NO)
    if isinstance(value, tuple):
        return ", ".join(map(str, value))
    return "" if value is None else str(value)


def parts(now: Mapping[str, Any]) -> Iterator[tuple[Cell, ...]]:
    """Everything this stands on, by name and version."""
    yield plain(f"Forecourt ({text(PRODUCT)})"), code(product())
    yield plain(text(SCHEMA)), code(now["revision"])
    yield plain("Python"), code(platform.python_version())
    yield plain("PostgreSQL"), code(now["server"])
    yield plain("Valkey"), code(queue())
    for name in PARTS:
        yield plain(name), code(installed(name))


@cache
def product() -> str:
    """The product's version, as its own project file says."""
    lines = Path(ROOT / "pyproject.toml").read_text(encoding="utf-8").splitlines()
    return next((line.split('"')[1] for line in lines if line.startswith("version = ")), "")


@cache
def installed(name: str) -> str:
    """The version of a library, or nothing where it is not installed."""
    try:
        return version(name)
    except PackageNotFoundError:
        return ""


def queue() -> str:
    """The version of Valkey, while it answers."""
    try:
        info, _ = look(house().config.redis)
    except FAILURES:
        return text(NO_ANSWER)
    return queue_version(info)
