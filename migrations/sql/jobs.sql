-- Jobs as their operators see and tend them. Whoever holds a right on `job` does so by these functions alone: they ask for the right, keep to
-- the stores it reaches, look at how the work stands under its lock, and write to the trail who did what.
SET LOCAL ROLE forecourt_guard;
CREATE FUNCTION gate.note_work(noun text, record bigint, store bigint, details jsonb) RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = '' AS $$ SELECT trail.write('job', noun, record, store, NULL, details) $$;
REVOKE ALL ON FUNCTION gate.note_work(text, bigint, bigint, jsonb) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION gate.note_work(text, bigint, bigint, jsonb), gate.may_enter(bigint) TO forecourt_owner;

SET LOCAL ROLE forecourt_owner;
ALTER TABLE work.outbox ADD COLUMN worker text CHECK (length(worker) <= 120); -- who claimed it last
ALTER TABLE work.schedule ADD COLUMN kept boolean NOT NULL DEFAULT false; -- it watches over others, so nobody switches it off
ALTER TABLE work.slot ADD COLUMN extra boolean NOT NULL DEFAULT false; -- asked for by a person: says nothing about where to go on
CREATE INDEX outbox_not_done ON work.outbox (state, id) WHERE state IN ('dead', 'cancelled');

-- Every attempt, written where a lease begins and ends, whichever way it does.
CREATE TABLE work.attempt (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    work_id bigint NOT NULL REFERENCES work.outbox ON DELETE CASCADE,
    number integer NOT NULL,
    worker text,
    began_at timestamptz NOT NULL DEFAULT pg_catalog.clock_timestamp(),
    ended_at timestamptz,
    outcome text CHECK (outcome IN ('done', 'failed', 'dead', 'vanished', 'cancelled')),
    reason text,
    steps jsonb NOT NULL DEFAULT '[]', -- what its progress told, each step once: [{"at": …, "step": …}]
    CHECK ((ended_at IS NULL) = (outcome IS NULL))
);
CREATE INDEX attempt_of ON work.attempt (work_id, id);

-- What people did with work and schedules that are not theirs.
CREATE TABLE work.deed (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    work_id bigint REFERENCES work.outbox ON DELETE CASCADE,
    schedule_code text REFERENCES work.schedule ON DELETE CASCADE,
    at timestamptz NOT NULL DEFAULT pg_catalog.clock_timestamp(),
    by_id bigint,
    by_name text,
    deed text NOT NULL CHECK (deed IN ('retry', 'hasten', 'discard', 'run', 'on', 'off')),
    reason text CHECK (length(reason) <= 200)
);
CREATE INDEX deed_of_work ON work.deed (work_id, id) WHERE work_id IS NOT NULL;
CREATE INDEX deed_of_schedule ON work.deed (schedule_code, id) WHERE schedule_code IS NOT NULL;

CREATE FUNCTION work.log_attempt() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' AS $$
BEGIN
    IF OLD.lease_token IS NOT NULL THEN
        UPDATE work.attempt a
           SET ended_at = pg_catalog.clock_timestamp(),
               outcome = CASE WHEN NEW.state = 'running' OR NEW.last_error = 'the worker vanished' AND NEW.state IN ('pending', 'dead') THEN 'vanished'
                              WHEN NEW.state = 'pending' THEN 'failed' ELSE NEW.state END,
               reason = CASE WHEN NEW.state = 'running' THEN 'the worker vanished'
                             WHEN NEW.state IN ('pending', 'dead') THEN NEW.last_error END
         WHERE a.work_id = NEW.id AND a.ended_at IS NULL;
    END IF;
    IF NEW.lease_token IS NOT NULL THEN
        INSERT INTO work.attempt (work_id, number, worker) VALUES (NEW.id, NEW.attempts, NEW.worker);
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER log_attempt AFTER UPDATE OF lease_token ON work.outbox FOR EACH ROW
    WHEN (OLD.lease_token IS DISTINCT FROM NEW.lease_token) EXECUTE FUNCTION work.log_attempt();

