-- Reviewing the trail: what the officer reads, what risk rules count, and the trail's own daily check.
SET LOCAL check_function_bodies = off; -- they name each other
SET LOCAL ROLE forecourt_guard;

-- What risk rules and the officer's charts look at: everything but the changes of records, and of these the rights and the rules.
CREATE INDEX entry_events ON trail.entry (at)
    WHERE action <> ALL (ARRAY['insert', 'update', 'delete']) OR entity = ANY (ARRAY['ab_user_role', 'role_grant', 'risk_rule']);
CREATE INDEX entry_of_actor ON trail.entry (actor_id, id);

-- What the daily check of the whole chain found; written by the sealer alone.
CREATE TABLE trail.checked (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    at timestamptz NOT NULL DEFAULT pg_catalog.clock_timestamp(),
    entries bigint NOT NULL,
    batches bigint NOT NULL,
    sound boolean NOT NULL,
    first_damage text, -- in words
    unchecked text[] NOT NULL DEFAULT '{}', -- what could not be checked, in words
    seconds double precision NOT NULL
);
CREATE TRIGGER refuse BEFORE UPDATE OR DELETE ON trail.checked FOR EACH ROW EXECUTE FUNCTION trail.refuse();
CREATE TRIGGER refuse_truncate BEFORE TRUNCATE ON trail.checked FOR EACH STATEMENT EXECUTE FUNCTION trail.refuse_truncate();
ALTER TABLE trail.checked ENABLE ALWAYS TRIGGER refuse;
ALTER TABLE trail.checked ENABLE ALWAYS TRIGGER refuse_truncate;
REVOKE ALL ON trail.checked FROM PUBLIC;
GRANT SELECT, INSERT ON trail.checked TO forecourt_sealer;

CREATE FUNCTION trail.demand_review(verb text) RETURNS void
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = '' AS $$
BEGIN
    IF NOT gate.may('trail', verb) THEN
        RAISE insufficient_privilege USING MESSAGE = pg_catalog.format('%s on trail is not granted', verb);
    END IF;
END $$;

-- The hour of the day in the business's zone.
CREATE FUNCTION trail.hour_of(moment timestamptz) RETURNS int
LANGUAGE sql IMMUTABLE SET search_path = '' AS
$$ SELECT extract(hour FROM moment AT TIME ZONE 'Asia/Shanghai')::int $$;

-- The events one risk rule is about: `key` says whose or what's they are, `weight` how many they count for.
CREATE FUNCTION trail.risky(kind text, since timestamptz, until timestamptz)
RETURNS TABLE (id bigint, at timestamptz, key text, account bigint, name text, weight bigint)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = '' AS $$
    SELECT e.id, e.at,
           CASE risky.kind WHEN 'one_number' THEN e.entity || ':' || e.record_id
                           ELSE coalesce('user:' || e.person, CASE WHEN e.db_role = 'forecourt_web' THEN 'nobody' ELSE e.actor_kind END) END,
           e.person, e.actor_name, CASE risky.kind WHEN 'export' THEN coalesce(e.count, 1) ELSE 1 END
      FROM (SELECT x.*, CASE WHEN x.actor_id IS NULL AND x.entity = 'ab_user' THEN x.record_id ELSE x.actor_id END AS person
              FROM trail.entry x
             WHERE x.at >= since AND x.at < until
               AND (x.action <> ALL (ARRAY['insert', 'update', 'delete']) OR x.entity = ANY (ARRAY['ab_user_role', 'role_grant', 'risk_rule']))) e
      LEFT JOIN trail.value v ON risky.kind = 'grant' AND v.entry_id = e.id AND v.at = e.at
     WHERE CASE risky.kind
           WHEN 'mass_opening' THEN e.action IN ('reveal', 'open', 'dial') AND e.person IS NOT NULL
           WHEN 'night' THEN e.actor_kind IN ('person', 'token') AND (trail.hour_of(e.at) >= 22 OR trail.hour_of(e.at) < 6)
                             AND e.action IN ('reveal', 'open', 'dial', 'search', 'claim', 'export', 'print', 'import', 'rights')
           WHEN 'export' THEN e.action IN ('export', 'print', 'audit_export')
           -- A role that is given, or one that becomes wider; what is done in the database itself passes the page.
           WHEN 'grant' THEN (e.action = 'rights' AND (v.after::jsonb ? 'given' OR trail.widens(v.after::jsonb)))
                             OR (e.action IN ('insert', 'update') AND e.entity IN ('ab_user_role', 'role_grant') AND e.actor_kind = 'database')
           WHEN 'leaver' THEN e.action IN ('reveal', 'open', 'dial', 'export', 'print') AND e.person IS NOT NULL
           WHEN 'one_number' THEN e.action IN ('reveal', 'open', 'dial') AND e.record_id IS NOT NULL
           WHEN 'denials' THEN e.action IN ('denied', 'sign_in_failed', 'locked')
           WHEN 'import_undone' THEN e.action = 'import_undone'
           WHEN 'gap' THEN e.action = 'detach' OR (e.entity = 'risk_rule' AND e.action = 'update')
           ELSE false END
