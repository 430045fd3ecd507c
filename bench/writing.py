"""Writing, exporting and importing, always under row policy and with the trail."""

import contextlib
import csv
import io
import resource
import time
from collections.abc import Callable, Iterator
from dataclasses import asdict
from random import Random
from typing import Any

from sqlalchemy import create_engine, pool

from app.fields import Vin
from app.first_data import Newcomer, hire
from app.jobs import import_command
from bench import ground, load, people
from bench.house import BOSS, CONSULTANT, MANAGER, Office
from bench.meter import REPEATS, WARM, Browser, Watch, measure

ROWS = 100_000
NEWEST = "newest"  # the manager of the newest store, which has a hundred thousand customers
HEADING = "客户编号,姓名,联系电话,身份证号,邮箱,车牌号,车架号,车型,购车日期,当前里程,来源,地址,备注".split(",")  # noqa: SIM905


def insert() -> list[dict[str, Any]]:
    """The cost of adding a customer by the API, on a million; what was added is taken away again."""
    database, found = load.name_of(ground.LARGE), []
    with Office(database) as office, ground.connect(database) as connection:
        for login in (CONSULTANT, MANAGER):
            caller = office.caller(login)
            requests = [caller.environ("/api/v1/data/customer/", "POST", body(n)) for n in range(REPEATS + WARM)]
            cost = measure(caller, requests, database, office.engine)
            found.append({"case": "API insert", "person": login, str(ground.LARGE): asdict(cost)})
            print(f"{login:<11} API insert  web {cost.cpu:.2f}  db {cost.database:.2f}  wall {cost.wall:.2f} ms"
                  f"  {cost.statements} statements", flush=True)  # fmt: skip
        connection.execute("DELETE FROM search_token WHERE record_id > %s AND entity = 'customer'", (ground.LARGE,))
        connection.execute("DELETE FROM customer WHERE id > %s", (ground.LARGE,))
        connection.execute("SELECT setval(pg_get_serial_sequence('customer', 'id'), %s)", (ground.LARGE,))
        connection.execute("VACUUM (ANALYZE) customer, search_token")
    return found


def body(number: int) -> dict[str, object]:
    """A new customer."""
    return {"name": people.SURNAMES[number % 30] + "晓明", "stage": "new", "phone": f"139{number:08d}",
            "email": f"n{number}@example.cn", "district": "浦东新区", "address": "人民路1号", "gender": "female",
            "birth_date": "1990-05-06", "source": "到店"}  # fmt: skip


def export() -> list[dict[str, Any]]:
    """A streamed CSV of the newest store's hundred thousand customers, by page and by API."""
    database, found = load.name_of(ground.LARGE), []
    with Office(database) as office:
        newest_manager()
        for name, browser, path in (
            ("CSV export, by page", office.browser(NEWEST), "/data/customer/export.csv"),
            ("CSV export, by API", office.caller(NEWEST), "/api/v1/data/customer/export.csv"),
        ):
            best = min((stream(browser, path) for _ in range(3)), key=lambda one: one["seconds"])
            found.append({"case": name, "person": "manager of the newest store"} | best)
            print(f"{name}: {best}", flush=True)
    return found


def newest_manager() -> None:
    """Gives the newest store a manager with an account, once."""
    engine = create_engine(ground.settings(load.name_of(ground.LARGE)).url("administrator"), poolclass=pool.NullPool)
    with engine.begin() as connection:
        known = connection.exec_driver_sql("SELECT EXISTS (SELECT FROM ab_user WHERE username = %s)", (NEWEST,))
        if not known.scalar_one():
            hire(connection, Newcomer(NEWEST, "新店经理", "sales_manager", f"S{people.STORES}"))


