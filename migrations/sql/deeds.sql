-- Named actions on customers. They belong to the tables' owner, so they reach every child of a customer, whatever the actor's grants on
-- it; each asks for his right and his store first, and the trail names him.

-- Some tables here are made from their models after the migrations.
SET LOCAL check_function_bodies = off;

-- What a merge moved, by table and column, so that it can be taken back; nobody but these functions reads it.
CREATE TABLE merge_memory (
    merge_id bigint PRIMARY KEY,
    moved jsonb NOT NULL,
    before jsonb NOT NULL,
    version integer NOT NULL,
    repointing xid8 -- the transaction that is giving records to the other customer
);
CREATE INDEX merge_memory_repointing ON merge_memory (repointing) WHERE repointing IS NOT NULL;
COMMENT ON TABLE merge_memory IS 'What a merge of customers moved to the one who stayed, what he held in the fields he took over, and his version after it';

-- Whether this statement belongs to a merge that gives records to the other customer: the same person under another number, so that
-- nothing follows from it. The setting is a hint that spares the question; the memory decides.
CREATE FUNCTION repointing() RETURNS boolean
LANGUAGE plpgsql STABLE SET search_path = '' AS $$
BEGIN
    RETURN coalesce(pg_catalog.current_setting('forecourt.repointing', true), '') <> ''
       AND EXISTS (SELECT FROM public.merge_memory m WHERE m.repointing = pg_catalog.pg_current_xact_id_if_assigned());
END $$;
REVOKE ALL ON FUNCTION repointing() FROM PUBLIC;

-- Says that a merge begins or has ended giving records to the other customer.
CREATE FUNCTION repoint_now(merge bigint, now boolean) RETURNS void
LANGUAGE plpgsql SET search_path = '' AS $$
BEGIN
    UPDATE public.merge_memory SET repointing = CASE WHEN now THEN pg_catalog.pg_current_xact_id() END WHERE merge_id = merge;
    PERFORM pg_catalog.set_config('forecourt.repointing', CASE WHEN now THEN 'on' ELSE '' END, true);
END $$;
REVOKE ALL ON FUNCTION repoint_now(bigint, boolean) FROM PUBLIC;

-- Gives every record that points to one customer to another of his store. A record that may stand only once and stands at the other
-- already stays where it is. Answers {"moved": {"table.column": [ids]}, "left": how many stayed}.
CREATE FUNCTION repoint(target text, old bigint, new bigint) RETURNS jsonb
LANGUAGE plpgsql SET search_path = '' AS $$
DECLARE
    link record;
    ids bigint[];
    one bigint;
    gone jsonb := '{}';
    stayed integer := 0;
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
                stayed := stayed + 1; -- the one who stays has it already
            END;
        END LOOP;
        IF ids <> '{}' THEN
            gone := gone || pg_catalog.jsonb_build_object(link.child || '.' || link.col, pg_catalog.to_jsonb(ids));
        END IF;
    END LOOP;
    RETURN pg_catalog.jsonb_build_object('moved', gone, 'left', stayed);
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
    made := pg_catalog.nextval(pg_catalog.pg_get_serial_sequence('public.customer_merge', 'id'));
    INSERT INTO public.merge_memory (merge_id, moved, before, version) VALUES (
        made, '{}',
        (SELECT coalesce(pg_catalog.jsonb_object_agg(f.key, f.value), '{}') FROM pg_catalog.jsonb_each(pg_catalog.to_jsonb(kept)) f
          WHERE f.key = ANY (taken) AND f.key <> ALL (ARRAY['id', 'uuid', 'store_id', 'version', 'created_at', 'created_by', 'merged_into_id'])),
        kept.version + (taken <> '{}')::int);
    PERFORM public.repoint_now(made, true);
    gone := public.repoint('public.customer', loser, survivor);
    PERFORM public.repoint_now(made, false);
    UPDATE public.merge_memory SET moved = gone -> 'moved' WHERE merge_id = made;
    UPDATE public.customer SET merged_into_id = survivor WHERE id = loser;
    DELETE FROM public.search_token WHERE entity = 'customer' AND record_id = loser;
    INSERT INTO public.customer_merge (id, store_id, name, survivor_id, loser_id, moved, stayed, merged_at) OVERRIDING SYSTEM VALUE
    VALUES (made, kept.store_id, lost.name, survivor, loser,
            (SELECT coalesce(sum(pg_catalog.jsonb_array_length(value)), 0) FROM pg_catalog.jsonb_each(gone -> 'moved')), (gone ->> 'left')::int,
            pg_catalog.now());
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
    PERFORM public.repoint_now(merge, true);
    FOR place IN SELECT pg_catalog.split_part(m.key, '.', 1) AS child, pg_catalog.split_part(m.key, '.', 2) AS col, m.value AS ids
                   FROM pg_catalog.jsonb_each(memory.moved) m LOOP
        EXECUTE pg_catalog.format('UPDATE public.%I SET %I = $1 WHERE %I = $2 AND id = ANY (ARRAY(SELECT pg_catalog.jsonb_array_elements_text($3)::bigint))',
                                  place.child, place.col, place.col) USING past.loser_id, past.survivor_id, place.ids;
    END LOOP;
    PERFORM public.repoint_now(merge, false);
    UPDATE public.customer_merge SET undone_at = pg_catalog.now() WHERE id = merge;
    RETURN past.loser_id;