$$;

-- Whether a change of a role's rights grants a verb it did not, or reaches farther.
CREATE FUNCTION trail.widens(change jsonb) RETURNS boolean
LANGUAGE sql IMMUTABLE SET search_path = '' AS $$
    SELECT EXISTS (
        SELECT FROM pg_catalog.jsonb_each(change -> 'becomes') b
         WHERE NOT coalesce(change -> 'was' -> b.key -> 'a', '[]') @> (b.value -> 'a')
            OR pg_catalog.array_position(ARRAY['group', 'company', 'store', 'team', 'own', 'granted'], b.value ->> 'r')
             < pg_catalog.array_position(ARRAY['group', 'company', 'store', 'team', 'own', 'granted'], change -> 'was' -> b.key ->> 'r'))
$$;

-- What a rule counts now, for each whom or what it concerns: only what came after the entry that was judged last (`floors`: key to entry).
-- Two rules are about what is missing: no backup in all the window, and gaps the trail itself knows of.
CREATE FUNCTION trail.weigh(kind text, hours int, floors jsonb, until timestamptz)
RETURNS TABLE (key text, account bigint, name text, events bigint, first_at timestamptz, last_at timestamptz, first_entry bigint, last_entry bigint)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = '' AS $$
#variable_conflict use_column
DECLARE
    since timestamptz := weigh.until - pg_catalog.make_interval(hours => weigh.hours);
    head bigint := coalesce((SELECT max(e.id) FROM trail.entry e), 0);
BEGIN
    RETURN QUERY
        SELECT r.key, CASE WHEN weigh.kind <> 'one_number' THEN max(r.account) END,
               CASE WHEN weigh.kind <> 'one_number' THEN (pg_catalog.array_agg(r.name ORDER BY r.id DESC) FILTER (WHERE r.name IS NOT NULL))[1] END,
               CASE weigh.kind WHEN 'one_number' THEN count(DISTINCT r.account) ELSE sum(r.weight)::bigint END,
               min(r.at), max(r.at), min(r.id), max(r.id)
          FROM trail.risky(weigh.kind, since, weigh.until) r
         WHERE r.id > coalesce((weigh.floors ->> r.key)::bigint, 0) GROUP BY r.key;
    IF weigh.kind = 'no_backup' THEN
        RETURN QUERY
            SELECT 'backup'::text, NULL::bigint, NULL::text, 1::bigint, weigh.until, weigh.until, head, head
             WHERE (SELECT e.at FROM trail.entry e ORDER BY e.id LIMIT 1) < since AND NOT EXISTS (
                   SELECT FROM trail.entry e JOIN trail.value v ON v.entry_id = e.id AND v.at = e.at
                    WHERE e.action = 'backup' AND e.at >= since AND e.at < weigh.until AND e.action <> ALL (ARRAY['insert', 'update', 'delete'])
                      AND v.after::jsonb @> '{"act": "create"}' AND NOT v.after::jsonb ? 'failed');
    ELSIF weigh.kind = 'gap' THEN
        RETURN QUERY
            SELECT 'table:' || g, NULL::bigint, g, 1::bigint, weigh.until, weigh.until, head, head FROM trail.gaps() AS g
            UNION ALL
            SELECT 'entry:' || r.entry_id, NULL, r.reason, 1, r.found_at, r.found_at, r.entry_id, r.entry_id FROM trail.refused r
             WHERE r.found_at >= since AND weigh.floors -> ('entry:' || r.entry_id) IS NULL
            UNION ALL
            SELECT 'check:' || c.id, NULL, c.first_damage, 1, c.at, c.at, head, head FROM trail.checked c
             WHERE c.at >= since AND NOT c.sound AND weigh.floors -> ('check:' || c.id) IS NULL
            UNION ALL -- the check itself stopped
            SELECT 'unchecked', NULL, NULL, 1, weigh.until, weigh.until, head, head
             WHERE coalesce((SELECT max(c.at) FROM trail.checked c), (SELECT e.at FROM trail.entry e ORDER BY e.id LIMIT 1))
                   < weigh.until - interval '48 hours';
    END IF;
