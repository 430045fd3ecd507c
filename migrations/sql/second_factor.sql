-- The second factor and the fresh sign-in: codes beside passwords, devices that are trusted, and what is asked of whom.
-- The web process alone opens the sealed secret and says which time step a code belongs to; that a step or a recovery code counts
-- once is decided here, under the row's lock. Until a code has passed there is no session: a half-open sign-in announces nobody.
SET LOCAL check_function_bodies = off;

CREATE TABLE gate.factor (
    user_id bigint PRIMARY KEY REFERENCES public.ab_user (id) ON DELETE CASCADE,
    secret bytea, -- sealed for this person alone; NULL until a code has confirmed it
    set_at timestamptz,
    step bigint NOT NULL DEFAULT 0, -- the newest that was accepted
    salt bytea, -- of the recovery codes
    pending bytea, -- the next secret, until confirmed
    pending_at timestamptz
);

CREATE TABLE gate.recovery (
    user_id bigint NOT NULL REFERENCES gate.factor (user_id) ON DELETE CASCADE,
    digest bytea NOT NULL, -- Argon2id
    used_at timestamptz,
    PRIMARY KEY (user_id, digest)
);

-- A sign-in whose password was right and whose code is still awaited.
CREATE TABLE gate.half_open (
    token_hash bytea PRIMARY KEY,
    user_id bigint NOT NULL REFERENCES public.ab_user (id) ON DELETE CASCADE,
    seen text NOT NULL, -- the hash of the password that was shown
    expires_at timestamptz NOT NULL
);
CREATE INDEX half_open_of_user ON gate.half_open (user_id);

CREATE TABLE gate.trust (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    device bytea NOT NULL UNIQUE REFERENCES gate.device (token_hash) ON DELETE CASCADE,
    user_id bigint NOT NULL REFERENCES public.ab_user (id) ON DELETE CASCADE,
    created_at timestamptz NOT NULL DEFAULT now(),
    until timestamptz NOT NULL,
    agent text
);
CREATE INDEX trust_of_user ON gate.trust (user_id);

CREATE TABLE gate.factor_demand (
    role_id integer PRIMARY KEY REFERENCES public.ab_role (id) ON DELETE CASCADE,
    grace integer NOT NULL CHECK (grace IN (0, 7)), -- days from the first sign-in
    set_at timestamptz NOT NULL DEFAULT now()
);
COMMENT ON TABLE gate.factor_demand IS 'The roles whose holders must have a second factor, and how soon';

CREATE TABLE gate.factor_since (
    user_id bigint PRIMARY KEY REFERENCES public.ab_user (id) ON DELETE CASCADE,
    since timestamptz NOT NULL DEFAULT now() -- the first sign-in at which a factor was demanded of him
);

CREATE TABLE gate.act_demand (
    act text PRIMARY KEY CHECK (act IN ('reveal', 'export', 'rights', 'roles', 'tokens', 'factor')),
    minutes integer CHECK (minutes BETWEEN 1 AND 720), -- NULL asks nobody
    CHECK (act <> 'factor' OR minutes IS NOT NULL)
);
COMMENT ON TABLE gate.act_demand IS 'How many minutes ago at most somebody must have shown who he is before he does this';
INSERT INTO gate.act_demand SELECT act, 15 FROM unnest(ARRAY['reveal', 'export', 'rights', 'roles', 'tokens', 'factor']) act;
INSERT INTO gate.allowance VALUES ('code', 10, 900), ('code_device', 20, 900);

-- Fresh sign-in -----------------------------------------------------------------------------------------------------
-- Whether who acts showed who he is lately enough. A token was made by somebody fresh, for reading; it changes no rights.
CREATE FUNCTION gate.is_fresh(deed text) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = '' AS $$
    SELECT CASE WHEN session_user <> 'forecourt_web' OR d.minutes IS NULL THEN true
                WHEN t.head ->> 'k' = 'person' THEN EXISTS (
                    SELECT FROM gate.session s WHERE s.id = (t.head ->> 's')::bigint
                       AND s.fresh_at > pg_catalog.now() - pg_catalog.make_interval(mins => d.minutes))
                ELSE t.head ->> 'k' = 'token' AND d.act IN ('reveal', 'export') END
      FROM gate.act_demand d, (SELECT gate.ticket() AS head) t WHERE d.act = deed
