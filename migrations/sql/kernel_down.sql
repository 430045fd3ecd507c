DROP TABLE vehicle, customer, employee, team, store, company CASCADE;
DROP TABLE search_token, record_grant, role_grant, catalog_installed, catalog_entity CASCADE;
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
