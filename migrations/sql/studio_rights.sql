-- The stamp as one statement sees it beside the descriptions: read apart they could be of two moments.
CREATE FUNCTION gate.catalog_stamp() RETURNS bigint
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = '' AS
$$ SELECT catalog FROM gate.stamp $$;
ALTER FUNCTION gate.catalog_stamp() OWNER TO forecourt_guard;
REVOKE ALL ON FUNCTION gate.catalog_stamp() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION gate.catalog_stamp() TO forecourt_web, forecourt_worker, forecourt_owner;

-- A schema change names who asked for it, and leaves what is dropped later to the system.
GRANT EXECUTE ON FUNCTION gate.announce_job(bigint, text, bigint), gate.announce_system(text),
    trail.note(text, text, bigint, bigint, jsonb, bigint) TO forecourt_owner;
