REVOKE EXECUTE ON FUNCTION gate.announce_job(bigint, text, bigint), gate.announce_system(text),
    trail.note(text, text, bigint, bigint, jsonb, bigint) FROM forecourt_owner;
DROP FUNCTION IF EXISTS gate.catalog_stamp();
DROP TABLE IF EXISTS catalog_later, catalog_draft;
ALTER TABLE catalog_entity DROP COLUMN IF EXISTS next_id;
