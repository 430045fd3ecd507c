"""The snapshot of a month: everything its report says, as one text under its hash; the paper reads nothing else."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from hashlib import sha256
from typing import Any

import orjson
from sqlalchemy import Connection, text

from app.models.kpi_figure import WHOLE
from app.reports.kpis import BY_CODE, KPIS
from app.reports.measure import BACK, before

FORMAT = 1
_FIGURES = text(f"""
    SELECT f.code, f.month, f.part, f.employee_id, e.name, f.numerator, f.denominator, f.provisional,
           f.was_numerator, f.was_denominator
      FROM kpi_figure f LEFT JOIN employee e ON e.store_id = f.store_id AND e.id = f.employee_id
     WHERE f.store_id = :store AND f.formula = ANY (:formulas)
       AND (f.month = :month OR (f.month >= :since AND f.month < :month AND f.part = '{WHOLE}'
                                 AND f.employee_id IS NULL))
     ORDER BY f.code, f.month, f.part, e.name_key, f.employee_id""")
_COMPANY = text(f"""
    SELECT f.code, sum(f.numerator)::bigint AS n, sum(f.denominator)::bigint AS d
      FROM kpi_figure f JOIN store s ON s.id = f.store_id
     WHERE s.company_id = (SELECT company_id FROM store WHERE id = :store) AND f.month = :month
       AND f.formula = ANY (:formulas) AND f.part = '{WHOLE}' AND f.employee_id IS NULL GROUP BY 1 ORDER BY 1""")
_STORE = text("""
    SELECT s.name, s.code, c.name AS company, s.brand FROM store s JOIN company c ON c.id = s.company_id
     WHERE s.id = :store""")
_KEEP = text("""
    INSERT INTO report_snapshot (store_id, month, sha256, content, made_at)
    VALUES (:store, :month, :sha, :content, :now)
    ON CONFLICT (store_id, month, sha256) DO NOTHING""")
_READ = text("""
    SELECT sha256, content, made_at FROM report_snapshot
     WHERE store_id = :store AND month = :month ORDER BY id DESC LIMIT 1""")
_READ_ONE = text("""
    SELECT sha256, content, made_at FROM report_snapshot
     WHERE store_id = :store AND month = :month AND sha256 = :sha""")


@dataclass(frozen=True, slots=True)
class Snapshot:
    """A stored snapshot."""

    sha256: str
    content: dict[str, Any]
    made_at: datetime


def keep(connection: Connection, store: int, month: date, now: datetime) -> str:
    """Stores what the figures now say of a month; the hash, which is the same while they say the same."""
    content = orjson.dumps(gather(connection, store, month), option=orjson.OPT_SORT_KEYS).decode()
    digest = sha256(content.encode()).hexdigest()
    given = {"store": store, "month": month, "sha": digest, "content": content, "now": now}
    connection.execute(_KEEP, given)
    return digest


def latest(connection: Connection, store: int, month: date, sha: str | None = None) -> Snapshot | None:
    """The newest snapshot of a month, or the one of that hash."""
    given = {"store": store, "month": month, "sha": sha}
    row = connection.execute(_READ_ONE if sha else _READ, given).one_or_none()
    return Snapshot(row.sha256, orjson.loads(row.content), row.made_at) if row else None


def gather(connection: Connection, store: int, month: date) -> dict[str, Any]:
    """The content of a snapshot: the store, and of each KPI its months, parts, people, and the company's sum."""
    formulas = [one.formula for one in KPIS]
    given = {"store": store, "month": month, "since": before(month, BACK), "formulas": formulas}
    about = connection.execute(_STORE, given).one()
    company = {row.code: [row.n, row.d] for row in connection.execute(_COMPANY, given)}
    kpis: dict[str, dict[str, Any]] = {}
    for row in connection.execute(_FIGURES, given):
        _place(kpis.setdefault(row.code, {"formula": BY_CODE[row.code].formula}), row, month)
    for code, found in kpis.items():
        found["company"] = company.get(code, [0, 0])
    return {"format": FORMAT, "store": about._asdict(), "month": month.isoformat(), "kpis": kpis}


def _place(kpi: dict[str, Any], row: Any, month: date) -> None:
    """Puts a figure where it belongs: a month's whole, a part, or a person's."""
    pair = [row.numerator, row.denominator]
    if row.employee_id is not None:
        kpi.setdefault("people", []).append([row.employee_id, row.name, *pair])
    elif row.part != WHOLE:
        kpi.setdefault("parts", []).append([row.part, *pair])
    else:
        kpi.setdefault("months", []).append([row.month.isoformat(), *pair])
        if row.month == month:
            kpi["provisional"] = row.provisional
        elif row.month == before(month) and row.was_denominator is not None:
            kpi["restated"] = {"was": [row.was_numerator, row.was_denominator], "now": pair}


def stores(connection: Connection) -> Sequence[int]:
    """Every store, in the order of their codes."""
    return connection.execute(text("SELECT id FROM store ORDER BY code")).scalars().all()
