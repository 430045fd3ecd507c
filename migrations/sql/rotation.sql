-- Which keys sealed values are under: what each version of the key file is known by, so that a lost or foreign file is noticed, and
-- how far the values are under the newest. No key is here; a fingerprint tells nothing about the key it is of.
SET LOCAL ROLE forecourt_guard;
CREATE TABLE gate.field_key (
    name text PRIMARY KEY CHECK (name ~ '^(index|[1-9][0-9]{0,4})$'), -- a number as sealed values name it, or the key of blind indexes
    print text NOT NULL CHECK (length(print) = 32),
    first_used timestamptz NOT NULL DEFAULT now(),
    replaced_at timestamptz, -- since when a newer one seals
    retired_at timestamptz -- since when nothing is under it and no file need hold it
);

CREATE FUNCTION gate.known_keys() RETURNS TABLE (name text, print text, first_used timestamptz, replaced_at timestamptz, retired_at timestamptz)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = '' AS
$$ SELECT k.name, k.print, k.first_used, k.replaced_at, k.retired_at FROM gate.field_key k $$;

-- Notes a key at its first use; one that seals from now on replaces those before it. For the server's administrator.
CREATE FUNCTION gate.add_key(name text, print text, seals boolean) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' AS $$
#variable_conflict use_variable
BEGIN
    INSERT INTO gate.field_key (name, print, replaced_at) VALUES (name, print, CASE WHEN NOT seals AND name <> 'index' THEN pg_catalog.now() END);
    IF seals THEN
        UPDATE gate.field_key k SET replaced_at = pg_catalog.now() WHERE k.name <> 'index' AND k.name <> add_key.name AND k.replaced_at IS NULL;
    END IF;
    PERFORM trail.write('key_added', NULL, NULL, NULL, NULL, pg_catalog.jsonb_build_object('key', name));
END $$;

CREATE FUNCTION gate.retire_key(name text) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' AS $$
BEGIN
    UPDATE gate.field_key k SET retired_at = pg_catalog.now() WHERE k.name = retire_key.name AND k.replaced_at IS NOT NULL AND k.retired_at IS NULL;
    IF FOUND THEN
        PERFORM trail.write('key_retired', NULL, NULL, NULL, NULL, pg_catalog.jsonb_build_object('key', name));
    END IF;
END $$;

-- The factors' secrets, which the worker never reads: who adds a key, the server's administrator, seals them anew.
CREATE FUNCTION gate.reseal_factors(col text, people bigint[], was bytea[], is_now bytea[]) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' AS $$
DECLARE
    told jsonb;
BEGIN
    WITH done AS (
        UPDATE gate.factor f SET secret = CASE col WHEN 'secret' THEN g.new ELSE f.secret END,
                                 pending = CASE col WHEN 'pending' THEN g.new ELSE f.pending END
          FROM unnest(people, was, is_now) AS g (person, old, new)
         WHERE f.user_id = g.person AND CASE col WHEN 'secret' THEN f.secret WHEN 'pending' THEN f.pending END = g.old
        RETURNING f.user_id
    )
    SELECT pg_catalog.jsonb_agg(d.user_id) INTO told FROM done d;
    IF told IS NOT NULL THEN
        PERFORM trail.write('reseal', 'second_factor', NULL, NULL, pg_catalog.jsonb_array_length(told),
            pg_catalog.jsonb_build_object('field', col, 'records', told));
    END IF;
    RETURN coalesce(pg_catalog.jsonb_array_length(told), 0);
END $$;

-- What lies in the recycle bin with a sealed value in this column, for the system alone.
CREATE FUNCTION gate.sealed_bin(entity text, col text) RETURNS TABLE (id bigint, uuid uuid, blob bytea)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = '' AS $$
#variable_conflict use_column
BEGIN
    IF NOT gate.is_system() THEN
        RAISE insufficient_privilege USING MESSAGE = 'the bin is the system''s to seal anew';
    END IF;
    RETURN QUERY SELECT b.id, (b.content ->> 'uuid')::uuid, (b.content ->> sealed_bin.col)::bytea
      FROM gate.bin b WHERE b.entity = sealed_bin.entity AND b.content ->> sealed_bin.col IS NOT NULL;
END $$;

CREATE FUNCTION gate.reseal_bin(entity text, col text, ids bigint[], was bytea[], is_now bytea[]) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' AS $$
#variable_conflict use_column
DECLARE
    told jsonb;
BEGIN
    IF NOT gate.is_system() THEN
        RAISE insufficient_privilege USING MESSAGE = 'the bin is the system''s to seal anew';
    END IF;
    WITH done AS (
        UPDATE gate.bin b SET content = pg_catalog.jsonb_set(b.content, ARRAY[reseal_bin.col], pg_catalog.to_jsonb(g.new::text))
          FROM unnest(ids, was, is_now) AS g (id, old, new)
         WHERE b.id = g.id AND b.entity = reseal_bin.entity AND (b.content ->> reseal_bin.col)::bytea = g.old
           AND pg_catalog.octet_length(g.new) = pg_catalog.octet_length(g.old)
        RETURNING b.record_id
    )
    SELECT pg_catalog.jsonb_agg(d.record_id) INTO told FROM done d;
    IF told IS NOT NULL THEN
        PERFORM trail.write('reseal', reseal_bin.entity, NULL, NULL, pg_catalog.jsonb_array_length(told),
            pg_catalog.jsonb_build_object('field', reseal_bin.col, 'records', told, 'bin', true));
    END IF;
    RETURN coalesce(pg_catalog.jsonb_array_length(told), 0);
END $$;

REVOKE ALL ON gate.field_key FROM PUBLIC;
REVOKE ALL ON FUNCTION gate.known_keys(), gate.add_key(text, text, boolean), gate.retire_key(text), gate.sealed_bin(text, text),
    gate.reseal_factors(text, bigint[], bytea[], bytea[]), gate.reseal_bin(text, text, bigint[], bytea[], bytea[]) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION gate.known_keys() TO forecourt_web, forecourt_worker, forecourt_owner;
GRANT EXECUTE ON FUNCTION gate.sealed_bin(text, text), gate.reseal_bin(text, text, bigint[], bytea[], bytea[]) TO forecourt_worker;
RESET ROLE;

-- How far each pass is in each place; written with every batch, so that whoever goes on goes on there.
SET LOCAL ROLE forecourt_owner;
CREATE TABLE work.reseal (
    pass bigint NOT NULL, -- the work that began it
    place text NOT NULL,
    reached bigint[] NOT NULL, -- the key of the last row looked at
    resealed bigint NOT NULL DEFAULT 0,
    broken bigint NOT NULL DEFAULT 0, -- values that do not open and stay as they are
    ended boolean NOT NULL DEFAULT false,
    at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (pass, place)
);
ALTER TABLE work.reseal ENABLE ROW LEVEL SECURITY;
CREATE POLICY announced ON work.reseal TO forecourt_worker USING ((SELECT gate.ticket() ->> 'k') = 'system');
GRANT SELECT, INSERT, UPDATE, DELETE ON work.reseal TO forecourt_worker;
RESET ROLE;
