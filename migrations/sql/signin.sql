-- Signing in: credentials, limits, sessions, invitations and API tokens, reached only through the functions below.
-- A web process checks passwords, so the database must not take a statement's word for it. Whatever opens a door asks for
-- a proof: an HMAC under the sign-in key over the purpose, this very transaction and every value that matters.
SET LOCAL check_function_bodies = off; -- the trail's and the dealership's tables are named before they all exist

CREATE TABLE gate.credential (
    user_id bigint PRIMARY KEY REFERENCES public.ab_user (id) ON DELETE CASCADE,
    hash text NOT NULL,
    changed_at timestamptz NOT NULL DEFAULT now(),
    failures integer NOT NULL DEFAULT 0, -- in a row
    disabled_at timestamptz
);

CREATE TABLE gate.invitation (
    token_hash bytea PRIMARY KEY,
    user_id bigint NOT NULL REFERENCES public.ab_user (id) ON DELETE CASCADE,
    purpose text NOT NULL CHECK (purpose IN ('welcome', 'reset')),
    created_at timestamptz NOT NULL DEFAULT now(),
    created_by bigint,
    expires_at timestamptz NOT NULL,
    used_at timestamptz
);
CREATE INDEX invitation_of_user ON gate.invitation (user_id) WHERE used_at IS NULL;

