-- The trail: every change of an audited table and every named event, written by the database in the same transaction.
-- An entry seals a salted digest; its values lie beside it and can be erased without breaking the seal.
-- Every function fixes its search_path, so nothing a caller creates can stand in for ours.
CREATE SCHEMA IF NOT EXISTS trail AUTHORIZATION forecourt_guard;
SET LOCAL ROLE forecourt_guard;
REVOKE ALL ON SCHEMA trail FROM PUBLIC;
GRANT USAGE ON SCHEMA trail TO forecourt_web, forecourt_worker, forecourt_owner, forecourt_sealer;

-- Tables ------------------------------------------------------------------------------------------------------------
CREATE TABLE trail.entry (
    id bigint GENERATED ALWAYS AS IDENTITY,
    at timestamptz NOT NULL,
    tx xid8 NOT NULL,
    actor_id bigint,
    actor_kind text COLLATE "C" NOT NULL, -- person token job system, nobody, or database: a role that announced nobody
    actor_name text,
    db_role text COLLATE "C" NOT NULL,
    request_id text COLLATE "C",
    action text COLLATE "C" NOT NULL,
    entity text COLLATE "C",
    record_id bigint,
    store_id bigint,
    version bigint,
    count bigint,
    values_digest bytea, -- sha256(salt || 0x1f || before || 0x1f || after); NULL when the entry never had values
    digest bytea NOT NULL, -- sha256 over every column above, as trail.write and its siblings put them together
    PRIMARY KEY (id, at)
) PARTITION BY RANGE (at);
CREATE INDEX entry_of_record ON trail.entry (record_id, entity);
CREATE INDEX entry_erasing ON trail.entry (id) WHERE action = 'erase'; -- verification reads these first

CREATE TABLE trail.value (
    entry_id bigint NOT NULL,
    at timestamptz NOT NULL,
    salt bytea,
    before text,
    after text,
    PRIMARY KEY (entry_id, at)
) PARTITION BY RANGE (at);

CREATE TABLE trail.seal (
    entry_id bigint NOT NULL,
    at timestamptz NOT NULL,
    batch_no bigint NOT NULL,
    position int NOT NULL,
    leaf bytea NOT NULL, -- sha256(0x00 || digest)
    PRIMARY KEY (batch_no, position, at)
) PARTITION BY RANGE (at);

CREATE TABLE trail.batch (
    no bigint PRIMARY KEY,
    entries int NOT NULL CHECK (entries > 0),
    size bigint NOT NULL, -- entries sealed up to and with this batch
    root bytea NOT NULL,
    previous bytea NOT NULL,
    head bytea NOT NULL UNIQUE, -- sha256(0x01 || previous || no || size || root)
    note text NOT NULL, -- the checkpoint that was signed
    signature bytea NOT NULL,
    key_id text NOT NULL, -- of the key that signed, as in the note's signature line
    sealed_at timestamptz NOT NULL
);

-- Entries that wait for their seal: one row a statement, so that bulk writes pay for it once.
CREATE TABLE trail.queue (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    at timestamptz NOT NULL,
    entries bigint[] NOT NULL
) WITH (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 1000);

-- Entries the sealer found changed or gone before it could seal them.
CREATE TABLE trail.refused (
    entry_id bigint PRIMARY KEY,
    at timestamptz NOT NULL,
    found_at timestamptz NOT NULL DEFAULT now(),
    reason text NOT NULL
);

-- Tables whose writes the trail records; a trigger missing on one of them is a gap in the trail.
CREATE TABLE trail.attached (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    relation regclass NOT NULL UNIQUE,
    name text NOT NULL,
    entity text NOT NULL,
    secrets text[] NOT NULL,
    store_column text NOT NULL,
    ready boolean NOT NULL DEFAULT false
);

-- Append-only -------------------------------------------------------------------------------------------------------
CREATE FUNCTION trail.refuse() RETURNS trigger
LANGUAGE plpgsql SET search_path = '' AS $$
BEGIN
    IF TG_OP = 'UPDATE' AND TG_TABLE_NAME LIKE 'value%' AND current_user = 'forecourt_guard' THEN
        IF NEW.entry_id = OLD.entry_id AND NEW.at = OLD.at AND NEW.salt IS NULL AND NEW.before IS NULL AND NEW.after IS NULL THEN
            RETURN NEW; -- trail.erase
        END IF;
    END IF;
    RAISE insufficient_privilege USING MESSAGE = pg_catalog.format('%s is refused: %I.%I is append-only', TG_OP, TG_TABLE_SCHEMA, TG_TABLE_NAME);
END $$;

CREATE FUNCTION trail.refuse_truncate() RETURNS trigger
LANGUAGE plpgsql SET search_path = '' AS $$
BEGIN
    RAISE insufficient_privilege USING MESSAGE = pg_catalog.format('TRUNCATE of %I.%I is refused: it would leave no trail', TG_TABLE_SCHEMA, TG_TABLE_NAME);