END $$;
-- How much is still open under an employee's name, whoever asks: for the rule that keeps leavers, and for nobody else.
CREATE FUNCTION open_items(employee bigint) RETURNS bigint
LANGUAGE plpgsql STABLE SET search_path = '' AS $$
DECLARE
    place public.catalog_owner;
    found bigint;
    total bigint := 0;
BEGIN
    FOR place IN SELECT * FROM public.catalog_owner LOOP
        EXECUTE pg_catalog.format('SELECT count(*) FROM public.%I WHERE %I = $1 AND %s', place.entity, place.col, place.open)
           INTO found USING employee;
        total := total + found;
    END LOOP;
    RETURN total;
END $$;

-- Gives what is open under one employee's name to colleagues of his store, in turn, asks them to greet the customers, and writes down his
-- last day; his sessions and tokens end with it. For leaders and the administrator. Answers how much went over, by table.
CREATE FUNCTION hand_over(leaver bigint, heirs bigint[], last_day date) RETURNS jsonb
LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' AS $$
DECLARE
    gone public.employee;
    place public.catalog_owner;
    n bigint;
    greeted bigint[];
    counts jsonb := '{}';
BEGIN
    SELECT * INTO gone FROM public.employee WHERE id = leaver FOR UPDATE;
    IF gone.id IS NULL OR gone.store_id <> ALL (gate.my_stores('employee')) OR gone.id = (gate.ticket() ->> 'e')::bigint
       OR NOT gate.has_role(ARRAY['sales_manager', 'service_manager', 'general_manager', 'administrator']) THEN
        RAISE insufficient_privilege USING MESSAGE = 'no such employee to hand over from';
    END IF;
    IF coalesce(pg_catalog.cardinality(heirs), 0) = 0 OR leaver = ANY (heirs)
       OR (SELECT count(*) FROM public.employee e WHERE e.id = ANY (heirs) AND e.store_id = gone.store_id AND e.left_on IS NULL)
          <> pg_catalog.cardinality(heirs) THEN
        RAISE check_violation USING MESSAGE = 'employee: heirs', TABLE = 'employee', CONSTRAINT = 'employee_heirs';
    END IF;
    SELECT pg_catalog.array_agg(c.id ORDER BY c.id) INTO greeted FROM public.customer c
     WHERE c.store_id = gone.store_id AND c.merged_into_id IS NULL AND c.archived_at IS NULL AND NOT c.do_not_contact AND c.stage <> 'lost'
       AND leaver IN (c.sales_owner_id, c.service_owner_id, c.renewal_owner_id, c.care_owner_id);
    PERFORM pg_catalog.set_config('forecourt.handing_over', 'on', true); -- half done, his things lie with two people
    FOR place IN SELECT * FROM public.catalog_owner ORDER BY entity, col LOOP
        -- A lead goes to whom its customer went, and the leads of one number go to one: else two would work on it.
        EXECUTE pg_catalog.format(
            CASE WHEN place.entity = 'lead' THEN
            'WITH o AS (SELECT l.id, coalesce(pg_catalog.array_position($2, (SELECT c.sales_owner_id FROM public.customer c WHERE c.store_id = l.store_id '
            'AND c.phone_bidx = l.phone_bidx AND c.sales_owner_id = ANY ($2) AND c.merged_into_id IS NULL AND c.archived_at IS NULL ORDER BY c.id LIMIT 1)), '
            'pg_catalog.dense_rank() OVER (ORDER BY coalesce(l.phone_bidx, pg_catalog.uuid_send(l.uuid)))) AS n '
            'FROM public.%1$I l WHERE l.%2$I = $1 AND %3$s) '
            ELSE 'WITH o AS (SELECT id, row_number() OVER (ORDER BY id) AS n FROM public.%1$I WHERE %2$I = $1 AND %3$s) ' END ||
            'UPDATE public.%1$I t SET %2$I = $2[(1 + (o.n - 1) %% cardinality($2))::int] FROM o WHERE t.id = o.id', place.entity, place.col, place.open)
          USING leaver, heirs;
        GET DIAGNOSTICS n = ROW_COUNT;
        IF n > 0 THEN
            counts := counts || pg_catalog.jsonb_build_object(place.entity, coalesce((counts ->> place.entity)::bigint, 0) + n);
        END IF;
    END LOOP;
    PERFORM pg_catalog.set_config('forecourt.handing_over', '', true);
    INSERT INTO public.task (store_id, title, kind, assignee_id, due_at, urgency, status, customer_id, subject_entity, subject_record, idem_key)
    SELECT c.store_id, '顾问交接，问候客户', 'greeting', (SELECT o FROM pg_catalog.unnest(ARRAY[c.sales_owner_id, c.service_owner_id, c.renewal_owner_id,
               c.care_owner_id]) o WHERE o = ANY (heirs) LIMIT 1), pg_catalog.now() + interval '3 days', 'normal', 'open', c.id, 'customer', c.id,
           pg_catalog.format('hand_over:%s:%s', leaver, c.id)
      FROM public.customer c WHERE c.id = ANY (greeted)
        ON CONFLICT DO NOTHING;
    UPDATE public.employee SET left_on = last_day WHERE id = leaver;
    PERFORM trail.note('hand_over', 'employee', leaver, gone.store_id,
                       pg_catalog.jsonb_build_object('heirs', heirs, 'last_day', last_day, 'moved', counts));
    RETURN counts;
