"""The nightly measurement of the data: completeness, what nobody verified, open issues, by store and person (K68)."""

from datetime import datetime

from sqlalchemy import Connection, text

from app.core.label import Label
from app.jobs.context import JobContext
from app.jobs.quality import OLD, STALE_DAYS
from app.jobs.registry import job
from app.models.quality_figure import COUNTED, FORMULA
from app.rules.lead import OPEN
from app.rules.quality import CARED_FOR, POOR, TODAY

# Per subject: where its records are, in whose care each is, and which of them nobody verified for a year.
SUBJECTS = {
    "customer": (
        "customer t WHERE t.merged_into_id IS NULL AND t.archived_at IS NULL",
        CARED_FOR,
        f"t.stage <> 'lost' AND NOT t.do_not_contact AND coalesce(t.verified_at, t.created_at) < {OLD}",
    ),
    "lead": (
        f"lead t WHERE t.status IN ({', '.join(repr(one) for one in OPEN)})",
        "t.assignee_id",
        "false",
    ),
}
_MONTH = f"date_trunc('month', {TODAY})::date"


@job("quality.measure", system=True, label=Label("统计数据质量", "Measure data quality"))
def measure_quality(context: JobContext) -> dict[str, int]:
    """How many figures of this month were written anew, by subject."""
    with context.transaction() as connection:
        result = {subject: measure(connection, subject, context.clock.now()) for subject in SUBJECTS}
        context.finish(connection, result)
    return result


def measure(connection: Connection, subject: str, now: datetime) -> int:
    """Writes the figures of one subject in the month of `now`, and how many of them are other than they were.

    A run beside another waits for it: the key of a month knows no nobody.
    """
    connection.exec_driver_sql("SELECT pg_advisory_xact_lock(hashtext('quality_figure'))")
    given = {"now": now, "days": STALE_DAYS, "subject": subject}
    return sum(connection.execute(text(sql), given).rowcount for sql in (_renewal(subject), _new(subject)))


def _each(form: str) -> str:
    """The counted columns, each in this form."""
    return ", ".join(form.format(name) for name in COUNTED)


def _found(subject: str) -> str:
    """SQL: the figures as they are now, by store and person; a person without records may still have issues."""
    records, carer, unverified = SUBJECTS[subject]
    return f"""
        WITH one AS (
            SELECT t.store_id, {carer} AS employee_id, count(*) AS records, sum(t.completeness) AS points,
                   count(*) FILTER (WHERE t.completeness < {POOR}) AS poor,
                   count(*) FILTER (WHERE {unverified}) AS unverified, 0 AS issues, 0 AS doubles
              FROM {records} GROUP BY 1, 2
            UNION ALL
            SELECT i.store_id, i.employee_id, 0, 0, 0, 0, count(*), count(*) FILTER (WHERE i.rule = 'customer_twice')
              FROM data_quality_issue i WHERE i.subject_entity = :subject AND i.status = 'open' GROUP BY 1, 2
        ), found AS (
            SELECT store_id, employee_id, {_each("sum({0})::bigint AS {0}")} FROM one GROUP BY 1, 2
        )"""


def _renewal(subject: str) -> str:
    """SQL that brings the month's figures up to date, and those of who has nothing any more to nothing."""
    return f"""{_found(subject)}, now_ AS (
            SELECT f.id, {_each("coalesce(n.{0}, 0) AS {0}")}
              FROM quality_figure f LEFT JOIN found n
                ON n.store_id = f.store_id AND n.employee_id IS NOT DISTINCT FROM f.employee_id
             WHERE f.month = {_MONTH} AND f.subject = :subject
        )
        UPDATE quality_figure f SET {_each("{0} = n.{0}")}, formula = '{FORMULA}' FROM now_ n
         WHERE f.id = n.id AND ({_each("f.{0}")}, f.formula) IS DISTINCT FROM ({_each("n.{0}")}, '{FORMULA}')"""


def _new(subject: str) -> str:
    """SQL that adds the figures the month does not have yet."""
    return f"""{_found(subject)}
        INSERT INTO quality_figure (store_id, month, subject, employee_id, {_each("{0}")}, formula)
        SELECT n.store_id, {_MONTH}, :subject, n.employee_id, {_each("n.{0}")}, '{FORMULA}'
          FROM found n WHERE NOT EXISTS (SELECT FROM quality_figure f WHERE f.store_id = n.store_id
               AND f.month = {_MONTH} AND f.subject = :subject AND f.employee_id IS NOT DISTINCT FROM n.employee_id)
         ORDER BY n.store_id, n.employee_id"""