END $$;

DO $$
DECLARE
    name text;
BEGIN
    FOREACH name IN ARRAY ARRAY['entry', 'value', 'seal', 'batch', 'refused'] LOOP
        EXECUTE format('CREATE TRIGGER refuse BEFORE UPDATE OR DELETE ON trail.%I FOR EACH ROW EXECUTE FUNCTION trail.refuse()', name);
        EXECUTE format('CREATE TRIGGER refuse_truncate BEFORE TRUNCATE ON trail.%I FOR EACH STATEMENT EXECUTE FUNCTION trail.refuse_truncate()', name);
        EXECUTE format('ALTER TABLE trail.%I ENABLE ALWAYS TRIGGER refuse', name);
        EXECUTE format('ALTER TABLE trail.%I ENABLE ALWAYS TRIGGER refuse_truncate', name);
    END LOOP;
END $$;

-- Makes the partitions of this month and of `ahead` months after it; answers how many were new. A month whose entries
-- already lie in the default partition stays there: nothing is moved, nothing is lost.
CREATE FUNCTION trail.extend(ahead int DEFAULT 3) RETURNS int
LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' SET timezone = 'UTC' AS $$
DECLARE
    parent text;
    part text;
    month timestamptz;
    made int := 0;
BEGIN
    FOR i IN 0 .. ahead LOOP
        month := pg_catalog.date_trunc('month', pg_catalog.now()) + pg_catalog.make_interval(months => i);
        FOREACH parent IN ARRAY ARRAY['entry', 'value', 'seal'] LOOP
            part := parent || pg_catalog.to_char(month, '_YYYY_MM');
            CONTINUE WHEN pg_catalog.to_regclass('trail.' || part) IS NOT NULL;
            BEGIN
                EXECUTE pg_catalog.format('CREATE TABLE trail.%I PARTITION OF trail.%I FOR VALUES FROM (%L) TO (%L)',
                    part, parent, month, month + interval '1 month');
                PERFORM trail.harden(part);
                made := made + 1;
            EXCEPTION WHEN check_violation THEN NULL;
            END;
        END LOOP;
    END LOOP;
    RETURN made;
END $$;

-- Row triggers reach partitions by themselves, those against TRUNCATE do not.
CREATE FUNCTION trail.harden(part text) RETURNS void
LANGUAGE plpgsql SET search_path = '' AS $$
BEGIN
    EXECUTE pg_catalog.format('CREATE TRIGGER refuse_truncate BEFORE TRUNCATE ON trail.%I FOR EACH STATEMENT EXECUTE FUNCTION trail.refuse_truncate()', part);
    EXECUTE pg_catalog.format('ALTER TABLE trail.%I ENABLE ALWAYS TRIGGER refuse_truncate', part);
END $$;

CREATE TABLE trail.entry_default PARTITION OF trail.entry DEFAULT;
CREATE TABLE trail.value_default PARTITION OF trail.value DEFAULT;
CREATE TABLE trail.seal_default PARTITION OF trail.seal DEFAULT;
SELECT trail.harden('entry_default'), trail.harden('value_default'), trail.harden('seal_default');
SELECT trail.extend(3);

-- Writing entries ---------------------------------------------------------------------------------------------------
-- A text with its length before it, so that no two lists of texts read the same.
CREATE FUNCTION trail.sized(word text) RETURNS text
LANGUAGE sql IMMUTABLE SET search_path = '' AS
$$ SELECT coalesce(pg_catalog.octet_length(word) || ':' || word, '-') $$;

-- What all entries of one statement share: who, when and what.
CREATE TYPE trail.head AS (
    at timestamptz, tx xid8, actor_id bigint, actor_kind text, actor_name text, db_role text, request_id text, action text, entity text,
    encoded text,
    further text -- what more is told of what a row became, as JSON pairs: reasons for doubted values, that it followed from another write
);

-- The reasons somebody gave for values a check doubts, by field, as the pair that capture adds to what a row became. A
-- process sets them for one statement; they are texts of its, of no weight but the words.
CREATE FUNCTION trail.reasons(given jsonb) RETURNS text
LANGUAGE sql IMMUTABLE SET search_path = '' AS $$
SELECT '"@override": ' || pg_catalog.jsonb_object_agg(pg_catalog.left(r.key, 48), pg_catalog.left(r.value, 200))::text
  FROM pg_catalog.jsonb_each_text(given) AS r WHERE r.value <> '' $$;

CREATE FUNCTION trail.head_of(action text, entity text) RETURNS trail.head
LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' AS $$
DECLARE
    ticket jsonb := gate.ticket();
    h trail.head;
