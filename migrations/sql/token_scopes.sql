-- Tokens of others for who tends accounts, and what was said of a token stands: it is ended, never widened.
SET LOCAL ROLE forecourt_guard;
-- Living tokens and whose they are, last used first; never their text, and to a token none.
CREATE FUNCTION gate.tokens_of_others(most integer) RETURNS TABLE (id bigint, hint text, name text, created_at timestamptz, expires_at timestamptz,
    last_used timestamptz, last_address text, scopes jsonb, addresses text[], owner text, login text)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = '' AS $$
BEGIN
    IF NOT gate.tends_accounts() THEN
        RAISE insufficient_privilege USING MESSAGE = 'others'' tokens are seen by those who tend accounts';
    END IF;
    RETURN QUERY
        SELECT t.id, t.hint, t.name, t.created_at, t.expires_at, t.last_used, pg_catalog.host(t.last_address), t.scopes, t.addresses::text[],
               coalesce((SELECT e.name FROM public.employee e WHERE e.user_id = u.id ORDER BY e.left_on DESC, e.id LIMIT 1),
                        nullif(pg_catalog.btrim(u.last_name || u.first_name), ''), u.username)::text, u.username::text
          FROM gate.token t JOIN public.ab_user u ON u.id = t.user_id
         WHERE t.user_id IS DISTINCT FROM gate.my_id() AND t.ended_at IS NULL AND t.expires_at > pg_catalog.now()
         ORDER BY t.last_used DESC NULLS LAST, t.id DESC LIMIT most;
END $$;

CREATE FUNCTION gate.keep_narrow() RETURNS trigger
LANGUAGE plpgsql SET search_path = '' AS $$
BEGIN
    RAISE check_violation USING MESSAGE = 'a token is never widened: end it and make another';
END $$;
CREATE TRIGGER keep_narrow BEFORE UPDATE ON gate.token FOR EACH ROW
    WHEN (NEW.scopes <> OLD.scopes OR NEW.addresses IS DISTINCT FROM OLD.addresses OR NEW.user_id <> OLD.user_id
          OR NEW.token_hash <> OLD.token_hash OR NEW.expires_at > OLD.expires_at OR (OLD.ended_at IS NOT NULL AND NEW.ended_at IS NULL))
    EXECUTE FUNCTION gate.keep_narrow();
ALTER TABLE gate.token ENABLE ALWAYS TRIGGER keep_narrow;
RESET ROLE;
REVOKE ALL ON FUNCTION gate.tokens_of_others(integer), gate.keep_narrow() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION gate.tokens_of_others(integer) TO forecourt_web;
