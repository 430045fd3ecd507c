-- Feeds: a profile says how a brand system's export becomes records; a run is one file on its way; marks remember which
-- moment's row stands in a record, beside the records and not in them.
CREATE FUNCTION gate.feeds(entities text[], stores bigint[]) RETURNS boolean
LANGUAGE sql STABLE SET search_path = '' AS $$
    SELECT coalesce(pg_catalog.bool_and(gate.may(e, 'import') AND (stores = '{}' OR stores OPERATOR(pg_catalog.<@) gate.my_stores(e))), false)
      FROM pg_catalog.unnest(entities) AS e
$$;
CREATE FUNCTION gate.check_feed() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' AS $$
BEGIN
    IF gate.ticket() IS NULL THEN
        RAISE insufficient_privilege USING MESSAGE = 'nobody is announced';
    END IF;
    RETURN NULL;
END $$;
ALTER FUNCTION gate.feeds(text[], bigint[]) OWNER TO forecourt_guard;
ALTER FUNCTION gate.check_feed() OWNER TO forecourt_guard;
REVOKE ALL ON FUNCTION gate.feeds(text[], bigint[]), gate.check_feed() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION gate.feeds(text[], bigint[]) TO forecourt_owner, forecourt_web, forecourt_worker;
GRANT EXECUTE ON FUNCTION gate.check_feed() TO forecourt_owner;

SET LOCAL ROLE forecourt_owner;

CREATE TABLE feed_profile (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    uuid uuid NOT NULL DEFAULT gen_random_uuid() UNIQUE,
    version integer NOT NULL DEFAULT 1,
    created_at timestamptz NOT NULL DEFAULT now(),
    created_by bigint,
    updated_at timestamptz NOT NULL DEFAULT now(),
    updated_by bigint,
    code text NOT NULL CHECK (code ~ '^[a-z0-9][a-z0-9_-]{0,39}$'),
    label text NOT NULL CHECK (length(label) BETWEEN 1 AND 80),
    brand_system text NOT NULL CHECK (length(brand_system) BETWEEN 1 AND 80),
    entities text[] NOT NULL CHECK (cardinality(entities) BETWEEN 1 AND 2),
    stores bigint[] NOT NULL, -- the only ones it writes to; none where records belong to the group
    spec jsonb NOT NULL,
    of_record boolean NOT NULL DEFAULT false,
    watched boolean NOT NULL DEFAULT false,
    daily boolean NOT NULL DEFAULT true, -- a file is expected each day
    active boolean NOT NULL DEFAULT true,
    CONSTRAINT feed_profile_code_once UNIQUE (code)
);

CREATE TABLE feed_run (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    uuid uuid NOT NULL DEFAULT gen_random_uuid() UNIQUE,
    version integer NOT NULL DEFAULT 1,
    created_at timestamptz NOT NULL DEFAULT now(),
    created_by bigint,
    updated_at timestamptz NOT NULL DEFAULT now(),
    updated_by bigint,
    profile_id bigint NOT NULL REFERENCES feed_profile (id),
    way text NOT NULL CHECK (way IN ('screen', 'command', 'folder')),
    file_name text NOT NULL CHECK (length(file_name) BETWEEN 1 AND 200),
    file_hash bytea NOT NULL CHECK (octet_length(file_hash) = 32),
    file_size bigint NOT NULL,
    day date NOT NULL,
    sequence bigint NOT NULL DEFAULT 0, -- later versions of a day's file have greater ones
    header jsonb NOT NULL DEFAULT '[]',
    state text NOT NULL CHECK (state IN ('reading', 'writing', 'done', 'refused', 'undoing', 'undone')),
    reached integer NOT NULL DEFAULT 0, -- the last group of lines that is written
    repeats integer NOT NULL DEFAULT 0, -- how often the same file came again
    counts jsonb NOT NULL DEFAULT '{}',
    problem jsonb,
    work_id bigint,
    finished_at timestamptz
);
CREATE UNIQUE INDEX feed_run_once ON feed_run (profile_id, file_hash) WHERE state <> 'refused';
CREATE INDEX feed_run_day ON feed_run (profile_id, day);

