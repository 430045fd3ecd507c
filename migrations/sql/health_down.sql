SET LOCAL ROLE forecourt_guard;
DROP FUNCTION trail.vitals();
SET LOCAL ROLE forecourt_owner;
DROP FUNCTION work.ping(), work.vitals();
DROP INDEX work.outbox_dead;
RESET ROLE;
REVOKE SELECT ON public.alembic_version FROM forecourt_owner;
