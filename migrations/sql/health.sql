-- What an operator's monitor reads: figures of work, backups and the trail, for whoever reaches the web role. No row of
-- the business, nobody's name or number; each figure costs the same however much waits.
GRANT SELECT ON public.alembic_version TO forecourt_owner;

SET LOCAL ROLE forecourt_owner;
CREATE INDEX outbox_dead ON work.outbox (kind) WHERE state = 'dead';

-- A write that leaves no row: it needs a primary server and room for its log, as every other write does.
CREATE FUNCTION work.ping() RETURNS text
LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' AS $$
BEGIN
    PERFORM pg_catalog.pg_logical_emit_message(true, 'forecourt', '');
    RETURN (SELECT a.version_num FROM public.alembic_version a);
END $$;

-- Counts stop at 100,000. `oldest` is how long the oldest due work has waited for a worker, by queue after queue, as the
-- index lies.
CREATE FUNCTION work.vitals() RETURNS jsonb
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = '' AS $$
WITH RECURSIVE line (queue) AS (
    SELECT min(o.queue) FROM work.outbox o WHERE o.state IN ('pending', 'enqueued')
    UNION ALL
    SELECT (SELECT min(o.queue) FROM work.outbox o WHERE o.state IN ('pending', 'enqueued') AND o.queue > l.queue)
      FROM line l WHERE l.queue IS NOT NULL
), first AS (
    SELECT (SELECT o.run_after FROM work.outbox o WHERE o.state IN ('pending', 'enqueued') AND o.queue = l.queue
             ORDER BY o.run_after LIMIT 1) AS due
      FROM line l WHERE l.queue IS NOT NULL
), open AS (
    (SELECT o.kind, o.state FROM work.outbox o WHERE o.state IN ('pending', 'enqueued') LIMIT 100000)
    UNION ALL
    (SELECT o.kind, o.state FROM work.outbox o WHERE o.state = 'running' LIMIT 100000)
    UNION ALL
    (SELECT o.kind, o.state FROM work.outbox o WHERE o.state = 'dead' LIMIT 100000)
), depth AS (
    SELECT o.kind, o.state, count(*) AS number FROM open o GROUP BY o.kind, o.state ORDER BY count(*) DESC LIMIT 200
), newest AS (
    SELECT b.made_at, b.bytes FROM work.backup b WHERE b.gone IS NULL ORDER BY b.made_at DESC LIMIT 1
)
SELECT pg_catalog.jsonb_build_object(
    'now', extract(epoch FROM pg_catalog.clock_timestamp()),
    'depth', (SELECT coalesce(pg_catalog.jsonb_agg(pg_catalog.jsonb_build_array(d.kind, d.state, d.number)), '[]') FROM depth d),
    'oldest', (SELECT coalesce(greatest(0, extract(epoch FROM pg_catalog.clock_timestamp() - min(f.due))), 0) FROM first f),
    'dead', (SELECT coalesce(sum(d.number), 0) FROM depth d WHERE d.state = 'dead'),
    'backup_age', (SELECT extract(epoch FROM pg_catalog.clock_timestamp() - n.made_at) FROM newest n),
    'backup_bytes', (SELECT n.bytes FROM newest n),
    'drill_age', (SELECT extract(epoch FROM pg_catalog.clock_timestamp() - max(b.restored_at)) FROM work.backup b))
$$;
REVOKE ALL ON FUNCTION work.ping(), work.vitals() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION work.ping(), work.vitals() TO forecourt_web;
RESET ROLE;

-- Entries are counted by their numbers: a write that was undone used some too.
SET LOCAL ROLE forecourt_guard;
CREATE FUNCTION trail.vitals() RETURNS jsonb
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = '' AS $$
SELECT pg_catalog.jsonb_build_object(
    'unsealed', coalesce((SELECT greatest(0, extract(epoch FROM pg_catalog.clock_timestamp() - q.at)) FROM trail.queue q ORDER BY q.id LIMIT 1), 0),
    'events', coalesce(pg_catalog.pg_sequence_last_value('trail.entry_id_seq'::regclass), 0),
    'sound', (SELECT c.sound FROM trail.checked c ORDER BY c.id DESC LIMIT 1))
$$;
REVOKE ALL ON FUNCTION trail.vitals() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION trail.vitals() TO forecourt_web;
