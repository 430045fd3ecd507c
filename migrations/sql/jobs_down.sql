SET LOCAL ROLE forecourt_owner;
DROP TRIGGER log_step ON work.outbox;
DROP TRIGGER log_attempt ON work.outbox;
DROP FUNCTION work.bell(bigint), work.run_schedule(text, text), work.switch_schedule(text, boolean), work.keep_schedule_deed(text, text, bigint),
    work.held_schedule(text), work.discard_job(bigint, text), work.hasten_job(bigint), work.retry_job(bigint),
    work.keep_deed(work.outbox, text, text), work.held(bigint), work.moved(text), work.schedules(), work.deeds_on(bigint), work.attempts_at(bigint),
    work.job(bigint), work.job_counts(), work.jobs(text[], text, text, timestamptz, timestamptz, bigint, int), work.meant(text), work.plain(jsonb),
    work.called(bigint), work.operators(), work.demand(text, boolean), work.log_step(), work.log_attempt();
DROP TABLE work.deed, work.attempt;
DROP INDEX work.outbox_not_done;
ALTER TABLE work.slot DROP COLUMN extra;
ALTER TABLE work.schedule DROP COLUMN kept;
ALTER TABLE work.outbox DROP COLUMN worker;
SET LOCAL ROLE forecourt_guard;
REVOKE EXECUTE ON FUNCTION gate.may_enter(bigint) FROM forecourt_owner;
DROP FUNCTION gate.note_work(text, bigint, bigint, jsonb);
RESET ROLE;
