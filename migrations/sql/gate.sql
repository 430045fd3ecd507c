-- The gate: who acts in a transaction, decided by the database alone.
-- Every definer function fixes its search_path, so nothing a caller creates can stand in for ours.
SET LOCAL check_function_bodies = off; -- the tables the functions read come with later migrations
CREATE SCHEMA gate AUTHORIZATION forecourt_guard;
REVOKE ALL ON SCHEMA gate FROM PUBLIC;
GRANT USAGE ON SCHEMA gate TO forecourt_web, forecourt_worker, forecourt_owner, forecourt_sealer;

-- Keys that never leave the database (ticket) or prove that a sign-in was checked by a web process (sign_in).
CREATE TABLE gate.secret (
    name text PRIMARY KEY,
    key bytea NOT NULL CHECK (octet_length(key) >= 32)
);
INSERT INTO gate.secret VALUES
    ('ticket', uuid_send(gen_random_uuid()) || uuid_send(gen_random_uuid()) || uuid_send(gen_random_uuid()));

-- One row: the versions every process compares its caches with.
CREATE TABLE gate.stamp (
    one boolean PRIMARY KEY DEFAULT true CHECK (one),
    access bigint NOT NULL DEFAULT 1,
    catalog bigint NOT NULL DEFAULT 1
);
INSERT INTO gate.stamp DEFAULT VALUES;

CREATE TABLE gate.session (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    token_hash bytea NOT NULL UNIQUE,
    user_id bigint NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    last_seen timestamptz NOT NULL DEFAULT now(),
    fresh_at timestamptz NOT NULL DEFAULT now(),
    idle interval NOT NULL,
    expires_at timestamptz NOT NULL,
    ended_at timestamptz,
    ended_why text,
    ip text,
    agent text
);
CREATE INDEX session_of_user ON gate.session (user_id) WHERE ended_at IS NULL;

CREATE TABLE gate.token (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    token_hash bytea NOT NULL UNIQUE,
    hint text NOT NULL,
    user_id bigint NOT NULL,
    name text NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    expires_at timestamptz NOT NULL,
    scopes jsonb NOT NULL, -- {entity, or "*" for each: [verbs, or "*" for all but reveal]}; only ever takes away from what its owner may
    addresses cidr[], -- from where it may be used; NULL: from anywhere
    last_used timestamptz,
    last_address inet,
    refused_at timestamptz, -- when it was last used from elsewhere
    ended_at timestamptz
);
CREATE INDEX token_of_user ON gate.token (user_id) WHERE ended_at IS NULL;

-- What each person may do, computed from roles, grants, posts and stores when the access stamp moves or time ends a right.
CREATE TABLE gate.profile (
    user_id bigint PRIMARY KEY,
    stamp bigint NOT NULL,
    until timestamptz NOT NULL,
    head text NOT NULL,
    reach text NOT NULL
);

-- What is left of it for each token, from the same moment as its owner's profile.
CREATE TABLE gate.token_reach (
    token_id bigint PRIMARY KEY REFERENCES gate.token ON DELETE CASCADE,
    stamp bigint NOT NULL,
    until timestamptz NOT NULL,
    reach text NOT NULL
);

-- Tickets -----------------------------------------------------------------------------------------------------------
-- A ticket is mac(64 hex) || pid.transaction-start || '|' || JSON. The pid and the start bind it to one transaction.
CREATE FUNCTION gate.binding() RETURNS text
LANGUAGE sql STABLE SET search_path = '' AS
$$ SELECT pg_catalog.pg_backend_pid()::text || '.' || (extract(epoch FROM pg_catalog.transaction_timestamp()) * 1000000)::bigint::text || '|' $$;

CREATE FUNCTION gate.sign(part text, body text) RETURNS text
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = '' AS $$
DECLARE
    k bytea := (SELECT key FROM gate.secret WHERE name = 'ticket');
    bound text := gate.binding() || body;
    message text := part || bound;
BEGIN
    RETURN pg_catalog.encode(pg_catalog.sha256(k || pg_catalog.sha256(k || pg_catalog.convert_to(message, 'UTF8'))), 'hex')
        || bound;
END $$;

CREATE FUNCTION gate.opened(part text, setting text) RETURNS jsonb
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = '' AS $$
DECLARE
    ticket text := pg_catalog.current_setting(setting, true);
    k bytea;
    body text;
    bound text;