BEGIN
    h.at := pg_catalog.clock_timestamp();
    h.tx := pg_catalog.pg_current_xact_id();
    h.actor_id := (ticket ->> 'u')::bigint;
    h.actor_kind := coalesce(ticket ->> 'k', 'database');
    h.actor_name := ticket ->> 'n';
    h.db_role := session_user;
    h.request_id := ticket ->> 'q';
    h.action := action;
    h.entity := entity;
    h.encoded := pg_catalog.concat((extract(epoch FROM h.at) * 1000000)::bigint, '|', h.tx, '|', h.actor_id, '|',
        trail.sized(h.actor_kind), trail.sized(h.actor_name), trail.sized(h.db_role),
        trail.sized(h.request_id), trail.sized(h.action), trail.sized(h.entity));
    IF pg_catalog.current_setting('forecourt.override', true) <> '' THEN
        h.further := trail.reasons(pg_catalog.current_setting('forecourt.override')::jsonb -> entity);
    END IF;
    IF pg_catalog.pg_trigger_depth() > 1 THEN -- capture itself is the first
        h.further := pg_catalog.concat_ws(', ', h.further, '"@consequence": true');
    END IF;
    RETURN h;
END $$;

-- Every function that writes entries ends with this statement: from changes (record_id, store_id, version, count, before,
-- after) to entries, values and queue. `h` is the statement's trail.head.
CREATE FUNCTION trail.tail(changes text) RETURNS text
LANGUAGE sql IMMUTABLE SET search_path = '' AS $$
SELECT pg_catalog.format($tail$
    WITH change AS MATERIALIZED (
        SELECT pg_catalog.nextval('trail.entry_id_seq'::regclass) AS id, c.*,
               CASE WHEN c.before IS NOT NULL OR c.after IS NOT NULL THEN pg_catalog.uuid_send(pg_catalog.gen_random_uuid()) END AS salt
          FROM (%s) AS c (record_id, store_id, version, count, before, after)
    ), digested AS MATERIALIZED (
        SELECT id, record_id, store_id, version, count,
               CASE WHEN salt IS NOT NULL THEN pg_catalog.sha256(salt || '\x1f'::bytea
                   || pg_catalog.convert_to(pg_catalog.concat(before, E'\x1f', after), 'UTF8')) END AS values_digest
          FROM change
    ), kept AS (
        INSERT INTO trail.entry (id, at, tx, actor_id, actor_kind, actor_name, db_role, request_id, action, entity,
                                 record_id, store_id, version, count, values_digest, digest)
        OVERRIDING SYSTEM VALUE
        SELECT id, h.at, h.tx, h.actor_id, h.actor_kind, h.actor_name, h.db_role, h.request_id, h.action, h.entity,
               record_id, store_id, version, count, values_digest,
               pg_catalog.sha256(pg_catalog.convert_to(pg_catalog.concat(id, '|', record_id, '|', store_id, '|', version, '|', count, '|',
                   pg_catalog.encode(values_digest, 'hex'), '|', h.encoded), 'UTF8'))
          FROM digested
    ), valued AS (
        INSERT INTO trail.value (entry_id, at, salt, before, after) SELECT id, h.at, salt, before, after FROM change WHERE salt IS NOT NULL
    )
    INSERT INTO trail.queue (at, entries)
    SELECT h.at, pg_catalog.array_agg(id) FROM (SELECT id, (pg_catalog.row_number() OVER () - 1) / 5000 AS part FROM change) AS numbered
     GROUP BY part ORDER BY part
$tail$, changes) $$;

-- Writes one entry that no table's trigger writes; answers its id. Not for callers outside this schema.
DO $do$
BEGIN
    EXECUTE format($f$
CREATE FUNCTION trail.write(action text, entity text, record bigint, store bigint, how_many bigint, details jsonb) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' AS $body$
#variable_conflict use_column
DECLARE
    h trail.head := trail.head_of(action, entity);
BEGIN
    %s;
    RETURN pg_catalog.currval('trail.entry_id_seq'::regclass);
END $body$ $f$, trail.tail('SELECT record, store, NULL::bigint, how_many, NULL::text, details::text'));
END $do$;

-- Capture -----------------------------------------------------------------------------------------------------------
-- Columns whose change alone is no news: the entry itself says who, when and which version.
CREATE FUNCTION trail.is_bookkeeping(name text) RETURNS boolean
LANGUAGE sql IMMUTABLE SET search_path = '' AS
$$ SELECT name IN ('updated_at', 'updated_by', 'version', 'changed_on', 'changed_by_fk') $$;

-- The expression for one column of row `r` as a JSON pair, NULL when it is null; a secret only says that it changed.
CREATE FUNCTION trail.pair(r text, name text, secret boolean) RETURNS text
LANGUAGE sql IMMUTABLE SET search_path = '' AS $$
SELECT CASE WHEN secret
    THEN pg_catalog.format('CASE WHEN %s.%I IS NOT NULL THEN %L END', r, name, pg_catalog.to_json(name) || ': "changed"')
    ELSE pg_catalog.format('%L || pg_catalog.to_json(%s.%I)::text', pg_catalog.to_json(name) || ': ', r, name)