$$;

CREATE FUNCTION gate.demand_fresh(deed text) RETURNS void
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = '' AS $$
BEGIN
    IF NOT coalesce(gate.is_fresh(deed), false) THEN
        RAISE insufficient_privilege USING MESSAGE = 'this asks for a fresh sign-in', CONSTRAINT = 'fresh', COLUMN = deed,
            DETAIL = coalesce((SELECT d.minutes FROM gate.act_demand d WHERE d.act = deed)::text, '');
    END IF;
END $$;

-- Demands on people -------------------------------------------------------------------------------------------------
CREATE FUNCTION gate.has_factor(person bigint) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = '' AS
$$ SELECT EXISTS (SELECT FROM gate.factor f WHERE f.user_id = person AND f.secret IS NOT NULL) $$;

-- When somebody must have set up a second factor; NULL when none is asked of him, he has one, or he never signed in since.
CREATE FUNCTION gate.factor_due(person bigint) RETURNS timestamptz
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = '' AS $$
    SELECT min(CASE WHEN d.grace = 0 THEN d.set_at ELSE greatest(s.since, d.set_at) + pg_catalog.make_interval(days => d.grace) END)
      FROM public.ab_user_role ur JOIN gate.factor_demand d ON d.role_id = ur.role_id LEFT JOIN gate.factor_since s ON s.user_id = ur.user_id
     WHERE ur.user_id = person AND (d.grace = 0 OR s.since IS NOT NULL) AND NOT gate.has_factor(person)
$$;

CREATE FUNCTION gate.begin_grace(person bigint) RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = '' AS $$
    INSERT INTO gate.factor_since (user_id)
    SELECT person WHERE EXISTS (SELECT FROM public.ab_user_role ur JOIN gate.factor_demand d ON d.role_id = ur.role_id WHERE ur.user_id = person)
        ON CONFLICT DO NOTHING
$$;

-- Signing in with a code --------------------------------------------------------------------------------------------
-- The step of RFC 6238 that it is by the database's clock.
CREATE FUNCTION gate.code_step() RETURNS bigint
LANGUAGE sql VOLATILE SET search_path = '' AS
$$ SELECT pg_catalog.floor(extract(epoch FROM pg_catalog.clock_timestamp()) / 30)::bigint $$;

CREATE FUNCTION gate.asks_code(person bigint, device bytea) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = '' AS $$
    SELECT gate.has_factor(person)
       AND NOT EXISTS (SELECT FROM gate.trust t WHERE t.device = asks_code.device AND t.user_id = person AND t.until > pg_catalog.now())
$$;

CREATE FUNCTION gate.wait_for_code(person bigint, seen text, token_hash bytea) RETURNS timestamptz
LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' AS $$
DECLARE
    until timestamptz := pg_catalog.now() + interval '10 minutes';
BEGIN
    DELETE FROM gate.half_open h WHERE h.user_id = person AND h.expires_at < pg_catalog.now();
    INSERT INTO gate.half_open VALUES (wait_for_code.token_hash, person, wait_for_code.seen, until);
    RETURN until;
END $$;

-- Counts an attempt at a code of whoever holds a half-open sign-in or a living session, and answers what to check it against.
-- Codes have buckets of their own: who knows a password must not win attempts back by showing it again.
CREATE FUNCTION gate.knock_code(token_hash bytea, ip text, device bytea, proof bytea,
    OUT wait integer, OUT person bigint, OUT secret bytea, OUT salt bytea, OUT step bigint, OUT bucket text)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' AS $$