BEGIN
    IF ticket IS NULL OR ticket = '' THEN
        RETURN NULL;
    END IF;
    body := pg_catalog.substr(ticket, 65);
    bound := gate.binding();
    IF NOT pg_catalog.starts_with(body, bound) THEN
        RETURN NULL;
    END IF;
    k := (SELECT key FROM gate.secret WHERE name = 'ticket');
    IF pg_catalog.encode(pg_catalog.sha256(k || pg_catalog.sha256(k || pg_catalog.convert_to(part || body, 'UTF8'))), 'hex')
        IS DISTINCT FROM pg_catalog.left(ticket, 64) THEN
        RETURN NULL;
    END IF;
    RETURN pg_catalog.substr(body, pg_catalog.length(bound) + 1)::jsonb;
END $$;

-- The verified actor of this transaction: u user, k kind, n name, q request, s session or token, e employee; NULL is nobody.
CREATE FUNCTION gate.ticket() RETURNS jsonb
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = '' AS
$$ SELECT gate.opened('h', 'forecourt.ticket') $$;

CREATE FUNCTION gate.my_id() RETURNS bigint
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = '' AS
$$ SELECT (gate.opened('h', 'forecourt.ticket') ->> 'u')::bigint $$;

CREATE FUNCTION gate.is_system() RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = '' AS
$$ SELECT coalesce(gate.opened('h', 'forecourt.ticket') ->> 'k' = 'system', false) $$;

-- The column whose values the system is sealing anew, under another key, in this transaction; NULL for everybody else.
CREATE FUNCTION gate.resealing() RETURNS text
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = '' AS $$
BEGIN
    IF pg_catalog.current_setting('forecourt.resealing', true) <> '' AND gate.is_system() THEN
        RETURN pg_catalog.current_setting('forecourt.resealing');
    END IF;
    RETURN NULL;
END $$;

-- Whether a row only holds one value under another key: a sealed value of the same length in that column, and nothing else changed.
CREATE FUNCTION gate.only_resealed(was jsonb, is_now jsonb) RETURNS boolean
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = '' AS $$
DECLARE
    name text := gate.resealing();
BEGIN
    RETURN coalesce(name IS NOT NULL AND pg_catalog.starts_with(was ->> name, '\x01') AND pg_catalog.starts_with(is_now ->> name, '\x01')
        AND pg_catalog.length(was ->> name) = pg_catalog.length(is_now ->> name) AND was - name = is_now - name, false);
END $$;

CREATE FUNCTION gate.reach() RETURNS jsonb
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = '' AS
$$ SELECT gate.opened('r', 'forecourt.reach') $$;

CREATE FUNCTION gate.numbers(list jsonb) RETURNS bigint[]
LANGUAGE sql IMMUTABLE SET search_path = '' AS
$$ SELECT coalesce(pg_catalog.array_agg(n::bigint), '{}') FROM pg_catalog.jsonb_array_elements_text(coalesce(list, '[]')) AS n $$;

CREATE FUNCTION gate.every_store() RETURNS bigint[]
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = '' AS
$$ SELECT coalesce(pg_catalog.array_agg(id), '{}') FROM public.store $$;

-- The system's reach holds an entry '*' instead of one for each entity.
CREATE FUNCTION gate.my_stores(entity text) RETURNS bigint[]
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = '' AS $$
DECLARE
    r jsonb := gate.reach();
BEGIN
    IF r ? '*' THEN
        RETURN gate.every_store();
    END IF;
    RETURN gate.numbers(r -> 'g' -> entity -> 'st');
END $$;

CREATE FUNCTION gate.my_teams(entity text) RETURNS bigint[]
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = '' AS
$$ SELECT gate.numbers(gate.reach() -> 'g' -> entity -> 'tm') $$;

CREATE FUNCTION gate.my_owner(entity text) RETURNS bigint
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = '' AS
$$ SELECT (gate.reach() -> 'g' -> entity ->> 'ow')::bigint $$;

CREATE FUNCTION gate.my_records(entity text) RETURNS bigint[]
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = '' AS
$$ SELECT gate.numbers(gate.reach() -> 'g' -> entity -> 'ids') $$;

-- Whether the reach is the whole group, and so covers a store that is only being made.
CREATE FUNCTION gate.everywhere(entity text) RETURNS boolean
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = '' AS $$
DECLARE
    r jsonb := gate.reach();
BEGIN
    RETURN coalesce(r ? '*' OR (r -> 'g' -> entity ->> 'all')::boolean, false);
END $$;

