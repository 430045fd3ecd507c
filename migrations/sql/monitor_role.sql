-- Who looks for the operator's console: nobody signs in as it; it owns the schema console, reads the server's statistics and how work
-- stands, and no record. The cluster's, like the other roles.
DO $$
BEGIN
    BEGIN
        CREATE ROLE forecourt_monitor NOLOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOBYPASSRLS NOINHERIT;
    EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL;
    END;
    IF NOT EXISTS (SELECT FROM pg_auth_members WHERE member = 'forecourt_monitor'::regrole AND roleid = 'pg_read_all_stats'::regrole AND inherit_option) THEN
        GRANT pg_read_all_stats TO forecourt_monitor WITH INHERIT TRUE, SET FALSE;
    END IF;
END $$;
