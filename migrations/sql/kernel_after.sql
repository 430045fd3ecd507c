-- What depends on the kernel's tables.
GRANT SELECT ON store, employee, company, team TO forecourt_guard;

-- The guard computes profiles: it reads the organisation past the row policies that rest on those profiles.
CREATE POLICY guard ON store FOR SELECT TO forecourt_guard USING (true);
CREATE POLICY guard ON employee FOR SELECT TO forecourt_guard USING (true);

CREATE FUNCTION gate_left() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' AS $$
BEGIN
    IF gate.has_left(NEW.left_on) AND NEW.user_id IS NOT NULL THEN
        PERFORM gate.end_doors(NEW.user_id, 'left');
    END IF;
    RETURN NULL;
END $$;
REVOKE ALL ON FUNCTION gate_left() FROM PUBLIC;
ALTER FUNCTION gate_left() OWNER TO forecourt_guard;
CREATE TRIGGER ends_doors AFTER UPDATE OF left_on ON employee FOR EACH ROW EXECUTE FUNCTION gate_left();
CREATE UNIQUE INDEX employee_of_user ON employee (user_id) WHERE user_id IS NOT NULL AND left_on IS NULL;

DO $$
DECLARE
    source text;
BEGIN
    FOREACH source IN ARRAY ARRAY['role_grant', 'record_grant', 'ab_user', 'ab_user_role', 'ab_role', 'employee', 'store'] LOOP
        EXECUTE format('CREATE TRIGGER bump_access AFTER INSERT OR UPDATE OR DELETE ON %I FOR EACH STATEMENT EXECUTE FUNCTION gate.bump_access()', source);
    END LOOP;
    FOREACH source IN ARRAY ARRAY['role_grant', 'record_grant', 'ab_user', 'ab_role', 'ab_user_role', 'ab_permission', 'ab_view_menu',
                                  'ab_permission_view', 'ab_permission_view_role', 'ab_group', 'ab_user_group', 'ab_group_role', 'catalog_entity'] LOOP
        PERFORM trail.attach(source::regclass, source, CASE WHEN source = 'ab_user' THEN ARRAY['password'] ELSE '{}'::text[] END, '');
    END LOOP;
END $$;