BEGIN
    PERFORM gate.demand('knock_code', proof, pg_catalog.encode(token_hash, 'hex'), ip, pg_catalog.encode(device, 'hex'));
    PERFORM pg_catalog.set_config('synchronous_commit', 'off', true);
    wait := gate.take('ip:' || ip);
    SELECT h.user_id INTO person FROM gate.half_open h WHERE h.token_hash = knock_code.token_hash AND h.expires_at > pg_catalog.now();
    IF person IS NULL THEN
        SELECT s.user_id INTO person FROM gate.session s WHERE s.token_hash = knock_code.token_hash AND s.ended_at IS NULL
           AND s.expires_at > pg_catalog.now() AND s.last_seen > pg_catalog.now() - s.idle;
    END IF;
    IF wait > 0 OR person IS NULL THEN
        RETURN;
    END IF;
    PERFORM FROM gate.device d WHERE d.token_hash = device AND d.user_id = person;
    bucket := CASE WHEN FOUND THEN 'code_device:' || pg_catalog.encode(device, 'hex') ELSE 'code:' || person END;
    wait := gate.take(bucket);
    IF wait = 0 THEN
        wait := gate.take('all:');
    END IF;
    IF wait = 0 THEN
        SELECT f.secret, f.salt INTO secret, salt FROM gate.factor f WHERE f.user_id = person AND f.secret IS NOT NULL;
        step := gate.code_step();
    END IF;
END $$;

-- Uses up the step or the recovery code somebody showed: 'code', 'recovery', or NULL for one that does not count (any more).
CREATE FUNCTION gate.use_code(person bigint, shown bigint, shown_digest bytea) RETURNS text
LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' AS $$
BEGIN
    UPDATE gate.factor f SET step = shown WHERE f.user_id = person AND f.secret IS NOT NULL AND f.step < shown
       AND shown BETWEEN gate.code_step() - 1 AND gate.code_step() + 1;
    IF FOUND THEN
        RETURN 'code';
    END IF;
    UPDATE gate.recovery r SET used_at = pg_catalog.clock_timestamp()
     WHERE r.user_id = person AND r.digest = shown_digest AND r.used_at IS NULL;
    RETURN CASE WHEN FOUND THEN 'recovery' END;
END $$;

CREATE FUNCTION gate.codes_left(person bigint) RETURNS integer
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = '' AS
$$ SELECT count(*)::integer FROM gate.recovery r WHERE r.user_id = person AND r.used_at IS NULL $$;

-- Opens the session a half-open sign-in waited for. `person` alone is a wrong code, which is counted; nothing at all a sign-in that
-- has ended. `codes_left` tells of whom used a recovery code how many he has.
CREATE FUNCTION gate.pass_code(half bytea, shown bigint, shown_digest bytea, token_hash bytea, device bytea, trusts boolean, bucket text,
    idle integer, life integer, ip text, agent text, request text, proof bytea,
    OUT person bigint, OUT session bigint, OUT expires_at timestamptz, OUT displaced integer, OUT codes_left integer)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' AS $$
DECLARE
    h gate.half_open;
    how text;
BEGIN
    PERFORM gate.demand('pass_code', proof, pg_catalog.encode(half, 'hex'), shown::text, pg_catalog.encode(shown_digest, 'hex'),
                        pg_catalog.encode(token_hash, 'hex'), pg_catalog.encode(device, 'hex'), trusts::text, bucket, idle::text, life::text);
    SELECT * INTO h FROM gate.half_open x WHERE x.token_hash = half AND x.expires_at > pg_catalog.now() FOR UPDATE;
    PERFORM FROM gate.credential c WHERE c.user_id = h.user_id AND c.hash = h.seen AND c.disabled_at IS NULL FOR UPDATE;
    IF NOT FOUND OR NOT gate.may_enter(h.user_id) THEN
        RETURN;
    END IF;
    person := h.user_id;
    how := gate.use_code(person, shown, shown_digest);
    IF how IS NULL THEN
        PERFORM gate.count_failure(person, pg_catalog.jsonb_build_object('factor', true, 'ip', ip));
        RETURN;
    END IF;
    DELETE FROM gate.half_open x WHERE x.token_hash = half;
    PERFORM gate.give_back(bucket);
    SELECT l.session, l.expires_at, l.displaced INTO session, expires_at, displaced
      FROM gate.let_in(person, token_hash, device, idle, life, ip, agent, request) l;
    IF trusts THEN
        INSERT INTO gate.trust AS t (device, user_id, until, agent)
        SELECT d.token_hash, person, pg_catalog.now() + interval '30 days', pg_catalog.left(pass_code.agent, 200)
          FROM gate.device d WHERE d.token_hash = pass_code.device AND d.user_id = person
            ON CONFLICT ON CONSTRAINT trust_device_key DO UPDATE SET until = excluded.until;
        PERFORM gate.note('device_trusted', person, pg_catalog.jsonb_build_object('session', session));
    END IF;
    IF how = 'recovery' THEN
        codes_left := gate.codes_left(person);
        PERFORM gate.note('recovery_code_used', person, pg_catalog.jsonb_build_object('left', codes_left));
    END IF;
