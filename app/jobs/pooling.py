"""Gives back to the pool what a consultant let lie: leads past their protection, prospects nobody touched."""

from sqlalchemy import text

from app.core.label import Label
from app.jobs.context import JobContext
from app.jobs.registry import job

PROTECTED_DAYS = 30  # a prospect without a word, before others may claim him
_LEADS = text("""
    UPDATE lead SET assignee_id = NULL
     WHERE assignee_id IS NOT NULL AND status IN ('new', 'contacted', 'qualified')
       AND protected_until < (CAST(:now AS timestamptz) AT TIME ZONE 'Asia/Shanghai')::date""")
_PROSPECTS = text("""
    UPDATE customer c SET sales_owner_id = NULL, pooled_at = CAST(:now AS timestamptz)
     WHERE c.stage = 'prospect' AND c.sales_owner_id IS NOT NULL AND c.merged_into_id IS NULL AND c.archived_at IS NULL
       AND c.updated_at < CAST(:now AS timestamptz) - :days * interval '1 day'
       AND NOT EXISTS (SELECT FROM interaction i WHERE i.store_id = c.store_id AND i.customer_id = c.id
                        AND i.at >= CAST(:now AS timestamptz) - :days * interval '1 day')
       AND NOT EXISTS (SELECT FROM opportunity o WHERE o.store_id = c.store_id AND o.customer_id = c.id
                        AND o.updated_at >= CAST(:now AS timestamptz) - :days * interval '1 day')""")


@job(
    "ownership.pool",
    system=True,
    label=Label("超期客户与线索回公海", "Return untouched leads and customers to the pool"),
)
def pool(context: JobContext) -> dict[str, int]:
    """How many leads and prospects went back to the pool."""
    given = {"now": context.clock.now()}
    with context.transaction() as connection:
        leads = connection.execute(_LEADS, given).rowcount
        prospects = connection.execute(_PROSPECTS, given | {"days": PROTECTED_DAYS}).rowcount
        result = {"leads": leads, "prospects": prospects}
        context.finish(connection, result)
    return result
