-- The operator's console: what the web process may be told about work, seals, backups and the server. Every function asks for the right
-- itself, so that a session without it is told nothing whatever statement it sends. None of them changes anything or answers a record.
SET LOCAL ROLE forecourt_owner;
GRANT USAGE ON SCHEMA work TO forecourt_monitor;
GRANT SELECT ON work.outbox, work.schedule, work.slot, work.backup, work.backup_act TO forecourt_monitor;
RESET ROLE;
DO $$
DECLARE
    name text;
BEGIN
    GRANT EXECUTE ON FUNCTION gate.may(text, text) TO forecourt_monitor;
    GRANT USAGE ON SCHEMA gate, trail, public TO forecourt_monitor;
    FOREACH name IN ARRAY ARRAY['outbox', 'schedule', 'slot', 'backup', 'backup_act'] LOOP
        EXECUTE format('CREATE POLICY operators ON work.%I FOR SELECT TO forecourt_monitor USING ((SELECT gate.may(''console'', ''list'')))', name);
    END LOOP;
END $$;
GRANT SELECT (id, username) ON ab_user TO forecourt_monitor;
GRANT SELECT ON alembic_version TO forecourt_monitor;

-- What operations left in the trail, of the last ninety days: nobody's acts on records, which are the security officer's to read.
SET LOCAL ROLE forecourt_guard;
GRANT SELECT ON trail.batch, trail.checked, trail.queue, trail.refused TO forecourt_monitor;
CREATE FUNCTION trail.operations(before bigint, most int)
RETURNS TABLE (id bigint, at timestamptz, actor_kind text, actor_name text, action text, entity text, details text)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = '' AS $$
    SELECT e.id, e.at, e.actor_kind, coalesce(e.actor_name, e.db_role), e.action, e.entity, v.after
      FROM trail.entry e LEFT JOIN trail.value v ON v.entry_id = e.id AND v.at = e.at
     WHERE e.action <> ALL (ARRAY['insert', 'update', 'delete'])
       AND e.action IN ('schema', 'attach', 'detach', 'backup', 'restore', 'drill', 'job_failed', 'audit_verify')
       AND e.at > pg_catalog.now() - interval '90 days' AND (operations.before IS NULL OR e.id < operations.before)
     ORDER BY e.id DESC LIMIT operations.most
$$;
REVOKE ALL ON FUNCTION trail.operations(bigint, int) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION trail.operations(bigint, int) TO forecourt_monitor;
RESET ROLE;

CREATE SCHEMA console AUTHORIZATION forecourt_monitor;
SET LOCAL ROLE forecourt_monitor;
REVOKE ALL ON SCHEMA console FROM PUBLIC;
GRANT USAGE ON SCHEMA console TO forecourt_web;

CREATE FUNCTION console.demand() RETURNS void
LANGUAGE plpgsql STABLE SET search_path = '' AS $$
BEGIN
    IF NOT gate.may('console', 'list') THEN
        RAISE insufficient_privilege USING MESSAGE = 'list on console is not granted';
    END IF;
END $$;

-- Arguments of work as their names and their numbers: a row is written by a web process and proves nothing about what stands in it.
CREATE FUNCTION console.ids(args jsonb) RETURNS jsonb
LANGUAGE sql IMMUTABLE SET search_path = '' AS $$
    SELECT coalesce(pg_catalog.jsonb_object_agg(CASE WHEN a.key ~ '^[a-z][a-z_]{0,39}$' THEN a.key ELSE '…' END,
               CASE WHEN pg_catalog.jsonb_typeof(a.value) = 'boolean' THEN a.value
                    WHEN pg_catalog.jsonb_typeof(a.value) = 'number' AND a.value::text ~ '^-?\d{1,10}$' THEN a.value
                    ELSE '"…"' END), '{}')
      FROM pg_catalog.jsonb_each(args) a
$$;

