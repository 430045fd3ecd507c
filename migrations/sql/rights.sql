-- Rights: what roles may do and who holds them, set by who tends them. What is shown is what the gate computes; nothing is told twice.
GRANT SELECT, INSERT, DELETE ON role_grant, ab_role, ab_user_role TO forecourt_guard;
GRANT USAGE ON SEQUENCE ab_role_id_seq, ab_user_role_id_seq TO forecourt_guard;

SET LOCAL ROLE forecourt_guard;
CREATE TABLE gate.role_base (
    role_id integer PRIMARY KEY,
    base text NOT NULL
);
COMMENT ON TABLE gate.role_base IS 'The shipped role a role was cloned from: rules that name that role mean its clones as well';

-- How fields stand to holders of a role, where that is not what the description says: 0 hidden, 1 masked, 2 clear; NULL as described.
CREATE TABLE gate.role_field (
    role_id integer NOT NULL,
    entity text NOT NULL,
    field text NOT NULL,
    mine smallint CHECK (mine BETWEEN 0 AND 2), -- in one's own records
    scope smallint CHECK (scope BETWEEN 0 AND 2), -- in others within reach
    PRIMARY KEY (role_id, entity, field),
    CHECK (mine IS NOT NULL OR scope IS NOT NULL)
);
CREATE TRIGGER bump_access AFTER INSERT OR UPDATE OR DELETE ON gate.role_field FOR EACH STATEMENT EXECUTE FUNCTION gate.bump_access();

CREATE FUNCTION gate.demand_right(verb text) RETURNS void
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = '' AS $$
BEGIN
    IF NOT gate.may('rights', verb) THEN
        RAISE insufficient_privilege USING MESSAGE = pg_catalog.format('%s on rights is not granted', verb);
    END IF;
END $$;

-- Every role: its base, how many people hold it, on how many entities it grants anything, and whether the asker holds it himself.
CREATE FUNCTION gate.roles() RETURNS TABLE (id integer, name text, base text, people bigint, entities bigint, mine boolean)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = '' AS $$
BEGIN
    PERFORM gate.demand_right('list');
    RETURN QUERY
        SELECT r.id, r.name::text, b.base, (SELECT count(*) FROM public.ab_user_role ur WHERE ur.role_id = r.id),
               (SELECT count(DISTINCT g.entity) FROM public.role_grant g WHERE g.role_id = r.id AND g.actions <> '{}'),
               EXISTS (SELECT FROM public.ab_user_role ur WHERE ur.role_id = r.id AND ur.user_id = gate.my_id())
          FROM public.ab_role r LEFT JOIN gate.role_base b ON b.role_id = r.id ORDER BY r.id;
END $$;

