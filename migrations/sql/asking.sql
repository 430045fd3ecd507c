-- Asking to see one record beyond one's reach. The answer is the same whether there is such a record or not.
SET LOCAL check_function_bodies = off; -- the table comes with the entities
INSERT INTO gate.allowance VALUES ('ask_access', 20, 86400);

SET LOCAL ROLE forecourt_owner;
-- Asks those who lead the record's store; `wait` is seconds when too many were asked. Nothing is told of whether the record exists.
CREATE FUNCTION ask_access(entity text, record bigint, term text, reason text) RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' AS $$
#variable_conflict use_variable
DECLARE
    target regclass := pg_catalog.to_regclass(pg_catalog.format('public.%I', entity));
    wait integer;
    place bigint;
    made bigint;
BEGIN
    IF gate.ticket() ->> 'k' IS DISTINCT FROM 'person' OR NOT gate.may(entity, 'read') OR target IS NULL THEN
        RAISE insufficient_privilege USING MESSAGE = pg_catalog.format('read on %s is not granted', entity);
    END IF;
    wait := gate.take('ask_access:' || gate.my_id());
    IF wait > 0 OR NOT EXISTS (SELECT FROM pg_catalog.pg_attribute a WHERE a.attrelid = target AND a.attname = 'store_id' AND NOT a.attisdropped) THEN
        RETURN wait;
    END IF;
    EXECUTE pg_catalog.format('SELECT store_id FROM %s WHERE id = $1', target) INTO place USING record;
    IF place IS NULL OR record = ANY (public.records_seen(entity, ARRAY[record])) THEN
        RETURN 0;
    END IF;
    INSERT INTO public.access_request (store_id, requester_name, requester_store, requester, subject_entity, subject_record, reason, term, status)
    VALUES (place, gate.ticket() ->> 'n', (SELECT s.name FROM public.store s WHERE s.id = (gate.ticket() ->> 'h')::bigint), gate.my_id(),
            entity, record, pg_catalog.left(reason, 200), term, 'pending')
    ON CONFLICT DO NOTHING RETURNING id INTO made;
    IF made IS NOT NULL THEN
        INSERT INTO public.task (store_id, title, kind, assignee_id, due_at, urgency, status, subject_entity, subject_record, idem_key)
        VALUES (place, (gate.ticket() ->> 'n') || '申请查看一条记录', 'other',
                coalesce(public.in_charge(place, 'sales_manager'), public.in_charge(place, 'general_manager')),
                pg_catalog.now() + interval '1 day', 'normal', 'open', 'access_request', made, 'access_request:' || made)
        ON CONFLICT DO NOTHING;
    END IF;
    RETURN 0;
END $$;
REVOKE ALL ON FUNCTION ask_access(text, bigint, text, text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION ask_access(text, bigint, text, text) TO forecourt_web;
RESET ROLE;