END $$;

-- Accounts a name or login means, for the filter of the trail.
CREATE FUNCTION trail.meant(person text) RETURNS bigint[]
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = '' AS $$
    SELECT coalesce(pg_catalog.array_agg(u.id::bigint), '{}') FROM public.ab_user u LEFT JOIN public.employee e ON e.user_id = u.id
     WHERE pg_catalog.lower(u.username) = pg_catalog.lower(person) OR e.name = person
        OR pg_catalog.btrim(u.last_name || u.first_name) = person OR u.id::text = person
$$;

-- Entries as the officer reads them, newest first: who, when, by which way, what, of which record, which columns; values stay with the
-- record's own history, where its mask holds. What an event says of itself is told, for it holds no protected value.
CREATE FUNCTION trail.browse(since timestamptz, until timestamptz, of_person text, of_entity text, of_record bigint, of_action text, of_source text,
    risk text, risk_key text, before bigint, most int)
RETURNS TABLE (id bigint, at timestamptz, actor_id bigint, actor_kind text, actor_name text, db_role text, request_id text, action text,
    entity text, record_id bigint, store_id bigint, version bigint, count bigint, columns text[], details text)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = '' SET plan_cache_mode = force_custom_plan AS $$
#variable_conflict use_column
DECLARE
    people bigint[] := CASE WHEN browse.of_person IS NOT NULL THEN trail.meant(browse.of_person) END;
    stores bigint[] := gate.my_stores('trail');
    anywhere boolean := gate.everywhere('trail');
BEGIN
    PERFORM trail.demand_review('list');
    RETURN QUERY
        SELECT e.id, e.at, e.actor_id, e.actor_kind, e.actor_name, e.db_role, e.request_id, e.action, e.entity, e.record_id, e.store_id,
               e.version, e.count,
               CASE WHEN e.action IN ('insert', 'update', 'delete') THEN trail.columns_of(v.before, v.after) END,
               CASE WHEN e.action NOT IN ('insert', 'update', 'delete') THEN v.after END
          FROM trail.entry e LEFT JOIN trail.value v ON v.entry_id = e.id AND v.at = e.at
         WHERE e.at >= browse.since AND e.at < browse.until
           AND (anywhere OR e.store_id = ANY (stores))
           AND (people IS NULL OR e.actor_id = ANY (people))
           AND (browse.of_entity IS NULL OR e.entity = browse.of_entity)
           AND (browse.of_record IS NULL OR e.record_id = browse.of_record)
           AND (browse.of_action IS NULL OR e.action = browse.of_action)
           AND (browse.of_source IS NULL OR e.actor_kind = browse.of_source)
           AND (browse.risk IS NULL OR e.id IN (
                SELECT r.id FROM trail.risky(browse.risk, browse.since, browse.until) r WHERE r.key = browse.risk_key))
           AND (browse.before IS NULL OR e.id < browse.before)
         ORDER BY e.id DESC LIMIT least(browse.most, 50001);
