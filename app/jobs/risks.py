"""Looks through the trail with the risk rules; what they find waits for the security officer."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import orjson
from sqlalchemy import Connection, text

from app.core.label import Label
from app.jobs.context import JobContext
from app.jobs.registry import job
from app.models import ENTITIES

OVERDUE_DAYS = 7  # features.md row 158
_RULES = text("SELECT kind, threshold, hours, severity FROM risk_rule WHERE active ORDER BY id")
# What was judged once is not counted again. Of what is missing, only a day of rest follows a verdict.
_FLOORS = text(
    "SELECT key, max(last_entry) AS last FROM risk_finding WHERE kind = :kind AND status IN ('harmless', 'breach')"
    " AND last_at >= CAST(:now AS timestamptz) - :hours * interval '1 hour' GROUP BY key"
)
_WHOSE = """
    SELECT w.*, e.id AS employee, e.left_on, e.name AS employed
      FROM trail.weigh(:kind, :hours, CAST(:floors AS jsonb), :now) w
      LEFT JOIN LATERAL (SELECT e.id, e.left_on, e.name FROM employee e WHERE e.user_id = w.account
                          ORDER BY e.left_on DESC NULLS FIRST, e.id LIMIT 1) e ON true
     WHERE w.events >= :threshold
       AND (:kind <> 'leaver' OR abs(e.left_on - (CAST(:now AS timestamptz) AT TIME ZONE 'Asia/Shanghai')::date) <= 30)
       AND (NOT (w.key IN ('backup', 'unchecked') OR starts_with(w.key, 'table:')) OR NOT EXISTS (
            SELECT FROM risk_finding j WHERE j.kind = :kind AND j.key = w.key AND j.status IN ('harmless', 'breach')
               AND j.judged_at > CAST(:now AS timestamptz) - interval '24 hours'))"""
# Somebody with many tasks opens many numbers: up to thrice his tasks is his work (practice.md §2).
_FOUND = text(f"""
    INSERT INTO risk_finding AS f (kind, subject, key, account, employee_id, events, tasks, first_at, last_at,
                                   first_entry, last_entry, severity, found_at, status)
    SELECT :kind, left(coalesce(w.employed, w.name, CAST(:words AS jsonb) ->> w.key,
                                (CAST(:words AS jsonb) ->> split_part(w.key, ':', 1)) || ' ' || split_part(w.key, ':', 2), w.key), 200),
           left(w.key, 120), w.account, w.employee, w.events,
           t.tasks, w.first_at, w.last_at, w.first_entry, w.last_entry, :severity, :now, 'open'
      FROM ({_WHOSE}) w
     CROSS JOIN LATERAL (
           SELECT CASE WHEN w.employee IS NOT NULL THEN (
                  SELECT count(*) FROM task t
                   WHERE t.assignee_id = w.employee AND coalesce(t.done_at, t.due_at, t.created_at)
                         BETWEEN w.first_at - interval '1 day' AND w.last_at + interval '1 day') END AS tasks) t
     WHERE :kind <> 'mass_opening' OR w.events > 3 * coalesce(t.tasks, 0)
        ON CONFLICT (kind, key) WHERE status IN ('open', 'escalated') DO UPDATE
       SET events = excluded.events, tasks = excluded.tasks, last_at = excluded.last_at,
           last_entry = excluded.last_entry, first_at = least(f.first_at, excluded.first_at),
           first_entry = least(f.first_entry, excluded.first_entry)
     WHERE excluded.events > f.events
        OR (excluded.last_entry > f.last_entry AND excluded.first_entry < excluded.last_entry)
    RETURNING (xmax = 0) AS is_new""")  # noqa: E501  # made of the constant above
WORDS = {
    **{entity.name: entity.label.zh for entity in ENTITIES.values()},
    "nobody": "没有账号的人",
    "database": "直接操作数据库的人",
    "system": "系统",
    "backup": "备份",
    "table": "数据表",
    "entry": "轨迹条目",
    "check": "每日自检",
    "unchecked": "两天没有每日自检",
}
_OVERDUE = text(
    "UPDATE risk_finding SET status = 'escalated', severity = 'high'"
    " WHERE status = 'open' AND found_at < CAST(:now AS timestamptz) - :days * interval '1 day'"
)


@job("trail.risks", system=True, label=Label("按风险规则检查轨迹", "Look for risks in the trail"))
def look(context: JobContext) -> dict[str, int]:
    """How many findings are new, how many were added to, and how many waited too long and were escalated."""
    now = context.clock.now()
    with context.transaction() as connection:
        rules = connection.execute(_RULES).mappings().all()
    new = more = 0
    for number, rule in enumerate(rules, 1):
        with context.transaction() as connection:
            found = gather(connection, dict(rule), now)
        new, more = new + sum(found), more + len(found) - sum(found)
        context.progress(number, len(rules))
    with context.transaction() as connection:
        overdue = connection.execute(_OVERDUE, {"now": now, "days": OVERDUE_DAYS}).rowcount
        result = {"new": new, "more": more, "escalated": overdue}
        context.finish(connection, result)
    return result


def gather(connection: Connection, rule: Mapping[str, Any], now: datetime) -> list[bool]:
    """What one rule finds now: True for each finding that is new, False for one that grew."""
    given = {**rule, "now": now}
    floors = {row.key: row.last for row in connection.execute(_FLOORS, given)}
    given |= {"floors": orjson.dumps(floors).decode(), "words": orjson.dumps(WORDS).decode()}
    return [bool(row[0]) for row in connection.execute(_FOUND, given)]