END $$;

-- The same for one column of an update, as it was (`r` = 'o') or became (`r` = 'n'); NULL when it did not change.
CREATE FUNCTION trail.changed_pair(r text, name text, secret boolean, type text) RETURNS text
LANGUAGE sql IMMUTABLE SET search_path = '' AS $$
SELECT pg_catalog.format('CASE WHEN o.%1$I%2$s IS DISTINCT FROM n.%1$I%2$s THEN %3$L || %4$s END', name,
    CASE WHEN type IN ('bool', 'int2', 'int4', 'int8', 'date', 'timestamptz', 'timestamp', 'uuid', 'bytea', 'jsonb') THEN ''
         WHEN type IN ('text', 'varchar', 'bpchar') THEN ' COLLATE "C"'
         ELSE '::text' END, -- equality of other types may be missing, or call different values equal
    pg_catalog.to_json(name) || ': ',
    CASE WHEN secret THEN pg_catalog.format($t$CASE WHEN %s.%I IS NULL THEN 'null' ELSE '"changed"' END$t$, r, name)
         ELSE pg_catalog.format($t$coalesce(pg_catalog.to_json(%s.%I)::text, 'null')$t$, r, name) END)
$$;

-- The function that captures one table, written for its columns of now: comparing named columns costs a tenth of
-- comparing rows as JSON.
CREATE FUNCTION trail.compose(a trail.attached) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' AS $$
DECLARE
    keys text;
    whole text;
    born text;
    before text;
    after text;
    changed text;
BEGIN
    SELECT pg_catalog.concat_ws(', ',
               coalesce(pg_catalog.max('r.id::bigint') FILTER (WHERE c.name = 'id'), 'NULL::bigint'),
               coalesce(pg_catalog.max(pg_catalog.format('r.%I::bigint', c.name)) FILTER (WHERE c.name = a.store_column), 'NULL::bigint'),
               coalesce(pg_catalog.max('r.version::bigint') FILTER (WHERE c.name = 'version'), 'NULL::bigint'),
               'NULL::bigint'),
           pg_catalog.string_agg(trail.pair('r', c.name, c.secret), ', ' ORDER BY c.nth) FILTER (WHERE NOT trail.is_bookkeeping(c.name)),
           pg_catalog.string_agg(trail.pair('r', c.name, c.secret), ', ' ORDER BY c.nth)
               FILTER (WHERE NOT trail.is_bookkeeping(c.name) AND c.name NOT IN ('id', 'created_at', 'created_by')), -- the entry says them
           pg_catalog.string_agg(trail.changed_pair('o', c.name, c.secret, c.type), ', ' ORDER BY c.nth) FILTER (WHERE NOT trail.is_bookkeeping(c.name)),
           pg_catalog.string_agg(trail.changed_pair('n', c.name, c.secret, c.type), ', ' ORDER BY c.nth) FILTER (WHERE NOT trail.is_bookkeeping(c.name))
      INTO keys, whole, born, before, after
      FROM (SELECT t.attname::text AS name, t.attnum AS nth, y.typname::text AS type, y.typname = 'bytea' OR t.attname = ANY (a.secrets) AS secret
              FROM pg_catalog.pg_attribute t JOIN pg_catalog.pg_type y ON y.oid = t.atttypid
             WHERE t.attrelid = a.relation AND t.attnum > 0 AND NOT t.attisdropped) AS c;
    whole := pg_catalog.format($t$'{' || pg_catalog.array_to_string(ARRAY[%s], ', ') || '}'$t$, whole);
    born := pg_catalog.format($t$'{' || pg_catalog.array_to_string(ARRAY[%s, h.further], ', ') || '}'$t$, born);
    before := pg_catalog.format($t$'{' || nullif(pg_catalog.array_to_string(ARRAY[%s], ', '), '') || '}'$t$, before);
    after := pg_catalog.format($t$'{' || nullif(pg_catalog.array_to_string(ARRAY[%s, h.further], ', '), '') || '}'$t$, after);
    -- Both tables hold the rows in the order in which they were updated; a key may itself have been updated.
    changed := pg_catalog.format($t$
        SELECT %s, %s AS before, %s AS after
          FROM (SELECT pg_catalog.row_number() OVER () AS trail_nth, x.* FROM old_rows AS x) AS o
          JOIN (SELECT pg_catalog.row_number() OVER () AS trail_nth, x.* FROM new_rows AS x) AS n USING (trail_nth)
        OFFSET 0$t$, pg_catalog.replace(keys, 'r.', 'n.'), before, after);
    EXECUTE pg_catalog.format($f$
CREATE OR REPLACE FUNCTION trail.%I() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' SET enable_nestloop = off SET jit = off AS $body$
#variable_conflict use_column
DECLARE
    h trail.head;
    -- What changed in rows that only hold a value under another key: one entry tells of all of them.
    resealed text := CASE WHEN pg_catalog.current_setting('forecourt.resealing', true) <> '' THEN gate.resealing() END;
BEGIN
    IF TG_OP = 'INSERT' THEN
        IF NOT EXISTS (SELECT FROM new_rows) THEN RETURN NULL; END IF;
        h := trail.head_of('insert', TG_ARGV[0]);
        %s;
    ELSIF TG_OP = 'UPDATE' THEN
        IF NOT EXISTS (SELECT FROM new_rows) THEN RETURN NULL; END IF;
        IF resealed IS NOT NULL THEN
            h := trail.head_of('reseal', TG_ARGV[0]);
            resealed := '{' || pg_catalog.to_json(resealed) || ': "changed"}';
            %s;
        END IF;
        h := trail.head_of('update', TG_ARGV[0]);
        %s;
    ELSE
        IF NOT EXISTS (SELECT FROM old_rows) THEN RETURN NULL; END IF;
        h := trail.head_of('delete', TG_ARGV[0]);
        %s;
    END IF;
    RETURN NULL;
END $body$ $f$,
        'capture_' || a.id,
        trail.tail(pg_catalog.format('SELECT %s, NULL::text, %s FROM new_rows AS r', keys, born)),
        trail.tail(pg_catalog.format($t$SELECT NULL::bigint, NULL::bigint, NULL::bigint, pg_catalog.count(*), NULL::text,
                pg_catalog.jsonb_build_object('field', gate.resealing(), 'records', pg_catalog.jsonb_agg(u.record_id ORDER BY u.record_id))::text
              FROM (%s) AS u (record_id, store_id, version, count, before, after) WHERE u.before = resealed AND u.after = resealed
            HAVING pg_catalog.count(*) > 0$t$, changed)),
        trail.tail(pg_catalog.format($t$SELECT * FROM (%s) AS u (record_id, store_id, version, count, before, after)
             WHERE u.before IS NOT NULL AND (resealed IS NULL OR u.before <> resealed OR u.after <> resealed)$t$, changed)),
        trail.tail(pg_catalog.format('SELECT %s, %s, NULL::text FROM old_rows AS r', keys, whole)));
    EXECUTE pg_catalog.format('REVOKE ALL ON FUNCTION trail.%I() FROM PUBLIC', 'capture_' || a.id);
    EXECUTE pg_catalog.format('GRANT EXECUTE ON FUNCTION trail.%I() TO forecourt_owner', 'capture_' || a.id);