-- Stores where any grant may reach a record, and 0 for what belongs to no store; nobody gets nothing.
CREATE FUNCTION gate.my_places() RETURNS bigint[]
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = '' AS $$
DECLARE
    r jsonb := gate.reach();
BEGIN
    IF r ? '*' THEN
        RETURN gate.every_store() || 0::bigint;
    ELSIF r IS NULL THEN
        RETURN '{}';
    END IF;
    RETURN gate.numbers(r -> 'pl') || 0::bigint;
END $$;

CREATE FUNCTION gate.may(entity text, action text) RETURNS boolean
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = '' AS $$
DECLARE
    r jsonb := gate.reach();
BEGIN
    RETURN coalesce(r ? '*' OR (r -> 'g' -> entity -> 'a') ? action, false);
END $$;

CREATE FUNCTION gate.has_role(wanted text[]) RETURNS boolean
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = '' AS $$
DECLARE
    r jsonb := gate.reach();
BEGIN
    RETURN coalesce(r ? '*' OR (r -> 'r') ?| wanted, false);
END $$;

CREATE FUNCTION gate.may_see(entity text) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = '' AS
$$ SELECT gate.may(entity, 'list') OR gate.may(entity, 'read') $$;

-- Announcing --------------------------------------------------------------------------------------------------------
CREATE FUNCTION gate.punch(head jsonb, reach text) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' AS $$
BEGIN
    PERFORM pg_catalog.set_config('forecourt.ticket', gate.sign('h', head::text), true);
    PERFORM pg_catalog.set_config('forecourt.reach', gate.sign('r', reach), true);
END $$;

CREATE FUNCTION gate.forget() RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' AS $$
BEGIN
    PERFORM pg_catalog.set_config('forecourt.ticket', '', true);
    PERFORM pg_catalog.set_config('forecourt.reach', '', true);
END $$;

-- Whether the day somebody leaves has come; it is a day of the business, and may be entered long before.
CREATE FUNCTION gate.has_left(on_day date) RETURNS boolean
LANGUAGE sql STABLE SET search_path = '' AS
$$ SELECT coalesce(on_day <= (pg_catalog.now() AT TIME ZONE 'Asia/Shanghai')::date, false) $$;

-- Whether an entity's rows belong to stores: what the whole group shares opens no store to those who may read it.
CREATE FUNCTION gate.placed(entity text) RETURNS boolean
LANGUAGE sql STABLE SET search_path = '' AS $$
SELECT entity = 'store' OR pg_catalog.to_regclass(pg_catalog.format('public.%I', entity)) IS NULL
    OR EXISTS (SELECT FROM pg_catalog.pg_attribute a WHERE a.attrelid = pg_catalog.to_regclass(pg_catalog.format('public.%I', entity))
                  AND a.attname = 'store_id' AND NOT a.attisdropped) $$;

-- The grants of one person, united per entity, and until when they hold as they are. A person who has left or is inactive has none.
CREATE FUNCTION gate.compute(person bigint, OUT head jsonb, OUT reach jsonb, OUT until timestamptz)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = '' AS $$
DECLARE
    post record;
    due timestamptz := gate.factor_due(person);
    waits boolean := coalesce(due <= pg_catalog.now(), false); -- for a second factor he must set up; until then he may do nothing
