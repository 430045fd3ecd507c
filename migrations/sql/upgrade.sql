-- A backup that somebody asks for: who may see backups may ask, and one at a time. Answers the work's id; NULL while one is due or at work.
CREATE FUNCTION work.back_up_now() RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' AS $$
DECLARE
    made bigint;
BEGIN
    IF NOT gate.has_role('{administrator,security_officer}'::text[]) THEN
        RAISE insufficient_privilege USING MESSAGE = 'backups are for administrators and security officers';
    END IF;
    PERFORM pg_catalog.pg_advisory_xact_lock(1650552171);
    IF EXISTS (SELECT FROM work.outbox o WHERE o.kind IN ('backup.create', 'backup.now')
                  AND (o.state IN ('enqueued', 'running') OR o.state = 'pending' AND o.run_after <= pg_catalog.now())) THEN
        RETURN NULL;
    END IF;
    INSERT INTO work.outbox (kind, queue) VALUES ('backup.now', 'backup') RETURNING id INTO made;
    RETURN made;
END $$;
REVOKE ALL ON FUNCTION work.back_up_now() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION work.back_up_now() TO forecourt_web;
