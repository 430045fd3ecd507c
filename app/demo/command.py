"""`python run.py demo load` and `demo reset`: a year of life into an empty installation, and again from nothing."""

import argparse
import resource
import sys
import time
from datetime import date
from functools import partial
from importlib import import_module

import psycopg
from psycopg import sql
from sqlalchemy import Engine, create_engine, pool
from sqlalchemy.engine import make_url

from app import first_data
from app.access.key_file import sealer_of
from app.access.keys import SignInKeys
from app.access.signin import Door
from app.core.clock import SystemClock, business_date
from app.core.errors import Refusal
from app.core.label import Label
from app.demo import marker
from app.demo.accounts import Entrance, open_accounts
from app.demo.load import Loader
from app.demo.organisation import Shop
from app.demo.plan import Plan
from config import Config

SEED, HOURS = 7, 72
REFUSED = 2


def load(config: Config, arguments: list[str]) -> int:
    """Loads a year into an empty installation and prints a few people's one-time links; the exit code."""
    given = parser("load").parse_args(arguments)
    return _told(partial(_load, config, plan_of(given)))


def reset(config: Config, arguments: list[str]) -> int:
    """Drops a demonstration and loads it again; refuses an installation that is none, or that people work in."""
    asked = parser("reset")
    asked.add_argument("--discard", action="store_true", help="drop what people entered as well")
    given = asked.parse_args(arguments)
    return _told(partial(_reset, config, given))


def parser(word: str) -> argparse.ArgumentParser:
    """What both commands may be told."""
    made = argparse.ArgumentParser(prog=f"run.py demo {word}")
    made.add_argument("--seed", type=int, help=f"which year of the possible ones ({SEED})")
    made.add_argument("--scale", type=float, help="1 is 10,000 customers in 4 stores, 100 a million in 400 (1)")
    made.add_argument("--ends-on", type=date.fromisoformat, help="the first day not lived any more, YYYY-MM-DD (today)")
    made.add_argument("--activity", type=float, help="how much happens beside customers and cars, above 0 to 1 (1)")
    return made


def plan_of(given: argparse.Namespace, before: marker.Marked | None = None) -> Plan:
    """The year asked for; what is not said is as before, or the usual. The only place that looks at the clock."""
    today = business_date(SystemClock().now())
    seed = given.seed if given.seed is not None else before.seed if before else SEED
    scale = given.scale if given.scale is not None else before.scale if before else 1.0
    ends_on = given.ends_on or today
    activity = given.activity if given.activity is not None else before.activity if before else 1.0
    if ends_on > today or not 0 < scale <= 1_000 or not 0 < activity <= 1:
        raise Refusal(
            Label(
                "规模须大于 0，活跃度在 0 与 1 之间，结束日期不能晚于今天。",
                "Scale is above 0, activity above 0 to 1, and the year ends today at the latest.",
            )
        )
    return Plan(seed, scale, ends_on, activity)


def _told(run: partial[int]) -> int:
    try:
        return run()
    except Refusal as refusal:
        print(f"\n  {refusal.label.zh}\n  {refusal.label.en}\n", file=sys.stderr)  # noqa: T201
        return REFUSED


def say(zh: str, en: str) -> None:
    """One line of progress."""
    print(f"  {zh}  ·  {en}", flush=True)  # noqa: T201


def engine_of(config: Config) -> Engine:
    """The administrator's connections."""
    return create_engine(config.url("administrator"), poolclass=pool.NullPool, hide_parameters=True)


def _load(config: Config, plan: Plan) -> int:
    import_module("app.process.servers").migrate(config)
    first = first_data.load(config)
    began, busy = time.monotonic(), time.process_time()
    sealer = sealer_of(config)
    engine = engine_of(config)
    with engine.begin() as connection:  # a demonstration is shown by many, who share no phone
        connection.exec_driver_sql("DELETE FROM gate.factor_demand")
    loader = Loader(engine, sealer, plan, say)
    say(f"正在装入演示数据：种子 {plan.seed}，规模 {plan.scale:g}，至 {plan.ends_on}", "Loading a year of life")
    shops = loader.run()
    rows, peak = sum(loader.counts.values()), resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    took, own = time.monotonic() - began, time.process_time() - busy
    say(f"完成：{rows} 条记录，{took:.0f} 秒", f"{rows} records in {took:.0f} s, {own:.0f} s of them here, {peak} MB")
    _show(config, first, _entrances(config, engine, shops))
    return 0


def _entrances(config: Config, engine: Engine, shops: list[Shop]) -> list[Entrance]:
    door = Door(engine, SignInKeys.parse(config.secret("password_pepper")))
    with engine.begin() as connection:
        connection.exec_driver_sql("SELECT gate.announce_system('demo accounts')")
        return open_accounts(
            connection, shops, lambda user: door.invite(connection, user, purpose="welcome", hours=HOURS)
        )


def _show(config: Config, first: list[tuple[str, str, str, str]], entrances: list[Entrance]) -> None:
    say("以下链接各用一次、三天内有效，打开后设置自己的密码", "One-time links, good for three days")
    known = {one.login for one in entrances}
    lines = [(name, login, role, "", path) for name, login, role, path in first if login not in known]
    lines += [(one.name, one.login, one.role, one.store, one.path) for one in entrances]
    for name, login, role, store, path in lines:
        print(f"      {name}  {login} ({role}) {store}\n        {config.public_url or ''}{path}", flush=True)  # noqa: T201


def _reset(config: Config, given: argparse.Namespace) -> int:
    engine = engine_of(config)
    with engine.connect() as connection:
        before = marker.marked(connection)
        added = marker.by_people(connection) if before else 0
    if before is None:
        raise Refusal(Label("这里不是演示系统，不会清空。", "This is no demo installation; nothing was dropped."))
    if added and not given.discard:
        raise Refusal(
            Label(
                f"有 {added} 条记录是人录入的，不会清空；确定都不要，请加 --discard。",
                f"People entered {added} records; nothing was dropped. Say --discard to drop them as well.",
            )
        )
    plan = plan_of(given, before)
    drop(config)
    return _load(config, plan)


def drop(config: Config) -> None:
    """Drops the database with all it holds, makes an empty one, and sets the notes of its trail aside."""
    url = make_url(config.url("administrator")).set(drivername="postgresql")
    name = sql.Identifier(url.database or config.database)
    aside = url.set(database="postgres").render_as_string(hide_password=False)
    with psycopg.connect(aside, autocommit=True) as connection:
        try:
            connection.execute(sql.SQL("DROP DATABASE {}").format(name))
        except psycopg.errors.ObjectInUse as error:
            raise Refusal(Label("请先停止 Forecourt，再清空。", "Stop Forecourt first, then reset.")) from error
        connection.execute(sql.SQL("CREATE DATABASE {}").format(name))
    stamp = time.strftime("%Y%m%d-%H%M%S")
    for place in import_module("app.audit.places").checkpoint_places(config):
        if place.exists():
            place.rename(place.with_name(f"{place.name}-before-{stamp}"))
