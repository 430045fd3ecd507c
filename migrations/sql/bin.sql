-- The recycle bin: what was deleted, whole and with its ciphertexts, where nobody but the guard reads it.
SET LOCAL ROLE forecourt_guard;
CREATE TABLE gate.bin (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    at timestamptz NOT NULL,
    tx xid8 NOT NULL, -- what went together comes back together
    relation regclass NOT NULL,
    entity text NOT NULL,
    record_id bigint NOT NULL,
    key text NOT NULL, -- table:id
    wholes text[] NOT NULL, -- the keys of what it was a part of, with which it goes
    deleted_by bigint,
    deleted_kind text NOT NULL,
    deleted_name text,
    content jsonb NOT NULL,
    restoring xid8 -- the transaction that is bringing it back
);
CREATE INDEX bin_listed ON gate.bin (entity, id);
CREATE INDEX bin_together ON gate.bin (tx);
CREATE INDEX bin_of_record ON gate.bin (record_id, entity);
CREATE INDEX bin_old ON gate.bin (at);
CREATE INDEX bin_restoring ON gate.bin (restoring) WHERE restoring IS NOT NULL;
REVOKE ALL ON gate.bin FROM PUBLIC;

-- Keeps the rows that a statement deletes; one trigger on each table of records. What it is a part of, foreign keys say.
CREATE FUNCTION gate.keep() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' AS $$
DECLARE
    ticket jsonb := gate.ticket();
    columns text[];
    targets text[];
BEGIN
    IF NOT EXISTS (SELECT FROM gone) THEN RETURN NULL; END IF;
    SELECT pg_catalog.array_agg(a.attname::text), pg_catalog.array_agg(f.relname::text) INTO columns, targets
      FROM pg_catalog.pg_constraint c
      JOIN pg_catalog.pg_attribute a ON a.attrelid = c.conrelid AND a.attnum = c.conkey[pg_catalog.cardinality(c.conkey)]
      JOIN pg_catalog.pg_class f ON f.oid = c.confrelid
     WHERE c.conrelid = TG_RELID AND c.contype = 'f' AND c.confdeltype = 'c';
    INSERT INTO gate.bin (at, tx, relation, entity, record_id, key, wholes, deleted_by, deleted_kind, deleted_name, content)
    SELECT pg_catalog.clock_timestamp(), pg_catalog.pg_current_xact_id(), TG_RELID, TG_ARGV[0], (r.j ->> 'id')::bigint,
           TG_TABLE_NAME || ':' || (r.j ->> 'id'),
           ARRAY(SELECT u.target || ':' || (r.j ->> u.col) FROM unnest(columns, targets) AS u (col, target) WHERE r.j ->> u.col IS NOT NULL),
           (ticket ->> 'u')::bigint, coalesce(ticket ->> 'k', 'database'), ticket ->> 'n', r.j
      FROM (SELECT pg_catalog.to_jsonb(g) AS j FROM gone AS g) AS r;
    RETURN NULL;
END $$;

-- Whether rows of this transaction are being brought back. The setting is a hint that spares the question; the bin decides.
CREATE FUNCTION gate.coming_back() RETURNS boolean
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = '' AS $$
BEGIN
    RETURN coalesce(pg_catalog.current_setting('forecourt.restoring', true), '') <> ''
       AND EXISTS (SELECT FROM gate.bin b WHERE b.restoring = pg_catalog.pg_current_xact_id_if_assigned());
END $$;

-- What was deleted of an entity by itself, newest first, for an actor who may delete it, of records that lay within his reach;
-- `single` is one of them. Ciphertexts are left out.
CREATE FUNCTION gate.binned(entity text, at_most int DEFAULT 50, until bigint DEFAULT NULL, person text DEFAULT NULL,
    first timestamptz DEFAULT NULL, last timestamptz DEFAULT NULL, single bigint DEFAULT NULL)
RETURNS TABLE (id bigint, at timestamptz, record_id bigint, deleted_kind text, deleted_name text, parts bigint, content jsonb)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = '' AS $$
#variable_conflict use_column
DECLARE
    target regclass := pg_catalog.to_regclass(pg_catalog.format('public.%I', binned.entity));
    scope text := trail.scope_of(target);
    secret text[];