-- A statement without its literals, which may hold what somebody entered. It is cut where telling them apart is not plain: at the first
-- backslash, comment or dollar quote. What was cut in the middle ends there.
CREATE FUNCTION console.bare(statement text) RETURNS text
LANGUAGE sql IMMUTABLE SET search_path = '' AS $$
    SELECT coalesce(pg_catalog.left(pg_catalog.string_agg(
               CASE WHEN t.word[1] ~ '^[''0-9]' THEN '?' WHEN t.word[1] ~ '^\s' THEN ' ' ELSE t.word[1] END, '' ORDER BY t.number), 800), '')
      FROM pg_catalog.regexp_matches(
               pg_catalog.regexp_replace(pg_catalog.left(statement, 4000), '(\\|--|/\*|\$([^\d\W]\w*)?\$).*$', '…'),
               '"(?:[^"]|"")*(?:"|$)|''(?:[^'']|'''')*(?:''|$)|\$\d+|[^\W\d]\w*|\d[\w.]*|\s+|[^\w"''\s]', 'g')
           WITH ORDINALITY AS t (word, number)
$$;

-- How everything stands, in one row. Counts of work that waits are whole, of dead work up to ten thousand.
CREATE FUNCTION console.standing(OUT pending bigint, OUT enqueued bigint, OUT running bigint, OUT dead bigint, OUT due_since timestamptz,
    OUT off bigint, OUT newest_backup timestamptz, OUT restored timestamptz, OUT unsealed bigint, OUT unsealed_since timestamptz,
    OUT checked_at timestamptz, OUT sound boolean, OUT refused bigint, OUT bytes bigint, OUT sessions bigint, OUT most_sessions int,
    OUT revision text, OUT server text, OUT started timestamptz)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = '' AS $$
BEGIN
    PERFORM console.demand();
    SELECT count(*) FILTER (WHERE o.state = 'pending'), count(*) FILTER (WHERE o.state = 'enqueued'), min(o.run_after) FILTER (WHERE o.run_after < pg_catalog.now())
      INTO pending, enqueued, due_since FROM work.outbox o WHERE o.state IN ('pending', 'enqueued');
    running := (SELECT count(*) FROM work.outbox o WHERE o.state = 'running');
    dead := (SELECT count(*) FROM (SELECT FROM work.outbox o WHERE o.state = 'dead' AND o.finished_at IS NOT NULL LIMIT 10001) x);
    off := (SELECT count(*) FROM work.schedule s WHERE NOT s.enabled);
    SELECT max(b.made_at) FILTER (WHERE b.gone IS NULL), max(b.restored_at) INTO newest_backup, restored FROM work.backup b;
    SELECT count(*), min(q.at) INTO unsealed, unsealed_since FROM trail.queue q;
    SELECT c.at, c.sound INTO checked_at, sound FROM trail.checked c ORDER BY c.id DESC LIMIT 1;
    refused := (SELECT count(*) FROM trail.refused);
    bytes := pg_catalog.pg_database_size(pg_catalog.current_database());
    sessions := (SELECT count(*) FROM pg_catalog.pg_stat_activity a WHERE a.backend_type = 'client backend');
    most_sessions := pg_catalog.current_setting('max_connections')::int;
    revision := (SELECT v.version_num FROM public.alembic_version v);
    server := pg_catalog.current_setting('server_version');
    started := pg_catalog.pg_postmaster_start_time();
END $$;

CREATE FUNCTION console.work(of_kind text, of_state text, of_queue text, before bigint, most int)
RETURNS TABLE (id bigint, kind text, queue text, args jsonb, requested_by bigint, login text, state text, attempts int, run_after timestamptz,
    created_at timestamptz, finished_at timestamptz, lease_until timestamptz, progress int, total int, last_error text)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = '' SET plan_cache_mode = force_custom_plan AS $$
#variable_conflict use_column
BEGIN
    PERFORM console.demand();
    RETURN QUERY
        SELECT o.id, o.kind, o.queue, console.ids(o.args), o.requested_by, u.username::text, o.state, o.attempts, o.run_after, o.created_at,
               o.finished_at, o.lease_until, o.progress, o.total, pg_catalog.left(o.last_error, 500)
          FROM work.outbox o LEFT JOIN public.ab_user u ON u.id = o.requested_by
         WHERE (work.of_kind IS NULL OR o.kind = work.of_kind) AND (work.of_state IS NULL OR o.state = work.of_state)
           AND (work.of_queue IS NULL OR o.queue = work.of_queue) AND (work.before IS NULL OR o.id < work.before)
         ORDER BY o.id DESC LIMIT least(work.most, 500);
END $$;

-- Each schedule with the last moment it was run for and what became of that.
CREATE FUNCTION console.schedules()
RETURNS TABLE (code text, kind text, cron text, tz text, catch_up text, enabled boolean, slot_at timestamptz, work_id bigint, state text,
    finished_at timestamptz)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = '' AS $$
#variable_conflict use_column
BEGIN
    PERFORM console.demand();
    RETURN QUERY
        SELECT s.code, s.kind, s.cron, s.tz, s.catch_up, s.enabled, l.slot_at, l.outbox_id, o.state, o.finished_at
          FROM work.schedule s
          LEFT JOIN LATERAL (SELECT x.slot_at, x.outbox_id FROM work.slot x WHERE x.schedule_code = s.code ORDER BY x.slot_at DESC LIMIT 1) l ON true
          LEFT JOIN work.outbox o ON o.id = l.outbox_id
         ORDER BY s.code LIMIT 500;
END $$;

-- What was run by the clock, the latest first; work that was tidied away leaves its moment.
CREATE FUNCTION console.runs(of_schedule text, before timestamptz, before_code text, most int)
RETURNS TABLE (code text, slot_at timestamptz, work_id bigint, state text, attempts int, created_at timestamptz, finished_at timestamptz,
    last_error text)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = '' SET plan_cache_mode = force_custom_plan AS $$
#variable_conflict use_column
BEGIN
    PERFORM console.demand();
    RETURN QUERY
        SELECT x.schedule_code, x.slot_at, x.outbox_id, o.state, o.attempts, o.created_at, o.finished_at, pg_catalog.left(o.last_error, 500)
          FROM work.slot x LEFT JOIN work.outbox o ON o.id = x.outbox_id
         WHERE (runs.of_schedule IS NULL OR x.schedule_code = runs.of_schedule)
           AND (runs.before IS NULL OR (x.slot_at, x.schedule_code) < (runs.before, runs.before_code))
         ORDER BY x.slot_at DESC, x.schedule_code DESC LIMIT least(runs.most, 500);
END $$;

CREATE FUNCTION console.seals(before bigint, most int)
RETURNS TABLE (no bigint, entries int, size bigint, head text, key_id text, sealed_at timestamptz)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = '' AS $$
#variable_conflict use_column
BEGIN
    PERFORM console.demand();
    RETURN QUERY SELECT b.no, b.entries, b.size, pg_catalog.encode(b.head, 'hex'), b.key_id, b.sealed_at
                   FROM trail.batch b WHERE seals.before IS NULL OR b.no < seals.before ORDER BY b.no DESC LIMIT least(seals.most, 500);
END $$;

CREATE FUNCTION console.checks(most int)
RETURNS TABLE (at timestamptz, entries bigint, batches bigint, sound boolean, first_damage text, unchecked text[], seconds double precision)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = '' AS $$
#variable_conflict use_column
BEGIN
    PERFORM console.demand();
    RETURN QUERY SELECT c.at, c.entries, c.batches, c.sound, c.first_damage, c.unchecked, c.seconds
                   FROM trail.checked c ORDER BY c.id DESC LIMIT least(checks.most, 100);
END $$;

CREATE FUNCTION console.operations(before bigint, most int)
RETURNS TABLE (id bigint, at timestamptz, actor_kind text, actor_name text, action text, entity text, details text)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = '' AS $$
BEGIN
    PERFORM console.demand();
    RETURN QUERY SELECT * FROM trail.operations(operations.before, least(operations.most, 500));
END $$;

CREATE FUNCTION console.backups(most int)
RETURNS TABLE (name text, made_at timestamptz, seconds double precision, bytes bigint, rows bigint, digest text, restored_at timestamptz,
    restore_seconds double precision, gone_at timestamptz, gone text)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = '' AS $$
#variable_conflict use_column
BEGIN
    PERFORM console.demand();
    RETURN QUERY SELECT b.name, b.made_at, b.seconds, b.bytes, b.rows, b.digest, b.restored_at, b.restore_seconds, b.gone_at, b.gone
                   FROM work.backup b ORDER BY b.made_at DESC LIMIT least(backups.most, 500);
END $$;

CREATE FUNCTION console.backup_acts(before bigint, most int)
RETURNS TABLE (id bigint, act text, backup text, began_at timestamptz, ended_at timestamptz, ok boolean, reason jsonb)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = '' AS $$
#variable_conflict use_column
BEGIN
    PERFORM console.demand();
    RETURN QUERY SELECT a.id, a.act, a.backup, a.began_at, a.ended_at, a.ok, a.reason FROM work.backup_act a
                  WHERE backup_acts.before IS NULL OR a.id < backup_acts.before ORDER BY a.id DESC LIMIT least(backup_acts.most, 500);
END $$;

-- The server and this database since its statistics began.
CREATE FUNCTION console.server(OUT bytes bigint, OUT hits double precision, OUT commits bigint, OUT rollbacks bigint, OUT deadlocks bigint,
    OUT temporary bigint, OUT since timestamptz, OUT sessions bigint, OUT active bigint, OUT idle_open bigint, OUT most_sessions int,
    OUT oldest double precision, OUT age int, OUT vacuums bigint, OUT replicas bigint, OUT server text, OUT started timestamptz)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = '' AS $$
BEGIN
    PERFORM console.demand();
    SELECT d.blks_hit::double precision / nullif(d.blks_hit + d.blks_read, 0), d.xact_commit, d.xact_rollback, d.deadlocks, d.temp_bytes,
           coalesce(d.stats_reset, pg_catalog.pg_postmaster_start_time())
      INTO hits, commits, rollbacks, deadlocks, temporary, since
      FROM pg_catalog.pg_stat_database d WHERE d.datname = pg_catalog.current_database();
    SELECT count(*) FILTER (WHERE a.backend_type = 'client backend'), count(*) FILTER (WHERE a.state = 'active'),
           count(*) FILTER (WHERE a.state LIKE 'idle in transaction%'), count(*) FILTER (WHERE a.backend_type = 'autovacuum worker'),
           extract(epoch FROM pg_catalog.clock_timestamp() - min(a.xact_start))
      INTO sessions, active, idle_open, vacuums, oldest FROM pg_catalog.pg_stat_activity a;
    bytes := pg_catalog.pg_database_size(pg_catalog.current_database());
    most_sessions := pg_catalog.current_setting('max_connections')::int;
    age := (SELECT pg_catalog.age(d.datfrozenxid) FROM pg_catalog.pg_database d WHERE d.datname = pg_catalog.current_database());
    replicas := (SELECT count(*) FROM pg_catalog.pg_stat_replication);
    server := pg_catalog.current_setting('server_version');
    started := pg_catalog.pg_postmaster_start_time();
END $$;

-- What runs or holds a transaction open now, the longest first, and whom each waits for.
CREATE FUNCTION console.sessions(most int)
RETURNS TABLE (pid int, role text, program text, state text, waits text, blockers int[], open_for double precision, runs_for double precision,
    statement text)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = '' AS $$
#variable_conflict use_column
BEGIN
    PERFORM console.demand();
    RETURN QUERY
        SELECT a.pid, a.usename::text, pg_catalog.left(a.application_name, 60), a.state, a.wait_event_type || ' · ' || a.wait_event,
               CASE WHEN a.wait_event_type = 'Lock' THEN pg_catalog.pg_blocking_pids(a.pid) ELSE '{}' END,
               extract(epoch FROM pg_catalog.clock_timestamp() - a.xact_start)::double precision,
               extract(epoch FROM pg_catalog.clock_timestamp() - a.query_start)::double precision, console.bare(a.query)
          FROM pg_catalog.pg_stat_activity a
         WHERE a.datname = pg_catalog.current_database() AND a.backend_type IN ('client backend', 'autovacuum worker')
           AND a.state <> 'idle' AND a.pid <> pg_catalog.pg_backend_pid()
         ORDER BY a.xact_start NULLS LAST LIMIT least(sessions.most, 200);
END $$;

-- The statements that took longest altogether, where the server counts them (extension pg_stat_statements); else nothing.
CREATE FUNCTION console.statements(most int)
RETURNS TABLE (calls bigint, total_ms double precision, mean_ms double precision, longest_ms double precision, rows bigint,
    hits double precision, role text, statement text)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = '' AS $$
DECLARE
    place text := (SELECT n.nspname FROM pg_catalog.pg_extension e JOIN pg_catalog.pg_namespace n ON n.oid = e.extnamespace
                    WHERE e.extname = 'pg_stat_statements');
BEGIN
    PERFORM console.demand();
    IF place IS NOT NULL THEN
        RETURN QUERY EXECUTE pg_catalog.format($q$
            SELECT s.calls, s.total_exec_time, s.mean_exec_time, s.max_exec_time, s.rows,
                   s.shared_blks_hit::double precision / nullif(s.shared_blks_hit + s.shared_blks_read, 0), r.rolname::text, console.bare(s.query)
              FROM %I.pg_stat_statements s LEFT JOIN pg_catalog.pg_roles r ON r.oid = s.userid
             WHERE s.dbid = (SELECT d.oid FROM pg_catalog.pg_database d WHERE d.datname = pg_catalog.current_database())
             ORDER BY s.total_exec_time DESC LIMIT $1 $q$, place) USING least(most, 200);
    END IF;
EXCEPTION WHEN object_not_in_prerequisite_state THEN
    RETURN; -- made here, and not loaded by this server
END $$;

-- The largest tables. A table that somebody changes stands with its size at its last vacuum: asking for more would wait for him.
CREATE FUNCTION console.tables(most int)
RETURNS TABLE (name text, bytes bigint, of_indexes bigint, live bigint, dead bigint, scans bigint, vacuumed timestamptz, analysed timestamptz)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = '' AS $$
#variable_conflict use_column
BEGIN
    PERFORM console.demand();
    RETURN QUERY
        WITH changing AS MATERIALIZED (
            SELECT l.relation FROM pg_catalog.pg_locks l WHERE l.locktype = 'relation' AND l.mode = 'AccessExclusiveLock'
        ), found AS MATERIALIZED (
            SELECT c.oid, n.nspname || '.' || c.relname AS name, c.relpages,
                   c.oid IN (SELECT relation FROM changing)
                   OR EXISTS (SELECT FROM pg_catalog.pg_index i WHERE i.indrelid = c.oid AND i.indexrelid IN (SELECT relation FROM changing)) AS busy
              FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
             WHERE c.relkind IN ('r', 'm') AND n.nspname IN ('public', 'gate', 'trail', 'work')
        ), sized AS (
            SELECT f.*, CASE WHEN f.busy THEN f.relpages::bigint * 8192 ELSE pg_catalog.pg_total_relation_size(f.oid) END AS whole,
                   CASE WHEN f.busy THEN 0 ELSE pg_catalog.pg_indexes_size(f.oid) END AS indexes
              FROM found f
        )
        SELECT z.name, z.whole, z.indexes, s.n_live_tup, s.n_dead_tup, s.seq_scan + coalesce(s.idx_scan, 0),
               greatest(s.last_vacuum, s.last_autovacuum), greatest(s.last_analyze, s.last_autoanalyze)
          FROM sized z LEFT JOIN pg_catalog.pg_stat_all_tables s ON s.relid = z.oid
         ORDER BY z.whole DESC NULLS LAST, z.name LIMIT least(tables.most, 500);
END $$;

-- Indexes that no statement used since the statistics began, the largest first; those that keep something unique have their use.
CREATE FUNCTION console.idle_indexes(most int) RETURNS TABLE (name text, of_table text, bytes bigint)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = '' AS $$
#variable_conflict use_column
BEGIN
    PERFORM console.demand();
    RETURN QUERY
        SELECT s.indexrelname::text, s.schemaname || '.' || s.relname, c.relpages::bigint * 8192
          FROM pg_catalog.pg_stat_all_indexes s JOIN pg_catalog.pg_index i ON i.indexrelid = s.indexrelid
          JOIN pg_catalog.pg_class c ON c.oid = s.indexrelid
         WHERE s.idx_scan = 0 AND NOT i.indisunique AND s.schemaname IN ('public', 'gate', 'trail', 'work') AND c.relpages > 1
         ORDER BY c.relpages DESC, s.indexrelname LIMIT least(idle_indexes.most, 200);
END $$;

DO $$
DECLARE
    f regprocedure;
BEGIN
    FOR f IN SELECT p.oid::regprocedure FROM pg_proc p WHERE p.pronamespace = 'console'::regnamespace LOOP
        EXECUTE format('REVOKE ALL ON FUNCTION %s FROM PUBLIC', f);
    END LOOP;
END $$;
GRANT EXECUTE ON FUNCTION console.standing(), console.work(text, text, text, bigint, int), console.schedules(),
    console.runs(text, timestamptz, text, int), console.seals(bigint, int), console.checks(int), console.operations(bigint, int),
    console.backups(int), console.backup_acts(bigint, int), console.server(), console.sessions(int), console.statements(int), console.tables(int),
    console.idle_indexes(int) TO forecourt_web;
RESET ROLE;

-- Where the server counts statements, the console tells them; the counts are nobody else's to read.
DO $$
BEGIN
    IF current_setting('shared_preload_libraries') ~ '\mpg_stat_statements\M'
       AND NOT EXISTS (SELECT FROM pg_extension WHERE extname = 'pg_stat_statements') THEN
        CREATE EXTENSION pg_stat_statements SCHEMA console;
        REVOKE ALL ON console.pg_stat_statements, console.pg_stat_statements_info FROM PUBLIC;
        GRANT SELECT ON console.pg_stat_statements TO forecourt_monitor;
        GRANT EXECUTE ON FUNCTION console.pg_stat_statements(boolean) TO forecourt_monitor;
    END IF;
EXCEPTION WHEN insufficient_privilege OR undefined_file OR feature_not_supported THEN
    RAISE NOTICE 'statements are not counted: %', SQLERRM;
END $$;