END $$;

-- Prepares a table's capture and answers the name of its function; trail.attach does the rest with the owner's rights.
CREATE FUNCTION trail.register(target regclass, entity text, secrets text[], store_column text) RETURNS text
LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' AS $$
DECLARE
    a trail.attached;
    odd text;
BEGIN
    SELECT pg_catalog.string_agg(t.attname, ', ') INTO odd FROM pg_catalog.pg_attribute t
     WHERE t.attrelid = target AND t.attnum > 0 AND NOT t.attisdropped AND t.attname = ANY (ARRAY['id', 'version', store_column])
       AND t.atttypid NOT IN ('int2'::regtype, 'int4'::regtype, 'int8'::regtype);
    IF odd IS NOT NULL THEN
        RAISE wrong_object_type USING MESSAGE = pg_catalog.format('%s of %s must be whole numbers', odd, target);
    END IF;
    INSERT INTO trail.attached AS t (relation, name, entity, secrets, store_column)
    VALUES (target, target::text, entity, coalesce(secrets, '{}'), coalesce(store_column, ''))
    ON CONFLICT (relation) DO UPDATE SET name = excluded.name, entity = excluded.entity, secrets = excluded.secrets, store_column = excluded.store_column
    RETURNING * INTO a;
    PERFORM trail.compose(a);
    RETURN 'capture_' || a.id;
END $$;

CREATE FUNCTION trail.declare_ready(target regclass, is_ready boolean) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' AS $$
DECLARE
    a trail.attached;
BEGIN
    UPDATE trail.attached t SET ready = is_ready WHERE t.relation = target AND t.ready <> is_ready RETURNING t.* INTO a;
    IF FOUND THEN
        PERFORM trail.write(CASE WHEN is_ready THEN 'attach' ELSE 'detach' END, a.entity, NULL, NULL, NULL,
                            pg_catalog.jsonb_build_object('table', a.name));
    END IF;
    IF NOT is_ready THEN
        DELETE FROM trail.attached t WHERE t.relation = target;
    END IF;
END $$;

-- Drops the functions that captured tables no longer attached; one that a trigger still calls stays.
CREATE FUNCTION trail.sweep() RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' AS $$
DECLARE
    stray regprocedure;