CREATE FUNCTION work.log_step() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' AS $$
BEGIN
    UPDATE work.attempt a
       SET steps = a.steps || pg_catalog.jsonb_build_object('at', pg_catalog.clock_timestamp(), 'step', pg_catalog.left(NEW.note ->> 'step', 200))
     WHERE a.work_id = NEW.id AND a.ended_at IS NULL AND pg_catalog.jsonb_array_length(a.steps) < 100;
    RETURN NULL;
END $$;
CREATE TRIGGER log_step AFTER UPDATE OF note ON work.outbox FOR EACH ROW
    WHEN (NEW.note ->> 'step' IS DISTINCT FROM OLD.note ->> 'step' AND NEW.note ->> 'step' IS NOT NULL) EXECUTE FUNCTION work.log_step();

-- Rights -------------------------------------------------------------------------------------------------------------
CREATE FUNCTION work.demand(verb text, whole boolean DEFAULT false) RETURNS void
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = '' AS $$
BEGIN
    IF NOT gate.may('job', verb) OR whole AND NOT gate.everywhere('job') THEN
        RAISE insufficient_privilege USING MESSAGE = pg_catalog.format('%s on job is not granted', verb);
    END IF;
END $$;

-- Who is told when work needs somebody: they see all of it and may sign in.
CREATE FUNCTION work.operators() RETURNS SETOF bigint
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = '' AS $$
    SELECT DISTINCT ur.user_id::bigint FROM public.ab_user_role ur JOIN public.role_grant g ON g.role_id = ur.role_id
     WHERE g.entity = 'job' AND 'list' = ANY (g.actions) AND g.reach = 'group' AND gate.may_enter(ur.user_id) ORDER BY 1
$$;

-- The name people read of an account.
CREATE FUNCTION work.called(person bigint) RETURNS text
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = '' AS $$
    SELECT coalesce((SELECT e.name FROM public.employee e WHERE e.user_id = u.id ORDER BY e.left_on DESC NULLS FIRST, e.id LIMIT 1),
                    nullif(pg_catalog.btrim(u.last_name || u.first_name), ''), u.username)::text
      FROM public.ab_user u WHERE u.id = person
$$;

-- What may be shown of arguments and results: ids, counts, switches and codes. What could be a number or a name of somebody is not.
CREATE FUNCTION work.plain(told jsonb) RETURNS jsonb
LANGUAGE sql IMMUTABLE SET search_path = '' AS $$
    SELECT coalesce(pg_catalog.jsonb_object_agg(t.key, t.value), '{}')
      FROM pg_catalog.jsonb_each(CASE WHEN pg_catalog.jsonb_typeof(told) = 'object' THEN told ELSE '{}' END) t
     WHERE t.key ~ '^[a-z][a-z0-9_]{0,40}$'
       AND CASE pg_catalog.jsonb_typeof(t.value)
           WHEN 'boolean' THEN true
           WHEN 'number' THEN pg_catalog.abs(t.value::numeric) < 10000000000
           WHEN 'string' THEN t.value #>> '{}' ~ '^[a-z][a-z_.]{0,79}$'
           ELSE false END
$$;

-- Reading ------------------------------------------------------------------------------------------------------------
-- Accounts a name or login means; '-' is the system.
CREATE FUNCTION work.meant(person text) RETURNS bigint[]
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = '' AS $$
    SELECT coalesce(pg_catalog.array_agg(u.id::bigint), '{}') FROM public.ab_user u LEFT JOIN public.employee e ON e.user_id = u.id
     WHERE pg_catalog.lower(u.username) = pg_catalog.lower(person) OR e.name = person
        OR pg_catalog.btrim(u.last_name || u.first_name) = person
$$;

CREATE FUNCTION work.jobs(states text[], of_kind text, of_person text, since timestamptz, until timestamptz, before bigint, most int)
RETURNS TABLE (id bigint, kind text, queue text, state text, requested_by bigint, who text, schedule text, created_at timestamptz,
    run_after timestamptz, began_at timestamptz, finished_at timestamptz, attempts int, progress int, total int, last_error text)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = '' SET plan_cache_mode = force_custom_plan AS $$
