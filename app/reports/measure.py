"""Works figures out in the database and keeps them: one statement a KPI, for every store at once."""

from collections.abc import Sequence
from datetime import date, datetime

from sqlalchemy import Connection, text

from app.models.kpi_figure import WHOLE
from app.reports.kpi import Kpi
from app.reports.kpis import KPIS

BACK = 12  # months of history a report draws
_LOCK = text("SELECT pg_advisory_xact_lock(hashtext('kpi_figure'))")
# Sources stand three levels deep: category, channel, campaign. A month that a store has figures of stays as it is,
# but for the newest and the one that matures.
_SPANS = f"""
    WITH outside AS (
        SELECT s.id FROM lead_source s LEFT JOIN lead_source u ON u.id = s.parent_id
          LEFT JOIN lead_source t ON t.id = u.parent_id WHERE 'EVENT' IN (s.code, u.code, t.code)
    ), span AS MATERIALIZED (
        SELECT s.id AS store_id, m.month, m.month AS first, (m.month + interval '1 month')::date AS last,
               m.month::timestamp AT TIME ZONE 'Asia/Shanghai' AS since,
               (m.month + interval '1 month') AT TIME ZONE 'Asia/Shanghai' AS until
          FROM store s CROSS JOIN unnest(CAST(:months AS date[])) AS m (month)
         WHERE m.month = ANY (CAST(:anew AS date[]))
            OR NOT EXISTS (SELECT FROM kpi_figure f WHERE f.store_id = s.id AND f.month = m.month AND f.code = :code
                           AND f.formula = :formula AND f.part = '{WHOLE}' AND f.employee_id IS NULL)
    )"""
# What was and is no more comes to nothing; what did not change is not written again.
_KEEP = """
    {spans}, found AS ({rows}), paired AS (
        SELECT coalesce(n.store_id, f.store_id) AS store_id, coalesce(n.month, f.month) AS month,
               coalesce(n.employee_id, f.employee_id) AS employee_id, coalesce(n.part, f.part) AS part,
               coalesce(n.n, 0) AS n, coalesce(n.d, 0) AS d
          FROM found n FULL JOIN (SELECT f.* FROM kpi_figure f JOIN span p USING (store_id, month)
                WHERE f.code = :code AND f.formula = :formula) f
            ON f.store_id = n.store_id AND f.month = n.month AND f.part = n.part
           AND coalesce(f.employee_id, 0) = coalesce(n.employee_id, 0)
    ), now_ AS (
        SELECT p.*, coalesce(p.month = CAST(:maturing AS date), false) AS maturing FROM paired p
    )
    MERGE INTO kpi_figure f USING now_ n
       ON f.store_id = n.store_id AND f.month = n.month AND f.code = :code AND f.formula = :formula
      AND f.part = n.part AND coalesce(f.employee_id, 0) = coalesce(n.employee_id, 0)
     WHEN MATCHED AND (f.numerator, f.denominator, f.provisional) IS DISTINCT FROM (n.n, n.d, n.maturing)
     THEN UPDATE SET numerator = n.n, denominator = n.d, provisional = n.maturing,
          was_numerator = CASE WHEN {matured} THEN f.numerator ELSE f.was_numerator END,
          was_denominator = CASE WHEN {matured} THEN f.denominator ELSE f.was_denominator END,
          restated_at = CASE WHEN {matured} THEN CAST(:now AS timestamptz) ELSE f.restated_at END
     WHEN NOT MATCHED THEN
          INSERT (store_id, month, code, formula, part, employee_id, numerator, denominator, provisional)
          VALUES (n.store_id, n.month, :code, :formula, n.part, n.employee_id, n.n, n.d, n.maturing)"""
_MATURED = "f.provisional AND NOT n.maturing AND (f.numerator, f.denominator) <> (n.n, n.d)"


def before(month: date, back: int = 1) -> date:
    """The first day of the month so many months before; of later ones with a negative number."""
    years, place = divmod(month.year * 12 + month.month - 1 - back, 12)
    return date(years, place + 1, 1)


def measure(connection: Connection, month: date, now: datetime, kpis: Sequence[Kpi] = KPIS) -> int:
    """How many figures were written: the month's own, those of earlier months that are missing, and what matured.

    The month is over at `now`. A run beside another waits for it.
    """
    connection.execute(_LOCK)
    return sum(_keep(connection, kpi, month, now) for kpi in kpis)


def _keep(connection: Connection, kpi: Kpi, month: date, now: datetime) -> int:
    given = {
        "code": kpi.code,
        "formula": kpi.formula,
        "months": [before(month, back) for back in range(BACK + 1 if kpi.dated else 1)],
        "anew": [month, *([before(month)] if kpi.matures else [])],
        "maturing": month if kpi.matures else None,
        "now": now,
    }
    return connection.execute(text(statement(kpi)), given).rowcount


def statement(kpi: Kpi) -> str:
    """The SQL that brings a KPI's figures of `:months` up to date; a matured one keeps what it was at first."""
    return _KEEP.format(spans=_SPANS, rows=kpi.sql(), matured=_MATURED)