END $$;

-- Makes a living session fresh for a code, under a new token; its end, or NULL for a code that does not count or a session that ended.
CREATE FUNCTION gate.renew_by_code(token_hash bytea, renewed bytea, shown bigint, bucket text, ip text, request text, proof bytea)
RETURNS timestamptz
LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' AS $$
DECLARE
    person bigint;
    until timestamptz;
BEGIN
    PERFORM gate.demand('renew_by_code', proof, pg_catalog.encode(token_hash, 'hex'), pg_catalog.encode(renewed, 'hex'), shown::text, bucket);
    SELECT s.user_id INTO person FROM gate.session s WHERE s.token_hash = renew_by_code.token_hash AND s.ended_at IS NULL;
    PERFORM FROM gate.credential c WHERE c.user_id = person AND c.disabled_at IS NULL FOR UPDATE;
    IF NOT FOUND OR NOT gate.may_enter(person) THEN
        RETURN NULL;
    END IF;
    IF gate.use_code(person, shown, NULL) IS NULL THEN
        PERFORM gate.count_failure(person, pg_catalog.jsonb_build_object('factor', true, 'ip', ip));
        RETURN NULL;
    END IF;
    until := gate.freshen(person, token_hash, renewed, request);
    IF until IS NOT NULL THEN
        PERFORM gate.give_back(bucket);
    END IF;
    RETURN until;
END $$;

-- One's own factor --------------------------------------------------------------------------------------------------
-- The person who acts, signed in and fresh enough to change his own ways in.
CREATE FUNCTION gate.myself_fresh() RETURNS bigint
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = '' AS $$
BEGIN
    IF gate.ticket() ->> 'k' IS DISTINCT FROM 'person' THEN
        RAISE insufficient_privilege USING MESSAGE = 'a person who is signed in sees to this himself';
    END IF;
    PERFORM gate.demand_fresh('factor');
    RETURN gate.my_id();
END $$;

-- Ends what was opened under another factor: other sessions, half-open sign-ins and trusted devices.
CREATE FUNCTION gate.factor_changed(person bigint) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' AS $$
BEGIN
    DELETE FROM gate.trust t WHERE t.user_id = person;
    DELETE FROM gate.half_open h WHERE h.user_id = person;
    PERFORM gate.close_sessions(person, 'second factor changed',
        (SELECT s.token_hash FROM gate.session s WHERE s.id = (gate.ticket() ->> 's')::bigint AND gate.ticket() ->> 'k' = 'person'));
END $$;

CREATE FUNCTION gate.prepare_factor(sealed bytea, proof bytea) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' AS $$
DECLARE
    person bigint := gate.myself_fresh();
BEGIN
    PERFORM gate.demand('prepare_factor', proof, person::text, pg_catalog.encode(sealed, 'hex'));
    INSERT INTO gate.factor AS f (user_id, pending, pending_at) VALUES (person, sealed, pg_catalog.now())
        ON CONFLICT (user_id) DO UPDATE SET pending = excluded.pending, pending_at = excluded.pending_at;
END $$;

-- The sealed secret that waits to be confirmed, for a quarter of an hour, and the step it is.
CREATE FUNCTION gate.pending_factor(OUT sealed bytea, OUT step bigint)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' AS $$
DECLARE
    person bigint := gate.myself_fresh();
BEGIN
    SELECT f.pending INTO sealed FROM gate.factor f WHERE f.user_id = person AND f.pending_at > pg_catalog.now() - interval '15 minutes';
    step := gate.code_step();
END $$;

CREATE FUNCTION gate.keep_codes(person bigint, new_salt bytea, digests bytea[]) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' AS $$
BEGIN
    UPDATE gate.factor f SET salt = new_salt WHERE f.user_id = person;
    DELETE FROM gate.recovery r WHERE r.user_id = person;
    INSERT INTO gate.recovery (user_id, digest) SELECT person, d FROM unnest(digests) d;
