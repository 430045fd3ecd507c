-- Named actions on customers. They belong to the tables' owner, so they reach every child of a customer, whatever the actor's grants on
-- it; each asks for his right and his store first, and the trail names him.

-- Some tables here are made from their models after the migrations.
SET LOCAL check_function_bodies = off;

-- What a merge moved, by table and column, so that it can be taken back; nobody but these functions reads it.
CREATE TABLE merge_memory (
    merge_id bigint PRIMARY KEY,
    moved jsonb NOT NULL,
    before jsonb NOT NULL,
    version integer NOT NULL
);
COMMENT ON TABLE merge_memory IS 'What a merge of customers moved to the one who stayed, what he held in the fields he took over, and his version after it';

-- Gives every record that points to one customer to another of his store. A record that may stand only once and stands at the other
-- already stays where it is. Answers what moved: {"table.column": [ids]}.
CREATE FUNCTION repoint(target text, old bigint, new bigint) RETURNS jsonb
LANGUAGE plpgsql SET search_path = '' AS $$
DECLARE
    link record;
    ids bigint[];
    one bigint;
    gone jsonb := '{}';
BEGIN
    FOR link IN
        SELECT r.relname::text AS child, a.attname::text AS col
          FROM pg_catalog.pg_constraint c JOIN pg_catalog.pg_class r ON r.oid = c.conrelid
          JOIN pg_catalog.pg_attribute a ON a.attrelid = c.conrelid AND a.attnum = c.conkey[pg_catalog.cardinality(c.conkey)]
         WHERE c.contype = 'f' AND c.confrelid = target::regclass AND r.relnamespace = 'public'::regnamespace AND c.conrelid <> 'public.customer_merge'::regclass
         ORDER BY 1, 2
    LOOP
        ids := '{}';
        FOR one IN EXECUTE pg_catalog.format('SELECT id FROM public.%I WHERE %I = $1 ORDER BY id', link.child, link.col) USING old LOOP
            BEGIN
                EXECUTE pg_catalog.format('UPDATE public.%I SET %I = $1 WHERE id = $2', link.child, link.col) USING new, one;
                ids := ids || one;
            EXCEPTION WHEN unique_violation OR exclusion_violation OR check_violation THEN
                NULL; -- the one who stays has it already
            END;
        END LOOP;
        IF ids <> '{}' THEN
            gone := gone || pg_catalog.jsonb_build_object(link.child || '.' || link.col, pg_catalog.to_jsonb(ids));
        END IF;
    END LOOP;
    RETURN gone;
END $$;

-- Merges `loser` into `survivor`, both of one store within reach and neither merged before; answers the merge's number. `taken` are
-- the survivor's columns that the caller fills from the loser right after, in one change.
CREATE FUNCTION merge_customer(survivor bigint, loser bigint, taken text[]) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' AS $$
DECLARE
    kept public.customer;
    lost public.customer;
    gone jsonb;
    made bigint;