BEGIN
    SELECT e.id, e.name, e.store_id, s.company_id, e.team_id, e.left_on INTO post
      FROM public.employee e JOIN public.store s ON s.id = e.store_id
     WHERE e.user_id = person AND NOT gate.has_left(e.left_on) ORDER BY e.left_on, e.id LIMIT 1;
    until := least(post.left_on::timestamp AT TIME ZONE 'Asia/Shanghai', 'infinity',
                   (SELECT min(r.expires_at) FROM public.record_grant r WHERE r.user_id = person AND r.expires_at > pg_catalog.now()),
                   CASE WHEN NOT waits THEN due END);
    SELECT jsonb_build_object('n', coalesce(post.name, nullif(pg_catalog.btrim(u.last_name || u.first_name), ''), u.username),
                              'e', post.id, 'h', post.store_id, 'l', u.locale, 'f', extract(epoch FROM due),
                              'x', CASE WHEN pg_catalog.isfinite(until) THEN pg_catalog.ceil(extract(epoch FROM until)) END)
      INTO head FROM public.ab_user u WHERE u.id = person;
    WITH held AS (
        SELECT g.entity, g.actions, g.reach, gate.placed(g.entity) AS placed, g.role_id
          FROM public.ab_user_role ur JOIN public.role_grant g ON g.role_id = ur.role_id
         WHERE ur.user_id = person AND gate.may_enter(person) AND NOT waits
    ), seen AS (
        SELECT h.entity, s.id
          FROM held h JOIN public.store s
            ON h.reach = 'group' OR (h.reach = 'company' AND s.company_id = post.company_id)
            OR (h.reach = 'store' AND s.id = post.store_id)
         WHERE h.placed
    ), shown AS ( -- how each role that shows an entity lets a field stand, where one of them says so; NULL: as described
        SELECT x.entity, jsonb_object_agg(x.field, jsonb_build_array(x.mine, x.scope)) AS fields
          FROM (SELECT d.entity, d.field, jsonb_agg(DISTINCT f.mine) AS mine, jsonb_agg(DISTINCT f.scope) AS scope
                  FROM (SELECT DISTINCT f.entity, f.field FROM gate.role_field f JOIN held h USING (role_id, entity)) d
                  JOIN (SELECT DISTINCT h.entity, h.role_id FROM held h WHERE h.actions && '{list,read}') q ON q.entity = d.entity
                  LEFT JOIN gate.role_field f ON f.role_id = q.role_id AND f.entity = d.entity AND f.field = d.field
                 GROUP BY d.entity, d.field) x
         GROUP BY x.entity
    ), united AS (
        SELECT h.entity,
               jsonb_build_object(
                   'a', (SELECT jsonb_agg(DISTINCT a) FROM held x, unnest(x.actions) a WHERE x.entity = h.entity),
                   'all', pg_catalog.bool_or(h.reach = 'group'),
                   'st', (SELECT coalesce(jsonb_agg(DISTINCT s.id), '[]') FROM seen s WHERE s.entity = h.entity),
                   'tm', CASE WHEN pg_catalog.bool_or(h.reach = 'team') AND post.team_id IS NOT NULL
                              THEN jsonb_build_array(post.team_id) ELSE '[]' END,
                   'ow', CASE WHEN pg_catalog.bool_or(h.reach IN ('own', 'team')) THEN post.id END,
                   'ids', (SELECT coalesce(jsonb_agg(r.record_id), '[]') FROM public.record_grant r
                            WHERE r.user_id = person AND r.entity = h.entity AND r.expires_at > pg_catalog.now())
               ) || coalesce((SELECT jsonb_build_object('f', s.fields) FROM shown s WHERE s.entity = h.entity), '{}') AS extent
          FROM held h GROUP BY h.entity
    )
    SELECT jsonb_build_object(
               'g', coalesce((SELECT jsonb_object_agg(entity, extent) FROM united), '{}'),
               'st', (SELECT coalesce(jsonb_agg(DISTINCT id), '[]') FROM seen),
               'pl', (SELECT coalesce(jsonb_agg(p.id), '[]') FROM (
                          SELECT s.id FROM seen s
                          UNION SELECT post.store_id FROM held h WHERE h.reach IN ('own', 'team') AND post.store_id IS NOT NULL
                          UNION SELECT r.store_id FROM public.record_grant r JOIN held h USING (entity)
                                 WHERE r.user_id = person AND r.expires_at > pg_catalog.now() AND r.store_id IS NOT NULL) AS p),
               'r', CASE WHEN waits THEN '[]' ELSE pg_catalog.to_jsonb(gate.counts_as(person)) END)
      INTO reach;
END $$;

