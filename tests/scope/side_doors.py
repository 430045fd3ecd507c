"""Objects of one's own, and the server's side doors, tried by somebody who can run any statement as the web role."""

from tests.scope.attacks import attack, everything
from tests.scope.scene import SECRET, Scene


# Objects of one's own ------------------------------------------------------------------------------------------------
@attack
def objects_that_stand_in_for_ours(scene: Scene) -> list[str]:
    with scene.open("web", "consultant") as hand:
        for statement in (
            "CREATE TEMP TABLE customer (id bigint)",
            "CREATE TEMP VIEW store AS SELECT 1 AS id",
            "SELECT 1 AS id INTO TEMP TABLE mine",
            "CREATE TABLE public.mine (id bigint)",
            "CREATE UNLOGGED TABLE mine (id bigint)",
            "CREATE SCHEMA mine",
            "CREATE VIEW public.seen AS SELECT * FROM customer",
            "CREATE MATERIALIZED VIEW public.seen AS SELECT * FROM customer",
            "CREATE FUNCTION public.my_id() RETURNS bigint LANGUAGE sql AS 'SELECT 1::bigint'",
            "CREATE FUNCTION pg_temp.my_stores(text) RETURNS bigint[] LANGUAGE sql AS 'SELECT ARRAY[1, 2]::bigint[]'",
            "CREATE OPERATOR public.= (LEFTARG = bigint, RIGHTARG = bigint, FUNCTION = int8eq)",
            "CREATE TYPE public.mine AS (n int)",
            "CREATE SEQUENCE public.mine",
            "CREATE TRIGGER mine BEFORE INSERT ON customer FOR EACH ROW EXECUTE FUNCTION gate.stamp_row('store')",
            "CREATE RULE mine AS ON DELETE TO customer DO INSTEAD NOTHING",
            "CREATE POLICY mine ON customer USING (true)",
            "CREATE EVENT TRIGGER mine ON ddl_command_end EXECUTE FUNCTION gate.check_verb()",
            "CREATE STATISTICS mine ON store_id, name FROM customer",
            "CREATE INDEX mine ON customer (name)",
            "CREATE EXTENSION dblink",
            "CREATE EXTENSION postgres_fdw",
            "CREATE EXTENSION file_fdw",
            "CREATE SERVER mine FOREIGN DATA WRAPPER postgres_fdw",
            "CREATE ROLE mine LOGIN",
            "CREATE DATABASE mine",
            "CREATE PUBLICATION mine FOR ALL TABLES",
            "CREATE SUBSCRIPTION mine CONNECTION '' PUBLICATION x",
        ):
            hand.refused(statement)
        return everything(hand)


@attack
def changes_of_what_guards(scene: Scene) -> list[str]:
    with scene.open("web", "manager") as hand:
        for statement in (
            "ALTER TABLE customer DISABLE ROW LEVEL SECURITY",
            "ALTER TABLE customer NO FORCE ROW LEVEL SECURITY",
            "DROP POLICY scope ON customer",
            "ALTER POLICY scope ON customer USING (true)",
            "ALTER TABLE customer DISABLE TRIGGER ALL",
            "ALTER TABLE customer OWNER TO forecourt_web",
            "ALTER TABLE customer DROP CONSTRAINT customer_pkey",
            "ALTER FUNCTION gate.my_stores(text) OWNER TO forecourt_web",
            "DROP TABLE vehicle",
            "TRUNCATE customer CASCADE",
            "TRUNCATE vehicle CASCADE",
            "TRUNCATE customer_merge",
            "GRANT forecourt_owner TO forecourt_web",
            "ALTER ROLE forecourt_web BYPASSRLS",
            "ALTER ROLE forecourt_owner PASSWORD 'x'",
            "SELECT gate.protect('customer', 'customer', 'group', '{}', NULL)",
            "SELECT gate.bump_catalog()",
            "SELECT trail.detach('customer')",
            "SELECT trail.attach('customer', 'customer', '{}', '')",
            "ALTER SYSTEM SET row_security = off",
            "ALTER DATABASE postgres SET row_security = off",
            "VACUUM FULL customer",
            "SECURITY LABEL ON TABLE customer IS 'x'",
            "LOCK TABLE gate.secret",
        ):
            hand.refused(statement)
        return hand.leaks


@attack
def another_role(scene: Scene) -> list[str]:
    with scene.open("web", "consultant") as hand:
        for name in (
            "forecourt_owner",
            "forecourt_worker",
            "forecourt_guard",
            "forecourt_sealer",
            "forecourt_monitor",
            "postgres",
            "pg_read_all_data",
        ):
            hand.refused(f"SET ROLE {name}")
            hand.refused(f"SET LOCAL SESSION AUTHORIZATION {name}")
            hand.refused(f"SELECT set_config('role', '{name}', false)")
        hand.refused("SET LOCAL session_replication_role = replica")
        return everything(hand)


