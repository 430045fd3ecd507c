-- Every guarded table: those of the kernel and those that code or the studio brought, which stand on them.
DO $$
DECLARE
    guarded text;
BEGIN
    SELECT pg_catalog.string_agg(t.tgrelid::regclass::text, ', ') INTO guarded FROM pg_trigger t
      JOIN pg_class c ON c.oid = t.tgrelid
     WHERE t.tgname = 'check_verb' AND c.relnamespace = 'public'::regnamespace;
    EXECUTE 'DROP TABLE ' || guarded || ' CASCADE';
END $$;
DROP TABLE search_token, record_grant, role_grant, catalog_installed, catalog_rule, catalog_owner, catalog_entity CASCADE;
DROP FUNCTION gate_left();
DO $$
DECLARE
    source text;
BEGIN
    FOREACH source IN ARRAY ARRAY['ab_user', 'ab_user_role', 'ab_role'] LOOP
        EXECUTE format('DROP TRIGGER bump_access ON %I', source);
    END LOOP;
    FOREACH source IN ARRAY ARRAY['ab_user', 'ab_role', 'ab_user_role', 'ab_permission', 'ab_view_menu', 'ab_permission_view',
                                  'ab_permission_view_role', 'ab_group', 'ab_user_group', 'ab_group_role'] LOOP
        PERFORM trail.detach(source::regclass);
    END LOOP;
END $$;