def stream(browser: Browser, path: str) -> dict[str, float]:
    """Rows, seconds, seconds of this process's CPU and seconds to the first byte of an export."""
    environ = {**browser.environ(path), "wsgi.input": io.BytesIO()}
    told: list[str] = []
    began, cpu = time.perf_counter(), time.process_time()
    answer = browser.app(environ, lambda status, _headers, _trouble=None: told.append(status))
    first, rows, size = 0.0, 0, 0
    for piece in answer:
        first = first or time.perf_counter() - began
        rows += piece.count(b"\r\n")
        size += len(piece)
    answer.close()
    if not told[0].startswith("200"):
        raise RuntimeError(told[0])
    return {
        "rows": rows - 1,
        "megabytes": round(size / 1e6, 1),
        "seconds": time.perf_counter() - began,
        "cpu": time.process_time() - cpu,
        "first": first,
    }


def bring_in() -> list[dict[str, Any]]:
    """An import of a hundred thousand rows, each a customer and a car, as the command line does it."""
    database = "bench_work"
    load.fill(ground.SMALL, database)
    path = ground.home() / "import.csv"
    path.write_bytes(file(ROWS))
    config = ground.settings(database, "worker")
    with ground.connect(database) as connection:
        row = connection.execute("SELECT code FROM store ORDER BY id DESC LIMIT 1").fetchone()
    words = [str(path), "--store", row[0] if row else "", "--as", BOSS, "--yes"]
    steps: dict[str, float] = {}
    with timed(steps), contextlib.redirect_stderr(io.StringIO()), Watch(database) as watch:
        began, cpu = time.perf_counter(), worked()
        code = import_command.main(config, words)
        wall, cpu = time.perf_counter() - began, worked() - cpu
    with ground.connect(database) as connection:
        row = connection.execute(
            "SELECT count(*) FILTER (WHERE entity = 'customer'), count(*) FILTER (WHERE entity = 'vehicle')"
            " FROM trail.entry WHERE action = 'insert' AND actor_kind = 'job'"
        ).fetchone()
    result = {
        "rows": ROWS,
        "seconds": wall,
        "cpu": cpu,
        "database": watch.seconds,
        "code": code,
        "entries": list(row or ()),
        **steps,
    }
    print(f"import: {result}", flush=True)
    return [{"case": "import", "person": "head of the company"} | result]


def worked() -> float:
    """CPU seconds of this process and of the children it has waited for."""
    children = resource.getrusage(resource.RUSAGE_CHILDREN)
    return time.process_time() + children.ru_utime + children.ru_stime


@contextlib.contextmanager
def timed(steps: dict[str, float]) -> Iterator[None]:
    """Notes how long the dry run and the writing take."""
    real = {name: getattr(import_command, name) for name in ("check", "load")}

    def wrap(name: str) -> Callable[..., None]:
        def run(*arguments: object) -> None:
            began = time.perf_counter()
            real[name](*arguments)
            steps[name] = time.perf_counter() - began

        return run

    try:
        for name in real:
            setattr(import_command, name, wrap(name))
        yield
    finally:
        for name, function in real.items():
            setattr(import_command, name, function)


def file(rows: int) -> bytes:
    """A legacy export of so many customers with a car each, in GB18030 with a title row, dates in three notations."""
    sink, dice, vin = io.StringIO(newline=""), Random(7), Vin()
    writer = csv.writer(sink, lineterminator="\r\n")
    writer.writerow(["××汽车销售服务有限公司 客户档案导出", *[""] * (len(HEADING) - 1)])
    writer.writerow(HEADING)
    for number in range(rows):
        born = people.BIRTH.replace(year=1960 + number % 40)
        bought = f"{2012 + number % 13}{'-/.'[number % 3]}{number % 12 + 1:02d}{'-/.'[number % 3]}{number % 28 + 1:02d}"
        writer.writerow((
            f"KH{number:06d}", people.full_name(dice), f"136{number:08d}",
            people.id_card(number, born) if number % 3 == 0 else "",
            f"k{number}@example.cn" if number % 5 == 0 else "",
            f"苏{'ABCDEFGHJK'[number // 100_000]}{number % 100_000:05d}", vin.example(number),
            dice.choice(people.MODELS), bought, dice.randrange(200_000), dice.choice(people.SOURCES),
            "上海市人民路1号", "",
        ))  # fmt: skip
    return sink.getvalue().encode("gb18030")
