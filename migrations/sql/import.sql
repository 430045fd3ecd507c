-- Imports: a batch is a file on its way into one store; its stage holds rows as they will be stored, sealed values already sealed.
CREATE FUNCTION gate.check_stage() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' AS $$
BEGIN
    IF NOT gate.may('customer', 'import') OR EXISTS (SELECT FROM new_rows n WHERE n.store_id <> ALL ((SELECT gate.my_stores('customer'))::bigint[])) THEN
        RAISE insufficient_privilege USING MESSAGE = 'import into this store is not granted';
    END IF;
    RETURN NULL;
END $$;
ALTER FUNCTION gate.check_stage() OWNER TO forecourt_guard;
REVOKE ALL ON FUNCTION gate.check_stage() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION gate.check_stage() TO forecourt_owner;

SET LOCAL ROLE forecourt_owner;

CREATE TABLE import_batch (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    uuid uuid NOT NULL DEFAULT gen_random_uuid() UNIQUE,
    version integer NOT NULL DEFAULT 1,
    created_at timestamptz NOT NULL DEFAULT now(),
    created_by bigint, -- the importer
    updated_at timestamptz NOT NULL DEFAULT now(),
    updated_by bigint,
    store_id bigint NOT NULL REFERENCES store (id),
    file_name text NOT NULL CHECK (length(file_name) BETWEEN 1 AND 200),
    file_hash bytea NOT NULL CHECK (octet_length(file_hash) = 32),
    file_size bigint NOT NULL CHECK (file_size >= 0),
    choices jsonb NOT NULL DEFAULT '{}',
    mapping jsonb,
    preview bytea, -- sealed: what was detected, and the first cells of each column
    owner_rule text NOT NULL CHECK (owner_rule IN ('nobody', 'me', 'employee', 'column')),
    owner_id bigint,
    state text NOT NULL DEFAULT 'mapping' CHECK (state IN
        ('mapping', 'checking', 'checked', 'importing', 'done', 'undoing', 'undone', 'failed', 'expired')),
    counts jsonb NOT NULL DEFAULT '{}',
    problem jsonb, -- why it stands, in both languages
    work_id bigint,
    finished_at timestamptz,
    UNIQUE (store_id, id),
    CONSTRAINT import_batch_owner_fk FOREIGN KEY (store_id, owner_id) REFERENCES employee (store_id, id)
);
CREATE INDEX import_batch_newest ON import_batch (store_id, id DESC);

-- COPY is refused where row security holds, so rows enter by a partition that nobody may read and are read through its parent.
CREATE TABLE import_row (
    batch_id bigint NOT NULL,
    line integer NOT NULL,
    store_id bigint NOT NULL,
    state text NOT NULL CHECK (state IN ('ready', 'failed')),
    customer jsonb, -- columns of the record to be, NULL when the row tells of none
    customer_tokens bigint[],
    customer_leader integer, -- an earlier line about the same customer
    customer_match bigint, -- a record of this store
    customer_why text CHECK (customer_why IN ('number', 'id_card', 'person', 'car')),
    vehicle jsonb,
    vehicle_tokens bigint[],
    vehicle_leader integer,
    vehicle_match bigint,
    kept bytea, -- sealed: cells of columns without a field
    raw bytea, -- sealed: the cells of a failed row, and what was wrong with them
    failures jsonb,
    answer text CHECK (answer IN ('join', 'new', 'skip')),
    PRIMARY KEY (batch_id, line),
    FOREIGN KEY (store_id, batch_id) REFERENCES import_batch (store_id, id) ON DELETE CASCADE
) PARTITION BY LIST (batch_id);
CREATE TABLE import_row_dock PARTITION OF import_row DEFAULT;
CREATE INDEX import_row_failed ON import_row (batch_id, line) WHERE state = 'failed';
CREATE INDEX import_row_offered ON import_row (batch_id, line) WHERE customer_match IS NOT NULL OR vehicle_match IS NOT NULL;
CREATE TRIGGER check_stage AFTER INSERT ON import_row_dock REFERENCING NEW TABLE AS new_rows
    FOR EACH STATEMENT EXECUTE FUNCTION gate.check_stage();