-- Devices somebody signed in from before. Each has a bucket of its own, so a stranger cannot lock people out of theirs.
CREATE TABLE gate.device (
    token_hash bytea PRIMARY KEY,
    user_id bigint NOT NULL REFERENCES public.ab_user (id) ON DELETE CASCADE,
    created_at timestamptz NOT NULL DEFAULT now(),
    seen_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX device_of_user ON gate.device (user_id);

CREATE TABLE gate.allowance (
    class text PRIMARY KEY,
    size double precision NOT NULL CHECK (size >= 1),
    seconds double precision NOT NULL CHECK (seconds > 0)
);
INSERT INTO gate.allowance VALUES ('login', 10, 900), ('device', 20, 900), ('ip', 30, 60), ('all', 200, 1);

CREATE TABLE gate.bucket (
    key text PRIMARY KEY, -- class:whose
    filled double precision NOT NULL,
    at timestamptz NOT NULL,
    refused integer NOT NULL DEFAULT 0
);

-- Proofs ------------------------------------------------------------------------------------------------------------
-- HMAC-SHA256 (RFC 2104).
CREATE FUNCTION gate.hmac(key bytea, message bytea) RETURNS bytea
LANGUAGE plpgsql IMMUTABLE SET search_path = '' AS $$
DECLARE
    k bytea := CASE WHEN pg_catalog.octet_length(key) > 64 THEN pg_catalog.sha256(key) ELSE key END;
    inner_pad bytea;
    outer_pad bytea;
BEGIN
    k := k || pg_catalog.decode(pg_catalog.repeat('00', 64 - pg_catalog.octet_length(k)), 'hex');
    inner_pad := k;
    outer_pad := k;
    FOR i IN 0..63 LOOP
        inner_pad := pg_catalog.set_byte(inner_pad, i, pg_catalog.get_byte(k, i) # 54);
        outer_pad := pg_catalog.set_byte(outer_pad, i, pg_catalog.get_byte(k, i) # 92);
    END LOOP;
    RETURN pg_catalog.sha256(outer_pad || pg_catalog.sha256(inner_pad || message));
END $$;

-- Refuses the call unless its caller holds the sign-in key and meant these values in this transaction.
CREATE FUNCTION gate.demand(purpose text, proof bytea, VARIADIC parts text[]) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' AS $$
DECLARE
    k bytea := (SELECT s.key FROM gate.secret s WHERE s.name = 'sign_in');
    message text := purpose || '|' || gate.binding()
        || (SELECT pg_catalog.string_agg(coalesce(pg_catalog.encode(pg_catalog.convert_to(p, 'UTF8'), 'hex'), '-'), '|' ORDER BY n)
              FROM pg_catalog.unnest(parts) WITH ORDINALITY AS t (p, n));
BEGIN
    -- Digests are compared, so that the time taken says nothing of the proof.
    IF k IS NULL OR proof IS NULL
       OR pg_catalog.sha256(gate.hmac(k, pg_catalog.convert_to(message, 'UTF8'))) <> pg_catalog.sha256(proof) THEN
        RAISE insufficient_privilege USING MESSAGE = 'not proven';
    END IF;
END $$;

-- Installs a key; for the server's administrator alone. The ticket's key is made in the database and never set.
CREATE FUNCTION gate.provision(name text, key bytea) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' AS $$
BEGIN
    IF name = 'ticket' THEN
        RAISE insufficient_privilege USING MESSAGE = 'the ticket key is not set from outside';
    END IF;
    INSERT INTO gate.secret AS s VALUES (provision.name, provision.key)
        ON CONFLICT ON CONSTRAINT secret_pkey DO UPDATE SET key = excluded.key;
END $$;

-- People ------------------------------------------------------------------------------------------------------------
CREATE FUNCTION gate.may_enter(person bigint) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = '' AS $$
    SELECT EXISTS (SELECT FROM public.ab_user u WHERE u.id = person AND u.active)
       AND NOT EXISTS (SELECT FROM public.employee e WHERE e.user_id = person AND gate.has_left(e.left_on))
        OR EXISTS (SELECT FROM public.ab_user u JOIN public.employee e ON e.user_id = u.id
                    WHERE u.id = person AND u.active AND NOT gate.has_left(e.left_on))
$$;

-- Notes an event of a person's doors in the trail, at the store he was last announced for.
CREATE FUNCTION gate.note(action text, person bigint, details jsonb, count bigint DEFAULT NULL) RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = '' AS $$
    SELECT trail.write(action, 'ab_user', person, (SELECT (p.head::jsonb ->> 'h')::bigint FROM gate.profile p WHERE p.user_id = person),
                       count, pg_catalog.jsonb_strip_nulls(details))
$$;

-- Somebody who looks after accounts, or a program that is no web process or worker.
CREATE FUNCTION gate.tends_accounts() RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = '' AS
$$ SELECT session_user NOT IN ('forecourt_web', 'forecourt_worker') OR gate.may('ab_user', 'update') $$;

-- Limits ------------------------------------------------------------------------------------------------------------
-- Takes one from a bucket: 0 when there was one, otherwise the seconds until there is. The row lock makes it atomic.
CREATE FUNCTION gate.take(wanted text) RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' AS $$
DECLARE
    a gate.allowance;
    b gate.bucket;
    level double precision;
    turn timestamptz;
BEGIN
    SELECT * INTO STRICT a FROM gate.allowance WHERE class = pg_catalog.split_part(wanted, ':', 1);
    INSERT INTO gate.bucket VALUES (wanted, a.size, pg_catalog.clock_timestamp()) ON CONFLICT (key) DO NOTHING;
    SELECT * INTO b FROM gate.bucket WHERE key = wanted FOR UPDATE;
    turn := greatest(pg_catalog.clock_timestamp(), b.at);
    level := least(a.size, b.filled + extract(epoch FROM turn - b.at) * a.size / a.seconds);
    IF level < 1 THEN
        UPDATE gate.bucket SET filled = level, at = turn, refused = b.refused + 1 WHERE key = wanted;
        IF b.refused = 0 THEN
            PERFORM gate.note('locked', NULL, pg_catalog.jsonb_build_object('limit', a.class));
        END IF;
        RETURN pg_catalog.ceil((1 - level) * a.seconds / a.size)::integer;
    END IF;
    UPDATE gate.bucket SET filled = level - 1, at = turn, refused = 0 WHERE key = wanted;
    RETURN 0;
END $$;

-- Gives back what a rightful attempt took.
CREATE FUNCTION gate.give_back(bucket text) RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = '' AS $$
    UPDATE gate.bucket b SET filled = least(a.size, b.filled + 1)
      FROM gate.allowance a WHERE b.key = bucket AND a.class = pg_catalog.split_part(bucket, ':', 1)
$$;

CREATE FUNCTION gate.refund(bucket text, proof bytea) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' AS $$
BEGIN
    PERFORM gate.demand('refund', proof, bucket);
    PERFORM gate.give_back(bucket);
END $$;

-- Attempts ----------------------------------------------------------------------------------------------------------
-- Counts an attempt and, while limits allow, answers whose it is and the hash to check against: no hash for those who
-- do not exist or may not enter. `digest` stands for the login where its text must not, `bucket` is what success refunds.
-- Locks are taken in one order of classes, and the widest last, so that a stopped flood never reaches it.
CREATE FUNCTION gate.knock(login text, digest text, ip text, device bytea, proof bytea,
    OUT wait integer, OUT person bigint, OUT hash text, OUT bucket text)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' AS $$
BEGIN
    PERFORM gate.demand('knock', proof, login, digest, ip, pg_catalog.encode(device, 'hex'));
    -- Counts survive anything but a crash of the server; waiting for the disk would hold everybody's bucket.
    PERFORM pg_catalog.set_config('synchronous_commit', 'off', true);
    SELECT u.id INTO person FROM public.ab_user u
     WHERE pg_catalog.lower(pg_catalog.normalize(u.username, 'NFKC') COLLATE "C") = login ORDER BY u.id LIMIT 1;
    UPDATE gate.device d SET seen_at = pg_catalog.now() WHERE d.token_hash = device AND d.user_id = person;
    bucket := CASE WHEN FOUND THEN 'device:' || pg_catalog.encode(device, 'hex') ELSE 'login:' || digest END;
    wait := gate.take('ip:' || ip);
    IF wait = 0 THEN
        wait := gate.take(bucket);
    END IF;
    IF wait = 0 THEN
        wait := gate.take('all:');
    END IF;
    IF wait = 0 AND gate.may_enter(person) THEN
        SELECT c.hash INTO hash FROM gate.credential c WHERE c.user_id = person AND c.disabled_at IS NULL;
    END IF;
END $$;

-- Counts a failure; a hundred in a row close the account until its password is reset.
CREATE FUNCTION gate.count_failure(person bigint, details jsonb) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' AS $$
DECLARE
    count integer;
BEGIN
    UPDATE gate.credential c SET failures = failures + 1,
           disabled_at = CASE WHEN failures + 1 >= 100 THEN coalesce(disabled_at, pg_catalog.now()) END
     WHERE c.user_id = person RETURNING failures INTO count;
    PERFORM gate.note('sign_in_failed', person, details);
    IF count = 100 THEN
        PERFORM gate.note('locked', person, pg_catalog.jsonb_build_object('failures', count));
    END IF;
END $$;

CREATE FUNCTION gate.fail(person bigint, digest text, ip text, proof bytea) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' AS $$
BEGIN
    PERFORM gate.demand('fail', proof, person::text, digest, ip);
    PERFORM gate.count_failure(person, pg_catalog.jsonb_build_object('login', digest, 'ip', ip));
END $$;

-- Replaces a hash by a costlier one of the same password.
CREATE FUNCTION gate.rehash(person bigint, seen text, hash text, proof bytea) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' AS $$
BEGIN
    PERFORM gate.demand('rehash', proof, person::text, seen, hash);
    UPDATE gate.credential c SET hash = rehash.hash WHERE c.user_id = person AND c.hash = seen;
END $$;

-- Sessions ----------------------------------------------------------------------------------------------------------
CREATE FUNCTION gate.close_sessions(person bigint, why text, spared bytea) RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' AS $$
DECLARE
    count integer;
BEGIN
    UPDATE gate.session s SET ended_at = pg_catalog.now(), ended_why = why
     WHERE s.user_id = person AND s.ended_at IS NULL AND s.token_hash IS DISTINCT FROM spared;
    GET DIAGNOSTICS count = ROW_COUNT;
    IF count > 0 THEN
        PERFORM gate.note('session_ended', person, pg_catalog.jsonb_build_object('why', why), count);
    END IF;
    RETURN count;
END $$;

-- Whether somebody tends the installation or judges it: his session ends after a quarter of an hour unused, and he has one (security.md A8).
CREATE FUNCTION gate.is_officer(person bigint) RETURNS boolean
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = '' AS $$
BEGIN
    RETURN gate.counts_as(person) && ARRAY['administrator', 'security_officer'];
END $$;

-- Ends all but the newest three; of an officer all but the newest.
CREATE FUNCTION gate.keep_three(person bigint) RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' AS $$
DECLARE
    count integer;
BEGIN
    UPDATE gate.session SET ended_at = pg_catalog.now(), ended_why = 'displaced' WHERE id IN (
        SELECT s.id FROM gate.session s
         WHERE s.user_id = person AND s.ended_at IS NULL AND s.expires_at > pg_catalog.now() AND s.last_seen > pg_catalog.now() - s.idle
         ORDER BY s.id DESC OFFSET CASE WHEN gate.is_officer(person) THEN 1 ELSE 3 END);
    GET DIAGNOSTICS count = ROW_COUNT;
    IF count > 0 THEN
        PERFORM gate.note('session_ended', person, pg_catalog.jsonb_build_object('why', 'displaced'), count);
    END IF;
    RETURN count;
END $$;

CREATE FUNCTION gate.know_device(person bigint, device bytea) RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = '' AS $$
    INSERT INTO gate.device (token_hash, user_id) VALUES (device, person) ON CONFLICT (token_hash) DO NOTHING;
    DELETE FROM gate.device WHERE token_hash IN (
        SELECT d.token_hash FROM gate.device d WHERE d.user_id = person ORDER BY d.seen_at DESC OFFSET 10);
$$;

-- Opens a session for somebody who has shown all that is asked of him; `displaced` counts older ones that ended to make room.
CREATE FUNCTION gate.let_in(person bigint, token_hash bytea, device bytea, idle integer, life integer, ip text, agent text, request text,
    OUT session bigint, OUT expires_at timestamptz, OUT displaced integer)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' AS $$
BEGIN
    UPDATE gate.credential c SET failures = 0 WHERE c.user_id = person;
    PERFORM gate.know_device(person, device);
    PERFORM gate.begin_grace(person);
    expires_at := pg_catalog.now() + pg_catalog.make_interval(secs => life);
    INSERT INTO gate.session AS s (token_hash, user_id, idle, expires_at, ip, agent)
        VALUES (let_in.token_hash, person,
                pg_catalog.make_interval(secs => CASE WHEN gate.is_officer(person) THEN least(let_in.idle, 900) ELSE let_in.idle END), let_in.expires_at,
                let_in.ip, pg_catalog.left(let_in.agent, 200))
        RETURNING s.id INTO session;
    PERFORM gate.admit(person, 'person', session, request);
    PERFORM gate.note('sign_in', person, pg_catalog.jsonb_build_object('session', session, 'ip', ip));
    displaced := gate.keep_three(person);
END $$;

-- Opens a session for a person whose password matched `seen`; all NULL when he may no longer enter or it has changed since.
-- Of whom a code is asked as well gets no session: `expires_at` is then the end of the half-open sign-in that waits for it.
CREATE FUNCTION gate.open_session(person bigint, seen text, token_hash bytea, device bytea, bucket text,
    idle integer, life integer, ip text, agent text, request text, proof bytea,
    OUT session bigint, OUT expires_at timestamptz, OUT displaced integer)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' AS $$
BEGIN
    PERFORM gate.demand('open_session', proof, person::text, seen, pg_catalog.encode(token_hash, 'hex'),
                        pg_catalog.encode(device, 'hex'), bucket, idle::text, life::text);
    PERFORM FROM gate.credential c WHERE c.user_id = person AND c.hash = seen AND c.disabled_at IS NULL FOR UPDATE;
    IF NOT FOUND OR NOT gate.may_enter(person) THEN
        RETURN;
    END IF;
    PERFORM gate.give_back(bucket);
    IF gate.asks_code(person, device) THEN
        expires_at := gate.wait_for_code(person, seen, token_hash);
        RETURN;
    END IF;
    SELECT l.session, l.expires_at, l.displaced INTO session, expires_at, displaced
      FROM gate.let_in(person, token_hash, device, idle, life, ip, agent, request) l;
END $$;

-- Whose living session this is: his login, and the words he must not use as a password.
CREATE FUNCTION gate.holder(token_hash bytea, proof bytea, OUT person bigint, OUT login text, OUT own text[], OUT factor boolean)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' AS $$
BEGIN
    PERFORM gate.demand('holder', proof, pg_catalog.encode(token_hash, 'hex'));
    SELECT u.id, u.username, ARRAY[u.username, u.first_name, u.last_name, u.email], gate.has_factor(u.id) INTO person, login, own, factor
      FROM gate.session s JOIN public.ab_user u ON u.id = s.user_id AND u.active
     WHERE s.token_hash = holder.token_hash AND s.ended_at IS NULL AND s.expires_at > pg_catalog.now()
       AND s.last_seen > pg_catalog.now() - s.idle;
END $$;

-- Gives a living session of somebody who has just shown who he is a new token and calls it fresh; its end, or NULL when it has ended.
CREATE FUNCTION gate.freshen(person bigint, token_hash bytea, renewed bytea, request text) RETURNS timestamptz
LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' AS $$
DECLARE
    s gate.session;
BEGIN
    UPDATE gate.session x SET token_hash = renewed, fresh_at = pg_catalog.now(), last_seen = pg_catalog.now()
     WHERE x.token_hash = freshen.token_hash AND x.user_id = person AND x.ended_at IS NULL
       AND x.expires_at > pg_catalog.now() AND x.last_seen > pg_catalog.now() - x.idle RETURNING * INTO s;
    IF s.id IS NULL THEN
        RETURN NULL;
    END IF;
    UPDATE gate.credential c SET failures = 0 WHERE c.user_id = person;
    PERFORM gate.admit(person, 'person', s.id, request);
    PERFORM gate.note('step_up', person, pg_catalog.jsonb_build_object('session', s.id));
    RETURN s.expires_at;
END $$;

-- Renews a session after its holder's password matched `seen`; NULL as well when the password has changed.
CREATE FUNCTION gate.renew_session(person bigint, seen text, token_hash bytea, renewed bytea, bucket text, request text, proof bytea)
RETURNS timestamptz
LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' AS $$
DECLARE
    until timestamptz;
BEGIN
    PERFORM gate.demand('renew_session', proof, person::text, seen, pg_catalog.encode(token_hash, 'hex'), pg_catalog.encode(renewed, 'hex'), bucket);
    PERFORM FROM gate.credential c WHERE c.user_id = person AND c.hash = seen AND c.disabled_at IS NULL FOR UPDATE;
    IF NOT FOUND OR NOT gate.may_enter(person) THEN
        RETURN NULL;
    END IF;
    until := gate.freshen(person, token_hash, renewed, request);
    IF until IS NOT NULL THEN
        PERFORM gate.give_back(bucket);
    END IF;
    RETURN until;
END $$;

-- Ends the session whose token somebody shows; nothing happens when it has ended.
CREATE FUNCTION gate.end_session(token_hash bytea, why text, request text) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' AS $$
DECLARE
    s gate.session;
BEGIN
    UPDATE gate.session x SET ended_at = pg_catalog.now(), ended_why = pg_catalog.left(why, 40)
     WHERE x.token_hash = end_session.token_hash AND x.ended_at IS NULL RETURNING * INTO s;
    IF s.id IS NOT NULL THEN
        PERFORM gate.admit(s.user_id, 'person', s.id, request);
        PERFORM gate.note('sign_out', s.user_id, pg_catalog.jsonb_build_object('session', s.id, 'why', s.ended_why));
        PERFORM gate.forget();
    END IF;
END $$;

-- Ends every session of one's own, or of anybody for those who tend accounts; how many there were.
CREATE FUNCTION gate.end_sessions(person bigint, why text) RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' AS $$
BEGIN
    IF NOT (gate.tends_accounts() OR coalesce(gate.ticket() @> pg_catalog.jsonb_build_object('u', person, 'k', 'person'), false)) THEN
        RAISE insufficient_privilege USING MESSAGE = 'these sessions are not yours';
    END IF;
    RETURN gate.close_sessions(person, pg_catalog.left(why, 40), NULL);
END $$;

-- Closes every way in of a person who left or was deactivated; triggers call it.
CREATE FUNCTION gate.end_doors(person bigint, why text) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' AS $$
DECLARE
    count integer;
BEGIN
    PERFORM gate.close_sessions(person, why, NULL);
    UPDATE gate.token t SET ended_at = pg_catalog.now() WHERE t.user_id = person AND t.ended_at IS NULL;
    GET DIAGNOSTICS count = ROW_COUNT;
    IF count > 0 THEN
        PERFORM gate.note('token_ended', person, pg_catalog.jsonb_build_object('why', why), count);
    END IF;
    UPDATE gate.invitation i SET used_at = pg_catalog.now() WHERE i.user_id = person AND i.used_at IS NULL;
    DELETE FROM gate.device d WHERE d.user_id = person;
END $$;

CREATE FUNCTION gate.close_account() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' AS $$
BEGIN
    PERFORM gate.end_doors(NEW.id, 'deactivated');
    RETURN NULL;
END $$;

-- Passwords ---------------------------------------------------------------------------------------------------------
-- Sets a new password from a living session, which gets a new token; every other session ends. Its end, or NULL as above.
CREATE FUNCTION gate.change_password(person bigint, seen text, hash text, token_hash bytea, renewed bytea, bucket text, request text, proof bytea)
RETURNS timestamptz
LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' AS $$
DECLARE
    until timestamptz;
BEGIN
    PERFORM gate.demand('change_password', proof, person::text, seen, hash, pg_catalog.encode(token_hash, 'hex'),
                        pg_catalog.encode(renewed, 'hex'), bucket);
    PERFORM FROM gate.credential c WHERE c.user_id = person AND c.hash = seen AND c.disabled_at IS NULL FOR UPDATE;
    IF NOT FOUND OR NOT gate.may_enter(person) THEN
        RETURN NULL;
    END IF;
    UPDATE gate.session x SET token_hash = renewed, fresh_at = pg_catalog.now(), last_seen = pg_catalog.now()
     WHERE x.token_hash = change_password.token_hash AND x.user_id = person AND x.ended_at IS NULL
       AND x.expires_at > pg_catalog.now() AND x.last_seen > pg_catalog.now() - x.idle RETURNING x.expires_at INTO until;
    IF until IS NULL THEN
        RETURN NULL;
    END IF;
    UPDATE gate.credential c SET hash = change_password.hash, changed_at = pg_catalog.now(), failures = 0 WHERE c.user_id = person;
    PERFORM gate.give_back(bucket);
    PERFORM gate.admit(person, 'person', (SELECT x.id FROM gate.session x WHERE x.token_hash = renewed), request);
    PERFORM gate.note('password_changed', person, '{}');
    PERFORM gate.close_sessions(person, 'password changed', renewed);
    RETURN until;
END $$;

-- Makes a one-time way to set a password; an older one of that person ends.
CREATE FUNCTION gate.invite(person bigint, purpose text, token_hash bytea, hours integer, proof bytea) RETURNS timestamptz
LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' AS $$
DECLARE
    until timestamptz := pg_catalog.now() + pg_catalog.make_interval(hours => least(hours, 168));
BEGIN
    PERFORM gate.demand('invite', proof, person::text, purpose, pg_catalog.encode(token_hash, 'hex'), hours::text);
    IF NOT gate.tends_accounts() THEN
        RAISE insufficient_privilege USING MESSAGE = 'invitations are made by those who tend accounts';
    END IF;
    UPDATE gate.invitation i SET used_at = pg_catalog.now() WHERE i.user_id = person AND i.used_at IS NULL;
    INSERT INTO gate.invitation (token_hash, user_id, purpose, created_by, expires_at)
        VALUES (invite.token_hash, person, invite.purpose, gate.my_id(), until);
    PERFORM gate.note('token_created', person, pg_catalog.jsonb_build_object('invitation', invite.purpose));
    RETURN until;
END $$;

-- Whom an invitation is for, counted against the address that shows it.
CREATE FUNCTION gate.invited(token_hash bytea, ip text, proof bytea, OUT wait integer, OUT person bigint, OUT own text[], OUT factor boolean)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' AS $$
BEGIN
    PERFORM gate.demand('invited', proof, pg_catalog.encode(token_hash, 'hex'), ip);
    wait := gate.take('ip:' || ip);
    IF wait = 0 THEN
        SELECT u.id, ARRAY[u.username, u.first_name, u.last_name, u.email], gate.has_factor(u.id) INTO person, own, factor
          FROM gate.invitation i JOIN public.ab_user u ON u.id = i.user_id
         WHERE i.token_hash = invited.token_hash AND i.used_at IS NULL AND i.expires_at > pg_catalog.now() AND gate.may_enter(u.id);
    END IF;
END $$;

-- Uses an invitation up and sets the password; the person, or NULL when it was used, has expired or he may not enter.
CREATE FUNCTION gate.redeem(token_hash bytea, hash text, proof bytea) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' AS $$
DECLARE
    i gate.invitation;
BEGIN
    PERFORM gate.demand('redeem', proof, pg_catalog.encode(token_hash, 'hex'), hash);
    UPDATE gate.invitation x SET used_at = pg_catalog.now()
     WHERE x.token_hash = redeem.token_hash AND x.used_at IS NULL AND x.expires_at > pg_catalog.now() AND gate.may_enter(x.user_id)
    RETURNING * INTO i;
    IF i.user_id IS NULL THEN
        RETURN NULL;
    END IF;
    PERFORM gate.end_doors(i.user_id, 'password reset');
    INSERT INTO gate.credential AS c (user_id, hash) VALUES (i.user_id, redeem.hash)
        ON CONFLICT (user_id) DO UPDATE SET hash = excluded.hash, changed_at = pg_catalog.now(), failures = 0, disabled_at = NULL;
    PERFORM gate.note('password_changed', i.user_id, pg_catalog.jsonb_build_object('purpose', i.purpose));
    RETURN i.user_id;
END $$;

-- API tokens --------------------------------------------------------------------------------------------------------
-- Whether scopes say what gate.within reads: at least one verb for each entity named, and revealing for none that is not named.
CREATE FUNCTION gate.fair_scopes(scopes jsonb) RETURNS boolean
LANGUAGE sql IMMUTABLE SET search_path = '' AS $$
    SELECT jsonb_typeof(scopes) = 'object' AND scopes <> '{}' AND pg_catalog.length(scopes::text) <= 20000 AND NOT scopes -> '*' ? 'reveal' IS TRUE
       AND NOT EXISTS (
           SELECT FROM pg_catalog.jsonb_each(scopes) s
            WHERE s.key !~ '^(\*|[a-z][a-z0-9_]{0,62})$'
               OR NOT pg_catalog.jsonb_path_exists(s.value, '$[*] ? (@.type() == "string")')
               OR pg_catalog.jsonb_path_exists(s.value, 'strict $ ? (@.type() != "array")')
               OR pg_catalog.jsonb_path_exists(s.value, '$[*] ? (@.type() != "string" || !(@ like_regex "^([*]|[a-z]{1,20})$"))'))
$$;

-- A person who is signed in makes a token for himself; a token cannot make another. Scopes and addresses are said once, here.
CREATE FUNCTION gate.open_token(token_hash bytea, hint text, name text, days integer, scopes text, addresses text, proof bytea,
    OUT id bigint, OUT expires_at timestamptz)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' AS $$
BEGIN
    PERFORM gate.demand('open_token', proof, pg_catalog.encode(token_hash, 'hex'), hint, name, days::text, scopes, addresses);
    IF gate.ticket() ->> 'k' IS DISTINCT FROM 'person' THEN
        RAISE insufficient_privilege USING MESSAGE = 'tokens are made by a person who is signed in';
    ELSIF days NOT BETWEEN 1 AND 365 THEN
        RAISE check_violation USING MESSAGE = 'a token lives 1 to 365 days';
    ELSIF gate.fair_scopes(scopes::jsonb) IS NOT TRUE THEN
        RAISE check_violation USING MESSAGE = 'these are no scopes';
    ELSIF pg_catalog.cardinality(addresses::cidr[]) > 20 THEN
        RAISE check_violation USING MESSAGE = 'a token names at most 20 networks';
    END IF;
    PERFORM gate.demand_fresh('tokens');
    PERFORM pg_catalog.pg_advisory_xact_lock(1953460083, gate.my_id()::integer);
    IF (SELECT count(*) FROM gate.my_tokens()) >= 50 THEN
        RAISE check_violation USING MESSAGE = 'a person has at most 50 tokens', TABLE = 'token', CONSTRAINT = 'token_most';
    END IF;
    INSERT INTO gate.token AS t (token_hash, hint, user_id, name, expires_at, scopes, addresses)
        VALUES (open_token.token_hash, open_token.hint, gate.my_id(), pg_catalog.left(open_token.name, 100),
                pg_catalog.now() + pg_catalog.make_interval(days => days), open_token.scopes::jsonb, nullif(open_token.addresses::cidr[], '{}'))
        RETURNING t.id, t.expires_at INTO id, expires_at;
    PERFORM gate.note('token_created', gate.my_id(), pg_catalog.jsonb_build_object('token', id, 'hint', hint, 'days', days,
        'scopes', scopes::jsonb, 'addresses', pg_catalog.to_jsonb(addresses::cidr[])));
END $$;

-- Notes, once a minute, that a living token was shown from an address it is not for.
CREATE FUNCTION gate.note_elsewhere(shown gate.token, address inet) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' AS $$
BEGIN
    UPDATE gate.token t SET refused_at = pg_catalog.now()
     WHERE t.id = shown.id AND (t.refused_at IS NULL OR t.refused_at < pg_catalog.now() - interval '1 minute');
    IF FOUND THEN
        PERFORM gate.note('denied', shown.user_id, pg_catalog.jsonb_build_object('code', 'token_address', 'token', shown.id, 'hint', shown.hint,
            'ip', pg_catalog.host(address)));
    END IF;
END $$;

-- Ends a token of one's own, or anybody's for those who tend accounts; whether there was one. A token ends none but itself.
CREATE FUNCTION gate.end_token(token bigint) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' AS $$
DECLARE
    t gate.token;
BEGIN
    UPDATE gate.token x SET ended_at = pg_catalog.now()
     WHERE x.id = token AND x.ended_at IS NULL AND (x.user_id = gate.my_id() OR gate.tends_accounts())
       AND x.id = coalesce(gate.my_token(), x.id) RETURNING * INTO t;
    IF t.id IS NOT NULL THEN
        PERFORM gate.note('token_ended', t.user_id, pg_catalog.jsonb_build_object('token', t.id, 'hint', t.hint));
    END IF;
    RETURN t.id IS NOT NULL;
END $$;

-- One's own living tokens; a token knows of itself alone.
CREATE FUNCTION gate.my_tokens() RETURNS TABLE (id bigint, hint text, name text, created_at timestamptz, expires_at timestamptz, last_used timestamptz,
    last_address text, scopes jsonb, addresses text[])
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = '' AS $$
    SELECT t.id, t.hint, t.name, t.created_at, t.expires_at, t.last_used, pg_catalog.host(t.last_address), t.scopes, t.addresses::text[]
      FROM gate.token t
     WHERE t.user_id = gate.my_id() AND t.ended_at IS NULL AND t.expires_at > pg_catalog.now()
       AND t.id = coalesce(gate.my_token(), t.id) ORDER BY t.id DESC
$$;

CREATE FUNCTION gate.my_sessions() RETURNS TABLE (id bigint, created_at timestamptz, last_seen timestamptz, ip text, agent text, mine boolean)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = '' AS $$
    SELECT s.id, s.created_at, s.last_seen, s.ip, s.agent, coalesce(s.id = (gate.ticket() ->> 's')::bigint AND gate.ticket() ->> 'k' = 'person', false)
      FROM gate.session s
     WHERE s.user_id = gate.my_id() AND s.ended_at IS NULL AND s.expires_at > pg_catalog.now()
       AND s.last_seen > pg_catalog.now() - s.idle ORDER BY s.id DESC
$$;

-- Removes what no longer opens anything; how many rows. The trail keeps what happened.
CREATE FUNCTION gate.sweep_doors() RETURNS bigint
LANGUAGE sql SECURITY DEFINER SET search_path = '' AS $$
    WITH sessions AS (
        DELETE FROM gate.session WHERE least(ended_at, expires_at) < pg_catalog.now() - interval '30 days' RETURNING 1
    ), tokens AS (
        DELETE FROM gate.token WHERE least(ended_at, expires_at) < pg_catalog.now() - interval '90 days' RETURNING 1
    ), invitations AS (
        DELETE FROM gate.invitation WHERE expires_at < pg_catalog.now() - interval '30 days' RETURNING 1
    ), devices AS (
        DELETE FROM gate.device WHERE seen_at < pg_catalog.now() - interval '180 days' RETURNING 1
    ), buckets AS (
        DELETE FROM gate.bucket WHERE at < pg_catalog.now() - interval '1 day' RETURNING 1
    ), waiting AS (
        DELETE FROM gate.half_open WHERE expires_at < pg_catalog.now() RETURNING 1
    ), trusted AS (
        DELETE FROM gate.trust WHERE until < pg_catalog.now() RETURNING 1
    )
    SELECT (SELECT count(*) FROM sessions) + (SELECT count(*) FROM tokens) + (SELECT count(*) FROM invitations)
         + (SELECT count(*) FROM devices) + (SELECT count(*) FROM buckets) + (SELECT count(*) FROM waiting) + (SELECT count(*) FROM trusted)
$$;

-- Ownership and who may call what -----------------------------------------------------------------------------------
DO $$
DECLARE
    f regprocedure;
    t text;
BEGIN
    FOREACH t IN ARRAY ARRAY['credential', 'invitation', 'device', 'allowance', 'bucket'] LOOP
        EXECUTE format('ALTER TABLE gate.%I OWNER TO forecourt_guard', t);
        EXECUTE format('REVOKE ALL ON gate.%I FROM PUBLIC', t);
    END LOOP;
    FOR f IN SELECT p.oid::regprocedure FROM pg_proc p
              WHERE p.pronamespace = 'gate'::regnamespace AND p.proowner <> 'forecourt_guard'::regrole LOOP
        EXECUTE format('ALTER FUNCTION %s OWNER TO forecourt_guard', f);
        EXECUTE format('REVOKE ALL ON FUNCTION %s FROM PUBLIC', f);
    END LOOP;
END $$;
GRANT EXECUTE ON FUNCTION gate.binding(), gate.refund(text, bytea), gate.knock(text, text, text, bytea, bytea),
    gate.fail(bigint, text, text, bytea), gate.rehash(bigint, text, text, bytea),
    gate.open_session(bigint, text, bytea, bytea, text, integer, integer, text, text, text, bytea),
    gate.holder(bytea, bytea), gate.renew_session(bigint, text, bytea, bytea, text, text, bytea),
    gate.end_session(bytea, text, text), gate.end_sessions(bigint, text),
    gate.change_password(bigint, text, text, bytea, bytea, text, text, bytea),
    gate.invite(bigint, text, bytea, integer, bytea), gate.invited(bytea, text, bytea), gate.redeem(bytea, text, bytea),
    gate.open_token(bytea, text, text, integer, text, text, bytea), gate.end_token(bigint), gate.my_tokens(), gate.my_sessions()
    TO forecourt_web;
GRANT USAGE ON SCHEMA public TO forecourt_guard;
GRANT EXECUTE ON FUNCTION gate.binding(), gate.invite(bigint, text, bytea, integer, bytea), gate.end_doors(bigint, text) TO forecourt_owner;
GRANT EXECUTE ON FUNCTION gate.sweep_doors() TO forecourt_worker;

CREATE TRIGGER close_account AFTER UPDATE OF active ON public.ab_user
    FOR EACH ROW WHEN (OLD.active AND NOT NEW.active) EXECUTE FUNCTION gate.close_account();
ALTER TABLE public.ab_user ENABLE ALWAYS TRIGGER close_account;