END $$;

CREATE FUNCTION gate.joined(digests bytea[]) RETURNS text
LANGUAGE sql IMMUTABLE SET search_path = '' AS
$$ SELECT pg_catalog.string_agg(pg_catalog.encode(d, 'hex'), ',' ORDER BY n) FROM pg_catalog.unnest(digests) WITH ORDINALITY AS x (d, n) $$;

-- Puts the pending secret, confirmed by a code of the step shown, in force with new recovery codes; false when there is none.
CREATE FUNCTION gate.confirm_factor(sealed bytea, shown bigint, salt bytea, digests bytea[], proof bytea) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' AS $$
DECLARE
    person bigint := gate.myself_fresh();
BEGIN
    PERFORM gate.demand('confirm_factor', proof, person::text, pg_catalog.encode(sealed, 'hex'), shown::text, pg_catalog.encode(salt, 'hex'), gate.joined(digests));
    UPDATE gate.factor f SET secret = f.pending, set_at = pg_catalog.now(), step = shown, pending = NULL, pending_at = NULL
     WHERE f.user_id = person AND f.pending = sealed AND f.pending_at > pg_catalog.now() - interval '15 minutes';
    IF NOT FOUND THEN
        RETURN false;
    END IF;
    PERFORM gate.keep_codes(person, confirm_factor.salt, digests);
    PERFORM gate.note('factor_set', person, '{}');
    PERFORM gate.factor_changed(person);
    RETURN true;
END $$;

CREATE FUNCTION gate.renew_codes(salt bytea, digests bytea[], proof bytea) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' AS $$
DECLARE
    person bigint := gate.myself_fresh();
BEGIN
    PERFORM gate.demand('renew_codes', proof, person::text, pg_catalog.encode(salt, 'hex'), gate.joined(digests));
    PERFORM FROM gate.factor f WHERE f.user_id = person AND f.secret IS NOT NULL FOR UPDATE;
    IF NOT FOUND THEN
        RETURN false;
    END IF;
    PERFORM gate.keep_codes(person, renew_codes.salt, digests);
    PERFORM gate.note('recovery_codes_made', person, '{}');
    RETURN true;
END $$;

CREATE FUNCTION gate.drop_factor(proof bytea) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' AS $$
DECLARE
    person bigint := gate.myself_fresh();
    had boolean := gate.has_factor(person);
BEGIN
    PERFORM gate.demand('drop_factor', proof, person::text);
    DELETE FROM gate.factor f WHERE f.user_id = person;
    IF had THEN
        PERFORM gate.note('factor_removed', person, '{}');
        PERFORM gate.factor_changed(person);
    END IF;
    RETURN had;
END $$;

-- How one's own factor stands: when it was set up, recovery codes left and when one was last used, and when it must be set up.
CREATE FUNCTION gate.my_factor(OUT set_at timestamptz, OUT codes_left integer, OUT code_used timestamptz, OUT due timestamptz)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = '' AS $$
    SELECT (SELECT f.set_at FROM gate.factor f WHERE f.user_id = gate.my_id() AND f.secret IS NOT NULL), gate.codes_left(gate.my_id()),
           (SELECT max(r.used_at) FROM gate.recovery r WHERE r.user_id = gate.my_id()), gate.factor_due(gate.my_id())
$$;

-- Trusted devices and sessions of one's own -------------------------------------------------------------------------
CREATE FUNCTION gate.my_trusts() RETURNS TABLE (id bigint, created_at timestamptz, until timestamptz, agent text)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = '' AS $$
    SELECT t.id, t.created_at, t.until, t.agent FROM gate.trust t WHERE t.user_id = gate.my_id() AND t.until > pg_catalog.now() ORDER BY t.id DESC
$$;

CREATE FUNCTION gate.end_trust(trust bigint) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' AS $$
BEGIN
    DELETE FROM gate.trust t WHERE t.id = trust AND t.user_id = gate.my_id();
    IF FOUND THEN
        PERFORM gate.note('device_forgotten', gate.my_id(), '{}');
    END IF;
    RETURN FOUND;
END $$;