ALTER TABLE import_row_dock ENABLE ALWAYS TRIGGER check_stage;

CREATE TABLE import_kept (
    batch_id bigint NOT NULL,
    line integer NOT NULL,
    store_id bigint NOT NULL,
    kept bytea NOT NULL,
    PRIMARY KEY (batch_id, line),
    FOREIGN KEY (store_id, batch_id) REFERENCES import_batch (store_id, id) ON DELETE CASCADE
);

-- What became of each line; the key keeps a line from making a record twice.
CREATE TABLE import_link (
    batch_id bigint NOT NULL,
    entity text NOT NULL,
    line integer NOT NULL,
    store_id bigint NOT NULL,
    record_id bigint NOT NULL,
    action text NOT NULL CHECK (action IN ('created', 'joined', 'matched')),
    version integer NOT NULL, -- of the record as the batch left it
    filled jsonb, -- the columns a join filled, each with a digest of what it put there
    undone text CHECK (undone IN ('removed', 'restored', 'changed', 'used')),
    PRIMARY KEY (batch_id, entity, line),
    FOREIGN KEY (store_id, batch_id) REFERENCES import_batch (store_id, id) ON DELETE CASCADE
);
CREATE INDEX import_link_record ON import_link (record_id, entity);

-- How far each lane of a batch's writing is; locked by who writes, so that a job that runs twice waits and then goes on.
CREATE TABLE import_progress (
    batch_id bigint NOT NULL,
    lane integer NOT NULL,
    store_id bigint NOT NULL,
    line integer NOT NULL DEFAULT 0,
    rows bigint NOT NULL DEFAULT 0,
    PRIMARY KEY (batch_id, lane),
    FOREIGN KEY (store_id, batch_id) REFERENCES import_batch (store_id, id) ON DELETE CASCADE
);

DO $$
DECLARE
    name text;
    clause text := $c$store_id = ANY ((SELECT gate.my_stores('customer'))::bigint[]) AND (SELECT gate.may('customer', 'import'))$c$;
BEGIN
    FOREACH name IN ARRAY ARRAY['import_batch', 'import_row', 'import_kept', 'import_link', 'import_progress'] LOOP
        EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', name);
        EXECUTE format('CREATE POLICY scope ON %I FOR ALL TO forecourt_web, forecourt_worker USING (%s) WITH CHECK (%s)', name, clause, clause);
        EXECUTE format('GRANT SELECT, INSERT, UPDATE, DELETE ON %I TO forecourt_worker', name);
        EXECUTE format('GRANT SELECT ON %I TO forecourt_web', name);
    END LOOP;
END $$;
REVOKE INSERT ON import_row FROM forecourt_worker;
GRANT INSERT ON import_row_dock TO forecourt_worker;
REVOKE SELECT ON import_kept FROM forecourt_web;
GRANT INSERT, UPDATE ON import_batch TO forecourt_web;
GRANT UPDATE (answer) ON import_row TO forecourt_web;
CREATE TRIGGER stamp_row BEFORE INSERT OR UPDATE ON import_batch FOR EACH ROW EXECUTE FUNCTION gate.stamp_row('store');
ALTER TABLE import_batch ENABLE ALWAYS TRIGGER stamp_row;
SELECT trail.attach('import_batch', 'import_batch', ARRAY['preview'], 'store_id');

-- The guard matches persons and cars past the row policies, and tells nobody whom.
GRANT SELECT ON customer, vehicle TO forecourt_guard;
CREATE POLICY guard ON customer FOR SELECT TO forecourt_guard USING (true);
CREATE POLICY guard ON vehicle FOR SELECT TO forecourt_guard USING (true);
GRANT REFERENCES ON customer TO forecourt_guard;
RESET ROLE;

-- The same person's customers at all stores of the group, known by one number; no role but the guard reads it.
SET LOCAL ROLE forecourt_guard;
CREATE TABLE gate.person_link (
    customer_id bigint PRIMARY KEY REFERENCES public.customer (id) ON DELETE CASCADE,
    person_no bigint NOT NULL
);
CREATE INDEX person_link_person ON gate.person_link (person_no);