BEGIN
    SELECT * INTO kept FROM public.customer WHERE id = least(survivor, loser) FOR UPDATE;
    SELECT * INTO lost FROM public.customer WHERE id = greatest(survivor, loser) FOR UPDATE;
    IF kept.id IS DISTINCT FROM survivor THEN
        SELECT * INTO kept FROM public.customer WHERE id = survivor;
        SELECT * INTO lost FROM public.customer WHERE id = loser;
    END IF;
    IF kept.id IS NULL OR lost.id IS NULL OR NOT gate.may('customer', 'delete')
       OR kept.store_id <> ALL (gate.my_stores('customer')) OR lost.store_id <> ALL (gate.my_stores('customer')) THEN
        RAISE insufficient_privilege USING MESSAGE = 'no such customers within reach';
    END IF;
    IF kept.id = lost.id OR kept.store_id <> lost.store_id OR kept.merged_into_id IS NOT NULL OR lost.merged_into_id IS NOT NULL THEN
        RAISE check_violation USING MESSAGE = 'customer: merge', TABLE = 'customer', CONSTRAINT = 'customer_merge';
    END IF;
    gone := public.repoint('public.customer', loser, survivor);
    UPDATE public.customer SET merged_into_id = survivor WHERE id = loser;
    DELETE FROM public.search_token WHERE entity = 'customer' AND record_id = loser;
    INSERT INTO public.customer_merge (store_id, name, survivor_id, loser_id, moved, merged_at)
    VALUES (kept.store_id, lost.name, survivor, loser,
            (SELECT coalesce(sum(pg_catalog.jsonb_array_length(value)), 0) FROM pg_catalog.jsonb_each(gone)), pg_catalog.now())
    RETURNING id INTO made;
    INSERT INTO public.merge_memory VALUES (
        made, gone,
        (SELECT coalesce(pg_catalog.jsonb_object_agg(f.key, f.value), '{}') FROM pg_catalog.jsonb_each(pg_catalog.to_jsonb(kept)) f
          WHERE f.key = ANY (taken) AND f.key <> ALL (ARRAY['id', 'uuid', 'store_id', 'version', 'created_at', 'created_by', 'merged_into_id'])),
        kept.version + (taken <> '{}')::int);
    RETURN made;
END $$;

-- Takes a merge back within 30 days: what it moved goes back where it still stands as the merge left it, and the one who stayed holds
-- again what he held, unless somebody changed him since. Answers the loser.
CREATE FUNCTION unmerge_customer(merge bigint) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' AS $$
DECLARE
    past public.customer_merge;
    memory public.merge_memory;
    place record;
    columns text;
BEGIN
    SELECT * INTO past FROM public.customer_merge WHERE id = merge FOR UPDATE;
    IF past.id IS NULL OR NOT gate.may('customer', 'delete') OR past.store_id <> ALL (gate.my_stores('customer')) THEN
        RAISE insufficient_privilege USING MESSAGE = 'no such merge within reach';
    END IF;
    IF past.undone_at IS NOT NULL OR past.merged_at < pg_catalog.now() - interval '30 days'
       OR EXISTS (SELECT FROM public.customer c WHERE c.id = past.survivor_id AND c.merged_into_id IS NOT NULL) THEN
        RAISE check_violation USING MESSAGE = 'customer: unmerge', TABLE = 'customer', CONSTRAINT = 'customer_unmerge';
    END IF;
    SELECT * INTO memory FROM public.merge_memory m WHERE m.merge_id = merge;
    UPDATE public.customer SET merged_into_id = NULL WHERE id = past.loser_id;
    SELECT pg_catalog.string_agg(pg_catalog.quote_ident(f.key), ', ') INTO columns FROM pg_catalog.jsonb_each(memory.before) f;
    IF columns IS NOT NULL THEN
        EXECUTE pg_catalog.format('UPDATE public.customer c SET (%s) = (SELECT %s FROM pg_catalog.jsonb_populate_record(NULL::public.customer, $1)) '
                                  'WHERE c.id = $2 AND c.version = $3', columns, columns) USING memory.before, past.survivor_id, memory.version;
    END IF;
    FOR place IN SELECT pg_catalog.split_part(m.key, '.', 1) AS child, pg_catalog.split_part(m.key, '.', 2) AS col, m.value AS ids
                   FROM pg_catalog.jsonb_each(memory.moved) m LOOP
        EXECUTE pg_catalog.format('UPDATE public.%I SET %I = $1 WHERE %I = $2 AND id = ANY (ARRAY(SELECT pg_catalog.jsonb_array_elements_text($3)::bigint))',
                                  place.child, place.col, place.col) USING past.loser_id, past.survivor_id, place.ids;
    END LOOP;
    UPDATE public.customer_merge SET undone_at = pg_catalog.now() WHERE id = merge;
    RETURN past.loser_id;
END $$;
REVOKE ALL ON FUNCTION repoint(text, bigint, bigint), merge_customer(bigint, bigint, text[]), unmerge_customer(bigint) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION merge_customer(bigint, bigint, text[]), unmerge_customer(bigint) TO forecourt_web, forecourt_worker;