-- Ends one of one's own other sessions, or all of them when none is named; how many there were.
CREATE FUNCTION gate.end_others(other bigint) RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' AS $$
DECLARE
    head jsonb := gate.ticket();
    count integer;
BEGIN
    IF head ->> 'k' IS DISTINCT FROM 'person' THEN
        RAISE insufficient_privilege USING MESSAGE = 'a person who is signed in sees to this himself';
    END IF;
    UPDATE gate.session s SET ended_at = pg_catalog.now(), ended_why = 'ended elsewhere'
     WHERE s.user_id = gate.my_id() AND s.ended_at IS NULL AND s.id <> (head ->> 's')::bigint AND (other IS NULL OR s.id = other);
    GET DIAGNOSTICS count = ROW_COUNT;
    IF count > 0 THEN
        PERFORM gate.note('session_ended', gate.my_id(), pg_catalog.jsonb_build_object('why', 'ended elsewhere'), count);
    END IF;
    RETURN count;
END $$;

CREATE FUNCTION gate.distrust() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' AS $$
BEGIN
    DELETE FROM gate.trust t WHERE t.user_id = NEW.user_id;
    DELETE FROM gate.half_open h WHERE h.user_id = NEW.user_id;
    RETURN NULL;
END $$;

-- Who tends accounts, and who tends rights --------------------------------------------------------------------------
-- Accounts by login or name, and how their factor stands.
CREATE FUNCTION gate.factors(words text, most integer)
RETURNS TABLE (user_id integer, login text, name text, store text, set_at timestamptz, codes_left integer, due timestamptz, mine boolean)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = '' AS $$
BEGIN
    IF NOT gate.tends_accounts() THEN
        RAISE insufficient_privilege USING MESSAGE = 'update on ab_user is not granted';
    END IF;
    RETURN QUERY
        SELECT u.id, u.username::text, coalesce(e.name, nullif(pg_catalog.btrim(u.last_name || u.first_name), ''), u.username)::text, s.name::text,
               CASE WHEN f.secret IS NOT NULL THEN f.set_at END, gate.codes_left(u.id), gate.factor_due(u.id), u.id IS NOT DISTINCT FROM gate.my_id()
          FROM public.ab_user u LEFT JOIN public.employee e ON e.user_id = u.id AND e.left_on IS NULL LEFT JOIN public.store s ON s.id = e.store_id
          LEFT JOIN gate.factor f ON f.user_id = u.id
         WHERE gate.may_enter(u.id) AND (pg_catalog.strpos(pg_catalog.lower(u.username), pg_catalog.lower(words)) > 0
               OR pg_catalog.strpos(coalesce(e.name, u.last_name || u.first_name), words) > 0)
         ORDER BY f.secret IS NULL, 3, 1 LIMIT most;
END $$;

-- Takes a lost factor off somebody else's account and ends all he has open; whether there was one. Never one's own.
CREATE FUNCTION gate.reset_factor(person bigint) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' AS $$
DECLARE
    had boolean := gate.has_factor(person);
BEGIN
    IF NOT gate.tends_accounts() OR person IS NOT DISTINCT FROM gate.my_id() THEN
        RAISE insufficient_privilege USING MESSAGE = 'somebody else who tends accounts does this';
    END IF;
    PERFORM gate.demand_fresh('factor');
    DELETE FROM gate.factor f WHERE f.user_id = person;
    IF had THEN
        PERFORM gate.note('factor_reset', person, '{}');
        PERFORM gate.factor_changed(person);
    END IF;
    RETURN had;
END $$;

CREATE FUNCTION gate.factor_demands() RETURNS TABLE (role_id integer, name text, grace integer)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = '' AS $$
BEGIN
    PERFORM gate.demand_right('list');
    RETURN QUERY SELECT r.id, r.name::text, d.grace FROM public.ab_role r LEFT JOIN gate.factor_demand d ON d.role_id = r.id ORDER BY r.id;
END $$;

CREATE FUNCTION gate.act_demands() RETURNS TABLE (act text, minutes integer)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = '' AS $$
BEGIN
    PERFORM gate.demand_right('list');
    RETURN QUERY SELECT d.act, d.minutes FROM gate.act_demand d ORDER BY 1;
END $$;

