"""The measurements as a table: printed, and written to docs/reference/performance.md."""

import os
import platform
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import orjson

from bench import ground
from config import ROOT

PAGE = ROOT / "docs" / "reference" / "performance.md"
SMALL, LARGE = str(ground.SMALL), str(ground.LARGE)
PEOPLE = {"consultant": "consultant", "manager": "store manager", "boss": "head of 20 stores"}
# The most milliseconds of server CPU by case; a list page also has its most statements.
MOST = {"API get": 1.5, "API list, first page": 3.0, "API insert": 4.0, "HTML list": 12.0}
STATEMENTS, TIMES = 8, 2.0
WORK, SOON = 0.5, 1_000.0  # jobs a second beside plain RQ; milliseconds until the relay has handed work over
IMPORT, FEED, EXPORT, FIRST, VERIFY, START = 2_500, 2_000, 3.0, 0.2, 100_000, 15.0

HEAD = """# Performance

Measured, not promised: `make bench` fills databases of its own, measures, and writes this page. A part is run alone
with `python -m bench list`; the parts are {parts}.

{machine}

**How.** The application runs inside the measuring process and is given requests as its web server would give them;
people are signed in, row policies, masks and the trail are on. *web* is the CPU of that process, *db* the CPU of its
PostgreSQL session as the kernel's scheduler tells it, both in milliseconds, medians of {repeats} requests after {warm}
for warmth. CPU is steadier than time on a machine that does other work meanwhile, but not untouched by it: *least* is
the web CPU of the quickest request, nearer to what an idle machine shows. *statements* leaves out BEGIN, COMMIT and
the reset of a connection. Customers lie in twenty stores; the consultant and the store manager belong to the oldest and
smallest, which has 2,000 of 1,000,000 customers (200 of 10,000) and the lowest ids; the head of the company sees all
twenty. *growth* is web and db on 1,000,000 over the same on 10,000. Stock Flask-AppBuilder 5.3 serves the same
customers in clear from the same server, to its administrator, without row rules and without a trail; related fields are
taken out of its search form. Limits in milliseconds are for *web*; one that is missed while *least* keeps it says so.
"""


GROUP = """## The dealership's lists

Every generated list, and the page of one record of each, as the manager of the smallest of 400 stores with
1,000,000 customers, {rows:,} rows in all; *growth* is against a group of four stores, a hundredth of it.
"""


def keep(part: str, rows: list[dict[str, Any]]) -> None:
    """Keeps what a part measured, with when and under which load."""
    folder = ground.home() / "results"
    folder.mkdir(exist_ok=True)
    noted = {"at": datetime.now(UTC).isoformat(timespec="minutes"), "load": os.getloadavg()[1], "rows": rows}
    (folder / f"{part}.json").write_bytes(orjson.dumps(noted, option=orjson.OPT_INDENT_2))


def kept(part: str) -> dict[str, Any]:
    """What a part measured last; nothing when it never ran."""
    path = ground.home() / "results" / f"{part}.json"
    return dict(orjson.loads(path.read_bytes())) if path.is_file() else {"rows": []}


def write(parts: tuple[str, ...], repeats: int, warm: int) -> str:
    """Writes the page from everything measured so far; answers its text."""
    stock = {row["case"]: row[LARGE] for row in kept("stock")["rows"]}
    text = "\n".join(
        [
            HEAD.format(parts=listed(parts), machine=machine(parts), repeats=repeats, warm=warm),
            "## Requests",
            "",
            *requests([*kept("list")["rows"], *kept("insert")["rows"]], stock),
            "",
            "## Bulk work, proofs and starts",
            "",
            *bulk(),
            "",
            *dealership(),
        ]
    )  # fmt: skip
    PAGE.write_text(text, encoding="utf-8")
    return text


def listed(parts: tuple[str, ...]) -> str:
    """The names of the parts, as code."""
    return ", ".join(f"`{part}`" for part in parts)


