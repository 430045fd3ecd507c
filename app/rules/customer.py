"""What a customer's row tells of itself, and the history that follows when it changes."""

from app.core.rules import Derive, Event, Then
from app.models.vocabulary import ROLES
from app.records.rulebook import RULEBOOK
from app.rules.numbering import customer_number

# A named action, or what a rule lets follow, names its reason as long as it lasts.
WHY = "left(nullif(current_setting('forecourt.reason', true), ''), 200)"
OWNERS = ", ".join(f"('{role.code}', m.{role.code}_owner_id)" for role in ROLES)
CHANGES = ", ".join(f"('{role.code}', o.{role.code}_owner_id, m.{role.code}_owner_id)" for role in ROLES)
OPENED = "INSERT INTO public.customer_ownership (store_id, customer_id, role, employee_id, since, reason)"

RULEBOOK.on(
    "customer",
    Derive("numbered", {"number": customer_number()}),
    Derive("has_phone", {"has_phone": "NEW.phone IS NOT NULL"}),
    Derive("birthday", {"birthday": "to_char(NEW.birth_date, 'MM-DD')"}),
    Derive("claimed", {"pooled_at": "CASE WHEN NEW.sales_owner_id IS NULL THEN NEW.pooled_at END"}),
    Then(
        "first_owners",
        f"{OPENED} SELECT m.store_id, m.id, r.role, r.owner, now(), {WHY}"
        f" FROM moved m CROSS JOIN LATERAL (VALUES {OWNERS}) AS r (role, owner) WHERE r.owner IS NOT NULL",
        on=(Event.INSERT,),
    ),
    # Triggers of one table fire in the order of their names: a stretch ends before the next begins.
    Then(
        "owner_1_ends",
        "UPDATE public.customer_ownership h SET until = greatest(now(), h.since) FROM moved m JOIN former o USING (id)"
        f" CROSS JOIN LATERAL (VALUES {CHANGES}) AS r (role, was, owner)"
        " WHERE h.customer_id = m.id AND h.role = r.role AND h.until IS NULL AND r.was IS DISTINCT FROM r.owner",
        on=(Event.UPDATE,),
    ),
    Then(
        "owner_2_begins",
        f"{OPENED} SELECT m.store_id, m.id, r.role, r.owner, now(), {WHY} FROM moved m JOIN former o USING (id)"
        f" CROSS JOIN LATERAL (VALUES {CHANGES}) AS r (role, was, owner)"
        " WHERE r.owner IS NOT NULL AND r.was IS DISTINCT FROM r.owner",
        on=(Event.UPDATE,),
    ),
    Then(
        "stage_told",
        "INSERT INTO public.stage_history (store_id, customer_id, from_stage, to_stage, at, rule)"
        f" SELECT m.store_id, m.id, o.stage, m.stage, now(), {WHY} FROM moved m JOIN former o USING (id)"
        " WHERE o.stage IS DISTINCT FROM m.stage",
        on=(Event.UPDATE,),
    ),
)
