"""`python run.py feed …`: a brand system's file by its profile, and profiles kept as files."""

import argparse
import sys
from pathlib import Path
from typing import Any
from uuid import uuid4

import orjson
from sqlalchemy import Connection, Engine

from app.core.errors import Invalid, Refusal
from app.core.label import Label
from app.exchange.feeds import profile as profiles
from app.exchange.feeds import run as runs
from app.exchange.feeds.feed import failing, feed, receive
from app.exchange.feeds.run import Arrival
from app.exchange.limits import MIB
from app.exchange.steps import Tools, context_of
from app.jobs.announced import open_engine
from app.jobs.import_command import Hands, person
from app.jobs.importing import tools_of
from config import Config

NO_STORE = Label("没有代码为 {code} 的门店，或它不在范围内。", "There is no store {code} within reach.")
BAD_FILE = Label("方案文件不是有效的 JSON。", "The profile is not valid JSON.")
SHOWN = 20  # refused lines


def main(config: Config, arguments: list[str]) -> int:
    """Takes files in or saves profiles; 0 when all went well, 1 when something was refused, 2 for wrong words."""
    try:
        asked = parser().parse_args(arguments)
    except SystemExit as done:
        return int(done.code or 0)
    engine = open_engine(config)
    try:
        return run(asked, engine, tools_of(config), config.admin_upload_limit_mb * MIB)
    except (Refusal, OSError) as refused:
        label = refused.label if isinstance(refused, Refusal) else Label(str(refused), str(refused))
        say(f"  {label.zh}", f"  {label.en}", file=sys.stderr)
        if isinstance(refused, Invalid):
            say(*(f"    {at}: {one.label.zh} · {one.label.en}" for at, one in refused.fields.items()), file=sys.stderr)
        return 1
    finally:
        engine.dispose()


def parser() -> argparse.ArgumentParser:
    """What the command understands."""
    made = argparse.ArgumentParser("run.py feed", description="按导入方案导入 · bring in files by a profile")
    made.add_argument("files", nargs="*", type=Path, help="CSV, TXT, XLSX")
    made.add_argument("--profile", metavar="CODE", help="方案代码 · the profile's code")
    made.add_argument("--save", type=Path, metavar="FILE", help="保存方案（JSON） · save a profile kept as JSON")
    made.add_argument("--show", action="store_true", help="打印方案（JSON） · print the profile as JSON")
    made.add_argument("--as", dest="login", help="以谁的权限；不填为系统 · whose rights it uses; the system's")
    return made


def run(asked: argparse.Namespace, engine: Engine, tools: Tools, most: int) -> int:
    """Does what was asked for, profiles first."""
    hands = Hands(engine, person(engine, asked.login))
    if asked.save:
        saved = save(hands, tools, asked.save)
        say(f"  {saved}")
    code = asked.profile or (saved if asked.save else "")
    if asked.show:
        with hands.transaction() as connection:
            say(orjson.dumps(as_json(connection, profiles.get(connection, code)), option=orjson.OPT_INDENT_2).decode())
    worst = 0
    for path in asked.files:
        worst = max(worst, take(hands, tools, code, path, most))
    return worst


def save(hands: Hands, tools: Tools, path: Path) -> str:
    """Saves the profile of a JSON file under its code, anew or over the one that stands; answers the code."""
    try:
        given: dict[str, Any] = orjson.loads(path.read_bytes())
    except orjson.JSONDecodeError:
        raise Refusal(BAD_FILE, "bad_json") from None
    with hands.transaction() as connection:
        context = context_of(connection, tools.sealer)
        sql = "SELECT id FROM feed_profile WHERE code = %s"
        number = connection.exec_driver_sql(sql, (str(given.get("code", "")),)).scalar_one_or_none() or 0
        stores = store_ids(connection, given.get("to", ()))
        profiles.save(context, profiles.from_mapping(given, stores, number))
    return str(given["code"])


def store_ids(connection: Connection, codes: Any) -> tuple[int, ...]:
    """The stores of these codes."""
    found = dict(
        map(tuple, connection.exec_driver_sql("SELECT code, id FROM store WHERE code = ANY (%s)", (list(codes),)))
    )
    for code in codes:
        if code not in found:
            raise Refusal(NO_STORE.format(code=code), "no_such_store")
    return tuple(found[code] for code in codes)


def as_json(connection: Connection, profile: profiles.Profile) -> dict[str, Any]:
    """A profile as `--save` takes it."""
    rows = connection.exec_driver_sql("SELECT code FROM store WHERE id = ANY (%s) ORDER BY id", (list(profile.stores),))
    told = {name: getattr(profile, name) for name in ("code", "label", "brand_system", "of_record", "watched", "daily")}
    return told | {"to": list(rows.scalars())} | profile.spec.to_json()


def take(hands: Hands, tools: Tools, code: str, path: Path, most: int) -> int:
    """Takes one file in and says what became of it; 1 when something was refused."""
    uuid = uuid4()
    with path.open("rb") as stream:
        stored = tools.uploads.keep(stream, uuid, most)
    begun = receive(hands, tools, code, Arrival(uuid, stored, path.name, "command"))
    if not begun.repeated:
        feed(hands, tools, begun.run)
    with hands.transaction() as connection:
        done = runs.get(connection, begun.run)
        left = failing(context_of(connection, tools.sealer), done, SHOWN)
    say(f"\n  {path.name}  #{done.id}  {'重复 · repeated' if begun.repeated else done.state.value}")
    say(*(f"    {name}: {count}" for name, count in done.counts.items()))
    for line, state, _, why in left:
        say(*(f"    {line}  {state}  {column}: {zh} · {en}" for column, _, _, zh, en in why))
    return int(bool(done.left))


def say(*lines: str, file: Any = None) -> None:
    """Prints lines."""
    if lines:
        print("\n".join(lines), file=file)