#variable_conflict use_column
DECLARE
    people bigint[] := CASE WHEN jobs.of_person <> '-' THEN work.meant(jobs.of_person) END;
    stores bigint[] := gate.my_stores('job');
    anywhere boolean := gate.everywhere('job');
BEGIN
    PERFORM work.demand('list');
    RETURN QUERY
        SELECT o.id, o.kind, o.queue, o.state, o.requested_by, work.called(o.requested_by),
               (SELECT s.schedule_code FROM work.slot s WHERE s.outbox_id = o.id LIMIT 1), o.created_at, o.run_after,
               (SELECT max(a.began_at) FROM work.attempt a WHERE a.work_id = o.id), o.finished_at, o.attempts, o.progress, o.total, o.last_error
          FROM work.outbox o
         WHERE o.state = ANY (jobs.states)
           AND (anywhere OR o.store_id = ANY (stores))
           AND (jobs.of_kind IS NULL OR o.kind = jobs.of_kind)
           AND (people IS NULL OR o.requested_by = ANY (people))
           AND (jobs.of_person IS DISTINCT FROM '-' OR o.requested_by IS NULL)
           AND (jobs.since IS NULL OR o.created_at >= jobs.since)
           AND (jobs.until IS NULL OR o.created_at < jobs.until)
           AND (jobs.before IS NULL OR o.id < jobs.before)
         ORDER BY o.id DESC LIMIT least(jobs.most, 200);
END $$;

-- How many there are: of what is done, those of the last day.
CREATE FUNCTION work.job_counts(OUT running bigint, OUT waiting bigint, OUT done bigint, OUT dead bigint, OUT cancelled bigint)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = '' AS $$
DECLARE
    stores bigint[] := gate.my_stores('job');
    anywhere boolean := gate.everywhere('job');
BEGIN
    PERFORM work.demand('list');
    running := (SELECT count(*) FROM work.outbox o WHERE o.state = 'running' AND (anywhere OR o.store_id = ANY (stores)));
    waiting := (SELECT count(*) FROM work.outbox o WHERE o.state IN ('pending', 'enqueued') AND (anywhere OR o.store_id = ANY (stores)));
    dead := (SELECT count(*) FROM work.outbox o WHERE o.state = 'dead' AND (anywhere OR o.store_id = ANY (stores)));
    cancelled := (SELECT count(*) FROM work.outbox o WHERE o.state = 'cancelled' AND (anywhere OR o.store_id = ANY (stores)));
    done := (SELECT count(*) FROM work.outbox o WHERE o.state = 'done' AND o.finished_at > pg_catalog.now() - interval '1 day'
                AND (anywhere OR o.store_id = ANY (stores)));
END $$;

-- One piece of work with what may be shown of its arguments and its result; nothing for what is not there or out of reach.
CREATE FUNCTION work.job(wanted bigint)
RETURNS TABLE (id bigint, kind text, queue text, state text, requested_by bigint, who text, schedule text, created_at timestamptz,
    run_after timestamptz, began_at timestamptz, finished_at timestamptz, attempts int, progress int, total int, last_error text,
    args jsonb, result jsonb, request_id text, store text)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = '' AS $$
#variable_conflict use_column
BEGIN
    PERFORM work.demand('list');
    RETURN QUERY
        SELECT o.id, o.kind, o.queue, o.state, o.requested_by, work.called(o.requested_by),
               (SELECT s.schedule_code FROM work.slot s WHERE s.outbox_id = o.id LIMIT 1), o.created_at, o.run_after,
               (SELECT max(a.began_at) FROM work.attempt a WHERE a.work_id = o.id), o.finished_at, o.attempts, o.progress, o.total, o.last_error,
               work.plain(o.args), work.plain(o.result), o.request_id, (SELECT s.name::text FROM public.store s WHERE s.id = o.store_id)
          FROM work.outbox o WHERE o.id = job.wanted AND (gate.everywhere('job') OR o.store_id = ANY (gate.my_stores('job')));