BEGIN
    IF target IS NULL OR NOT gate.may(binned.entity, 'delete') THEN
        RETURN;
    END IF;
    SELECT coalesce(pg_catalog.array_agg(attname::text), '{}') INTO secret FROM pg_catalog.pg_attribute
     WHERE attrelid = target AND attnum > 0 AND NOT attisdropped AND atttypid = 'bytea'::regtype;
    RETURN QUERY EXECUTE pg_catalog.format($q$
        SELECT b.id, b.at, b.record_id, b.deleted_kind, b.deleted_name,
               (SELECT pg_catalog.count(*) FROM gate.bin p WHERE p.tx = b.tx AND b.key = ANY (p.wholes)), b.content - $1
          FROM gate.bin b
         WHERE b.relation = %1$L::regclass AND b.entity = $2 AND ($3 IS NULL OR b.id < $3)
           AND ($4 IS NULL OR pg_catalog.strpos(pg_catalog.lower(b.deleted_name), pg_catalog.lower($4)) > 0)
           AND ($5 IS NULL OR b.at >= $5) AND ($6 IS NULL OR b.at < $6) AND ($7 IS NULL OR b.id = $7)
           AND EXISTS (SELECT FROM pg_catalog.jsonb_populate_record(NULL::%1$s, b.content) AS t WHERE %2$s)
           AND NOT EXISTS (SELECT FROM gate.bin w WHERE w.tx = b.tx AND w.key = ANY (b.wholes))
         ORDER BY b.id DESC LIMIT $8 $q$, target, scope)
      USING secret, binned.entity, until, person, first, last, single, least(at_most, 500);
END $$;

-- Locks what lies under a number of the bin, with all that went with it, and marks it as coming back: the whole first. Nothing
-- where the actor may not, or somebody was faster. For public.bring_back alone.
CREATE FUNCTION gate.take_out(entity text, number bigint)
RETURNS TABLE (id bigint, depth int, relation regclass, entity_of text, record_id bigint, content jsonb)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' AS $$
#variable_conflict use_column
BEGIN
    PERFORM FROM gate.bin b WHERE b.id = number FOR UPDATE;
    IF NOT EXISTS (SELECT FROM gate.binned(take_out.entity, single => number)) THEN
        RETURN;
    END IF;
    RETURN QUERY
    WITH RECURSIVE together AS (
        SELECT b.id, b.tx, b.key, 0 AS depth FROM gate.bin b WHERE b.id = number
        UNION ALL
        SELECT p.id, p.tx, p.key, t.depth + 1 FROM together t JOIN gate.bin p ON p.tx = t.tx AND t.key = ANY (p.wholes) WHERE t.depth < 20
    ), once AS (
        SELECT t.id, max(t.depth) AS depth FROM together t GROUP BY t.id
    ), marked AS (
        UPDATE gate.bin b SET restoring = pg_catalog.pg_current_xact_id() FROM once o WHERE b.id = o.id
        RETURNING b.id, o.depth, b.relation, b.entity, b.record_id, b.content
    )
    SELECT m.* FROM marked m ORDER BY m.depth, m.id;
END $$;

-- Empties the bin of what came back and tells the trail; what could not come with it stays.
CREATE FUNCTION gate.taken_out(back bigint[]) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' AS $$
DECLARE
    one gate.bin;
BEGIN
    FOR one IN DELETE FROM gate.bin b WHERE b.id = ANY (back) AND b.restoring = pg_catalog.pg_current_xact_id() RETURNING b.* LOOP
        PERFORM trail.write('bring_back', one.entity, one.record_id, (one.content ->> 'store_id')::bigint, NULL,
            pg_catalog.jsonb_build_object('deleted_at', one.at, 'deleted_by', one.deleted_by));
    END LOOP;
    UPDATE gate.bin b SET restoring = NULL WHERE b.restoring = pg_catalog.pg_current_xact_id();
END $$;