CREATE FUNCTION gate.demand_factor(role integer, days integer) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' AS $$
DECLARE
    was integer := (SELECT d.grace FROM gate.factor_demand d WHERE d.role_id = role);
BEGIN
    PERFORM gate.demand_right('update');
    PERFORM gate.demand_fresh('rights');
    PERFORM gate.one_tender();
    IF days IS NULL THEN
        DELETE FROM gate.factor_demand d WHERE d.role_id = role;
    ELSE
        INSERT INTO gate.factor_demand AS d (role_id, grace) VALUES (role, days)
            ON CONFLICT ON CONSTRAINT factor_demand_pkey DO UPDATE SET grace = excluded.grace, set_at = pg_catalog.now();
    END IF;
    PERFORM trail.write('rights', 'role', role, NULL, NULL, pg_catalog.jsonb_build_object('factor', pg_catalog.jsonb_build_array(was, days)));
END $$;

CREATE FUNCTION gate.demand_act(deed text, within integer) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' AS $$
BEGIN
    PERFORM gate.demand_right('update');
    PERFORM gate.demand_fresh('rights');
    UPDATE gate.act_demand d SET minutes = within WHERE d.act = deed;
    IF NOT FOUND THEN
        RAISE no_data_found USING MESSAGE = 'no such act';
    END IF;
END $$;

-- Ownership and who may call what -----------------------------------------------------------------------------------
DO $$
DECLARE
    f regprocedure;
    t text;
BEGIN
    FOREACH t IN ARRAY ARRAY['factor', 'recovery', 'half_open', 'trust', 'factor_demand', 'factor_since', 'act_demand'] LOOP
        EXECUTE format('ALTER TABLE gate.%I OWNER TO forecourt_guard', t);
        EXECUTE format('REVOKE ALL ON gate.%I FROM PUBLIC', t);
    END LOOP;
    FOR f IN SELECT p.oid::regprocedure FROM pg_proc p
              WHERE p.pronamespace = 'gate'::regnamespace AND p.proowner <> 'forecourt_guard'::regrole LOOP
        EXECUTE format('ALTER FUNCTION %s OWNER TO forecourt_guard', f);
        EXECUTE format('REVOKE ALL ON FUNCTION %s FROM PUBLIC', f);
    END LOOP;
END $$;
GRANT EXECUTE ON FUNCTION gate.demand_fresh(text), gate.knock_code(bytea, text, bytea, bytea),
    gate.pass_code(bytea, bigint, bytea, bytea, bytea, boolean, text, integer, integer, text, text, text, bytea),
    gate.renew_by_code(bytea, bytea, bigint, text, text, text, bytea), gate.prepare_factor(bytea, bytea), gate.pending_factor(),
    gate.confirm_factor(bytea, bigint, bytea, bytea[], bytea), gate.renew_codes(bytea, bytea[], bytea), gate.drop_factor(bytea),
    gate.my_factor(), gate.my_trusts(), gate.end_trust(bigint), gate.end_others(bigint), gate.factors(text, integer),
    gate.reset_factor(bigint), gate.factor_demands(), gate.act_demands(), gate.demand_factor(integer, integer),
    gate.demand_act(text, integer) TO forecourt_web;

CREATE TRIGGER distrust AFTER INSERT OR UPDATE OF changed_at ON gate.credential FOR EACH ROW EXECUTE FUNCTION gate.distrust();
CREATE TRIGGER bump_access AFTER INSERT OR DELETE OR UPDATE OF secret ON gate.factor FOR EACH STATEMENT EXECUTE FUNCTION gate.bump_access();
CREATE TRIGGER bump_access AFTER INSERT OR UPDATE OR DELETE ON gate.factor_demand FOR EACH STATEMENT EXECUTE FUNCTION gate.bump_access();
-- Each row once in a person's life, and not where nothing was to be begun.
CREATE TRIGGER bump_access AFTER INSERT ON gate.factor_since FOR EACH ROW EXECUTE FUNCTION gate.bump_access();
SELECT trail.attach('gate.factor_demand'::regclass, 'factor_demand', '{}'::text[], '');
SELECT trail.attach('gate.act_demand'::regclass, 'act_demand', '{}'::text[], '');
