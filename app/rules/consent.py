"""What follows from consent and its withdrawal, and which consent holds now."""

from app.core.label import Label
from app.core.rules import Ban, Event, Then, View
from app.models.vocabulary import MEANS
from app.records.rulebook import RULEBOOK

CHANNELS = f"ARRAY[{', '.join(repr(one.code) for one in MEANS)}]"

RULEBOOK.on(
    "consent",
    Ban(
        "not_yet",
        "NEW.at > now() + interval '5 minutes'",
        Label("同意或撤回的时间不能晚于现在。", "It cannot have been given in the future."),
        "at",
    ),
    # A withdrawal holds at once, for what already waits to be sent as well.
    Then(
        "stop_messages",
        "UPDATE public.message s SET status = 'cancelled' FROM moved m WHERE m.action = 'withdraw'"
        " AND s.customer_id = m.customer_id AND s.status = 'queued'"
        " AND s.nature = CASE m.purpose WHEN 'service' THEN 'notice' ELSE m.purpose END"
        " AND m.channel IN ('any', s.channel)",
        on=(Event.INSERT,),
    ),
    # For each single channel what was last said about it or about all; nothing said is no consent.
    View(
        "consent_state",
        "SELECT DISTINCT ON (c.customer_id, c.purpose, w.channel) c.store_id, c.customer_id, c.purpose, w.channel,"
        " c.action = 'grant' AS granted, c.at, c.notice_id, c.id AS consent_id FROM consent c"
        f" CROSS JOIN LATERAL unnest(CASE WHEN c.channel = 'any' THEN {CHANNELS} ELSE ARRAY[c.channel] END)"
        " AS w (channel) ORDER BY c.customer_id, c.purpose, w.channel, c.at DESC, c.id DESC",
    ),
)
