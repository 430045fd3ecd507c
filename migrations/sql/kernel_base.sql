-- What the kernel's tables stand on: descriptions made at run time, grants, search.
CREATE TABLE catalog_entity (
    name text PRIMARY KEY CHECK (name ~ '^[a-z][a-z0-9_]{0,47}$'),
    version integer NOT NULL CHECK (version > 0),
    spec jsonb NOT NULL,
    changed_at timestamptz NOT NULL DEFAULT now(),
    removed_at timestamptz
);
COMMENT ON TABLE catalog_entity IS 'Descriptions made in the studio; those in code are not stored';
GRANT SELECT ON catalog_entity TO forecourt_web, forecourt_worker;

CREATE TABLE catalog_installed (
    name text PRIMARY KEY,
    at timestamptz NOT NULL DEFAULT now()
);
COMMENT ON TABLE catalog_installed IS 'Entities in code whose default grants were given once; an administrator may have changed them since';
CREATE TABLE catalog_rule (
    entity text NOT NULL,
    name text NOT NULL,
    digest text NOT NULL,
    undo text NOT NULL,
    PRIMARY KEY (entity, name)
);
CREATE TABLE catalog_owner (
    entity text NOT NULL,
    col text NOT NULL,
    open text NOT NULL,
    PRIMARY KEY (entity, col)
);
COMMENT ON TABLE catalog_owner IS 'Which columns of tables in code say whose a record is, and the condition under which it is still worked on';
COMMENT ON TABLE catalog_rule IS 'Which rules of tables in code stand in the database, and how each is taken away when it changes';

CREATE TABLE role_grant (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    role_id integer NOT NULL REFERENCES ab_role (id) ON DELETE CASCADE,
    entity text NOT NULL,
    actions text[] NOT NULL CHECK (actions <@ ARRAY['list', 'read', 'create', 'update', 'delete', 'export', 'import', 'reveal', 'search']),
    reach text NOT NULL CHECK (reach IN ('group', 'company', 'store', 'team', 'own', 'granted')),
    UNIQUE (role_id, entity, reach)
);
GRANT SELECT ON role_grant TO forecourt_guard;

CREATE TABLE record_grant (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    user_id integer NOT NULL REFERENCES ab_user (id) ON DELETE CASCADE,
    entity text NOT NULL,
    record_id bigint NOT NULL,
    store_id bigint, -- of the record; NULL where it belongs to none
    reason text NOT NULL,
    granted_by bigint,
    expires_at timestamptz NOT NULL,
    UNIQUE (user_id, entity, record_id)
);
GRANT SELECT ON record_grant TO forecourt_guard;

-- Search by equality: a token is the first 64 bits of a keyed hash of entity, field class and word.
CREATE TABLE search_token (
    store_id bigint NOT NULL,
    token bigint NOT NULL,
    record_id bigint NOT NULL,
    entity text NOT NULL,
    PRIMARY KEY (store_id, token, record_id)
);
CREATE INDEX search_token_record ON search_token (record_id, entity);
COMMENT ON COLUMN search_token.store_id IS '0 where the record belongs to no store';
ALTER TABLE search_token ENABLE ROW LEVEL SECURITY;
CREATE POLICY scope ON search_token FOR ALL TO forecourt_web, forecourt_worker
    USING (store_id = ANY ((SELECT gate.my_places())::bigint[]))
    WITH CHECK (store_id = ANY ((SELECT gate.my_places())::bigint[]) OR (SELECT gate.everywhere('store')));
GRANT SELECT, INSERT, DELETE ON search_token TO forecourt_web, forecourt_worker;
