"""The sources of leads stand as a tree."""

from app.core.label import Label
from app.core.rules import Ban
from app.records.rulebook import RULEBOOK

RULEBOOK.on(
    "lead_source",
    Ban(
        "in_a_ring",
        "NEW.parent_id IS NOT NULL AND EXISTS (WITH RECURSIVE above AS ("
        "SELECT s.id, s.parent_id FROM public.lead_source s WHERE s.id = NEW.parent_id"
        " UNION SELECT s.id, s.parent_id FROM public.lead_source s JOIN above a ON s.id = a.parent_id)"
        " SELECT FROM above WHERE id = NEW.id)",
        Label(
            "这样会绕成一圈：所选来源本来就在它的下级，请另选上级。",
            "That would be a ring: the chosen source stands below this one; choose another parent.",
        ),
        "parent",
    ),
)
