-- The roles stay: they are the cluster's, and another database may use them.
DROP SCHEMA gate CASCADE;
DROP TABLE ab_permission_view_role, ab_user_role, ab_user_group, ab_permission_view, ab_group_role, ab_api_key, ab_view_menu,
    ab_user, ab_role, ab_register_user, ab_permission, ab_group CASCADE;