END $$;

-- Whether a customer agreed that the companies of the group share him: what he said last about it holds. It is no matter of channels: who
-- agreed to one alone did not agree, who took one back took it back.
CREATE FUNCTION shares_in_group(store bigint, customer bigint) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = '' AS $$
    SELECT coalesce((SELECT c.action = 'grant' FROM public.consent c WHERE c.store_id = $1 AND c.customer_id = $2 AND c.purpose = 'group_share'
                        AND (c.channel = 'any' OR c.action = 'withdraw') ORDER BY c.at DESC, c.id DESC LIMIT 1), false)
$$;

-- When a car last came in for work, NULL for one that never did.
CREATE FUNCTION last_visit(store bigint, vehicle bigint) RETURNS timestamptz
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = '' AS $$
    SELECT max(w.opened_at) FROM public.work_order w WHERE w.store_id = $1 AND w.vehicle_id = $2 AND w.status <> 'voided'
$$;
REVOKE ALL ON FUNCTION shares_in_group(bigint, bigint), last_visit(bigint, bigint) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION shares_in_group(bigint, bigint), last_visit(bigint, bigint) TO forecourt_guard;

-- Opens a customer at another store, of another company only where he agreed, as the row given, and closes the one here; its history stays. `fields` are
-- columns sealed anew by the caller for the new record; `tokens` its search words.
CREATE FUNCTION transfer_customer(customer bigint, code text, fields jsonb, tokens bigint[]) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' AS $$
DECLARE
    old public.customer;
    new_row public.customer;
    made bigint;
    target bigint;
    names text;
    refused text;
