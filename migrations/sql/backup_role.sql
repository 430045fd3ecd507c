-- Who dumps: reads every row whatever its policy, the gate's and the trail's too, and writes nothing. The cluster's, like the other roles.
DO $$
BEGIN
    BEGIN
        CREATE ROLE forecourt_backup LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOINHERIT BYPASSRLS;
    EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL;
    END;
    IF NOT EXISTS (SELECT FROM pg_auth_members WHERE member = 'forecourt_backup'::regrole AND roleid = 'pg_read_all_data'::regrole AND inherit_option) THEN
        GRANT pg_read_all_data TO forecourt_backup WITH INHERIT TRUE, SET FALSE;
    END IF;
    EXECUTE format('GRANT CONNECT ON DATABASE %I TO forecourt_backup', current_database());
END $$;
