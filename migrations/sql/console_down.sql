-- The role stays: it is the cluster's, and another database may use it.
DROP SCHEMA console CASCADE;
DROP FUNCTION trail.operations(bigint, int);
DO $$
DECLARE
    name text;
BEGIN
    FOREACH name IN ARRAY ARRAY['outbox', 'schedule', 'slot', 'backup', 'backup_act'] LOOP
        EXECUTE format('DROP POLICY operators ON work.%I', name);
    END LOOP;
END $$;
REVOKE ALL ON work.outbox, work.schedule, work.slot, work.backup, work.backup_act FROM forecourt_monitor;
REVOKE ALL ON trail.batch, trail.checked, trail.queue, trail.refused FROM forecourt_monitor;
REVOKE ALL ON alembic_version FROM forecourt_monitor;
REVOKE SELECT (id, username) ON ab_user FROM forecourt_monitor;
REVOKE ALL ON FUNCTION gate.may(text, text) FROM forecourt_monitor;
REVOKE ALL ON SCHEMA work, gate, trail, public FROM forecourt_monitor;