BEGIN
    FOR stray IN
        SELECT p.oid::regprocedure FROM pg_catalog.pg_proc p
         WHERE p.pronamespace = 'trail'::regnamespace AND p.proname ~ '^capture_[0-9]+$'
           AND NOT EXISTS (SELECT FROM trail.attached a WHERE 'capture_' || a.id = p.proname)
           AND NOT EXISTS (SELECT FROM pg_catalog.pg_trigger t WHERE t.tgfoid = p.oid)
    LOOP
        EXECUTE pg_catalog.format('DROP FUNCTION %s', stray);
    END LOOP;
END $$;

-- Installs the trail on a table; run by its owner, again whenever its secrets change. Columns are followed by themselves.
CREATE FUNCTION trail.attach(target regclass, entity text, secrets text[], store_column text) RETURNS void
LANGUAGE plpgsql SET search_path = '' AS $$
DECLARE
    capture text := trail.register(target, entity, secrets, store_column);
    verb text;
BEGIN
    FOREACH verb IN ARRAY ARRAY['insert', 'update', 'delete'] LOOP
        EXECUTE pg_catalog.format('CREATE OR REPLACE TRIGGER %I AFTER %s ON %s REFERENCING %s FOR EACH STATEMENT EXECUTE FUNCTION trail.%I(%L)',
            'trail_' || verb, verb, target,
            CASE verb WHEN 'insert' THEN 'NEW TABLE AS new_rows' WHEN 'delete' THEN 'OLD TABLE AS old_rows' ELSE 'OLD TABLE AS old_rows NEW TABLE AS new_rows' END,
            capture, entity);
        EXECUTE pg_catalog.format('ALTER TABLE %s ENABLE ALWAYS TRIGGER %I', target, 'trail_' || verb);
    END LOOP;
    EXECUTE pg_catalog.format('CREATE OR REPLACE TRIGGER trail_truncate BEFORE TRUNCATE ON %s FOR EACH STATEMENT EXECUTE FUNCTION trail.refuse_truncate()', target);
    EXECUTE pg_catalog.format('ALTER TABLE %s ENABLE ALWAYS TRIGGER trail_truncate', target);
    PERFORM trail.declare_ready(target, true);
END $$;

-- Takes the trail off a table, which is itself an entry; run by its owner.
CREATE FUNCTION trail.detach(target regclass) RETURNS void
LANGUAGE plpgsql SET search_path = '' AS $$
DECLARE
    verb text;
BEGIN
    PERFORM trail.declare_ready(target, false);
    FOREACH verb IN ARRAY ARRAY['insert', 'update', 'delete', 'truncate'] LOOP
        EXECUTE pg_catalog.format('DROP TRIGGER IF EXISTS %I ON %s', 'trail_' || verb, target);
    END LOOP;
    PERFORM trail.sweep();
END $$;

-- Attached tables one of whose triggers is missing, switched off or not ours: gaps in the trail.
CREATE FUNCTION trail.gaps() RETURNS SETOF text
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = '' AS $$
SELECT a.name FROM trail.attached a
 WHERE a.ready AND 4 <> (
     SELECT pg_catalog.count(*) FROM pg_catalog.pg_trigger t JOIN pg_catalog.pg_proc p ON p.oid = t.tgfoid
      WHERE t.tgrelid = a.relation AND t.tgenabled = 'A' AND p.pronamespace = 'trail'::regnamespace AND t.tgqual IS NULL
        AND t.tgattr = '' AND ((t.tgname IN ('trail_insert', 'trail_update', 'trail_delete') AND p.proname = 'capture_' || a.id)
             OR (t.tgname = 'trail_truncate' AND p.proname = 'refuse_truncate')))
 ORDER BY a.name $$;

-- Events ------------------------------------------------------------------------------------------------------------
-- Notes an event that changes no row; answers the entry's id. Actor and time are the database's to say. A web process speaks
-- for somebody it announced, and of what it lets him do; what happens at doors only the gate writes, past this function.
CREATE FUNCTION trail.note(action text, entity text, record_id bigint, store_id bigint, details jsonb, count bigint DEFAULT NULL) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' AS $$
BEGIN
    IF action IS NULL OR action <> ALL (ARRAY['sign_in', 'sign_out', 'sign_in_failed', 'locked', 'step_up', 'session_ended', 'password_changed',
        'token_created', 'token_ended', 'reveal', 'open', 'dial', 'search', 'claim', 'export', 'print', 'import', 'import_undone', 'denied',
        'undo', 'hand_over', 'transfer', 'schema', 'backup', 'restore', 'drill', 'job_failed', 'audit_read', 'audit_verify', 'audit_export',
        'console_read']) THEN
        RAISE invalid_parameter_value USING MESSAGE = pg_catalog.format('not an event of the trail: %L', action);
    END IF;
    IF session_user = 'forecourt_web' AND (gate.ticket() IS NULL OR action <> ALL (ARRAY['reveal', 'open', 'dial', 'search', 'claim', 'export',
        'print', 'import', 'import_undone', 'undo', 'hand_over', 'transfer', 'denied', 'audit_read', 'audit_verify', 'audit_export',
        'console_read'])) THEN
        RAISE insufficient_privilege USING MESSAGE = pg_catalog.format('%L is not noted by a web process, or nobody was announced', action);
    END IF;
    RETURN trail.write(action, entity, record_id, store_id, count, details);