-- What is left of a reach within a token's scopes. It takes away verbs, with the last verb of an entity its rows, and the places no
-- remaining entity opens. Revealing is never meant by "*"; what is tended though it is no entity is never meant by "*", and accounts,
-- roles and descriptions are tended by no token whatever it names. Roles speak of the person: only a token for everything has them.
CREATE FUNCTION gate.within(reach jsonb, scopes jsonb) RETURNS jsonb
LANGUAGE sql STABLE SET search_path = '' AS $$
WITH kept AS (
    SELECT g.key AS entity, g.value || jsonb_build_object('a', v.verbs) AS extent
      FROM pg_catalog.jsonb_each(reach -> 'g') g
     CROSS JOIN LATERAL (SELECT coalesce(scopes -> '*', '[]') AS every, coalesce(scopes -> g.key, '[]') AS own) s
     CROSS JOIN LATERAL (
           SELECT jsonb_agg(a) AS verbs FROM pg_catalog.jsonb_array_elements_text(g.value -> 'a') a
            WHERE s.own ? a OR a <> 'reveal' AND (s.own ? '*' OR (s.every ? '*' OR s.every ? a)
                                                  AND pg_catalog.to_regclass(pg_catalog.format('public.%I', g.key)) IS NOT NULL)) v
     WHERE v.verbs IS NOT NULL AND g.key <> ALL (ARRAY['ab_user', 'rights', 'catalog', 'console'])
), seen AS (
    SELECT DISTINCT s.id FROM kept k CROSS JOIN LATERAL pg_catalog.jsonb_array_elements(k.extent -> 'st') s (id)
)
SELECT jsonb_build_object(
           'g', coalesce((SELECT jsonb_object_agg(entity, extent) FROM kept), '{}'),
           'st', coalesce((SELECT jsonb_agg(id) FROM seen), '[]'),
           'pl', coalesce((SELECT jsonb_agg(p) FROM pg_catalog.jsonb_array_elements(reach -> 'pl') p
                            WHERE p IN (SELECT id FROM seen) -- or where something is his own or shared with him
                               OR EXISTS (SELECT FROM kept k WHERE k.extent ->> 'ow' IS NOT NULL OR k.extent -> 'ids' <> '[]')), '[]'),
           'r', CASE WHEN scopes -> '*' ? '*' THEN reach -> 'r' ELSE '[]' END)
$$;

-- The reach of a token whose owner stands as his profile says, computed once for that profile.
CREATE FUNCTION gate.reach_of_token(token bigint, p gate.profile) RETURNS text
LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' AS $$
DECLARE
    kept text := (SELECT r.reach FROM gate.token_reach r WHERE r.token_id = token AND r.stamp = p.stamp AND r.until = p.until);
BEGIN
    IF kept IS NULL THEN
        kept := (SELECT gate.within(p.reach::jsonb, t.scopes)::text FROM gate.token t WHERE t.id = token);
        IF pg_catalog.pg_try_advisory_xact_lock(1953460084, (token % 2147483647)::integer) THEN
            INSERT INTO gate.token_reach AS r VALUES (token, p.stamp, p.until, kept)
                ON CONFLICT (token_id) DO UPDATE SET stamp = excluded.stamp, until = excluded.until, reach = excluded.reach;
        END IF;
    END IF;
    RETURN kept;
END $$;

CREATE FUNCTION gate.admit(person bigint, kind text, door bigint, request text, token bigint DEFAULT NULL) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' AS $$
DECLARE
    p gate.profile;
    now_at bigint := (SELECT access FROM gate.stamp);
    c record;
BEGIN
    SELECT * INTO p FROM gate.profile WHERE user_id = person;
    IF p.stamp IS DISTINCT FROM now_at OR p.until <= pg_catalog.now() THEN
        SELECT * INTO c FROM gate.compute(person);
        p.stamp := now_at;
        p.until := c.until;
        p.head := c.head::text;
        p.reach := c.reach::text;
        -- One of his requests keeps it for the others; none waits for a request that takes long.
        IF pg_catalog.pg_try_advisory_xact_lock(1886547814, person::int) THEN
            INSERT INTO gate.profile VALUES (person, now_at, c.until, p.head, p.reach)
                ON CONFLICT (user_id) DO UPDATE SET stamp = excluded.stamp, until = excluded.until, head = excluded.head, reach = excluded.reach;
        END IF;
    END IF;
    PERFORM gate.punch(
        p.head::jsonb || jsonb_build_object('u', person, 'k', kind, 'q', pg_catalog.left(request, 80), 's', door),
        CASE WHEN token IS NULL THEN p.reach ELSE gate.reach_of_token(token, p) END);
END $$;

-- Takes one of the ten places a token has at once, until the transaction ends; whether there was one. Nothing is written for it.
CREATE FUNCTION gate.find_place(token bigint) RETURNS boolean
LANGUAGE plpgsql SET search_path = '' AS $$
BEGIN
    FOR n IN 0..9 LOOP
        IF pg_catalog.pg_try_advisory_xact_lock(1953460082, ((token * 10 + n) % 2147483647)::integer) THEN
            RETURN true;
        END IF;
    END LOOP;
    RETURN false;
END $$;

-- Announces the holder of a session or API token; answers who he is and the stamps. All NULL but the stamps is nobody, as is the holder of
-- a token that is not for this address ("elsewhere") or is used too often at once ("crowded").
CREATE FUNCTION gate.announce(token text, request text, address inet DEFAULT NULL,
    OUT user_id bigint, OUT kind text, OUT door bigint, OUT fresh timestamptz, OUT access bigint, OUT catalog bigint)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' AS $$