END $$;

-- The newest attempts at it, and what people did with it.
CREATE FUNCTION work.attempts_at(wanted bigint)
RETURNS TABLE (number int, worker text, began_at timestamptz, ended_at timestamptz, outcome text, reason text, steps jsonb)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = '' AS $$
    SELECT a.number, a.worker, a.began_at, a.ended_at, a.outcome, a.reason, a.steps FROM work.attempt a
     WHERE EXISTS (SELECT FROM work.job(wanted)) AND a.work_id = wanted ORDER BY a.id DESC LIMIT 50
$$;
CREATE FUNCTION work.deeds_on(wanted bigint) RETURNS TABLE (at timestamptz, who text, deed text, reason text)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = '' AS $$
    SELECT d.at, d.by_name, d.deed, d.reason FROM work.deed d
     WHERE EXISTS (SELECT FROM work.job(wanted)) AND d.work_id = wanted ORDER BY d.id DESC LIMIT 50
$$;

-- Every schedule with the newest of its moments, the work that became of it, and who switched it last.
CREATE FUNCTION work.schedules()
RETURNS TABLE (code text, kind text, cron text, tz text, catch_up text, enabled boolean, kept boolean, slot_at timestamptz, work_id bigint,
    state text, finished_at timestamptz, last_error text, switched_at timestamptz, switched_by text)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = '' AS $$
#variable_conflict use_column
BEGIN
    PERFORM work.demand('list');
    RETURN QUERY
        SELECT s.code, s.kind, s.cron, s.tz, s.catch_up, s.enabled, s.kept, l.slot_at, o.id, o.state, o.finished_at, o.last_error, d.at, d.by_name
          FROM work.schedule s
          LEFT JOIN LATERAL (SELECT x.slot_at, x.outbox_id FROM work.slot x WHERE x.schedule_code = s.code ORDER BY x.slot_at DESC LIMIT 1) l ON true
          LEFT JOIN work.outbox o ON o.id = l.outbox_id
          LEFT JOIN LATERAL (SELECT y.at, y.by_name FROM work.deed y WHERE y.schedule_code = s.code AND y.deed IN ('on', 'off')
                              ORDER BY y.id DESC LIMIT 1) d ON true
         ORDER BY s.code;
END $$;

-- Tending ------------------------------------------------------------------------------------------------------------
CREATE FUNCTION work.moved(now_is text) RETURNS void
LANGUAGE plpgsql SET search_path = '' AS $$
BEGIN
    RAISE check_violation USING MESSAGE = 'job: moved', TABLE = 'outbox', CONSTRAINT = 'job_moved', DETAIL = now_is;
END $$;

-- The work under its lock, as far as the right reaches; no_data_found otherwise.
CREATE FUNCTION work.held(wanted bigint) RETURNS work.outbox
LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' AS $$
DECLARE
    o work.outbox;
BEGIN
    SELECT x.* INTO o FROM work.outbox x WHERE x.id = wanted FOR UPDATE;
    IF NOT FOUND OR NOT (gate.everywhere('job') OR coalesce(o.store_id = ANY (gate.my_stores('job')), false)) THEN
        RAISE no_data_found USING MESSAGE = 'no such job';
    END IF;
    RETURN o;
END $$;

CREATE FUNCTION work.keep_deed(o work.outbox, did text, why text) RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = '' AS $$
    INSERT INTO work.deed (work_id, by_id, by_name, deed, reason) VALUES (o.id, gate.my_id(), gate.ticket() ->> 'n', did, why);
    SELECT gate.note_work('job', o.id, o.store_id, pg_catalog.jsonb_strip_nulls(
        pg_catalog.jsonb_build_object('deed', did, 'kind', o.kind, 'reason', why)))
$$;