BEGIN
    SELECT * INTO old FROM public.customer c WHERE c.id = customer FOR UPDATE;
    IF old.id IS NULL OR NOT gate.may('customer', 'update') OR old.store_id <> ALL (gate.my_stores('customer'))
       OR NOT gate.has_role(ARRAY['sales_manager', 'service_manager', 'general_manager']) THEN
        RAISE insufficient_privilege USING MESSAGE = 'no such customer to transfer';
    END IF;
    SELECT s.id INTO target FROM public.store s WHERE s.code = transfer_customer.code;
    refused := CASE WHEN target IS NULL THEN 'nowhere' WHEN target = old.store_id THEN 'here'
                    WHEN old.archived_at IS NOT NULL OR old.merged_into_id IS NOT NULL THEN 'gone'
                    WHEN (SELECT count(DISTINCT s.company_id) FROM public.store s WHERE s.id IN (target, old.store_id)) > 1
                         AND NOT public.shares_in_group(old.store_id, old.id) THEN 'company' END;
    IF refused IS NOT NULL THEN
        RAISE check_violation USING MESSAGE = 'customer: transfer', TABLE = 'customer', CONSTRAINT = 'transfer_' || refused;
    END IF;
    new_row := pg_catalog.jsonb_populate_record(NULL::public.customer, fields);
    SELECT pg_catalog.string_agg(pg_catalog.quote_ident(a.attname), ', ') INTO names FROM pg_catalog.pg_attribute a
     WHERE a.attrelid = 'public.customer'::regclass AND a.attnum > 0 AND NOT a.attisdropped AND fields ? a.attname
       AND a.attname <> ALL (ARRAY['id', 'version', 'store_id', 'created_at', 'created_by', 'updated_at', 'updated_by', 'sales_owner_id',
                                   'service_owner_id', 'renewal_owner_id', 'care_owner_id', 'merged_into_id', 'archived_at']);
    EXECUTE pg_catalog.format('INSERT INTO public.customer (store_id, %1$s) SELECT $1, %2$s FROM (SELECT ($2).*) AS r RETURNING id', names, names)
       INTO made USING target, new_row;
    INSERT INTO public.search_token (store_id, token, record_id, entity)
    SELECT target, t, made, 'customer' FROM pg_catalog.unnest(tokens) t ON CONFLICT DO NOTHING;
    UPDATE public.customer SET archived_at = pg_catalog.now() WHERE id = old.id;
    DELETE FROM public.search_token WHERE entity = 'customer' AND record_id = old.id;
    PERFORM trail.note('transfer', 'customer', old.id, old.store_id, pg_catalog.jsonb_build_object('store', target, 'record', made));
    RETURN made;
END $$;
-- Who of a store is asked in the name of a role: the one of its holders who has been there longest, NULL where there is none.
CREATE FUNCTION in_charge(store bigint, role text) RETURNS bigint
LANGUAGE sql STABLE SET search_path = '' AS $$
    SELECT e.id FROM public.employee e JOIN public.ab_user_role ur ON ur.user_id = e.user_id JOIN public.ab_role r ON r.id = ur.role_id
     WHERE e.store_id = $1 AND r.name = $2 AND (e.left_on IS NULL OR e.left_on > (pg_catalog.now() AT TIME ZONE 'Asia/Shanghai')::date)
     ORDER BY e.id LIMIT 1
$$;
REVOKE ALL ON FUNCTION in_charge(bigint, text) FROM PUBLIC;

