-- The role stays: it is the cluster's, and another database may use it. Here it may not enter any more.
DROP FUNCTION work.backup_alarms();
DROP TABLE work.backup_act, work.backup;
DO $$
BEGIN
    EXECUTE format('REVOKE ALL ON DATABASE %I FROM forecourt_backup', current_database());
END $$;