-- What a role grants, united for each entity as the gate unites it: {entity: {"a": [verbs], "r": the widest reach}}, with "f", the fields
-- that stand otherwise than described: {field: [in one's own, in others]}.
CREATE FUNCTION gate.granted(role integer) RETURNS jsonb
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = '' AS $$
    SELECT coalesce(pg_catalog.jsonb_object_agg(x.entity, pg_catalog.jsonb_build_object('a', x.verbs, 'r', x.reach) || coalesce((
               SELECT pg_catalog.jsonb_build_object('f', pg_catalog.jsonb_object_agg(f.field, pg_catalog.jsonb_build_array(f.mine, f.scope)))
                 FROM gate.role_field f WHERE f.role_id = role AND f.entity = x.entity HAVING count(*) > 0), '{}')), '{}')
      FROM (SELECT g.entity, pg_catalog.jsonb_agg(DISTINCT a.verb) AS verbs,
                   (ARRAY['group', 'company', 'store', 'team', 'own', 'granted'])[min(pg_catalog.array_position(
                       ARRAY['group', 'company', 'store', 'team', 'own', 'granted'], g.reach))] AS reach
              FROM public.role_grant g CROSS JOIN LATERAL unnest(g.actions) AS a (verb) WHERE g.role_id = role GROUP BY g.entity) x
$$;

-- A print of what a role grants, by which two who edit it at once are told apart.
CREATE FUNCTION gate.rights_print(role integer) RETURNS text
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = '' AS $$ SELECT pg_catalog.md5(gate.granted(role)::text) $$;

CREATE FUNCTION gate.role_rights(role integer, OUT name text, OUT base text, OUT mine boolean, OUT rights jsonb, OUT print text)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = '' AS $$
BEGIN
    PERFORM gate.demand_right('read');
    SELECT r.name::text, b.base, EXISTS (SELECT FROM public.ab_user_role ur WHERE ur.role_id = r.id AND ur.user_id = gate.my_id()),
           gate.granted(r.id), gate.rights_print(r.id) INTO name, base, mine, rights, print
      FROM public.ab_role r LEFT JOIN gate.role_base b ON b.role_id = r.id WHERE r.id = role;
END $$;

-- Who holds a role: account, login, the name people read, his store.
CREATE FUNCTION gate.holders(role integer) RETURNS TABLE (user_id integer, login text, name text, store text, active boolean)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = '' AS $$
BEGIN
    PERFORM gate.demand_right('read');
    RETURN QUERY
        SELECT u.id, u.username::text, coalesce(e.name, nullif(pg_catalog.btrim(u.last_name || u.first_name), ''), u.username)::text, s.name::text,
               gate.may_enter(u.id)
          FROM public.ab_user_role ur JOIN public.ab_user u ON u.id = ur.user_id
          LEFT JOIN public.employee e ON e.user_id = u.id AND e.left_on IS NULL LEFT JOIN public.store s ON s.id = e.store_id
         WHERE ur.role_id = role ORDER BY 5 DESC, 4, 3, 1;
END $$;

-- Who change rights wait for each other: each must see what the one before left, or two could take the last tender's rights at once.
CREATE FUNCTION gate.one_tender() RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = '' AS $$ SELECT pg_catalog.pg_advisory_xact_lock(1918987636) $$;

-- Somebody who may sign in must still be able to set rights.
CREATE FUNCTION gate.keep_a_tender() RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' AS $$
BEGIN
    IF NOT EXISTS (SELECT FROM public.ab_user_role ur JOIN public.role_grant g ON g.role_id = ur.role_id
                    WHERE g.entity = 'rights' AND 'update' = ANY (g.actions) AND gate.may_enter(ur.user_id)) THEN
        RAISE check_violation USING MESSAGE = 'rights: last', TABLE = 'role_grant', CONSTRAINT = 'rights_last';
    END IF;
END $$;

-- Puts the rights wanted ({entity: {"a": [verbs], "r": reach}}, no verbs take the entity away) in the place of what the role had on these
-- entities. Of a role one holds himself nothing is changed, nor of one that somebody changed since `seen`.
CREATE FUNCTION gate.put_rights(role integer, wanted jsonb, seen text) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' AS $$
BEGIN
    PERFORM gate.one_tender();
    IF NOT EXISTS (SELECT FROM public.ab_role r WHERE r.id = role) THEN
        RAISE no_data_found USING MESSAGE = 'no such role';
    ELSIF EXISTS (SELECT FROM public.ab_user_role ur WHERE ur.role_id = role AND ur.user_id = gate.my_id()) THEN
        RAISE check_violation USING MESSAGE = 'rights: own', TABLE = 'role_grant', CONSTRAINT = 'rights_own';
    ELSIF seen IS DISTINCT FROM gate.rights_print(role) THEN
        RAISE check_violation USING MESSAGE = 'rights: moved', TABLE = 'role_grant', CONSTRAINT = 'rights_moved';
    END IF;
    PERFORM trail.write('rights', 'role', role, NULL, (SELECT count(*) FROM pg_catalog.jsonb_object_keys(wanted)), pg_catalog.jsonb_build_object(
        'was', (SELECT coalesce(pg_catalog.jsonb_object_agg(g.key, g.value), '{}') FROM pg_catalog.jsonb_each(gate.granted(role)) g WHERE wanted ? g.key),
        'becomes', wanted));
    DELETE FROM public.role_grant g WHERE g.role_id = role AND wanted ? g.entity;
    INSERT INTO public.role_grant (role_id, entity, actions, reach)
    SELECT role, w.key, ARRAY(SELECT DISTINCT v FROM pg_catalog.jsonb_array_elements_text(w.value -> 'a') v ORDER BY v), w.value ->> 'r'
      FROM pg_catalog.jsonb_each(wanted) w WHERE pg_catalog.jsonb_array_length(w.value -> 'a') > 0;
    DELETE FROM gate.role_field f WHERE f.role_id = role AND wanted ? f.entity;
    INSERT INTO gate.role_field (role_id, entity, field, mine, scope)
    SELECT role, w.key, f.key, (f.value ->> 0)::smallint, (f.value ->> 1)::smallint
      FROM pg_catalog.jsonb_each(wanted) w CROSS JOIN LATERAL pg_catalog.jsonb_each(coalesce(w.value -> 'f', '{}')) f
     WHERE pg_catalog.jsonb_array_length(w.value -> 'a') > 0;
    PERFORM gate.keep_duties(ur.user_id) FROM public.ab_user_role ur WHERE ur.role_id = role;
    PERFORM gate.keep_a_tender();
END $$;

CREATE FUNCTION gate.set_rights(role integer, wanted jsonb, seen text) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' AS $$
BEGIN
    PERFORM gate.demand_right('update');
    PERFORM gate.demand_fresh('rights');
    PERFORM gate.put_rights(role, wanted, seen);
END $$;

-- What a change of a role would make of its holders' rights, by the very computation that would hold: what each may now and then, on the
-- entities concerned. Nothing of it stays. At most so many holders are computed; `more` counts the others.
CREATE FUNCTION gate.rights_effect(role integer, wanted jsonb, seen text, most integer, OUT people jsonb, OUT more bigint)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' AS $$
DECLARE
    ids integer[];
    was jsonb;
    becomes jsonb;
BEGIN
    PERFORM gate.demand_right('update');
    SELECT pg_catalog.array_agg(h.user_id), greatest(count(*) - most, 0) INTO ids, more FROM gate.holders(role) h WHERE h.active;
    ids := ids[1:most];
    SELECT pg_catalog.jsonb_object_agg(p, gate.reach_on(p, wanted)) INTO was FROM unnest(ids) p;
    BEGIN
        PERFORM gate.put_rights(role, wanted, seen);
        SELECT pg_catalog.jsonb_object_agg(p, gate.reach_on(p, wanted)) INTO becomes FROM unnest(ids) p;
        RAISE SQLSTATE 'FC000';
    EXCEPTION WHEN SQLSTATE 'FC000' THEN
        NULL; -- taken back
    END;
    SELECT coalesce(pg_catalog.jsonb_agg(pg_catalog.jsonb_build_object('id', h.user_id, 'name', h.name, 'store', h.store,
                                           'was', was -> h.user_id::text, 'becomes', becomes -> h.user_id::text)), '[]')
      INTO people FROM gate.holders(role) h WHERE h.user_id = ANY (ids);
END $$;

-- What one person may do on some entities (keys of `concerned`), from all his roles.
CREATE FUNCTION gate.reach_on(person bigint, concerned jsonb) RETURNS jsonb
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = '' AS $$
    SELECT coalesce(pg_catalog.jsonb_object_agg(g.key, g.value), '{}')
      FROM gate.compute(person) c CROSS JOIN LATERAL pg_catalog.jsonb_each(c.reach -> 'g') g WHERE concerned ? g.key
$$;

-- A role like another, held by nobody; rules that name the shipped role mean it too.
CREATE FUNCTION gate.clone_role(source integer, name text) RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' AS $$
DECLARE
    made integer;
BEGIN
    PERFORM gate.demand_right('create');
    PERFORM gate.demand_fresh('rights');
    INSERT INTO public.ab_role (name) VALUES (clone_role.name) RETURNING id INTO made;
    INSERT INTO public.role_grant (role_id, entity, actions, reach)
    SELECT made, g.entity, g.actions, g.reach FROM public.role_grant g WHERE g.role_id = source;
    INSERT INTO gate.role_field SELECT made, f.entity, f.field, f.mine, f.scope FROM gate.role_field f WHERE f.role_id = source;
    INSERT INTO gate.role_base (role_id, base)
    SELECT made, coalesce(b.base, r.name) FROM public.ab_role r LEFT JOIN gate.role_base b ON b.role_id = r.id WHERE r.id = source;
    INSERT INTO gate.factor_demand (role_id, grace) SELECT made, d.grace FROM gate.factor_demand d WHERE d.role_id = source;
    PERFORM trail.write('rights', 'role', made, NULL, NULL, pg_catalog.jsonb_build_object('like', (SELECT r.name FROM public.ab_role r WHERE r.id = source)));
    RETURN made;
END $$;

-- Takes away a cloned role that nobody holds.
CREATE FUNCTION gate.drop_role(role integer) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' AS $$
BEGIN
    PERFORM gate.demand_right('delete');
    PERFORM gate.demand_fresh('rights');
    PERFORM gate.one_tender();
    IF EXISTS (SELECT FROM public.ab_user_role ur WHERE ur.role_id = role) THEN
        RAISE check_violation USING MESSAGE = 'rights: held', TABLE = 'ab_role', CONSTRAINT = 'rights_held';
    END IF;
    DELETE FROM gate.role_base b WHERE b.role_id = role;
    IF NOT FOUND THEN
        RAISE check_violation USING MESSAGE = 'rights: shipped', TABLE = 'ab_role', CONSTRAINT = 'rights_shipped';
    END IF;
    DELETE FROM gate.role_field f WHERE f.role_id = role;
    PERFORM trail.write('rights', 'role', role, NULL, NULL, pg_catalog.jsonb_build_object('dropped', (SELECT r.name FROM public.ab_role r WHERE r.id = role)));
    DELETE FROM public.ab_role r WHERE r.id = role;
END $$;

-- Gives a role to somebody, or takes it from him; never to oneself, and the duties of tending rights and of judging the trail stay apart.
CREATE FUNCTION gate.give_role(person integer, role integer, holds boolean) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' AS $$
BEGIN
    PERFORM gate.demand_right('update');
    PERFORM gate.demand_fresh('roles');
    PERFORM gate.one_tender();
    IF person = gate.my_id() THEN
        RAISE check_violation USING MESSAGE = 'rights: self', TABLE = 'ab_user_role', CONSTRAINT = 'rights_self';
    END IF;
    PERFORM trail.write('rights', 'role', role, NULL, NULL, pg_catalog.jsonb_build_object(CASE WHEN holds THEN 'given' ELSE 'taken' END,
        (SELECT u.username FROM public.ab_user u WHERE u.id = person)));
    IF holds THEN
        INSERT INTO public.ab_user_role (user_id, role_id) VALUES (person, role) ON CONFLICT DO NOTHING;
        PERFORM gate.keep_duties(person);
    ELSE
        DELETE FROM public.ab_user_role ur WHERE ur.user_id = person AND ur.role_id = role;
        PERFORM gate.keep_a_tender();
    END IF;
END $$;

-- The roles somebody counts as: those he holds and those they were cloned from.
CREATE FUNCTION gate.counts_as(person bigint) RETURNS text[]
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = '' AS $$
    SELECT coalesce(pg_catalog.array_agg(DISTINCT n.name ORDER BY n.name), '{}')
      FROM public.ab_user_role ur JOIN public.ab_role r ON r.id = ur.role_id LEFT JOIN gate.role_base b ON b.role_id = r.id
     CROSS JOIN LATERAL (VALUES (r.name::text), (b.base)) AS n (name) WHERE ur.user_id = person AND n.name IS NOT NULL
$$;

-- Who sets rights judges no trail: neither by the two roles nor by what roles an administrator made let him do.
CREATE FUNCTION gate.keep_duties(person bigint) RETURNS void
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = '' AS $$
BEGIN
    IF gate.counts_as(person) @> ARRAY['administrator', 'security_officer'] OR (
        SELECT pg_catalog.bool_or(g.entity = 'rights' AND g.actions && ARRAY['create', 'update'])
               AND pg_catalog.bool_or(g.entity = 'risk_finding' AND 'update' = ANY (g.actions) OR g.entity = 'audit_review' AND 'create' = ANY (g.actions))
          FROM public.ab_user_role ur JOIN public.role_grant g ON g.role_id = ur.role_id WHERE ur.user_id = person) THEN
        RAISE check_violation USING MESSAGE = 'rights: duties', TABLE = 'ab_user_role', CONSTRAINT = 'rights_duties';
    END IF;
END $$;

-- Accounts to give a role to, by login or name.
CREATE FUNCTION gate.accounts(words text, most integer) RETURNS TABLE (user_id integer, login text, name text, store text)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = '' AS $$
BEGIN
    PERFORM gate.demand_right('read');
    RETURN QUERY
        SELECT u.id, u.username::text, coalesce(e.name, nullif(pg_catalog.btrim(u.last_name || u.first_name), ''), u.username)::text, s.name::text
          FROM public.ab_user u LEFT JOIN public.employee e ON e.user_id = u.id AND e.left_on IS NULL LEFT JOIN public.store s ON s.id = e.store_id
         WHERE gate.may_enter(u.id) AND (pg_catalog.strpos(pg_catalog.lower(u.username), pg_catalog.lower(words)) > 0
               OR pg_catalog.strpos(coalesce(e.name, u.last_name || u.first_name), words) > 0)
         ORDER BY 3, 1 LIMIT most;
END $$;

-- Takes one opening of a protected value from the budget of the asker's roles; 0, or the seconds until there is one.
-- A number that proves who somebody is (`grave`) asks for a fresh sign-in as well; one to call him by never does.
CREATE FUNCTION gate.spend_reveal(entity text, grave boolean) RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' AS $$
BEGIN
    IF NOT gate.may(entity, 'reveal') THEN
        RAISE insufficient_privilege USING MESSAGE = pg_catalog.format('reveal on %s is not granted', entity);
    END IF;
    IF grave IS NOT FALSE THEN
        PERFORM gate.demand_fresh('reveal');
    END IF;
    -- By the person's roles, though a token has none: he has one budget, by whatever door.
    RETURN gate.take(CASE WHEN gate.counts_as(gate.my_id()) && (ARRAY['sales_consultant', 'service_advisor', 'receptionist', 'customer_care', 'dcc', 'renewal', 'insurance'])
                          THEN 'reveal_calling:' ELSE 'reveal:' END || gate.my_id());
END $$;
INSERT INTO gate.allowance VALUES ('reveal', 60, 3600), ('reveal_calling', 200, 86400);

-- Takes one question by a protected value from the asker's budget; 0, or the seconds until there is one. Ten thousand numbers fit one mask
-- of a phone: whoever tried them all would need days, each try in the trail. Imports and other work of jobs are counted where they begin.
CREATE FUNCTION gate.spend_search() RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' AS $$
BEGIN
    RETURN CASE WHEN gate.ticket() ->> 'k' IN ('person', 'token') THEN gate.take('search:' || gate.my_id()) ELSE 0 END;
END $$;
INSERT INTO gate.allowance VALUES ('search', 120, 3600);

-- What was done with a role, newest first, as the trail keeps it.
CREATE FUNCTION gate.role_history(role integer, most integer) RETURNS TABLE (at timestamptz, name text, details jsonb)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = '' AS $$
BEGIN
    PERFORM gate.demand_right('read');
    RETURN QUERY
        SELECT e.at, e.actor_name, v.after::jsonb FROM trail.entry e JOIN trail.value v ON v.entry_id = e.id AND v.at = e.at
         WHERE e.record_id = role AND e.entity = 'role' AND e.action = 'rights' AND v.after IS NOT NULL ORDER BY e.id DESC LIMIT most;
END $$;

-- Nor does closing an account take the last tender's.
CREATE FUNCTION gate.keep_tender_open() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' AS $$
BEGIN
    IF EXISTS (SELECT FROM public.ab_user_role ur JOIN public.role_grant g ON g.role_id = ur.role_id
                WHERE ur.user_id = OLD.id AND g.entity = 'rights' AND 'update' = ANY (g.actions)) THEN
        PERFORM gate.one_tender();
        PERFORM gate.keep_a_tender();
    END IF;
    RETURN NULL;
END $$;

-- Why: everything the gate computes of somebody, and which role grants him what on one entity.
CREATE FUNCTION gate.profile_of(person bigint, entity text, OUT profile jsonb, OUT grants jsonb)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = '' AS $$
BEGIN
    PERFORM gate.demand_right('read');
    SELECT c.head || c.reach || pg_catalog.jsonb_build_object('u', person, 'k', 'person', 'in', gate.may_enter(person)) INTO profile FROM gate.compute(person) c;
    SELECT coalesce(pg_catalog.jsonb_agg(pg_catalog.jsonb_build_object('role', r.name, 'a', g.actions, 'r', g.reach) ORDER BY r.id), '[]') INTO grants
      FROM public.ab_user_role ur JOIN public.ab_role r ON r.id = ur.role_id JOIN public.role_grant g ON g.role_id = r.id
     WHERE ur.user_id = person AND g.entity = profile_of.entity;
END $$;

-- The ticket of somebody for a question about him, for the owner's functions alone; they put the asker's back.
CREATE FUNCTION gate.lend(person bigint) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' AS $$
DECLARE
    c record;
BEGIN
    SELECT * INTO c FROM gate.compute(person);
    PERFORM gate.punch(c.head || pg_catalog.jsonb_build_object('u', person, 'k', 'person', 'q', 'why', 's', 0), c.reach::text);
END $$;
RESET ROLE;

SET LOCAL ROLE forecourt_owner;
-- Whether the row policy of an entity lets somebody see one record: the policy itself is asked, with his ticket.
CREATE FUNCTION reached_by(person bigint, entity text, record bigint) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' AS $$
DECLARE
    mine text := pg_catalog.current_setting('forecourt.ticket', true);
    far text := pg_catalog.current_setting('forecourt.reach', true);
    target regclass := pg_catalog.to_regclass(pg_catalog.format('public.%I', entity));
    policy text := trail.scope_of(target);
    found_it boolean;
BEGIN
    IF NOT gate.may('rights', 'read') THEN
        RAISE insufficient_privilege USING MESSAGE = 'read on rights is not granted';
    END IF;
    IF target IS NULL OR policy = 'false' THEN
        RETURN NULL; -- no table of records
    END IF;
    PERFORM gate.lend(person);
    EXECUTE pg_catalog.format('SELECT EXISTS (SELECT FROM %s WHERE id = $1 AND (%s))', target, policy) INTO found_it USING record;
    PERFORM pg_catalog.set_config('forecourt.ticket', mine, true);
    PERFORM pg_catalog.set_config('forecourt.reach', far, true);
    RETURN found_it;
END $$;

-- The accounts whose rights and reach let them see one record, asked in the same way, each with his ticket.
CREATE FUNCTION seen_by(entity text, record bigint, most integer) RETURNS TABLE (login text, name text, store text)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' AS $$
DECLARE
    mine text := pg_catalog.current_setting('forecourt.ticket', true);
    far text := pg_catalog.current_setting('forecourt.reach', true);
    target regclass := pg_catalog.to_regclass(pg_catalog.format('public.%I', entity));
    policy text := trail.scope_of(target);
    person record;
    found_it boolean;
BEGIN
    FOR person IN SELECT * FROM gate.accounts('', most) LOOP
        PERFORM gate.lend(person.user_id);
        CONTINUE WHEN target IS NULL OR NOT gate.may_see(entity);
        EXECUTE pg_catalog.format('SELECT EXISTS (SELECT FROM %s WHERE id = $1 AND (%s))', target, policy) INTO found_it USING record;
        IF found_it THEN
            login := person.login;
            name := person.name;
            store := person.store;
            RETURN NEXT;
        END IF;
    END LOOP;
    PERFORM pg_catalog.set_config('forecourt.ticket', mine, true);
    PERFORM pg_catalog.set_config('forecourt.reach', far, true);
END $$;
REVOKE ALL ON FUNCTION reached_by(bigint, text, bigint), seen_by(text, bigint, integer) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION reached_by(bigint, text, bigint), seen_by(text, bigint, integer) TO forecourt_web;
RESET ROLE;

DO $$
DECLARE
    f regprocedure;
BEGIN
    FOR f IN SELECT p.oid::regprocedure FROM pg_proc p WHERE p.pronamespace = 'gate'::regnamespace AND p.proname = ANY (ARRAY[
        'demand_right', 'roles', 'granted', 'rights_print', 'role_rights', 'holders', 'one_tender', 'keep_a_tender', 'put_rights', 'set_rights', 'rights_effect',
        'reach_on', 'clone_role', 'drop_role', 'give_role', 'counts_as', 'keep_duties', 'accounts', 'role_history', 'spend_reveal', 'spend_search',
        'keep_tender_open', 'profile_of', 'lend']) LOOP
        EXECUTE format('REVOKE ALL ON FUNCTION %s FROM PUBLIC', f);
    END LOOP;
END $$;
GRANT EXECUTE ON FUNCTION gate.roles(), gate.role_rights(integer), gate.holders(integer), gate.set_rights(integer, jsonb, text),
    gate.rights_effect(integer, jsonb, text, integer), gate.clone_role(integer, text), gate.drop_role(integer),
    gate.give_role(integer, integer, boolean), gate.accounts(text, integer), gate.role_history(integer, integer), gate.spend_reveal(text, boolean),
    gate.profile_of(bigint, text) TO forecourt_web;
GRANT EXECUTE ON FUNCTION gate.spend_search() TO forecourt_web, forecourt_worker;
GRANT EXECUTE ON FUNCTION gate.lend(bigint), gate.accounts(text, integer) TO forecourt_owner;
CREATE TRIGGER keep_tender_open AFTER UPDATE OF active ON ab_user FOR EACH ROW WHEN (OLD.active AND NOT NEW.active)
    EXECUTE FUNCTION gate.keep_tender_open();
SELECT trail.attach('gate.role_base'::regclass, 'role_base', '{}'::text[], ''), trail.attach('gate.role_field'::regclass, 'role_field', '{}'::text[], '');