-- Empties the bin of what was deleted more than so many days ago; answers how many rows. For the system.
CREATE FUNCTION gate.empty_bin(days int) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' AS $$
DECLARE
    gone bigint;
BEGIN
    DELETE FROM gate.bin b WHERE b.at < pg_catalog.now() - pg_catalog.make_interval(days => days);
    GET DIAGNOSTICS gone = ROW_COUNT;
    RETURN gone;
END $$;

-- Empties the bin of one record and of what went with it, for good: a person asked to be forgotten. Answers how many rows.
CREATE FUNCTION gate.purge_bin(entity text, record_id bigint) RETURNS bigint
LANGUAGE sql SECURITY DEFINER SET search_path = '' AS $$
WITH RECURSIVE together AS (
    SELECT b.id, b.tx, b.key, 0 AS depth FROM gate.bin b WHERE b.record_id = purge_bin.record_id AND b.entity = purge_bin.entity
    UNION ALL
    SELECT p.id, p.tx, p.key, t.depth + 1 FROM together t JOIN gate.bin p ON p.tx = t.tx AND t.key = ANY (p.wholes) WHERE t.depth < 20
), gone AS (
    DELETE FROM gate.bin b WHERE b.id IN (SELECT t.id FROM together t) RETURNING 1
)
SELECT pg_catalog.count(*) FROM gone $$;

REVOKE ALL ON FUNCTION gate.keep(), gate.coming_back(), gate.binned(text, int, bigint, text, timestamptz, timestamptz, bigint),
    gate.take_out(text, bigint), gate.taken_out(bigint[]), gate.empty_bin(int), gate.purge_bin(text, bigint) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION gate.keep(), gate.coming_back(), gate.take_out(text, bigint), gate.taken_out(bigint[]) TO forecourt_owner;
GRANT EXECUTE ON FUNCTION gate.binned(text, int, bigint, text, timestamptz, timestamptz, bigint) TO forecourt_web, forecourt_worker;
GRANT EXECUTE ON FUNCTION gate.empty_bin(int), gate.purge_bin(text, bigint) TO forecourt_worker;
RESET ROLE;

-- Brings back what lies under a number of the bin, with its parts, under the numbers they had; a part whose other references are
-- gone stays in the bin. Keys, checks and rules hold; consequences that were had once are not had again. Answers each row and
-- whether it is back; nothing where there is nothing for this actor.
SET LOCAL ROLE forecourt_owner;
CREATE FUNCTION public.bring_back(entity text, number bigint) RETURNS TABLE (of_entity text, of_record bigint, part boolean, back boolean)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' AS $$
DECLARE
    one record;
    names text;
    done bigint[] := '{}';
BEGIN
    PERFORM pg_catalog.set_config('forecourt.restoring', entity, true);
    FOR one IN SELECT * FROM gate.take_out(entity, number) LOOP
        SELECT pg_catalog.string_agg(pg_catalog.quote_ident(a.attname), ', ') INTO names FROM pg_catalog.pg_attribute a
         WHERE a.attrelid = one.relation AND a.attnum > 0 AND NOT a.attisdropped AND a.attgenerated = '' AND one.content ? a.attname;
        of_entity := one.entity_of;
        of_record := one.record_id;
        part := one.depth > 0;
        BEGIN
            EXECUTE pg_catalog.format('INSERT INTO %1$s (%2$s) OVERRIDING SYSTEM VALUE SELECT %2$s FROM pg_catalog.jsonb_populate_record(NULL::%1$s, $1)',
                one.relation, names) USING one.content;
            done := done || one.id;
            back := true;
        EXCEPTION WHEN foreign_key_violation THEN
            IF NOT part THEN RAISE; END IF;
            back := false;
        END;
        RETURN NEXT;
    END LOOP;
    PERFORM gate.taken_out(done);
    PERFORM pg_catalog.set_config('forecourt.restoring', '', true);
END $$;
REVOKE ALL ON FUNCTION public.bring_back(text, bigint) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION public.bring_back(text, bigint) TO forecourt_web, forecourt_worker;
RESET ROLE;
