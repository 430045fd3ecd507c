-- Durable work: a job is first a row written with the business, then a message. Every lease is judged by this server's clock.
CREATE SCHEMA work AUTHORIZATION forecourt_owner;
SET LOCAL ROLE forecourt_owner;
GRANT USAGE ON SCHEMA work TO forecourt_web, forecourt_worker;

CREATE TABLE work.outbox (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    kind text NOT NULL CHECK (kind ~ '^[a-z][a-z0-9_]*(\.[a-z][a-z0-9_]*)*$' AND length(kind) <= 80),
    queue text NOT NULL DEFAULT 'default' CHECK (queue ~ '^[a-z]{1,20}$'),
    args jsonb NOT NULL DEFAULT '{}' CHECK (jsonb_typeof(args) = 'object' AND octet_length(args::text) <= 8000), -- ids, never values
    dedup_key text UNIQUE CHECK (length(dedup_key) <= 400),
    requested_by bigint DEFAULT gate.my_id(), -- NULL: the system
    requested_token bigint DEFAULT gate.my_token(), -- the API token he asked by, whose scopes hold for the work as well
    request_id text DEFAULT gate.ticket() ->> 'q',
    store_id bigint,
    run_after timestamptz NOT NULL DEFAULT now(),
    state text NOT NULL DEFAULT 'pending' CHECK (state IN ('pending', 'enqueued', 'running', 'done', 'dead', 'cancelled')),
    lease_until timestamptz,
    lease_token uuid,
    attempts integer NOT NULL DEFAULT 0,
    last_error text,
    progress integer,
    total integer,
    note jsonb,
    created_at timestamptz NOT NULL DEFAULT now(),
    enqueued_at timestamptz,
    finished_at timestamptz,
    result jsonb,
    CONSTRAINT outbox_lease CHECK ((state = 'running') = (lease_token IS NOT NULL) AND (lease_token IS NULL) = (lease_until IS NULL)),
    CONSTRAINT outbox_finished CHECK ((state IN ('done', 'dead', 'cancelled')) = (finished_at IS NOT NULL))
);
CREATE INDEX outbox_waiting ON work.outbox (queue, run_after, id) WHERE state IN ('pending', 'enqueued');
CREATE INDEX outbox_running ON work.outbox (lease_until) WHERE state = 'running';
CREATE INDEX outbox_mine ON work.outbox (requested_by, id) WHERE requested_by IS NOT NULL;
CREATE INDEX outbox_finished_at ON work.outbox (finished_at) WHERE finished_at IS NOT NULL;

-- What was done, once each: a job that runs twice meets its own key.
CREATE TABLE work.effect (
    key text PRIMARY KEY CHECK (length(key) <= 400),
    at timestamptz NOT NULL DEFAULT now()
);

CREATE TABLE work.schedule (
    code text PRIMARY KEY CHECK (code ~ '^[a-z][a-z0-9_.]{0,79}$'),
    kind text NOT NULL,
    args jsonb NOT NULL DEFAULT '{}' CHECK (jsonb_typeof(args) = 'object'),
    cron text NOT NULL,
    tz text NOT NULL DEFAULT 'Asia/Shanghai',
    catch_up text NOT NULL CHECK (catch_up IN ('none', 'last', 'all')),
    enabled boolean NOT NULL DEFAULT true,
    since timestamptz NOT NULL DEFAULT now() -- no slot before this: what was off or other is never caught up
);

CREATE TABLE work.slot (
    schedule_code text NOT NULL REFERENCES work.schedule ON DELETE CASCADE,
    slot_at timestamptz NOT NULL,
    outbox_id bigint REFERENCES work.outbox ON DELETE SET NULL,
    PRIMARY KEY (schedule_code, slot_at)
);
CREATE INDEX slot_of_work ON work.slot (outbox_id);

-- The relay sleeps until something is written, whoever writes it.
CREATE FUNCTION work.wake() RETURNS trigger
LANGUAGE plpgsql SET search_path = '' AS $$
BEGIN
    PERFORM pg_catalog.pg_notify('forecourt_work', '');
    RETURN NULL;
END $$;
CREATE TRIGGER wake AFTER INSERT ON work.outbox FOR EACH STATEMENT EXECUTE FUNCTION work.wake();

CREATE FUNCTION work.begin_anew() RETURNS trigger
LANGUAGE plpgsql SET search_path = '' AS $$
BEGIN
    NEW.since := pg_catalog.now();
    RETURN NEW;
END $$;
CREATE TRIGGER begin_anew BEFORE UPDATE ON work.schedule FOR EACH ROW
    WHEN (NEW.cron <> OLD.cron OR NEW.tz <> OLD.tz OR (NEW.enabled AND NOT OLD.enabled)) EXECUTE FUNCTION work.begin_anew();

-- The id of the work that holds a key, though the caller may not read the row.
CREATE FUNCTION work.holder(key text) RETURNS bigint
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = '' AS
$$ SELECT o.id FROM work.outbox o WHERE o.dedup_key = key $$;

-- Ends one's own work that has not finished; running work notices at its next step and undoes what it had not committed.
CREATE FUNCTION work.cancel(work_id bigint) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' AS $$
BEGIN
    UPDATE work.outbox o
       SET state = 'cancelled', lease_until = NULL, lease_token = NULL, finished_at = pg_catalog.clock_timestamp()
     WHERE o.id = work_id AND o.requested_by = gate.my_id() AND o.state IN ('pending', 'enqueued', 'running');
    RETURN FOUND;
END $$;

REVOKE ALL ON FUNCTION work.wake(), work.begin_anew(), work.holder(text), work.cancel(bigint) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION work.holder(text), work.cancel(bigint) TO forecourt_web, forecourt_worker;

-- A web process asks in the name of its actor and reads his own; everything else is the worker's, announced.
ALTER TABLE work.outbox ENABLE ROW LEVEL SECURITY;
ALTER TABLE work.effect ENABLE ROW LEVEL SECURITY;
ALTER TABLE work.schedule ENABLE ROW LEVEL SECURITY;
ALTER TABLE work.slot ENABLE ROW LEVEL SECURITY;
CREATE POLICY mine ON work.outbox TO forecourt_web
    USING (requested_by = (SELECT gate.my_id())) WITH CHECK (requested_by = (SELECT gate.my_id()));
CREATE POLICY announced ON work.outbox TO forecourt_worker USING ((SELECT gate.ticket() ->> 'k') IN ('system', 'job'));
CREATE POLICY announced ON work.effect TO forecourt_worker USING ((SELECT gate.ticket() ->> 'k') IN ('system', 'job'));
CREATE POLICY announced ON work.schedule TO forecourt_worker USING ((SELECT gate.ticket() ->> 'k') = 'system');
CREATE POLICY announced ON work.slot TO forecourt_worker USING ((SELECT gate.ticket() ->> 'k') IN ('system', 'job'));
GRANT SELECT ON work.outbox TO forecourt_web;
GRANT INSERT (kind, queue, args, dedup_key, store_id, run_after) ON work.outbox TO forecourt_web;
GRANT SELECT, INSERT, UPDATE, DELETE ON work.outbox, work.schedule, work.slot TO forecourt_worker;
GRANT SELECT, INSERT ON work.effect TO forecourt_worker;
