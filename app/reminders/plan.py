"""Plans what is due: one set-based statement a rule and store, unique by key, run again without effect."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import Connection, text

from app.core.clock import business_date
from app.reminders.family import Family, of
from app.reminders.trace import CLOSED

AHEAD = 10  # days before it is due that a reminder stands planned, so that it may be told together with others
_RULES = text("""
    SELECT DISTINCT ON (code) code, id, lead_days, grace_days FROM reminder_rule
     WHERE active_from <= :today ORDER BY code, edition DESC""")
_ACTIVE = text("SELECT id FROM reminder_rule WHERE active AND id = ANY (:ids)")
_WANTED = """
    WITH anchor AS MATERIALIZED ({anchors}),
    stage AS (
        SELECT a.*, s.stage, a.anchor_on + s.stage AS due_on,
               CASE WHEN :until_anchor AND s.stage <= 0 THEN a.anchor_on
                    ELSE a.anchor_on + s.stage + CAST(:grace AS integer) END AS useful_until
          FROM anchor a CROSS JOIN unnest(CAST(:stages AS integer[])) AS s (stage)),
    latest AS (
        SELECT *, max(stage) FILTER (WHERE due_on <= :today) OVER (PARTITION BY subject_entity, subject_record) AS last
          FROM stage),
    wanted AS (
        SELECT * FROM latest
         WHERE due_on <= CAST(:today AS date) + :ahead AND useful_until >= :today
           AND (due_on > :today OR stage = last))"""
_PLAN = (
    _WANTED
    + """
    INSERT INTO reminder AS r (store_id, rule_id, customer_id, vehicle_id, employee_id, renewal_case_id,
                               subject_entity, subject_record, anchor_on, stage, due_on, useful_until, status, idem_key)
    SELECT :store, :rule, w.customer_id, w.vehicle_id, w.employee_id, w.renewal_case_id, w.subject_entity,
           w.subject_record, w.anchor_on, w.stage, w.due_on, w.useful_until, 'planned',
           concat_ws(':', CAST(:code AS text), w.subject_entity, w.subject_record, w.anchor_on, w.stage)
      FROM wanted w ORDER BY w.subject_record, w.stage
        ON CONFLICT (store_id, idem_key) DO UPDATE
       SET customer_id = excluded.customer_id, employee_id = excluded.employee_id
     WHERE r.status IN ('planned', 'due')
       AND (r.customer_id, r.employee_id) IS DISTINCT FROM (excluded.customer_id, excluded.employee_id)
    RETURNING xmax = 0"""
)
_STANDING = "r.store_id = :store AND r.rule_id IN (SELECT u.id FROM reminder_rule u WHERE u.code = :code)"
_MOVED = (
    "WITH anchor AS MATERIALIZED ({anchors})"
    f" UPDATE reminder r SET status = 'cancelled', decision = {CLOSED}"
    f" WHERE {_STANDING} AND r.status IN ('planned', 'due', 'queued') AND r.subject_record IS NOT NULL"
    " AND NOT EXISTS (SELECT FROM anchor a WHERE a.subject_entity = r.subject_entity"
    " AND a.subject_record = r.subject_record AND a.anchor_on = r.anchor_on)"
)
_SUPERSEDED = text(
    f"UPDATE reminder r SET status = 'expired', decision = {CLOSED}"
    f" WHERE {_STANDING} AND r.status IN ('planned', 'due') AND EXISTS (SELECT FROM reminder n"
    " WHERE n.store_id = r.store_id AND n.rule_id IN (SELECT u.id FROM reminder_rule u WHERE u.code = :code)"
    " AND n.subject_entity = r.subject_entity AND n.subject_record = r.subject_record"
    " AND n.anchor_on = r.anchor_on AND n.stage > r.stage AND n.due_on <= :today)"
)
_OVER = text(
    f"UPDATE reminder r SET status = 'expired', decision = {CLOSED}"
    " WHERE r.store_id = :store AND r.status IN ('planned', 'due') AND r.useful_until < :today"
)
_DUE = text("UPDATE reminder SET status = 'due' WHERE store_id = :store AND status = 'planned' AND due_on <= :today")


@dataclass(frozen=True, slots=True)
class Rule:
    """The version of a rule that holds today."""

    code: str
    id: int
    stages: tuple[int, ...]
    grace: int
    family: Family


@dataclass(slots=True)
class Planned:
    """What planning a store came to."""

    planned: int = 0
    moved: int = 0
    expired: int = 0

    def add(self, other: "Planned") -> None:
        """Adds another store's."""
        self.planned += other.planned
        self.moved += other.moved
        self.expired += other.expired


def rules(connection: Connection, today: date) -> tuple[list[Rule], list[str]]:
    """The rules in force, and the codes of those that no family plans."""
    rows = connection.execute(_RULES, {"today": today}).all()
    active = set(connection.execute(_ACTIVE, {"ids": [row.id for row in rows]}).scalars())
    planned, unplanned = [], []
    for row in rows:
        if row.id in active:
            if family := of(row.code):
                planned.append(Rule(row.code, row.id, stages(row.lead_days), row.grace_days, family))
            else:
                unplanned.append(row.code)
    return planned, unplanned


def stages(lead_days: str) -> tuple[int, ...]:
    """The stages a rule's text names: days against the anchor, in their order."""
    return tuple(sorted({int(part) for part in lead_days.split(",")}))


def plan(connection: Connection, store: int, chosen: Sequence[Rule], now: datetime) -> Planned:
    """Plans a store's day in the caller's transaction; running it again changes nothing."""
    given = {"store": store, "today": business_date(now), "now": now}
    for family in dict.fromkeys(rule.family.code for rule in chosen):
        for statement in next(rule.family for rule in chosen if rule.family.code == family).prepare:
            connection.execute(text(statement), given)
    made = Planned()
    for rule in chosen:
        made.add(plan_rule(connection, rule, given))
    closing = given | {"outcome": "expired", "reason": "grace_over"}
    made.expired += connection.execute(_OVER, closing).rowcount
    connection.execute(_DUE, given)
    return made


def plan_rule(connection: Connection, rule: Rule, given: dict[str, object]) -> Planned:
    """What one rule makes of a store's day."""
    today = given["today"]
    assert isinstance(today, date)  # noqa: S101  # told to the type checker
    span = {
        "since": today - timedelta(days=max(0, *rule.stages) + rule.grace + 1),
        "until": today + timedelta(days=AHEAD - min(rule.stages)),
    }
    values = given | span | {"rule": rule.id, "code": rule.code, "stages": list(rule.stages), "grace": rule.grace}
    values |= {"until_anchor": rule.family.until_anchor, "ahead": AHEAD}
    anchors = rule.family.anchors
    closing = values | {"outcome": "cancelled", "reason": "anchor_moved"}
    moved = connection.execute(text(_MOVED.format(anchors=anchors)), closing).rowcount
    new = connection.execute(text(_PLAN.format(anchors=anchors)), values).scalars().all()
    closing |= {"outcome": "expired", "reason": "superseded"}
    return Planned(sum(new), moved, connection.execute(_SUPERSEDED, closing).rowcount)