# Side doors ----------------------------------------------------------------------------------------------------------
@attack
def tables_that_are_nobodys_business(scene: Scene) -> list[str]:
    tables = scene.as_administrator(
        "SELECT format('%I.%I', schemaname, tablename) FROM pg_tables WHERE schemaname IN ('gate', 'trail')"
    )
    found = []
    for role in ("web", "worker"):
        with scene.open(role) as hand:
            for (table,) in tables:
                hand.refused(f"SELECT * FROM {table}")
                hand.refused(f"DELETE FROM {table}")
                hand.refused(f"INSERT INTO {table} DEFAULT VALUES")
            for table in ("role_grant", "record_grant", "ab_user_role", "ab_role", "ab_user", "catalog_entity"):
                hand.refused(f"DELETE FROM {table}")
                hand.refused(f"INSERT INTO {table} DEFAULT VALUES")
            hand.refused("SELECT password FROM ab_user")
            found += hand.leaks
    return found


@attack
def blocks_and_functions(scene: Scene) -> list[str]:
    with scene.open("web", "consultant") as hand:
        block = "DO $$ DECLARE t text; BEGIN FOR t IN SELECT {0} LOOP RAISE EXCEPTION '%', t; END LOOP; END $$"
        foreign = f"name FROM customer WHERE store_id = {scene.stores['XH']}"
        hand.run(block.format(foreign))
        for function in ("query_to_xml", "cursor_to_xml"):
            hand.run(f"SELECT {function}('SELECT * FROM customer', true, true, '')")
        hand.run("SELECT table_to_xml('customer', true, true, '')")
        hand.run("SELECT schema_to_xml('public', true, true, '')")
        hand.run("SELECT database_to_xml(true, true, '')")
        hand.run("SELECT ts_stat('SELECT to_tsvector(name) FROM customer')")
        for entity in ("customer", "vehicle", "store", "employee"):
            hand.run(
                "SELECT * FROM trail.history(%s, ARRAY[%s::bigint], 50)",
                entity,
                scene.theirs.get(entity, scene.stores["XH"]),
            )
        hand.run("SELECT gate.my_profile()")
        return hand.leaks


@attack
def errors_that_tell(scene: Scene) -> list[str]:
    """Functions with a side effect, run before the policy, would tell of rows one may not see."""
    theirs = f"store_id = {scene.stores['XH']}"
    with scene.open("web", "consultant") as hand:
        for condition in (
            "name::int = 1",
            f"1 / (CASE WHEN {theirs} THEN 0 ELSE 1 END) = 1",
            "pg_input_is_valid(name, 'int') AND name::int > 0",
            "xmlparse(content name) IS NULL",
        ):
            hand.run(f"SELECT id FROM customer WHERE {theirs} AND {condition}")
        counted = hand.run(
            f"SELECT count(*) FROM customer WHERE {theirs} OR 1 / (CASE WHEN {theirs} THEN 0 ELSE 1 END) = 2"
        )
        return hand.leaks + ([] if counted == [(0,)] else ["a foreign row was touched"])


@attack
def statistics_that_tell(scene: Scene) -> list[str]:
    scene.as_administrator("ANALYZE")
    with scene.open("web", "consultant") as hand:
        hand.run("SELECT * FROM pg_stats WHERE tablename = 'customer'")
        hand.run("SELECT * FROM pg_stats_ext_exprs")
        hand.refused("SELECT * FROM pg_statistic")
        hand.refused("SELECT * FROM pg_authid")
        hand.run("SELECT query FROM pg_stat_activity")
        hand.run(f"EXPLAIN (VERBOSE) SELECT * FROM customer WHERE name = '{SECRET[:2]}'")
        return hand.leaks


@attack
def large_objects_of_ones_own(scene: Scene) -> list[str]:
    able = (
        "SELECT p.oid::regprocedure::text FROM pg_proc p WHERE p.proname ~ '^lo(_.*|read|write)$'"
        " AND p.pronamespace = 'pg_catalog'::regnamespace AND has_function_privilege(p.oid, 'EXECUTE')"
    )
    leaks = []
    for role, person in (("web", "consultant"), ("worker", "")):
        with scene.open(role, person) as hand:
            hand.refused("SELECT lo_create(0)")
            hand.refused("SELECT lo_creat(-1)")
            hand.refused("SELECT lo_from_bytea(0, 'carried out')")
            leaks += [f"{role} may call {one}" for (one,) in hand.run(able)]
            leaks += hand.leaks
    return leaks


@attack
def the_servers_files_and_large_objects(scene: Scene) -> list[str]:
    with scene.open("web", "consultant") as hand:
        for statement in (
            "COPY customer TO '/tmp/forecourt-leak'",
            "COPY customer TO PROGRAM 'cat'",
            "COPY customer (name) FROM PROGRAM 'echo x'",
            "COPY customer (name) FROM '/etc/passwd'",
            "SELECT pg_read_file('/etc/passwd')",
            "SELECT pg_read_binary_file('PG_VERSION')",
            "SELECT pg_ls_dir('.')",
            "SELECT pg_stat_file('PG_VERSION')",
            "SELECT lo_import('/etc/passwd')",
            "SELECT lo_export(1, '/tmp/forecourt-leak')",
            "SELECT pg_reload_conf()",
            "SELECT dblink('x', 'SELECT 1')",
            "SELECT * FROM pg_largeobject",
            "SELECT pg_create_physical_replication_slot('x')",
            "SELECT pg_switch_wal()",
        ):
            hand.refused(statement)
        return hand.leaks
