"""Clashes (撞单): two consultants who work on one number, told to the sales manager as a task, once for each pair."""

from app.core.rules import Event, Then
from app.records.rulebook import RULEBOOK
from app.rules.lead import OPEN

STILL = f"status IN ({', '.join(repr(state) for state in OPEN)})"
ASK = """
    INSERT INTO public.task (store_id, title, kind, assignee_id, due_at, urgency, status, customer_id, subject_entity,
                             subject_record, idem_key)
    SELECT m.store_id, format('撞单：%s、%s 在跟同一号码，请定归属', a.name, b.name), 'other',
           public.in_charge(m.store_id, 'sales_manager'), now() + interval '1 day', 'high', 'open', x.customer_id,
           'lead', m.id, x.key"""
# The other open lead of the number, or the customer whom it reaches and another consultant looks after.
OTHER = f"""
     CROSS JOIN LATERAL (
        SELECT o.assignee_id AS other, o.customer_id,
               format('clash:lead:%s:%s', least(m.id, o.id), greatest(m.id, o.id)) AS key
          FROM public.lead o WHERE o.store_id = m.store_id AND o.phone_bidx = m.phone_bidx AND o.id <> m.id
           AND o.{STILL} AND o.assignee_id <> m.assignee_id
        UNION ALL
        SELECT c.sales_owner_id, c.id, format('clash:customer:%s:%s', c.id, m.id)
          FROM public.customer c WHERE c.store_id = m.store_id AND c.phone_bidx = m.phone_bidx
           AND c.sales_owner_id <> m.assignee_id AND c.merged_into_id IS NULL AND c.archived_at IS NULL) x
      JOIN public.employee a ON a.id = m.assignee_id
      JOIN public.employee b ON b.id = x.other AND b.left_on IS NULL
     WHERE m.{STILL}"""

RULEBOOK.on(
    "lead",
    Then("clash", f"{ASK} FROM moved m {OTHER} ON CONFLICT DO NOTHING", on=(Event.INSERT,)),
    Then(
        "clash_again",
        f"{ASK} FROM moved m JOIN former f USING (id) {OTHER} AND (f.phone_bidx, f.assignee_id) IS DISTINCT FROM"
        " (m.phone_bidx, m.assignee_id) ON CONFLICT DO NOTHING",
        on=(Event.UPDATE,),
    ),
)