DECLARE
    hashed bytea := pg_catalog.sha256(pg_catalog.convert_to(coalesce(token, ''), 'UTF8'));
    seen timestamptz;
    t gate.token;
BEGIN
    SELECT s.access, s.catalog INTO access, catalog FROM gate.stamp s;
    IF pg_catalog.starts_with(token, 'dlr_') THEN
        SELECT x.* INTO t FROM gate.token x JOIN public.ab_user u ON u.id = x.user_id AND u.active
         WHERE x.token_hash = hashed AND x.ended_at IS NULL AND x.expires_at > pg_catalog.now();
        IF t.addresses IS NOT NULL AND (address <<= ANY (t.addresses)) IS NOT TRUE THEN
            kind := 'elsewhere';
            PERFORM gate.note_elsewhere(t, address);
        ELSIF t.id IS NOT NULL AND NOT gate.find_place(t.id) THEN
            kind := 'crowded';
        ELSIF t.id IS NOT NULL THEN
            kind := 'token';
            user_id := t.user_id;
            door := t.id;
            IF t.last_used IS NULL OR t.last_used < pg_catalog.now() - interval '1 minute' THEN
                UPDATE gate.token x SET last_used = pg_catalog.now(), last_address = address
                 WHERE x.id = (SELECT y.id FROM gate.token y WHERE y.id = door FOR UPDATE SKIP LOCKED);
            END IF;
        END IF;
    ELSIF token <> '' THEN
        SELECT s.user_id, s.id, s.last_seen, s.fresh_at INTO user_id, door, seen, fresh
          FROM gate.session s JOIN public.ab_user u ON u.id = s.user_id AND u.active
         WHERE s.token_hash = hashed AND s.ended_at IS NULL AND s.expires_at > pg_catalog.now()
           AND s.last_seen > pg_catalog.now() - s.idle;
        kind := CASE WHEN user_id IS NOT NULL THEN 'person' END;
        IF user_id IS NOT NULL AND seen < pg_catalog.now() - interval '1 minute' THEN
            UPDATE gate.session s SET last_seen = pg_catalog.now()
             WHERE s.id = (SELECT x.id FROM gate.session x WHERE x.id = door FOR UPDATE SKIP LOCKED);
        END IF;
    END IF;
    IF user_id IS NULL THEN
        PERFORM gate.forget();
    ELSE
        PERFORM gate.admit(user_id, kind, door, request, t.id);
    END IF;
END $$;

-- What the announced person may do, for the process that announced him.
CREATE FUNCTION gate.my_profile() RETURNS jsonb
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = '' AS
$$ SELECT gate.ticket() || gate.reach() $$;

-- A worker acts for the person who asked, with that person's rights of now, within the scopes of the token he asked by; false when he has
-- left or somebody ended that token.
CREATE FUNCTION gate.announce_job(person bigint, request text, token bigint DEFAULT NULL) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' AS $$
DECLARE
    t gate.token;
BEGIN
    SELECT x.* INTO t FROM gate.token x WHERE x.id = token AND x.user_id = person AND x.ended_at IS NULL;
    IF NOT gate.may_enter(person) OR (token IS NOT NULL AND t.id IS NULL) THEN
        PERFORM gate.forget();
        RETURN false;
    END IF;
    PERFORM gate.admit(person, 'job', NULL, request, t.id);
    RETURN true;
END $$;

-- The token by which the actor of this transaction speaks; NULL for everybody else.
CREATE FUNCTION gate.my_token() RETURNS bigint
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = '' AS
$$ SELECT CASE t ->> 'k' WHEN 'token' THEN (t ->> 's')::bigint END FROM gate.ticket() t $$;

CREATE FUNCTION gate.announce_system(request text) RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = '' AS
$$ SELECT gate.punch(jsonb_build_object('u', NULL, 'k', 'system', 'n', 'SYSTEM', 'q', pg_catalog.left(request, 80)), '{"*": true}') $$;

-- Guarding tables ---------------------------------------------------------------------------------------------------
-- Refuses a write whose verb no grant allows. Administrators of the server act outside tickets; the trail names them.
-- What rules and named actions do in the tables' owner's name, in consequence of what was allowed, asks for no grant of its own.
CREATE FUNCTION gate.check_verb() RETURNS trigger
LANGUAGE plpgsql SECURITY INVOKER SET search_path = '' AS $$
DECLARE
    verb text := CASE TG_OP WHEN 'INSERT' THEN 'create' ELSE pg_catalog.lower(TG_OP) END;