-- Links customers by identity number, or by phone and name; never by phone alone.
CREATE FUNCTION gate.link_persons() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' AS $$
DECLARE
    moved bigint[];
BEGIN
    IF TG_OP = 'UPDATE' THEN
        SELECT pg_catalog.array_agg(n.id) INTO moved FROM new_rows n JOIN old_rows o USING (id)
         WHERE n.name <> o.name OR n.phone_bidx IS DISTINCT FROM o.phone_bidx OR n.id_card_bidx IS DISTINCT FROM o.id_card_bidx;
        IF moved IS NULL THEN
            RETURN NULL;
        END IF;
        DELETE FROM gate.person_link l WHERE l.customer_id = ANY (moved);
    END IF;
    WITH fresh AS MATERIALIZED (
        SELECT n.id, n.name, n.phone_bidx, n.id_card_bidx FROM new_rows n
         WHERE (moved IS NULL OR n.id = ANY (moved)) AND (n.phone_bidx IS NOT NULL OR n.id_card_bidx IS NOT NULL)
    ), pair AS MATERIALIZED (
        SELECT f.id, c.id AS other FROM fresh f JOIN public.customer c ON c.id_card_bidx = f.id_card_bidx AND c.id <> f.id
        UNION
        SELECT f.id, c.id FROM fresh f JOIN public.customer c ON c.phone_bidx = f.phone_bidx AND c.name = f.name AND c.id <> f.id
    ), person AS MATERIALIZED (
        SELECT p.id, coalesce(min(l.person_no), least(p.id, min(p.other))) AS no
          FROM pair p LEFT JOIN gate.person_link l ON l.customer_id = p.other GROUP BY p.id
    )
    INSERT INTO gate.person_link AS known
    SELECT one.id, min(one.no) FROM (SELECT id, no FROM person UNION ALL SELECT p.other, q.no FROM pair p JOIN person q USING (id)) AS one
     GROUP BY one.id ORDER BY one.id
    ON CONFLICT (customer_id) DO UPDATE SET person_no = least(known.person_no, excluded.person_no);
    RETURN NULL;
END $$;

-- Whole VIN, plate or phone in the whole group, answered without personal data: at which stores, which car, in which month it last came
-- in for work, or where it never did was last changed. A phone answers within the asker's own company, and of persons who agreed that the
-- group shares them. `wait` is seconds when too many were asked.
INSERT INTO gate.allowance VALUES ('claim', 60, 3600);
CREATE FUNCTION gate.find_or_claim(kind text, plain text, blind bytea, OUT wait integer, OUT known jsonb)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' AS $$
DECLARE
    me bigint := gate.my_id();
    home bigint := (gate.ticket() ->> 'h')::bigint;
    mine bigint[] := gate.my_stores('vehicle');
