-- Descriptions on their way in, and what a publication leaves for later.
ALTER TABLE catalog_entity ADD COLUMN next_id bigint NOT NULL DEFAULT 1;
COMMENT ON COLUMN catalog_entity.next_id IS 'Where numbering goes on when a dropped table comes back: the trail still speaks of the old numbers';

CREATE TABLE catalog_draft (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    uuid uuid NOT NULL DEFAULT gen_random_uuid() UNIQUE,
    version integer NOT NULL DEFAULT 1,
    created_at timestamptz NOT NULL DEFAULT now(),
    created_by bigint,
    updated_at timestamptz NOT NULL DEFAULT now(),
    updated_by bigint,
    name text NOT NULL CHECK (name ~ '^[a-z][a-z0-9_]{0,47}$'),
    spec jsonb NOT NULL CHECK (jsonb_typeof(spec) = 'object'),
    removes boolean NOT NULL DEFAULT false
);
COMMENT ON TABLE catalog_draft IS 'What somebody asks to publish; the job names a row of it';
SELECT gate.protect('catalog_draft', 'catalog', 'group', '{}', NULL);
SELECT trail.attach('catalog_draft', 'catalog', '{}', '');

CREATE TABLE catalog_later (
    entity text NOT NULL,
    field text NOT NULL DEFAULT '',
    what text NOT NULL CHECK (what IN ('table', 'columns', 'default')),
    columns text[] NOT NULL DEFAULT '{}',
    due_at timestamptz NOT NULL,
    PRIMARY KEY (entity, field, what)
);
COMMENT ON TABLE catalog_later IS 'What is dropped once no request can still use the description it belonged to';