BEGIN
    IF current_user IN ('forecourt_web', 'forecourt_worker') AND NOT gate.may(TG_ARGV[0], verb) THEN
        RAISE insufficient_privilege USING MESSAGE = pg_catalog.format('%s on %s is not granted', verb, TG_ARGV[0]);
    END IF;
    RETURN NULL;
END $$;

-- Who, when and under which number is the database's to say: the trail, uploads and shared records speak of numbers, so a
-- row never takes one that another had. A row never changes its number, its store, its uuid or its birth.
CREATE FUNCTION gate.stamp_row() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' AS $$
BEGIN
    IF TG_OP = 'UPDATE' AND pg_catalog.current_setting('forecourt.resealing', true) <> '' THEN
        IF gate.only_resealed(pg_catalog.to_jsonb(OLD), pg_catalog.to_jsonb(NEW)) THEN
            RETURN NEW; -- nobody changed the record, and nobody who is writing in it shall be told so
        ELSIF gate.resealing() IS NOT NULL THEN
            RAISE insufficient_privilege USING MESSAGE = 'while values are sealed anew nothing else changes';
        END IF;
    END IF;
    NEW.updated_at := pg_catalog.now();
    NEW.updated_by := gate.my_id();
    IF TG_OP = 'INSERT' AND pg_catalog.current_setting('forecourt.restoring', true) <> '' AND EXISTS (
        SELECT FROM gate.bin b WHERE b.relation = TG_RELID AND b.record_id = NEW.id AND b.restoring = pg_catalog.pg_current_xact_id())
    THEN -- it comes back from the recycle bin as it was, and nobody who read it before may overwrite it unseen
        NEW.version := NEW.version + 1;
    ELSIF TG_OP = 'INSERT' THEN
        NEW.created_at := NEW.updated_at;
        NEW.created_by := NEW.updated_by;
        NEW.version := 1;
        IF session_user = 'forecourt_web' AND TG_ARGV[1] <> '' AND NEW.id IS DISTINCT FROM pg_catalog.currval(TG_ARGV[1]::regclass) THEN
            RAISE insufficient_privilege USING MESSAGE = 'a record does not choose its number';
        END IF;
    ELSE
        NEW.id := OLD.id;
        NEW.created_at := OLD.created_at;
        NEW.created_by := OLD.created_by;
        NEW.uuid := OLD.uuid;
        NEW.version := OLD.version + 1;
        IF TG_ARGV[0] = 'store' AND pg_catalog.to_jsonb(NEW) -> 'store_id' IS DISTINCT FROM pg_catalog.to_jsonb(OLD) -> 'store_id' THEN
            RAISE check_violation USING MESSAGE = 'a record does not change its store';
        END IF;
    END IF;
    RETURN NEW;
END $$;

CREATE FUNCTION gate.scope_clause(entity text, belongs text, owners text[], team text) RETURNS text
LANGUAGE plpgsql IMMUTABLE SET search_path = '' AS $$
DECLARE
    place text := CASE belongs WHEN 'store' THEN 'store_id' WHEN 'self' THEN 'id' END;
    clause text;
    owner text;
BEGIN
    IF place IS NULL THEN
        RETURN pg_catalog.format('(SELECT gate.may_see(%L))', entity);
    END IF;
    -- As a set, not as an array: the planner takes every array for ten elements, so among hundreds of stores it would believe that the
    -- policy leaves a fortieth of a store's rows and sort the whole store for each page, where an index gives the page in order.
    clause := pg_catalog.format('%I IN (SELECT pg_catalog.unnest(gate.my_stores(%L)))', place, entity);
    IF belongs = 'self' THEN
        clause := clause || pg_catalog.format(' OR (SELECT gate.everywhere(%L))', entity);
    END IF;
    IF team IS NOT NULL THEN
        clause := clause || pg_catalog.format(' OR %I = ANY ((SELECT gate.my_teams(%L))::bigint[])', team, entity);
    END IF;
    FOREACH owner IN ARRAY owners LOOP
        clause := clause || pg_catalog.format(' OR %I = (SELECT gate.my_owner(%L))', owner, entity);
    END LOOP;
    RETURN clause || pg_catalog.format(' OR id = ANY ((SELECT gate.my_records(%L))::bigint[])', entity);
END $$;

