-- What is known about backups: each backup, and each attempt to make, check, restore or prune some. A page reads both.
CREATE TABLE work.backup (
    name text PRIMARY KEY,
    made_at timestamptz NOT NULL,
    seconds double precision NOT NULL,
    bytes bigint NOT NULL,
    rows bigint NOT NULL,
    digest text NOT NULL, -- of its manifest
    restored_at timestamptz, -- it was restored whole: from then on it is a good one
    restore_seconds double precision,
    gone_at timestamptz,
    gone text CHECK (gone IN ('pruned', 'lost')),
    CHECK ((gone_at IS NULL) = (gone IS NULL))
);
CREATE INDEX backup_newest ON work.backup (made_at) WHERE gone IS NULL;

CREATE TABLE work.backup_act (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    act text NOT NULL CHECK (act IN ('create', 'drill', 'restore', 'prune', 'upgrade')),
    backup text,
    began_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    ended_at timestamptz,
    ok boolean, -- NULL while it goes on, and for ever where it was killed
    reason jsonb, -- why it failed: {"zh": …, "en": …}
    details jsonb NOT NULL DEFAULT '{}',
    CHECK ((ended_at IS NULL) = (ok IS NULL))
);
CREATE INDEX backup_act_last ON work.backup_act (act, id);

-- What somebody should look at, by code, with the moment from which it counts. Before the first backup is due, nothing.
CREATE FUNCTION work.backup_alarms(OUT code text, OUT since timestamptz) RETURNS SETOF record
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = '' AS $$
    WITH began AS (SELECT s.since AS at, s.enabled FROM work.schedule s WHERE s.code = 'backup.create'),
         newest AS (SELECT max(b.made_at) AS at FROM work.backup b WHERE b.gone IS NULL),
         proven AS (SELECT max(b.restored_at) AS at FROM work.backup b),
         last AS (SELECT DISTINCT ON (a.act) a.act, a.ok, a.ended_at FROM work.backup_act a WHERE a.ok IS NOT NULL ORDER BY a.act, a.id DESC)
    SELECT 'old', greatest(n.at, b.at) FROM newest n, began b WHERE coalesce(greatest(n.at, b.at) < pg_catalog.now() - interval '2 hours', false)
    UNION ALL
    SELECT 'unproven', greatest(p.at, b.at) FROM proven p, began b WHERE coalesce(greatest(p.at, b.at) < pg_catalog.now() - interval '8 days', false)
    UNION ALL
    SELECT 'off', pg_catalog.now() FROM began b WHERE NOT b.enabled
    UNION ALL
    SELECT l.act || '_failed', l.ended_at FROM last l WHERE NOT l.ok AND l.act IN ('create', 'drill', 'prune')
    UNION ALL
    SELECT 'lost', max(b.gone_at) FROM work.backup b WHERE b.gone = 'lost' AND b.gone_at > pg_catalog.now() - interval '30 days' HAVING count(*) > 0
$$;
REVOKE ALL ON FUNCTION work.backup_alarms() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION work.backup_alarms() TO forecourt_web, forecourt_worker;

ALTER TABLE work.backup ENABLE ROW LEVEL SECURITY;
ALTER TABLE work.backup_act ENABLE ROW LEVEL SECURITY;
CREATE POLICY announced ON work.backup TO forecourt_worker USING ((SELECT gate.ticket() ->> 'k') = 'system');
CREATE POLICY announced ON work.backup_act TO forecourt_worker USING ((SELECT gate.ticket() ->> 'k') = 'system');
CREATE POLICY officers ON work.backup FOR SELECT TO forecourt_web
    USING ((SELECT gate.has_role('{administrator,security_officer}'::text[])));
CREATE POLICY officers ON work.backup_act FOR SELECT TO forecourt_web
    USING ((SELECT gate.has_role('{administrator,security_officer}'::text[])));
GRANT SELECT, INSERT, UPDATE, DELETE ON work.backup, work.backup_act TO forecourt_worker;
GRANT SELECT ON work.backup, work.backup_act TO forecourt_web;