END $$;

-- Erases the values of a record's entries, and the record in the recycle bin; a sealed entry says which and why. Answers how many were erased.
CREATE FUNCTION trail.erase(entity text, record_id bigint, reason text) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' AS $$
#variable_conflict use_variable
DECLARE
    ids bigint[];
BEGIN
    PERFORM gate.purge_bin(entity, record_id);
    SELECT pg_catalog.array_agg(e.id ORDER BY e.id) INTO ids
      FROM trail.entry e JOIN trail.value v ON v.entry_id = e.id AND v.at = e.at
     WHERE e.record_id = erase.record_id AND e.entity = erase.entity AND e.action <> 'erase' AND v.salt IS NOT NULL;
    IF ids IS NULL THEN
        RETURN 0;
    END IF;
    PERFORM trail.write('erase', entity, record_id, NULL, pg_catalog.cardinality(ids),
        pg_catalog.jsonb_build_object('entries', pg_catalog.to_jsonb(ids), 'reason', reason));
    UPDATE trail.value v SET salt = NULL, before = NULL, after = NULL FROM trail.entry e
     WHERE e.record_id = erase.record_id AND e.entity = erase.entity AND e.id = ANY (ids) AND v.entry_id = e.id AND v.at = e.at;
    RETURN pg_catalog.cardinality(ids);
END $$;

-- Reading -----------------------------------------------------------------------------------------------------------
-- What the row policies of a table let a web process read, as one condition over its columns; 'false' where there is none.
CREATE FUNCTION trail.scope_of(target regclass) RETURNS text
LANGUAGE sql STABLE SET search_path = '' AS $$
SELECT pg_catalog.concat_ws(' AND ',
           coalesce('(' || pg_catalog.string_agg(p.clause, ' OR ') FILTER (WHERE p.polpermissive) || ')', 'false'),
           pg_catalog.string_agg(p.clause, ' AND ') FILTER (WHERE NOT p.polpermissive))
  FROM (SELECT polpermissive, '(' || pg_catalog.pg_get_expr(polqual, polrelid) || ')' AS clause FROM pg_catalog.pg_policy
         WHERE polrelid = target AND polcmd IN ('*', 'r') AND polroles && ARRAY[0::oid, 'forecourt_web'::regrole::oid]) AS p $$;

-- The entries of some records, newest first: those before `until`, after `since`. For an actor who may read the entity, of
-- records he sees, however he reaches them; of a deleted one, when he finds it in the recycle bin.
CREATE FUNCTION trail.history(entity text, records bigint[], at_most int DEFAULT 50, until bigint DEFAULT NULL, since bigint DEFAULT 0)
RETURNS TABLE (id bigint, at timestamptz, act text, record_id bigint, actor_id bigint, actor_kind text, actor_name text, request_id text,
               action text, version bigint, before text, after text, erased boolean)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = '' AS $$
#variable_conflict use_column
DECLARE
    seen bigint[];
BEGIN
    IF NOT gate.may(history.entity, 'read') THEN
        RETURN;
    END IF;
    seen := public.records_seen(history.entity, records);
    RETURN QUERY
    SELECT e.id, e.at, e.tx::text, e.record_id, e.actor_id, e.actor_kind, e.actor_name, e.request_id, e.action, e.version, v.before, v.after,
           e.values_digest IS NOT NULL AND v.salt IS NULL
      FROM trail.entry e LEFT JOIN trail.value v ON v.entry_id = e.id AND v.at = e.at
     WHERE e.record_id = ANY (seen) AND e.entity = history.entity
       AND e.action IN ('insert', 'update', 'delete', 'erase', 'undo', 'bring_back')
       AND (until IS NULL OR e.id < until) AND e.id > since
     ORDER BY e.id DESC LIMIT least(at_most, 20000);
END $$;

-- The records of the entity that the act of this entry changed and that the actor sees: what one request did in one
-- transaction, but for what followed from it. An act's entries lie close together, which spares an index.
CREATE FUNCTION trail.act(entity text, entry_id bigint) RETURNS bigint[]
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = '' AS $$
#variable_conflict use_column
DECLARE
    one trail.entry;
    found bigint[];
BEGIN
    SELECT * INTO one FROM trail.entry e WHERE e.id = act.entry_id AND e.entity = act.entity;
    IF one.id IS NULL OR NOT gate.may(act.entity, 'read') THEN
        RETURN '{}';
    END IF;
    SELECT pg_catalog.array_agg(DISTINCT e.record_id) INTO found
      FROM trail.entry e JOIN trail.value v ON v.entry_id = e.id AND v.at = e.at
     WHERE e.id BETWEEN one.id - 100000 AND one.id + 100000 AND e.at BETWEEN one.at - interval '15 minutes' AND one.at + interval '15 minutes'
       AND e.tx = one.tx AND e.entity = act.entity AND e.action = 'update' AND v.after IS NOT NULL AND NOT v.after::jsonb ? '@consequence';
    found := public.records_seen(act.entity, found);
    RETURN CASE WHEN one.record_id = ANY (found) THEN found ELSE '{}' END;