-- Begins dead work anew, with all its attempts, still in the name of whoever asked.
CREATE FUNCTION work.retry_job(wanted bigint) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' AS $$
DECLARE
    o work.outbox;
BEGIN
    PERFORM work.demand('update');
    o := work.held(wanted);
    IF o.state <> 'dead' THEN
        PERFORM work.moved(o.state);
    END IF;
    UPDATE work.outbox x SET state = 'pending', attempts = 0, run_after = pg_catalog.clock_timestamp(), finished_at = NULL, progress = NULL,
           total = NULL, note = NULL WHERE x.id = wanted;
    PERFORM work.keep_deed(o, 'retry', NULL);
    PERFORM pg_catalog.pg_notify('forecourt_work', '');
END $$;

-- Makes work due that waits for a later moment.
CREATE FUNCTION work.hasten_job(wanted bigint) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' AS $$
DECLARE
    o work.outbox;
BEGIN
    PERFORM work.demand('update');
    o := work.held(wanted);
    IF o.state <> 'pending' OR o.run_after <= pg_catalog.clock_timestamp() THEN
        PERFORM work.moved(o.state);
    END IF;
    UPDATE work.outbox x SET run_after = pg_catalog.clock_timestamp() WHERE x.id = wanted;
    PERFORM work.keep_deed(o, 'hasten', NULL);
    PERFORM pg_catalog.pg_notify('forecourt_work', '');
END $$;

-- Gives up work that is dead or was not begun, for a reason.
CREATE FUNCTION work.discard_job(wanted bigint, why text) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' AS $$
DECLARE
    o work.outbox;
    told text := pg_catalog.left(pg_catalog.btrim(why), 200);
BEGIN
    PERFORM work.demand('delete');
    IF coalesce(told, '') = '' THEN
        RAISE check_violation USING MESSAGE = 'job: reason', TABLE = 'outbox', CONSTRAINT = 'job_reason';
    END IF;
    o := work.held(wanted);
    IF o.state <> ALL (ARRAY['dead', 'pending', 'enqueued']) THEN
        PERFORM work.moved(o.state);
    END IF;
    UPDATE work.outbox x SET state = 'cancelled', finished_at = pg_catalog.clock_timestamp() WHERE x.id = wanted;
    PERFORM work.keep_deed(o, 'discard', told);
END $$;

CREATE FUNCTION work.held_schedule(wanted text) RETURNS work.schedule
LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' AS $$
DECLARE
    s work.schedule;
BEGIN
    SELECT x.* INTO s FROM work.schedule x WHERE x.code = wanted FOR UPDATE;
    IF NOT FOUND THEN
        RAISE no_data_found USING MESSAGE = 'no such schedule';
    END IF;
    RETURN s;
END $$;

CREATE FUNCTION work.keep_schedule_deed(of_schedule text, did text, work bigint) RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = '' AS $$
    INSERT INTO work.deed (schedule_code, work_id, by_id, by_name, deed) VALUES (of_schedule, work, gate.my_id(), gate.ticket() ->> 'n', did);
    SELECT gate.note_work('schedule', work, NULL, pg_catalog.jsonb_build_object('deed', did, 'code', of_schedule))
$$;

-- Switches a schedule; what passes while it is off is not caught up.
CREATE FUNCTION work.switch_schedule(wanted text, becomes boolean) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' AS $$
DECLARE
    s work.schedule;
BEGIN
    PERFORM work.demand('update', true);
    s := work.held_schedule(wanted);
    IF s.enabled IS NOT DISTINCT FROM becomes OR becomes IS NULL THEN
        PERFORM work.moved(CASE WHEN s.enabled THEN 'on' ELSE 'off' END);
    ELSIF s.kept AND NOT becomes THEN
        RAISE check_violation USING MESSAGE = 'schedule: kept', TABLE = 'schedule', CONSTRAINT = 'schedule_kept';
    END IF;
    UPDATE work.schedule x SET enabled = becomes WHERE x.code = wanted;
    PERFORM work.keep_schedule_deed(wanted, CASE WHEN becomes THEN 'on' ELSE 'off' END, NULL);