END $$;

CREATE FUNCTION trail.columns_of(before text, after text) RETURNS text[]
LANGUAGE sql IMMUTABLE SET search_path = '' AS $$
    SELECT pg_catalog.array_agg(k ORDER BY k) FROM (
        SELECT pg_catalog.jsonb_object_keys(before::jsonb) AS k UNION SELECT pg_catalog.jsonb_object_keys(after::jsonb)) AS x
     WHERE NOT pg_catalog.starts_with(k, '@')
$$;

-- How many events of a kind each day of business saw, of those the officer's charts tell.
CREATE FUNCTION trail.activity(since timestamptz, until timestamptz) RETURNS TABLE (day date, kind text, events bigint)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = '' AS $$
BEGIN
    PERFORM trail.demand_review('list');
    RETURN QUERY
        SELECT (e.at AT TIME ZONE 'Asia/Shanghai')::date, x.kind, count(*)
          FROM trail.entry e CROSS JOIN LATERAL (SELECT CASE
                   WHEN e.action IN ('reveal', 'open', 'dial') THEN 'opened' WHEN e.action IN ('export', 'print') THEN 'exported'
                   WHEN e.action IN ('denied', 'sign_in_failed', 'locked') THEN 'refused' WHEN e.action = 'rights' THEN 'rights'
                   WHEN e.action = 'sign_in' THEN 'sign_in' END AS kind) x
         WHERE e.at >= activity.since AND e.at < activity.until AND x.kind IS NOT NULL
           AND e.action <> ALL (ARRAY['insert', 'update', 'delete'])
           AND (gate.everywhere('trail') OR e.store_id = ANY (gate.my_stores('trail')))
         GROUP BY 1, 2;
END $$;

-- The last check of the chain, and what waits for its seal.
CREATE FUNCTION trail.standing(OUT checked_at timestamptz, OUT sound boolean, OUT entries bigint, OUT first_damage text, OUT unchecked text[],
    OUT waiting bigint)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = '' AS $$
BEGIN
    PERFORM trail.demand_review('list');
    SELECT c.at, c.sound, c.entries, c.first_damage, c.unchecked INTO checked_at, sound, entries, first_damage, unchecked
      FROM trail.checked c ORDER BY c.id DESC LIMIT 1;
    waiting := (SELECT count(*) FROM trail.queue);
END $$;

-- For a review that is signed: how many entries a period holds, and the head of the chain at this moment.
CREATE FUNCTION trail.entries_of(from_on date, until_on date) RETURNS bigint
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = '' AS $$
    SELECT count(*) FROM trail.entry e
     WHERE e.at >= from_on::timestamp AT TIME ZONE 'Asia/Shanghai' AND e.at < (until_on + 1)::timestamp AT TIME ZONE 'Asia/Shanghai'
$$;
CREATE FUNCTION trail.head_now() RETURNS text
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = '' AS
$$ SELECT pg_catalog.encode(b.head, 'hex') FROM trail.batch b ORDER BY b.no DESC LIMIT 1 $$;

REVOKE ALL ON FUNCTION trail.demand_review(text), trail.hour_of(timestamptz), trail.risky(text, timestamptz, timestamptz), trail.widens(jsonb),
    trail.weigh(text, int, jsonb, timestamptz), trail.meant(text), trail.columns_of(text, text), trail.activity(timestamptz, timestamptz),
    trail.browse(timestamptz, timestamptz, text, text, bigint, text, text, text, text, bigint, int), trail.standing(),
    trail.entries_of(date, date), trail.head_now() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION trail.browse(timestamptz, timestamptz, text, text, bigint, text, text, text, text, bigint, int),
    trail.activity(timestamptz, timestamptz), trail.standing() TO forecourt_web;
GRANT EXECUTE ON FUNCTION trail.weigh(text, int, jsonb, timestamptz) TO forecourt_worker;
GRANT EXECUTE ON FUNCTION trail.entries_of(date, date), trail.head_now() TO forecourt_owner;
RESET ROLE;
