-- Uploaded files: what was sent, by whom, and the record that holds it. The bytes lie outside the database, by content.
CREATE TABLE upload (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    uuid uuid NOT NULL DEFAULT gen_random_uuid() UNIQUE,
    store_id bigint REFERENCES store (id),
    entity text NOT NULL CHECK (entity ~ '^[a-z][a-z0-9_]{0,47}$'),
    field text NOT NULL CHECK (field ~ '^[a-z][a-z0-9_]{0,47}$'),
    record_id bigint,
    name text NOT NULL CHECK (length(name) BETWEEN 1 AND 200),
    media_type text NOT NULL,
    size bigint NOT NULL CHECK (size > 0),
    sha256 text NOT NULL CHECK (sha256 ~ '^[0-9a-f]{64}$'),
    created_at timestamptz NOT NULL DEFAULT now(),
    created_by bigint
);
COMMENT ON COLUMN upload.record_id IS 'NULL until the record is saved; never changes afterwards';
CREATE INDEX upload_fresh ON upload (created_by, created_at) WHERE record_id IS NULL;
CREATE INDEX upload_of_record ON upload (entity, record_id) WHERE record_id IS NOT NULL;

-- Whether the asker sees the record: its own row policy decides, so a file is never seen further than its record.
CREATE FUNCTION upload_seen(entity text, record bigint) RETURNS boolean
LANGUAGE plpgsql STABLE SET search_path = '' AS $$
DECLARE
    holder regclass := pg_catalog.to_regclass(pg_catalog.format('public.%I', entity));
    seen boolean;
BEGIN
    IF holder IS NOT NULL AND pg_catalog.has_table_privilege(holder, 'SELECT') THEN
        EXECUTE pg_catalog.format('SELECT true FROM %s WHERE id = $1', holder) INTO seen USING record;
    END IF;
    RETURN coalesce(seen, false);
END $$;

-- Who and when is the database's to say; an upload is bound to one record, once, and to that record's store.
CREATE FUNCTION upload_stamp() RETURNS trigger
LANGUAGE plpgsql SET search_path = '' AS $$
BEGIN
    IF session_user NOT IN ('forecourt_web', 'forecourt_worker') THEN
        RETURN NEW;
    END IF;
    IF NOT (gate.may(NEW.entity, 'create') OR gate.may(NEW.entity, 'update')) THEN
        RAISE insufficient_privilege USING MESSAGE = pg_catalog.format('uploads for %s are not granted', NEW.entity);
    END IF;
    IF TG_OP = 'INSERT' THEN
        NEW.created_at := pg_catalog.now();
        NEW.created_by := gate.my_id();
        NEW.record_id := NULL;
        NEW.store_id := NULL;
    ELSIF OLD.record_id IS NOT NULL OR NEW.record_id IS NULL OR NOT public.upload_seen(NEW.entity, NEW.record_id) THEN
        RAISE insufficient_privilege USING MESSAGE = 'an upload is bound once, to a record within reach';
    ELSE
        EXECUTE pg_catalog.format('SELECT (pg_catalog.to_jsonb(t) ->> ''store_id'')::bigint FROM public.%I t WHERE t.id = $1', NEW.entity)
           INTO NEW.store_id USING NEW.record_id;
    END IF;
    RETURN NEW;
END $$;
REVOKE ALL ON FUNCTION upload_seen(text, bigint), upload_stamp() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION upload_seen(text, bigint) TO forecourt_web, forecourt_worker;

CREATE TRIGGER stamp_upload BEFORE INSERT OR UPDATE ON upload FOR EACH ROW EXECUTE FUNCTION upload_stamp();
ALTER TABLE upload ENABLE ALWAYS TRIGGER stamp_upload;
ALTER TABLE upload ENABLE ROW LEVEL SECURITY;
CREATE POLICY scope ON upload FOR ALL TO forecourt_web, forecourt_worker
    USING (CASE WHEN record_id IS NULL THEN created_by = (SELECT gate.my_id()) ELSE upload_seen(entity, record_id) END)
    WITH CHECK (CASE WHEN record_id IS NULL THEN created_by = (SELECT gate.my_id()) ELSE upload_seen(entity, record_id) END);
GRANT SELECT, INSERT (entity, field, name, media_type, size, sha256), UPDATE (record_id) ON upload TO forecourt_web, forecourt_worker;
SELECT trail.attach('upload', 'upload', '{}'::text[], 'store_id');
