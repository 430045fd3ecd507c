"""Checks of the data itself: issues open and close by the rules, and what nobody verified becomes a task."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Connection, text

from app.core.label import Label
from app.jobs.context import JobContext
from app.jobs.registry import job
from app.models import ENTITIES
from app.rules.quality import QUALITY_RULES, TODAY, QualityRule

STALE_DAYS = 365
OLD = "CAST(:now AS timestamptz) - :days * interval '1 day'"
# One open task a customer: the key says so, and a task that was done verified what it was about.
_REFRESH = text(f"""
    INSERT INTO task (store_id, title, kind, assignee_id, due_at, urgency, status, customer_id, subject_entity,
                      subject_record, idem_key)
    SELECT c.store_id, '核对并更新客户资料', 'refresh',
           coalesce(c.service_owner_id, c.sales_owner_id, c.care_owner_id, c.renewal_owner_id),
           CAST(:now AS timestamptz) + interval '14 days', 'low', 'open', c.id, 'customer', c.id, 'refresh:' || c.id
      FROM customer c
     WHERE c.stage <> 'lost' AND NOT c.do_not_contact
       AND (coalesce(c.verified_at, c.created_at) < {OLD}
            OR EXISTS (SELECT FROM contact_point p WHERE p.store_id = c.store_id AND p.customer_id = c.id
                        AND p.is_primary AND coalesce(p.verified_at, p.created_at) < {OLD})
            OR EXISTS (SELECT FROM customer_address a WHERE a.store_id = c.store_id AND a.customer_id = c.id
                        AND a.is_primary AND coalesce(a.verified_at, a.created_at) < {OLD}))
        ON CONFLICT DO NOTHING""")


@job("quality.check", system=True, label=Label("检查数据质量", "Check data quality"))
def check_quality(context: JobContext, rules: Sequence[str] = ()) -> dict[str, dict[str, int]]:
    """How many issues each rule opened and closed; of the rules named, or all."""
    result: dict[str, dict[str, int]] = {}
    asked = [rule for rule in QUALITY_RULES if not rules or rule.code in rules]
    for number, rule in enumerate(asked, 1):
        with context.transaction() as connection:
            result[rule.code] = apply(connection, rule, context.clock.now())
        context.progress(number, len(asked))
    return result


def apply(connection: Connection, rule: QualityRule, now: datetime) -> dict[str, int]:
    """Closes the issues of one rule whose records are right or gone, and opens one for each record that is not."""
    given = {"now": now, "rule": rule.code, "entity": rule.entity}
    closed = connection.execute(text(_closing(rule)), given).rowcount
    more = given | {"problem": rule.problem.zh, "days": rule.days}
    return {"opened": connection.execute(text(_opening(rule)), more).rowcount, "closed": closed}


def _closing(rule: QualityRule) -> str:
    return f"""
        UPDATE data_quality_issue i SET status = 'closed', closed_at = :now
         WHERE i.rule = :rule AND i.subject_entity = :entity AND i.status <> 'closed'
           AND NOT EXISTS (SELECT FROM "{rule.entity}" t WHERE t.id = i.subject_record AND {_wrong(rule)})"""


def _opening(rule: QualityRule) -> str:
    return f"""
        INSERT INTO data_quality_issue (store_id, rule, subject_entity, subject_record, problem, employee_id, due_on,
                                        found_at, status)
        SELECT t.store_id, :rule, :entity, t.id, :problem, {rule.owner}, {TODAY} + CAST(:days AS integer), :now, 'open'
          FROM "{rule.entity}" t WHERE {_wrong(rule)} ORDER BY t.id
            ON CONFLICT DO NOTHING"""


def _wrong(rule: QualityRule) -> str:
    entity = ENTITIES[rule.entity]
    standing = "".join(f' AND t."{entity.by_name[name].column}" IS NULL' for name in entity.shelved)
    # Character classes like [:digit:] are no parameters.
    return f"({rule.wrong}){standing}".replace("[:", "[\\:").replace(":]", "\\:]")


@job("customer.refresh", system=True, label=Label("更新客户生命周期", "Refresh customer life cycles"))
def refresh_customers(context: JobContext) -> dict[str, int]:
    """How many customers whose data nobody verified for a year became a task."""
    with context.transaction() as connection:
        made = connection.execute(_REFRESH, {"now": context.clock.now(), "days": STALE_DAYS}).rowcount
        result = {"tasks": made}
        context.finish(connection, result)
    return result
