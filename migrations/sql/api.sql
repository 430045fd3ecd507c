-- What creations by the API made: a request sent again with its key answers the same record, for a day.
CREATE TABLE work.idempotency (
    actor bigint NOT NULL DEFAULT gate.my_id(),
    key_hash bytea NOT NULL,
    content_hash bytea NOT NULL, -- keyed, so the content cannot be guessed from it
    entity text NOT NULL,
    record bigint, -- NULL only within the transaction that makes it
    at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (actor, key_hash)
);
ALTER TABLE work.idempotency ENABLE ROW LEVEL SECURITY;
CREATE POLICY mine ON work.idempotency TO forecourt_web
    USING (actor = (SELECT gate.my_id())) WITH CHECK (actor = (SELECT gate.my_id()));
GRANT SELECT, DELETE ON work.idempotency TO forecourt_web;
GRANT INSERT (key_hash, content_hash, entity), UPDATE (content_hash, entity, record, at) ON work.idempotency TO forecourt_web;
