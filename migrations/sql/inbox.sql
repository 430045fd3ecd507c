-- What work tells people: a result that is ready, a failure that needs them. Each is told once, by its key.
CREATE TABLE work.inbox (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    user_id bigint NOT NULL REFERENCES public.ab_user ON DELETE CASCADE,
    key text NOT NULL CHECK (length(key) BETWEEN 1 AND 200),
    level text NOT NULL DEFAULT 'info' CHECK (level IN ('info', 'good', 'warn', 'danger')),
    title jsonb NOT NULL CHECK (title ?& '{zh,en}'::text[]), -- {"zh": …, "en": …}, never a protected value
    note jsonb CHECK (note ?& '{zh,en}'::text[]),
    href text CHECK (href ~ '^/([^/\\]|$)' AND length(href) <= 500), -- within this site
    work_id bigint REFERENCES work.outbox ON DELETE SET NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    read_at timestamptz,
    UNIQUE (user_id, key)
);
CREATE INDEX inbox_of ON work.inbox (user_id, id);
CREATE INDEX inbox_unread ON work.inbox (user_id) WHERE read_at IS NULL;
CREATE INDEX inbox_of_work ON work.inbox (work_id) WHERE work_id IS NOT NULL;

ALTER TABLE work.inbox ENABLE ROW LEVEL SECURITY;
CREATE POLICY mine ON work.inbox TO forecourt_web USING (user_id = (SELECT gate.my_id()));
CREATE POLICY announced ON work.inbox TO forecourt_worker USING ((SELECT gate.ticket() ->> 'k') IN ('system', 'job'));
GRANT SELECT, UPDATE (read_at) ON work.inbox TO forecourt_web;
GRANT SELECT, INSERT, UPDATE, DELETE ON work.inbox TO forecourt_worker;