END $$;

-- Asks for a schedule's work now, in the system's name as its clock would; the id of the work. One at a time.
CREATE FUNCTION work.run_schedule(wanted text, on_queue text) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' AS $$
DECLARE
    s work.schedule;
    made bigint;
    moment timestamptz;
BEGIN
    PERFORM work.demand('update', true);
    s := work.held_schedule(wanted);
    IF EXISTS (SELECT FROM work.slot x JOIN work.outbox o ON o.id = x.outbox_id
                WHERE x.schedule_code = wanted AND o.state IN ('pending', 'enqueued', 'running')) THEN
        RAISE check_violation USING MESSAGE = 'schedule: busy', TABLE = 'schedule', CONSTRAINT = 'schedule_busy';
    END IF;
    moment := pg_catalog.clock_timestamp();
    INSERT INTO work.outbox (kind, queue, args, requested_by, requested_token) VALUES (s.kind, on_queue, s.args, NULL, NULL) RETURNING id INTO made;
    INSERT INTO work.slot (schedule_code, slot_at, outbox_id, extra) VALUES (wanted, moment, made, true);
    PERFORM work.keep_schedule_deed(wanted, 'run', made);
    RETURN made;
END $$;

-- The bell ------------------------------------------------------------------------------------------------------------
-- How much somebody was told and has not read, and for operators how much work is dead for ten minutes: at most a hundred of each.
-- Nobody but the one who asks in person; NULL costs nothing.
CREATE FUNCTION work.bell(person bigint, OUT unread integer, OUT dead integer)
LANGUAGE plpgsql STABLE STRICT SECURITY DEFINER SET search_path = '' AS $$
BEGIN
    unread := 0;
    dead := 0;
    IF person IS DISTINCT FROM gate.my_id() THEN
        RETURN;
    END IF;
    unread := (SELECT count(*) FROM (SELECT FROM work.inbox i WHERE i.user_id = person AND i.read_at IS NULL LIMIT 100) x);
    IF EXISTS (SELECT FROM work.outbox o WHERE o.state = 'dead') AND gate.may('job', 'list') THEN
        dead := (SELECT count(*) FROM (
            SELECT FROM work.outbox o WHERE o.state = 'dead' AND o.finished_at < pg_catalog.now() - interval '10 minutes'
               AND (gate.everywhere('job') OR o.store_id = ANY (gate.my_stores('job'))) LIMIT 100) x);
    END IF;
END $$;

ALTER TABLE work.attempt ENABLE ROW LEVEL SECURITY; -- read and written by the functions above alone
ALTER TABLE work.deed ENABLE ROW LEVEL SECURITY;
REVOKE ALL ON FUNCTION work.log_attempt(), work.log_step(), work.demand(text, boolean), work.operators(), work.called(bigint), work.plain(jsonb),
    work.meant(text), work.jobs(text[], text, text, timestamptz, timestamptz, bigint, int), work.job_counts(), work.job(bigint),
    work.attempts_at(bigint), work.deeds_on(bigint), work.schedules(), work.moved(text), work.held(bigint),
    work.keep_deed(work.outbox, text, text), work.retry_job(bigint), work.hasten_job(bigint), work.discard_job(bigint, text),
    work.held_schedule(text), work.keep_schedule_deed(text, text, bigint), work.switch_schedule(text, boolean), work.run_schedule(text, text),
    work.bell(bigint) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION work.jobs(text[], text, text, timestamptz, timestamptz, bigint, int), work.job_counts(), work.job(bigint),
    work.attempts_at(bigint), work.deeds_on(bigint), work.schedules(), work.retry_job(bigint), work.hasten_job(bigint),
    work.discard_job(bigint, text), work.switch_schedule(text, boolean), work.run_schedule(text, text), work.bell(bigint) TO forecourt_web;
GRANT EXECUTE ON FUNCTION work.operators() TO forecourt_worker;