-- Asks every other store that knows this VIN, plate or phone (within the asker's company, or of a customer who agreed to more) to hand the customer over: a task about its own
-- record for its service manager, which tells which store asks and nothing else. Answers how many stores know it, never which or whom;
-- `wait` is seconds when too many were asked.
CREATE FUNCTION ask_transfer(kind text, plain text, blind bytea, OUT wait integer, OUT stores integer)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' AS $$
DECLARE
    home public.store;
BEGIN
    SELECT * INTO home FROM public.store s WHERE s.id = (gate.ticket() ->> 'h')::bigint;
    IF home.id IS NULL OR NOT gate.may('vehicle', 'search') OR NOT gate.may('customer', 'search') THEN
        RAISE insufficient_privilege USING MESSAGE = 'search on vehicle and customer is not granted';
    END IF;
    wait := gate.take('claim:' || gate.my_id());
    IF wait > 0 THEN
        RETURN;
    END IF;
    WITH found AS (
        SELECT v.store_id, v.customer_id, v.id AS vehicle_id, 'vehicle' AS entity, v.id AS record, v.updated_at
          FROM public.vehicle v WHERE CASE ask_transfer.kind WHEN 'vin' THEN v.vin = plain WHEN 'plate' THEN v.plate = plain END
        UNION ALL
        SELECT c.store_id, c.id, NULL, 'customer', c.id, c.updated_at
          FROM public.customer c WHERE ask_transfer.kind = 'phone' AND c.phone_bidx = blind AND c.merged_into_id IS NULL AND c.archived_at IS NULL
    ), latest AS (
        SELECT DISTINCT ON (f.store_id) f.* FROM found f JOIN public.store s ON s.id = f.store_id
         WHERE f.store_id <> home.id AND (s.company_id = home.company_id OR public.shares_in_group(f.store_id, f.customer_id)) ORDER BY f.store_id, f.updated_at DESC, f.record
    ), asked AS (
        INSERT INTO public.task (store_id, title, kind, assignee_id, due_at, urgency, status, customer_id, vehicle_id, subject_entity,
                                 subject_record, idem_key)
        SELECT l.store_id, pg_catalog.format('%s请求转移客户', home.name), 'other',
               public.in_charge(l.store_id, 'service_manager'),
               pg_catalog.now() + interval '1 day', 'normal', 'open', l.customer_id, l.vehicle_id, l.entity, l.record,
               pg_catalog.format('ask_transfer:%s:%s:%s', home.id, l.entity, l.record)
          FROM latest l ON CONFLICT DO NOTHING
    )
    SELECT count(*) INTO stores FROM latest;
    PERFORM trail.note('transfer', CASE ask_transfer.kind WHEN 'phone' THEN 'customer' ELSE 'vehicle' END, NULL, home.id,
                       pg_catalog.jsonb_build_object('asked', kind), stores);
END $$;
GRANT EXECUTE ON FUNCTION ask_transfer(text, text, bytea) TO forecourt_web, forecourt_worker;
REVOKE ALL ON FUNCTION ask_transfer(text, text, bytea) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION hand_over(bigint, bigint[], date), transfer_customer(bigint, text, jsonb, bigint[])
    TO forecourt_web, forecourt_worker;
REVOKE ALL ON FUNCTION hand_over(bigint, bigint[], date), transfer_customer(bigint, text, jsonb, bigint[]), open_items(bigint) FROM PUBLIC;
REVOKE ALL ON FUNCTION repoint(text, bigint, bigint), merge_customer(bigint, bigint, text[]), unmerge_customer(bigint) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION merge_customer(bigint, bigint, text[]), unmerge_customer(bigint) TO forecourt_web, forecourt_worker;

-- Whether a bay is taken by the other kind of booking: for an appointment by work in progress, for a work order's segment by appointments;
-- one visit's appointment and work do not stand in each other's way. Bookings of a bay wait for each other, so that each sees the one before.
CREATE FUNCTION bay_taken(store bigint, bay bigint, starts timestamptz, ends timestamptz, appointment bigint, work_order bigint) RETURNS boolean
LANGUAGE plpgsql SET search_path = '' AS $$
BEGIN
    PERFORM FROM public.bay b WHERE b.id = bay FOR NO KEY UPDATE;
    IF work_order IS NULL THEN
        RETURN EXISTS (
            SELECT FROM public.job_segment s JOIN public.work_order w ON w.store_id = s.store_id AND w.id = s.work_order_id
             WHERE s.store_id = store AND s.bay_id = bay AND s.status IN ('planned', 'working', 'paused')
               AND pg_catalog.tstzrange(s.starts_at, s.ends_at) && pg_catalog.tstzrange(starts, ends)
               AND w.appointment_id IS DISTINCT FROM appointment);
    END IF;
    RETURN EXISTS (
        SELECT FROM public.service_appointment a
         WHERE a.store_id = store AND a.bay_id = bay AND a.status IN ('booked', 'confirmed', 'arrived')
           AND pg_catalog.tstzrange(a.starts_at, a.ends_at) && pg_catalog.tstzrange(starts, ends)
           AND NOT EXISTS (SELECT FROM public.work_order w WHERE w.id = work_order AND w.appointment_id = a.id));
END $$;
REVOKE ALL ON FUNCTION bay_taken(bigint, bigint, timestamptz, timestamptz, bigint, bigint) FROM PUBLIC;

-- By which companies entered twice are found.
CREATE INDEX customer_uscc_order ON customer (store_id, uscc, id);
