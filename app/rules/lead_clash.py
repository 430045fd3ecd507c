"""Clashes (撞单): two consultants who work on one number, told to the sales manager as a task, once for each pair."""

from collections.abc import Mapping
from typing import Any

from app.core.entity import Entity
from app.core.rules import Event, Then
from app.records.context import Context
from app.records.guess import spend_search
from app.records.row import Record
from app.records.rulebook import RULEBOOK
from app.rules.dated import TODAY
from app.rules.lead import OPEN

STILL = f"status IN ({', '.join(repr(state) for state in OPEN)})"
STANDS = "c.merged_into_id IS NULL AND c.archived_at IS NULL"
# Of open leads `m`: who else works on the number, by another open lead or because its customer is his. The key names
# the number by a digest, for tasks are read by more people than numbers.
ASK = """
    INSERT INTO public.task (store_id, title, kind, assignee_id, due_at, urgency, status, customer_id, subject_entity,
                             subject_record, idem_key)
    SELECT m.store_id, format('撞单：%s、%s 在跟同一号码，请定归属', a.name, b.name), 'other',
           public.in_charge(m.store_id, 'sales_manager'), now() + interval '1 day', 'high', 'open', x.customer_id,
           'lead', m.id, format('clash:%s:%s:%s', left(encode(sha256(m.phone_bidx), 'hex'), 12), least(a.id, b.id),
                                greatest(a.id, b.id))"""
OTHER = f"""
     CROSS JOIN LATERAL (
        SELECT c.sales_owner_id AS other, c.id AS customer_id FROM public.customer c
         WHERE c.store_id = m.store_id AND c.phone_bidx = m.phone_bidx AND c.sales_owner_id <> m.assignee_id
           AND {STANDS}
        UNION ALL
        SELECT o.assignee_id, o.customer_id FROM public.lead o
         WHERE o.store_id = m.store_id AND o.phone_bidx = m.phone_bidx AND o.id <> m.id AND o.{STILL}
           AND o.assignee_id <> m.assignee_id) x
      JOIN public.employee a ON a.id = m.assignee_id
      JOIN public.employee b ON b.id = x.other AND (b.left_on IS NULL OR b.left_on > {TODAY})
     WHERE m.{STILL} AND coalesce(current_setting('forecourt.handing_over', true), '') = ''"""
END = "ON CONFLICT DO NOTHING"
OF_CUSTOMERS = "(SELECT l.* FROM moved c JOIN public.lead l ON l.store_id = c.store_id AND l.phone_bidx = c.phone_bidx"

RULEBOOK.on(
    "lead",
    Then("clash", f"{ASK} FROM moved m {OTHER} {END}", on=(Event.INSERT,)),
    Then(
        "clash_again",
        f"{ASK} FROM moved m JOIN former f USING (id) {OTHER} AND (f.phone_bidx, f.assignee_id, f.{STILL})"
        f" IS DISTINCT FROM (m.phone_bidx, m.assignee_id, true) {END}",
        on=(Event.UPDATE,),
    ),
)
RULEBOOK.on(
    "customer",
    Then("clash", f"{ASK} FROM {OF_CUSTOMERS} WHERE {STANDS}) m {OTHER} {END}", on=(Event.INSERT,)),
    Then(
        "clash_again",
        f"{ASK} FROM {OF_CUSTOMERS} JOIN former f ON f.id = c.id WHERE {STANDS} AND (f.phone_bidx, f.sales_owner_id)"
        f" IS DISTINCT FROM (c.phone_bidx, c.sales_owner_id)) m {OTHER} {END}",
        on=(Event.UPDATE,),
    ),
)


@RULEBOOK.test("lead")
def counted(context: Context, _entity: Entity, values: Mapping[str, Any], _before: Record | None) -> None:
    """Counts a lead's number as a question by it, for the task tells whether a colleague works on that number."""
    if values.get("phone") is not None:
        spend_search(context)