-- COPY is refused where row security holds, so rows enter by a partition that nobody may read.
CREATE TABLE feed_row (
    run_id bigint NOT NULL REFERENCES feed_run (id) ON DELETE CASCADE,
    grp integer NOT NULL, -- the first line about the same record
    line integer NOT NULL,
    level smallint NOT NULL, -- 0 the record, 1 its part
    ordinal integer NOT NULL,
    store_id bigint,
    at timestamptz NOT NULL,
    record jsonb, -- columns of the record to be, sealed values already sealed
    tokens bigint[],
    refs jsonb,
    state text NOT NULL CHECK (state IN ('ready', 'refused', 'waiting')),
    raw bytea, -- sealed: the cells of a line that was not taken
    failures jsonb,
    PRIMARY KEY (run_id, grp, line, level)
) PARTITION BY LIST (run_id);
CREATE TABLE feed_row_dock PARTITION OF feed_row DEFAULT;
CREATE INDEX feed_row_left ON feed_row (run_id, line) WHERE state <> 'ready';
CREATE TRIGGER check_feed AFTER INSERT ON feed_row_dock FOR EACH STATEMENT EXECUTE FUNCTION gate.check_feed();
ALTER TABLE feed_row_dock ENABLE ALWAYS TRIGGER check_feed;

-- The moment of the row that stands in a record (or, as `work_order_line@`, in the parts of one): older ones never write.
CREATE TABLE feed_mark (
    scope text NOT NULL,
    record_id bigint NOT NULL,
    at timestamptz NOT NULL,
    sequence bigint NOT NULL,
    tie bytea NOT NULL,
    run_id bigint NOT NULL REFERENCES feed_run (id) ON DELETE CASCADE,
    former jsonb, -- what stood here before that run, for its rolling back
    PRIMARY KEY (scope, record_id)
);
CREATE INDEX feed_mark_run ON feed_mark (run_id);

-- What a run did to each record, and what stood there before.
CREATE TABLE feed_link (
    run_id bigint NOT NULL REFERENCES feed_run (id) ON DELETE CASCADE,
    entity text NOT NULL,
    record_id bigint NOT NULL,
    store_id bigint,
    action text NOT NULL CHECK (action IN ('created', 'updated', 'removed')),
    version integer NOT NULL, -- of the record as the run left it
    before jsonb, -- the columns it changed, or all of a removed record
    undone text CHECK (undone IN ('removed', 'restored', 'changed', 'used', 'ledger')),
    PRIMARY KEY (run_id, entity, record_id)
);
CREATE INDEX feed_link_record ON feed_link (entity, record_id);

DO $$
DECLARE
    name text;
BEGIN
    FOREACH name IN ARRAY ARRAY['feed_profile', 'feed_run', 'feed_row', 'feed_mark', 'feed_link'] LOOP
        EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', name);
        EXECUTE format('GRANT SELECT, INSERT, UPDATE, DELETE ON %I TO forecourt_worker', name);
    END LOOP;
    FOREACH name IN ARRAY ARRAY['feed_row', 'feed_mark', 'feed_link'] LOOP
        EXECUTE format('CREATE POLICY worker ON %I FOR ALL TO forecourt_worker USING ((SELECT gate.ticket() IS NOT NULL))', name);
    END LOOP;
    FOREACH name IN ARRAY ARRAY['feed_row', 'feed_link'] LOOP
        EXECUTE format('CREATE POLICY scope ON %I FOR SELECT TO forecourt_web USING (run_id IN (SELECT r.id FROM feed_run r))', name);
        EXECUTE format('GRANT SELECT ON %I TO forecourt_web', name);
    END LOOP;
END $$;
CREATE POLICY scope ON feed_profile FOR ALL TO forecourt_web, forecourt_worker
    USING (gate.feeds(entities, stores)) WITH CHECK (gate.feeds(entities, stores));
CREATE POLICY scope ON feed_run FOR ALL TO forecourt_web, forecourt_worker
    USING (profile_id IN (SELECT p.id FROM feed_profile p)) WITH CHECK (profile_id IN (SELECT p.id FROM feed_profile p));
REVOKE INSERT ON feed_row FROM forecourt_worker;
GRANT INSERT ON feed_row_dock TO forecourt_worker;
GRANT SELECT, INSERT, UPDATE, DELETE ON feed_profile TO forecourt_web;
GRANT SELECT, INSERT, UPDATE ON feed_run TO forecourt_web;
CREATE TRIGGER stamp_row BEFORE INSERT OR UPDATE ON feed_profile FOR EACH ROW EXECUTE FUNCTION gate.stamp_row('none');
ALTER TABLE feed_profile ENABLE ALWAYS TRIGGER stamp_row;
SELECT trail.attach('feed_profile', 'feed_profile', '{}'::text[], NULL);
RESET ROLE;