def machine(parts: tuple[str, ...]) -> str:
    """What it was measured on, and when."""
    told = [kept(part) for part in parts]
    days = sorted({one["at"][:10] for one in told if "at" in one})
    loads = [one["load"] for one in told if "load" in one]
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    return (
        f"**Machine.** {processor()}, {os.cpu_count()} virtual processors, {memory:.0f} GB, {platform.system()};"
        f" Python {platform.python_version()}, PostgreSQL 18 with {ground.MEMORY_MB} MB of shared buffers."
        f" Measured {' and '.join(days)}; the machine's load (5 minutes) was {min(loads, default=0):.1f} to"
        f" {max(loads, default=0):.1f}, other work included."
    )


def processor() -> str:
    """The processor's name."""
    path = Path("/proc/cpuinfo")
    lines = path.read_text().splitlines() if path.is_file() else []
    found = next((line.partition(":")[2].strip() for line in lines if line.startswith("model name")), "")
    return found or platform.processor() or platform.machine()


def requests(rows: list[dict[str, Any]], stock: dict[str, Any]) -> Iterator[str]:
    """The table of single requests."""
    heads = ("request", "person", "web", "least", "db", "statements", "growth", "at most", "met")
    yield f"| {' | '.join(heads)} | stock FAB: web + db (statements) | FAB ÷ ours |"
    yield "|---|---|---:|---:|---:|---:|---:|---|---|---:|---:|"
    for row in rows:
        cost, small = row[LARGE], row.get(SMALL)
        whole = cost["cpu"] + cost["database"]
        growth = whole / (small["cpu"] + small["database"]) if small else None
        most, met = judged(row["case"], cost, growth)
        theirs = stock.get(row["case"])
        beside = f"{theirs['cpu']:.1f} + {theirs['database']:.1f} ({theirs['statements']})" if theirs else ""
        ratio = f"{(theirs['cpu'] + theirs['database']) / whole:.1f}" if theirs else ""
        yield (
            f"| {row['case']} | {PEOPLE[row['person']]} | {cost['cpu']:.1f} | {cost['least']:.1f} |"
            f" {cost['database']:.1f} | {cost['statements']} |"
            f" {f'{growth:.2f}' if growth else ''} | {most} | {met} | {beside} | {ratio} |"
        )


def judged(case: str, cost: dict[str, float], growth: float | None) -> tuple[str, str]:
    """What a request may cost, and whether it does not cost more; CPU limits are the web process's."""
    page = case.startswith("HTML list")
    most = MOST["HTML list"] if page else MOST.get(case)
    limits = [
        *([(f"{most:g} ms", cost["cpu"] <= most, cost["least"] <= most)] if most else []),
        *([(f"{STATEMENTS} statements", cost["statements"] <= STATEMENTS, False)] if page else []),
        *([(f"growth {TIMES:g}", growth <= TIMES, False)] if growth else []),
    ]
    missed = [f"{name}{' (least does)' if least else ''}" for name, met, least in limits if not met]
    return ", ".join(name for name, *_ in limits), f"**no: {', '.join(missed)}**" if missed else "yes"