BEGIN
    IF me IS NULL OR NOT gate.may('vehicle', 'search') OR NOT gate.may('customer', 'search') THEN
        RAISE insufficient_privilege USING MESSAGE = 'search on vehicle and customer is not granted';
    END IF;
    wait := gate.take('claim:' || me);
    known := '[]';
    IF wait > 0 THEN
        RETURN;
    END IF;
    IF kind IN ('vin', 'plate') THEN
        SELECT coalesce(jsonb_agg(jsonb_build_object('store', s.id, 'name', s.name, 'here', s.id = ANY (mine), 'model', v.model, 'color', v.color,
                                                     'month', pg_catalog.to_char(x.seen AT TIME ZONE 'Asia/Shanghai', 'YYYY-MM')) ORDER BY x.seen DESC), '[]')
          INTO known FROM public.vehicle v JOIN public.store s ON s.id = v.store_id
         CROSS JOIN LATERAL (SELECT coalesce(public.last_visit(v.store_id, v.id), v.updated_at) AS seen) x
         WHERE CASE kind WHEN 'vin' THEN v.vin = plain ELSE v.plate = plain END;
    ELSIF kind = 'phone' THEN
        SELECT coalesce(jsonb_agg(jsonb_build_object('store', x.id, 'name', x.name, 'here', x.id = ANY (mine), 'month', x.month) ORDER BY x.month DESC, x.id), '[]')
          INTO known
          FROM (SELECT s.id, s.name, max(pg_catalog.to_char(c.updated_at AT TIME ZONE 'Asia/Shanghai', 'YYYY-MM')) AS month
                  FROM public.customer c JOIN public.store s ON s.id = c.store_id
                 WHERE c.phone_bidx = blind AND c.merged_into_id IS NULL AND c.archived_at IS NULL
                   AND (s.company_id = (SELECT h.company_id FROM public.store h WHERE h.id = home) OR public.shares_in_group(c.store_id, c.id))
                 GROUP BY s.id, s.name) AS x;
    ELSE
        RAISE invalid_parameter_value USING MESSAGE = pg_catalog.format('not a way to find: %L', kind);
    END IF;
    PERFORM trail.note('claim', CASE kind WHEN 'phone' THEN 'customer' ELSE 'vehicle' END, NULL, home,
                       pg_catalog.jsonb_build_object('kind', kind), pg_catalog.jsonb_array_length(known));
END $$;
-- What the group knows of a car that came in, for the record a store makes of it: VIN, model and colour, which are nobody's personal
-- data. Nothing where nobody knows it, or where stores know different cars by this plate. Counted and in the trail like asking.
INSERT INTO gate.allowance VALUES ('arrival', 60, 3600);
CREATE FUNCTION gate.car_known(kind text, plain text, OUT wait integer, OUT car jsonb)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' AS $$
DECLARE
    me bigint := gate.my_id();
BEGIN
    IF me IS NULL OR NOT gate.may('vehicle', 'search') OR NOT gate.may('vehicle', 'create') THEN
        RAISE insufficient_privilege USING MESSAGE = 'search and create on vehicle are not granted';
    END IF;
    wait := gate.take('arrival:' || me);
    IF wait > 0 THEN
        RETURN;
    END IF;
    SELECT jsonb_build_object('vin', min(v.vin), 'model', (pg_catalog.array_agg(v.model ORDER BY v.updated_at DESC) FILTER (WHERE v.model IS NOT NULL))[1],
                              'color', (pg_catalog.array_agg(v.color ORDER BY v.updated_at DESC) FILTER (WHERE v.color IS NOT NULL))[1])
      INTO car FROM public.vehicle v WHERE CASE kind WHEN 'vin' THEN v.vin = plain WHEN 'plate' THEN v.plate = plain END
    HAVING count(DISTINCT v.vin) = 1;
    PERFORM trail.note('claim', 'vehicle', NULL, (gate.ticket() ->> 'h')::bigint,
                       pg_catalog.jsonb_build_object('kind', kind, 'arrival', true), (car IS NOT NULL)::int);
END $$;
REVOKE ALL ON FUNCTION gate.link_persons(), gate.find_or_claim(text, text, bytea), gate.car_known(text, text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION gate.link_persons() TO forecourt_owner;
GRANT EXECUTE ON FUNCTION gate.find_or_claim(text, text, bytea), gate.car_known(text, text) TO forecourt_web, forecourt_worker;
GRANT EXECUTE ON FUNCTION gate.take(text) TO forecourt_owner; -- named actions count what they answer
RESET ROLE;

SET LOCAL ROLE forecourt_owner;
CREATE TRIGGER link_inserted AFTER INSERT ON customer REFERENCING NEW TABLE AS new_rows
    FOR EACH STATEMENT EXECUTE FUNCTION gate.link_persons();
CREATE TRIGGER link_updated AFTER UPDATE ON customer REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows
    FOR EACH STATEMENT EXECUTE FUNCTION gate.link_persons();
ALTER TABLE customer ENABLE ALWAYS TRIGGER link_inserted;
ALTER TABLE customer ENABLE ALWAYS TRIGGER link_updated;
REVOKE REFERENCES ON customer FROM forecourt_guard;
RESET ROLE;
