"""Work orders with their lines, brought in by a profile: a hundred thousand orders of a brand system's flat export."""

import contextlib
import csv
import io
import os
import time
from pathlib import Path
from random import Random
from typing import Any

import orjson

from app.fields import Vin
from app.jobs import feed_command
from bench import ground, load, people
from bench.house import BOSS
from bench.meter import Watch
from bench.writing import worked

ORDERS = int(os.environ.get("BENCH_ORDERS", "100000"))
LINES = 3  # of an order, in the mean
CARS = 15_000
HEADING = "单号,底盘号,手机,姓名,进厂,结算,里程,状态,应收,序,类,编码,项目,数,单价".split(",")  # noqa: SIM905
STATES = {"在修": "working", "完工": "ready", "已结": "settled", "交车": "delivered"}
ITEMS = ("更换机油", "机油滤清器", "空调滤芯", "前刹车片", "四轮定位", "轮胎换位", "更换火花塞", "清洗节气门")


def run() -> list[dict[str, Any]]:
    """Rows a second of the whole way: read, staged, written under the policy, with rules, trail and search."""
    database = "bench_feed"
    load.fill(ground.SMALL, database)
    with ground.connect(database) as connection:
        row = connection.execute("SELECT code FROM store ORDER BY id DESC LIMIT 1").fetchone()
    path, plan = ground.home() / "WO_20261031.csv", ground.home() / "feed.json"
    rows = write(path)
    plan.write_bytes(orjson.dumps(profile(row[0] if row else "")))
    words = [str(path), "--save", str(plan), "--as", BOSS]
    config = ground.settings(database, "worker")
    told = io.StringIO()
    with contextlib.redirect_stderr(io.StringIO()), contextlib.redirect_stdout(told), Watch(database) as watch:
        began, cpu = time.perf_counter(), worked()
        code = feed_command.main(config, words)
        wall, cpu = time.perf_counter() - began, worked() - cpu
    with ground.connect(database) as connection:
        made = connection.execute(
            "SELECT (SELECT count(*) FROM work_order), (SELECT count(*) FROM work_order_line)"
        ).fetchone()
    result = {"rows": rows, "seconds": wall, "cpu": cpu, "database": watch.seconds, "code": code, "made": made}
    print(f"feed: {result}\n{told.getvalue()}", flush=True)
    return [{"case": "feed", "person": "head of the company"} | result]


def profile(store: str) -> dict[str, Any]:
    """How the export is read."""
    order, line = "work_order", "work_order_line"
    fields = (
        (order, "number"), (order, "vehicle", "vin"), (order, "customer", "phone"), (order, "customer", "name"),
        (order, "opened_at"), (order, "settled_at"), (order, "mileage"), (order, "status"), (order, "amount"),
        (line, "line"), (line, "kind"), (line, "code"), (line, "name"), (line, "quantity"), (line, "price"),
    )  # fmt: skip
    columns: list[dict[str, Any]] = []
    for label, (entity, field, *by) in zip(HEADING, fields, strict=True):
        columns.append({"label": label, "entity": entity, "field": field, "by": by[0] if by else ""})
    columns[3]["also"] = True
    columns[7]["words"] = STATES
    columns[10]["words"] = {"工": "labour", "料": "part"}
    return {
        "code": "bench", "brand_system": "bench", "to": [store], "of_record": True, "entity": order, "part": line,
        "within": order, "name": "WO_{day}.csv", "columns": columns,
        "keys": {order: ["number"], line: ["line"]}, "missing": {"vehicle": "make", "customer": "make"},
    }  # fmt: skip


def write(path: Path) -> int:
    """Writes the export in GB18030; answers how many rows it has."""
    dice, vin, rows = Random(11), Vin(), 0
    with path.open("w", encoding="gb18030", newline="") as stream:
        writer = csv.writer(stream, lineterminator="\r\n")
        writer.writerow(HEADING)
        for number in range(ORDERS):
            car, day = number % CARS, f"2026-{number * 10 // ORDERS + 1:02d}-{number % 28 + 1:02d}"
            km = 1_000 + car % 900 + number // CARS * 7_000
            state = tuple(STATES)[min(3, number % 9)]
            settled = f"{day} 17:00" if state in ("已结", "交车") else ""
            head = (f"W{number:07d}", vin.example(900_000 + car), f"137{car:08d}", people.full_name(Random(car)),
                    f"{day} 09:{number % 60:02d}", settled, km, state, f"{300 + number % 900}.00")  # fmt: skip
            for place in range(1, 2 + number % (2 * LINES - 1)):
                item = ITEMS[dice.randrange(len(ITEMS))]
                writer.writerow((*head, place, "工料"[place % 2], f"P{place:03d}", item, 1, f"{20 + place * 35}.00"))
                rows += 1
    return rows
