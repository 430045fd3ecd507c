"""A suppression holds at once, for what already waits to be sent as well."""

from app.core.rules import Event, Then
from app.records.rulebook import RULEBOOK

RULEBOOK.on(
    "suppression",
    Then(
        "stop_messages",
        "UPDATE public.message s SET status = 'cancelled' FROM moved m WHERE s.store_id = m.store_id"
        " AND s.status = 'queued' AND s.nature <> 'safety'"
        " AND (s.recipient_bidx = m.contact_bidx OR s.customer_id = m.customer_id)"
        " AND (m.scope IN ('all', s.channel) OR (m.scope = 'marketing' AND s.nature IN ('marketing', 'care')))",
        on=(Event.INSERT, Event.UPDATE),
    ),
)