def bulk() -> Iterator[str]:
    """The table of everything else."""
    yield "| what | measured | at least / at most | met |"
    yield "|---|---|---|---|"
    for row in kept("export")["rows"]:
        met = row["seconds"] <= EXPORT and row["first"] < FIRST
        told = (
            f"{row['rows']:,} rows, {row['megabytes']} MB in {row['seconds']:.1f} s (web CPU {row['cpu']:.1f} s),"
            f" first byte after {row['first']:.2f} s"
        )
        yield line(row["case"], told, f"{EXPORT:g} s, first byte {FIRST:g} s", met)
    for row in kept("import")["rows"]:
        rate, worked = row["rows"] / row["seconds"], row["cpu"] + row["database"]
        told = (
            f"{row['rows']:,} rows, a customer and a car each, in {row['seconds']:.0f} s: {rate:,.0f} rows/s (dry run"
            f" {row['check']:.0f} s, writing {row['load']:.0f} s); CPU {row['cpu']:.0f} + {row['database']:.0f} s, so"
            f" {row['rows'] / worked:,.0f} rows for a second of CPU"
        )
        yield line("import, validated, in the trail", told, f"{IMPORT:,} rows/s", rate >= IMPORT)
    for row in kept("feed")["rows"]:
        orders, lines = row["made"]
        rate, worked = (orders + lines) / row["seconds"], row["cpu"] + row["database"]
        told = (
            f"{orders:,} orders with {lines:,} lines in {row['seconds']:.0f} s: {rate:,.0f} rows/s; CPU"
            f" {row['cpu']:.0f} + {row['database']:.0f} s, so {(orders + lines) / worked:,.0f} rows for a second of CPU"
        )
        yield line("work orders by profile, with rules and trail", told, f"{FEED:,} rows/s", rate >= FEED)
    for row in kept("verify")["rows"]:
        rate = row["entries"] / row["seconds"]
        told = (
            f"{row['entries']:,} entries in {row['seconds']:.1f} s: {rate:,.0f} entries/s (CPU {row['cpu']:.1f} +"
            f" {row['database']:.1f} s, so {row['entries'] / (row['cpu'] + row['database']):,.0f} for a second of CPU)"
        )
        yield line(row["case"], told, f"{VERIFY:,} entries/s", rate >= VERIFY)
    for row in kept("outbox")["rows"]:
        ours, theirs = (min(one[place] for one in row["pairs"]) for place in range(2))
        told = (
            f"{row['ratio']:.2f} of plain RQ with the same function and one worker each (median of {len(row['pairs'])}"
            f" pairs; the slowest {ours:.1f} and {theirs:.1f} jobs/s)"
        )
        yield line("jobs through the outbox", told, f"{WORK:g} of plain RQ", row["ratio"] >= WORK)
        begun, handed = row["begun"], row["handed"]
        told = (
            f"asked to begun p50 {begun['p50']:.0f}, p99 {begun['p99']:.0f} ms; to the relay's message p50"
            f" {handed['p50']:.0f}, p99 {handed['p99']:.0f} ms"
        )
        yield line("how soon work begins", told, f"p99 {SOON:g} ms", handed["p99"] < SOON)
    for row in kept("start")["rows"]:
        told = (
            f"{row['seconds']:.1f} s with 1,000,000 customers (the better of {len(row['all'])}; start and stop together"
            f" take {row['cpu']:.1f} s of CPU)"
        )
        yield line(row["case"], told, f"{START:g} s", row["seconds"] <= START)


def dealership() -> Iterator[str]:
    """The table of every generated list and record page of the dealership; nothing where they were not measured."""
    found = kept("dealership")["rows"]
    if not found:
        return
    yield GROUP.format(rows=sum(row["100"]["rows"] for row in found if row["page"] == "list"))
    yield "| page | rows in the table | web | least | db | statements | growth | at most | met |"
    yield "|---|---:|---:|---:|---:|---:|---:|---|---|"
    for row in found:
        cost, small = row["100"], row["1"]
        growth = (cost["cpu"] + cost["database"]) / (small["cpu"] + small["database"])
        most, met = judged("HTML list" if row["page"] == "list" else "record", cost, growth)
        yield (
            f"| {row['case']}, {row['page']} | {cost['rows']:,} | {cost['cpu']:.1f} | {cost['least']:.1f} |"
            f" {cost['database']:.1f} | {cost['statements']} | {growth:.2f} | {most} | {met} |"
        )
    yield ""


def line(what: str, told: str, limit: str, met: bool) -> str:
    """One row of the table."""
    return f"| {what} | {told} | {limit} | {'yes' if met else '**no**'} |"
