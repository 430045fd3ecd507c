"""Small jobs for the tests."""

import time
from pathlib import Path

from sqlalchemy import text

from app.core.label import Label
from app.jobs.context import JobContext
from app.jobs.registry import Tells, Told, job

TABLES = """
    CREATE TABLE sample_note (number integer, by_work bigint, actor text, at timestamptz DEFAULT clock_timestamp());
    GRANT SELECT, INSERT ON sample_note TO forecourt_worker, forecourt_web;
    CREATE TABLE sample_car (number integer);
    INSERT INTO sample_car VALUES (1);
    ALTER TABLE sample_car ENABLE ROW LEVEL SECURITY;
    CREATE POLICY scope ON sample_car USING ((SELECT gate.may('vehicle', 'read')));
    GRANT SELECT ON sample_car TO forecourt_worker;
"""
_NOTE = text("INSERT INTO sample_note (number, by_work, actor) VALUES (:n, :w, gate.ticket() ->> 'k')")


@job("sample.note")
def note(context: JobContext, number: int, pause: float = 0) -> None:
    """Writes a number, and that it is done, in one transaction."""
    time.sleep(pause)
    with context.transaction() as connection:
        connection.execute(_NOTE, {"n": number, "w": context.work.id})
        time.sleep(pause)
        context.finish(connection, {"number": number})


ran: list[int] = []


@job("sample.quiet")
def quiet(context: JobContext) -> None:
    """Touches no database."""
    ran.append(context.work.id)


@job("sample.fail")
def fail(context: JobContext) -> None:
    with context.transaction() as connection:
        connection.execute(_NOTE, {"n": -1, "w": context.work.id})
        raise ValueError("the printer is out of paper")


@job("sample.clash")
def clash(context: JobContext, phone: str) -> None:
    with context.transaction() as connection:
        connection.execute(text("CREATE UNIQUE INDEX ON sample_note (number)"), {})
        connection.execute(text("SELECT :phone::text"), {"phone": phone})


@job("sample.cars")
def cars(context: JobContext) -> int:
    with context.transaction() as connection:
        return int(connection.execute(text("SELECT count(*) FROM sample_car")).scalar_one())


@job("sample.schema", queue="schema")
def schema(context: JobContext) -> str:
    return "altered"


@job("sample.backup", queue="backup")
def backup(context: JobContext) -> str:
    return "kept"


@job("sample.reminder", queue="reminder")
def reminder(context: JobContext) -> str:
    return "kept"


@job("sample.report", queue="report")
def report(context: JobContext) -> str:
    return "kept"


@job("sample.system", system=True)
def system(context: JobContext) -> str:
    return "tidied"


@job("sample.once")
def once(context: JobContext, key: str) -> bool:
    """Two transactions, of which the first must take effect once whatever happens to the second."""
    with context.transaction() as connection:
        first = context.effect(connection, key)
        if first:
            connection.execute(_NOTE, {"n": 1, "w": context.work.id})
    return first


@job("sample.slow")
def slow(context: JobContext, seconds: float) -> None:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        context.progress(1, 2, {"step": "counting"})
        time.sleep(0.1)
    with context.transaction() as connection:
        connection.execute(_NOTE, {"n": 2, "w": context.work.id})
        context.finish(connection)


def told_words(connection: object, work: object, result: dict) -> Told:
    return Told(Label(f"算好了 {result['number']}", f"Done: {result['number']}"))


@job(
    "sample.told",
    label=Label("样品", "A sample"),
    tells=Tells(told_words, lambda args: f"/sample/{int(args['number'])}"),
)
def told(context: JobContext, number: int) -> None:
    """Fails for what is no positive number; tells its requester what it made."""
    if number < 0:
        raise ValueError("too small")
    with context.transaction() as connection:
        context.finish(connection, {"number": number})


@job("sample.full", label=Label("样品", "A sample"))
def full(context: JobContext, trouble: str) -> None:
    """Writes where there is no room: a device that is always full, or a database that says so."""
    with context.transaction() as connection:
        connection.execute(_NOTE, {"n": 3, "w": context.work.id})
        if trouble == "database":
            connection.exec_driver_sql("DO $$ BEGIN RAISE disk_full USING MESSAGE = 'could not extend file'; END $$")
        with Path("/dev/full").open("wb", buffering=0) as stream:
            stream.write(b"x")