-- Installs the one row policy, the verb check and the row stamps on a table; run by its owner; running it again renews them.
CREATE FUNCTION gate.protect(target regclass, entity text, belongs text, owners text[], team text) RETURNS void
LANGUAGE plpgsql SET search_path = '' AS $$
DECLARE
    clause text := gate.scope_clause(entity, belongs, owners, team);
    t text := target::text;
    numbers text := coalesce(pg_catalog.pg_get_serial_sequence(t, 'id'), '');
BEGIN
    IF numbers <> '' THEN
        EXECUTE pg_catalog.format('GRANT SELECT ON SEQUENCE %s TO forecourt_guard', numbers);
    END IF;
    EXECUTE pg_catalog.format('ALTER TABLE %s ENABLE ROW LEVEL SECURITY', t);
    EXECUTE pg_catalog.format('DROP POLICY IF EXISTS scope ON %s', t);
    EXECUTE pg_catalog.format('CREATE POLICY scope ON %s FOR ALL TO forecourt_web, forecourt_worker USING (%s) WITH CHECK (%s)', t, clause, clause);
    EXECUTE pg_catalog.format('DROP TRIGGER IF EXISTS check_verb ON %s', t);
    EXECUTE pg_catalog.format('CREATE TRIGGER check_verb BEFORE INSERT OR UPDATE OR DELETE ON %s FOR EACH STATEMENT EXECUTE FUNCTION gate.check_verb(%L)', t, entity);
    EXECUTE pg_catalog.format('ALTER TABLE %s ENABLE ALWAYS TRIGGER check_verb', t);
    EXECUTE pg_catalog.format('DROP TRIGGER IF EXISTS stamp_row ON %s', t);
    EXECUTE pg_catalog.format('CREATE TRIGGER stamp_row BEFORE INSERT OR UPDATE ON %s FOR EACH ROW EXECUTE FUNCTION gate.stamp_row(%L, %L)', t, belongs, numbers);
    EXECUTE pg_catalog.format('ALTER TABLE %s ENABLE ALWAYS TRIGGER stamp_row', t);
    EXECUTE pg_catalog.format('GRANT SELECT, INSERT, UPDATE, DELETE ON %s TO forecourt_web, forecourt_worker', t);
END $$;

-- Versions ----------------------------------------------------------------------------------------------------------
CREATE FUNCTION gate.bump_access() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' AS $$
BEGIN
    UPDATE gate.stamp SET access = access + 1;
    RETURN NULL;
END $$;

CREATE FUNCTION gate.bump_catalog() RETURNS bigint
LANGUAGE sql SECURITY DEFINER SET search_path = '' AS
$$ UPDATE gate.stamp SET catalog = catalog + 1, access = access + 1 RETURNING catalog $$;

-- Ownership and who may call what. Ticket-making stays with the guard.
DO $$
DECLARE
    f regprocedure;
BEGIN
    FOR f IN SELECT p.oid::regprocedure FROM pg_proc p WHERE p.pronamespace = 'gate'::regnamespace LOOP
        EXECUTE format('ALTER FUNCTION %s OWNER TO forecourt_guard', f);
        EXECUTE format('REVOKE ALL ON FUNCTION %s FROM PUBLIC', f);
    END LOOP;
END $$;
ALTER TABLE gate.secret OWNER TO forecourt_guard;
ALTER TABLE gate.stamp OWNER TO forecourt_guard;
ALTER TABLE gate.session OWNER TO forecourt_guard;
ALTER TABLE gate.token OWNER TO forecourt_guard;
ALTER TABLE gate.profile OWNER TO forecourt_guard;
ALTER TABLE gate.token_reach OWNER TO forecourt_guard;
GRANT EXECUTE ON FUNCTION gate.ticket(), gate.my_id(), gate.is_system(), gate.my_stores(text), gate.my_teams(text), gate.my_owner(text),
    gate.my_records(text), gate.everywhere(text), gate.my_places(), gate.may(text, text), gate.has_role(text[]), gate.may_see(text), gate.my_profile(), gate.my_token(),
    gate.resealing(), gate.only_resealed(jsonb, jsonb),
    gate.announce(text, text, inet)
    TO forecourt_web, forecourt_worker, forecourt_owner;
GRANT EXECUTE ON FUNCTION gate.announce_job(bigint, text, bigint), gate.announce_system(text) TO forecourt_worker;
GRANT EXECUTE ON FUNCTION gate.check_verb(), gate.stamp_row(), gate.bump_access(), gate.scope_clause(text, text, text[], text),
    gate.protect(regclass, text, text, text[], text), gate.bump_catalog() TO forecourt_owner;