END $$;

-- Who may call what -------------------------------------------------------------------------------------------------
REVOKE ALL ON ALL TABLES IN SCHEMA trail FROM PUBLIC;
REVOKE ALL ON ALL FUNCTIONS IN SCHEMA trail FROM PUBLIC;
GRANT EXECUTE ON FUNCTION trail.note(text, text, bigint, bigint, jsonb, bigint), trail.history(text, bigint[], int, bigint, bigint),
    trail.act(text, bigint) TO forecourt_web, forecourt_worker;
GRANT EXECUTE ON FUNCTION trail.scope_of(regclass) TO forecourt_owner;
GRANT EXECUTE ON FUNCTION trail.erase(text, bigint, text) TO forecourt_worker;
GRANT EXECUTE ON FUNCTION trail.attach(regclass, text, text[], text), trail.detach(regclass), trail.refuse_truncate(),
    trail.register(regclass, text, text[], text), trail.declare_ready(regclass, boolean), trail.sweep() TO forecourt_owner;
GRANT SELECT ON ALL TABLES IN SCHEMA trail TO forecourt_sealer;
GRANT INSERT ON trail.batch, trail.seal, trail.refused TO forecourt_sealer;
GRANT DELETE ON trail.queue TO forecourt_sealer;
GRANT EXECUTE ON FUNCTION trail.extend(int), trail.gaps() TO forecourt_sealer;
RESET ROLE;

-- Those of some records that the actor sees; read with the owner's eyes by the tables' own policies.
SET LOCAL ROLE forecourt_owner;
CREATE FUNCTION public.records_seen(entity text, records bigint[]) RETURNS bigint[]
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = '' AS $$
DECLARE
    target regclass := pg_catalog.to_regclass(pg_catalog.format('public.%I', entity));
    scope text := trail.scope_of(target);
    found bigint[];
BEGIN
    IF target IS NOT NULL AND scope <> 'false' THEN
        EXECUTE pg_catalog.format('SELECT pg_catalog.array_agg(id) FROM %s WHERE id = ANY ($1) AND (%s)', target, scope) INTO found USING records;
    END IF;
    RETURN coalesce(found, '{}');
END $$;
REVOKE ALL ON FUNCTION public.records_seen(text, bigint[]) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION public.records_seen(text, bigint[]) TO forecourt_guard;
RESET ROLE;

-- Schema changes ----------------------------------------------------------------------------------------------------
-- Follows the columns of attached tables, and refuses to leave one of them with a trigger missing or switched off.
SET LOCAL ROLE forecourt_guard;
CREATE FUNCTION trail.follow() RETURNS event_trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' AS $$
DECLARE
    gap text;
BEGIN
    IF TG_TAG = 'ALTER TABLE' THEN
        PERFORM trail.compose(a) FROM trail.attached a
          JOIN (SELECT DISTINCT objid FROM pg_catalog.pg_event_trigger_ddl_commands()) AS c ON c.objid = a.relation;
    END IF;
    SELECT g INTO gap FROM trail.gaps() AS g LIMIT 1;
    IF gap IS NOT NULL THEN
        RAISE insufficient_privilege USING MESSAGE = pg_catalog.format('%s would have a gap in its trail; trail.detach() takes the trail off', gap);
    END IF;
END $$;

-- A table that is dropped leaves an entry, and nothing of its own behind.
CREATE FUNCTION trail.bury() RETURNS event_trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' AS $$
BEGIN
    PERFORM trail.declare_ready(o.objid::regclass, false) FROM pg_catalog.pg_event_trigger_dropped_objects() AS o
      JOIN trail.attached a ON a.relation = o.objid WHERE o.object_type = 'table';
    PERFORM trail.sweep();
END $$;
REVOKE ALL ON FUNCTION trail.follow(), trail.bury() FROM PUBLIC;
RESET ROLE;
CREATE EVENT TRIGGER trail_follow ON ddl_command_end WHEN TAG IN ('ALTER TABLE', 'CREATE TRIGGER', 'DROP TRIGGER', 'ALTER TRIGGER')
    EXECUTE FUNCTION trail.follow();
CREATE EVENT TRIGGER trail_bury ON sql_drop WHEN TAG IN ('DROP TABLE', 'DROP SCHEMA', 'DROP OWNED') EXECUTE FUNCTION trail.bury();
ALTER EVENT TRIGGER trail_follow ENABLE ALWAYS;
ALTER EVENT TRIGGER trail_bury ENABLE ALWAYS;
