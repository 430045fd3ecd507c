SET LOCAL ROLE forecourt_guard;
DROP FUNCTION trail.browse(timestamptz, timestamptz, text, text, bigint, text, text, text, text, bigint, int), trail.activity(timestamptz, timestamptz),
    trail.standing(), trail.entries_of(date, date), trail.head_now(), trail.weigh(text, int, jsonb, timestamptz), trail.meant(text),
    trail.risky(text, timestamptz, timestamptz), trail.widens(jsonb), trail.columns_of(text, text), trail.hour_of(timestamptz), trail.demand_review(text);
DROP TABLE trail.checked;
DROP INDEX trail.entry_of_actor, trail.entry_events;
RESET ROLE;
