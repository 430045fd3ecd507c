"""`python run.py import FILE --store CODE …`: an import without a browser, in the name of a person or the system."""

import argparse
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import uuid4

from sqlalchemy import Connection, Engine

from app.core.errors import Refusal
from app.core.label import Label
from app.exchange import batch as batches
from app.exchange.batch import Batch, Owner, State
from app.exchange.begin import Upload, add, answer, demand, look, offered
from app.exchange.limits import MIB
from app.exchange.loading import load
from app.exchange.mapping import Mapping
from app.exchange.owners import Staff
from app.exchange.source import Choices
from app.exchange.staging import check
from app.exchange.steps import IMPORTED, Tools, context_of
from app.jobs.announced import as_system, open_engine
from app.jobs.importing import stop, tools_of
from config import Config

NO_STORE = Label("没有代码为 {code} 的门店，或它不在范围内。", "There is no store {code} within reach.")
NO_PERSON = Label("没有登录名为 {login} 的在用账号。", "There is no active account {login}.")
NO_STAFF = Label("这家门店没有“{words}”，或不止一位。", "“{words}” is nobody at this store, or several people.")


@dataclass(frozen=True)
class Hands:
    """The steps of an import at the command line: transactions in one person's name, progress on the terminal."""

    engine: Engine
    person: int | None  # None is the system

    @contextmanager
    def transaction(self) -> Iterator[Connection]:
        """A transaction of the person, or of the system."""
        if self.person is None:
            with as_system(self.engine, "import") as connection:
                yield connection
            return
        with self.engine.begin() as connection:
            connection.exec_driver_sql("SELECT gate.announce_job(%s, 'import')", (self.person,))
            yield connection

    def progress(self, done: int, total: int | None = None, note: dict[str, Any] | None = None) -> None:  # noqa: ARG002
        """Shows how far it is."""
        print(f"\r  {done:,} / {total or 0:,}", end="", file=sys.stderr, flush=True)  # noqa: T201

    def finish(self, connection: Connection, result: object = None) -> None:
        """Nothing waits for it."""


def main(config: Config, arguments: list[str]) -> int:
    """Imports a file; 0 when it was imported or the dry run was good, 1 when it was refused, 2 for wrong words."""
    try:
        asked = parser().parse_args(arguments)
    except SystemExit as done:
        return int(done.code or 0)
    engine = open_engine(config)
    try:
        return run(asked, engine, tools_of(config), config.admin_upload_limit_mb * MIB)
    except (Refusal, OSError) as refused:
        label = refused.label if isinstance(refused, Refusal) else Label(str(refused), str(refused))
        print(f"\n  {label.zh}\n  {label.en}", file=sys.stderr)  # noqa: T201
        return 1
    finally:
        engine.dispose()


def parser() -> argparse.ArgumentParser:
    """What the command understands."""
    made = argparse.ArgumentParser("run.py import", description="导入客户和车辆 · import customers and cars")
    made.add_argument("file", type=Path, help="CSV, TXT, XLSX")
    made.add_argument("--store", required=True, help="门店代码 · the store's code")
    made.add_argument("--owner", default="nobody", help="nobody, me, column, 工号或姓名 · or a staff number or name")
    made.add_argument("--as", dest="login", help="以谁的权限导入；不填为系统 · whose rights it uses; the system's")
    made.add_argument("--dry-run", action="store_true", help="只试运行 · count, and write nothing")
    made.add_argument("--yes", action="store_true", help="不再询问 · do not ask")
    return made


def run(asked: argparse.Namespace, engine: Engine, tools: Tools, most: int) -> int:
    """Uploads, checks, asks and imports."""
    hands = Hands(engine, person(engine, asked.login))
    number = _begin(asked, hands, tools, most)
    try:
        check(hands, tools, number)
    except Refusal as refused:
        with as_system(engine, "import") as connection:
            stop(connection, number, refused.label)
        raise
    batch = _read(hands, number)
    say(batch)
    if asked.dry_run or not (asked.yes or agreed()):
        return 0
    with hands.transaction() as connection:
        answer(connection, batch, {}, "join")
        batches.change(connection, batch, State.IMPORTING)
    load(hands, tools, number)
    say(_read(hands, number))
    return 0


def person(engine: Engine, login: str | None) -> int | None:
    """The account of that login; None, the system, when none is named."""
    if login is None:
        return None
    with as_system(engine, "import") as connection:
        sql = "SELECT id FROM ab_user WHERE username = %s AND active"
        found = connection.exec_driver_sql(sql, (login,)).scalar_one_or_none()
    if found is None:
        raise Refusal(NO_PERSON.format(login=login), "no_such_account")
    return int(found)


def _begin(asked: argparse.Namespace, hands: Hands, tools: Tools, most: int) -> int:
    """Keeps the file and adds its import, ready to be checked; keeps nothing when anything is refused."""
    with hands.transaction() as connection:
        context = context_of(connection, tools.sealer)
        store = connection.exec_driver_sql("SELECT id FROM store WHERE code = %s", (asked.store,)).scalar_one_or_none()
        if store is None:
            raise Refusal(NO_STORE.format(code=asked.store), "no_such_store")
        demand(context, IMPORTED, store)
        entities = offered(context)
        owner, employee = _owner(asked.owner, Staff.of(connection, store))
    uuid = uuid4()
    with asked.file.open("rb") as stream:
        stored = tools.uploads.keep(stream, uuid, most)
    try:
        found = look(asked.file, asked.file.name, Choices(), entities, tools.limits)
        _sound(found.mapping)
        with hands.transaction() as connection:
            context = context_of(connection, tools.sealer)
            number = add(context, Upload(uuid, stored, asked.file.name, found), store, owner, employee)
            batches.change(connection, batches.get(connection, number), State.CHECKING)
    except BaseException:
        tools.uploads.remove(stored.hash, uuid)
        raise
    return number


def _sound(mapping: Mapping) -> None:
    """Refuses a proposal that needs a person's eyes."""
    if problems := mapping.problems(IMPORTED):
        raise Refusal(problems[0].label, problems[0].code)


def _owner(words: str, staff: Staff) -> tuple[Owner, int | None]:
    """The owner rule these words mean, and the employee where they name one."""
    if words in (Owner.NOBODY, Owner.ME, Owner.COLUMN):
        return Owner(words), None
    employee = staff.find(words)
    if employee is None:
        raise Refusal(NO_STAFF.format(words=words), "no_such_employee")
    return Owner.EMPLOYEE, employee


def _read(hands: Hands, number: int) -> Batch:
    with hands.transaction() as connection:
        return batches.get(connection, number)


def agreed() -> bool:
    """Whether the person at the terminal says yes."""
    return sys.stdin.isatty() and input("  导入吗？ · Import? [y/N] ").strip().lower() in ("y", "yes", "是")


def say(batch: Batch) -> None:
    """Prints what was counted."""
    counts = batch.counts
    written = counts.get("written", {}).get("created")
    made = written if written is not None else counts.get("new", {})
    told = {
        f"批次 · batch {batch.id}": batch.state.value,
        "读到 · rows": counts.get("rows", 0),
        "新客户 · new customers": made.get("customer", 0),
        "新车辆 · new cars": made.get("vehicle", 0),
        "已有 · matched": counts.get("matched", {}),
        "不能导入 · failing": counts.get("failing", 0),
    }
    print("\n" + "\n".join(f"  {name}: {value}" for name, value in told.items()))  # noqa: T201
    for column, zh, en, count in counts.get("reasons", ()):
        print(f"    {count} × {column}: {zh} · {en}")  # noqa: T201
