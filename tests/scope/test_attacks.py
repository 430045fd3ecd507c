"""Nothing of another store comes out, whatever is tried; and each attack finds the defect it is there for."""

from collections.abc import Callable
from dataclasses import dataclass

import pytest

from app.db import engine
from tests.scope import side_doors  # noqa: F401  # registers its attacks
from tests.scope.attacks import ATTACKS
from tests.scope.scene import Scene, leaks


@pytest.mark.parametrize("name", ATTACKS)
def test_an_attack_gets_nothing(name: str, scene: Scene) -> None:
    assert leaks(scene, ATTACKS[name]) == []


@dataclass(frozen=True)
class Defect:
    """A mistake planted in a copy of the database, and an attack that must find it."""

    attack: str
    statements: tuple[str, ...]


# Every key that holds a customer or a car turned into one that goes with it.
CASCADING = """
    DO $$
    DECLARE
        one record;
    BEGIN
        FOR one IN
            SELECT conname, conrelid::regclass AS held, pg_get_constraintdef(oid) AS said FROM pg_constraint
             WHERE contype = 'f' AND confdeltype = 'a' AND confrelid IN ('customer'::regclass, 'vehicle'::regclass)
        LOOP
            EXECUTE format('ALTER TABLE %s DROP CONSTRAINT %I', one.held, one.conname);
            EXECUTE format('ALTER TABLE %s ADD CONSTRAINT %I %s ON DELETE CASCADE', one.held, one.conname, one.said);
        END LOOP;
    END $$"""
OPEN = "ALTER POLICY scope ON {0} USING (true) WITH CHECK (true)"
UNCHECKED = (
    "CREATE OR REPLACE FUNCTION gate.opened(part text, setting text) RETURNS jsonb LANGUAGE sql STABLE SECURITY DEFINER"
    " SET search_path = '' AS $$ SELECT (substring(current_setting(setting, true) FROM '[{].*'))::jsonb $$"
)
UNBOUND = (
    "CREATE OR REPLACE FUNCTION gate.binding() RETURNS text LANGUAGE sql STABLE SET search_path = ''"
    " AS $$ SELECT '1.1|' $$"
)
DEFECTS = {
    "a policy that is always true": Defect("nobody_announced", (OPEN.format("customer"),)),
    "a policy that is always true for workers": Defect("nobody_announced_by_a_worker", (OPEN.format("employee"),)),
    "row security switched off": Defect(
        "a_colleague_of_another_store",
        ("ALTER TABLE vehicle DISABLE ROW LEVEL SECURITY",),
    ),
    "a second, wider policy": Defect(
        "a_manager_of_another_store",
        ("CREATE POLICY wide ON customer FOR SELECT TO forecourt_web USING (gate.my_id() IS NOT NULL)",),
    ),
    "any token is somebody": Defect("an_ended_or_invented_token", (OPEN.format("customer"),)),
    "tickets whose seal nobody checks": Defect("settings_nobody_signed", (UNCHECKED,)),
    "tickets bound to no transaction": Defect("a_ticket_of_another_transaction", (UNBOUND,)),
    "tickets that outlive their transaction": Defect("a_ticket_of_the_transaction_before", (UNBOUND,)),
    "parts of a ticket that may change places": Defect("halves_of_two_tickets", (UNCHECKED, OPEN.format("customer"))),
    "the system's voice for everybody": Defect(
        "announcing_as_system_or_another", ("GRANT EXECUTE ON FUNCTION gate.announce_system(text) TO forecourt_web",)
    ),
    "a view of the owner's": Defect(
        "settings_that_change_how_statements_are_read",
        (
            "CREATE VIEW public.all_customers AS SELECT * FROM customer",
            "GRANT SELECT ON all_customers TO forecourt_web",
        ),
    ),
    "temporary tables for everybody": Defect(
        "objects_that_stand_in_for_ours",
        ("DO $$ BEGIN EXECUTE format('GRANT TEMP ON DATABASE %I TO PUBLIC', current_database()); END $$",),
    ),
    "tables in public for everybody": Defect(
        "objects_that_stand_in_for_ours", ("GRANT CREATE ON SCHEMA public TO PUBLIC",)
    ),
    "truncation granted": Defect(
        "changes_of_what_guards",
        ("SELECT trail.detach('customer_merge')", "GRANT TRUNCATE ON customer_merge TO forecourt_web"),
    ),
    "a helpful function of the owner's": Defect(
        "another_role",
        (
            (
                "CREATE FUNCTION public.peek() RETURNS SETOF customer LANGUAGE sql SECURITY DEFINER"
                " AS 'SELECT * FROM customer'"
            ),
            "CREATE VIEW public.peeked AS SELECT * FROM public.peek()",
            "GRANT SELECT ON peeked TO forecourt_web",
            "GRANT EXECUTE ON FUNCTION public.peek() TO forecourt_web",
        ),
    ),
    "a policy forgotten under savepoints": Defect("savepoints", (OPEN.format("customer"),)),
    "an announcement that outlives its savepoint": Defect("an_announcement_rolled_back", (OPEN.format("customer"),)),
    "a child's key without its store": Defect(
        "children_of_foreign_parents",
        (
            "ALTER TABLE vehicle DROP CONSTRAINT vehicle_sales_owner_fk",
            (
                "ALTER TABLE vehicle ADD CONSTRAINT vehicle_sales_owner_fk"
                " FOREIGN KEY (sales_owner_id) REFERENCES employee (id)"
            ),
        ),
    ),
    "records that may change their store": Defect(
        "a_record_moved_to_another_store", ("DROP TRIGGER stamp_row ON customer",)
    ),
    "a policy that checks reading alone": Defect(
        "a_record_put_into_another_store", ("ALTER POLICY scope ON customer WITH CHECK (true)",)
    ),
    "who and when left to the writer": Defect("who_and_when_invented", ("DROP TRIGGER stamp_row ON customer",)),
    "verbs nobody asks about": Defect("a_verb_no_grant_allows", ("DROP TRIGGER check_verb ON customer",)),
    "a cascade": Defect(
        "cascades",
        (CASCADING,),
    ),
    "a gate one may read": Defect(
        "tables_that_are_nobodys_business", ("GRANT SELECT ON gate.session TO forecourt_web",)
    ),
    "grants one may write": Defect(
        "tables_that_are_nobodys_business", ("GRANT DELETE ON role_grant TO forecourt_worker",)
    ),
    "a trail one may write": Defect(
        "tables_that_are_nobodys_business", ("GRANT DELETE ON trail.queue TO forecourt_web",)
    ),
    "blocks that see all": Defect("blocks_and_functions", (OPEN.format("customer"),)),
    "history beyond the store": Defect(
        "blocks_and_functions",
        (
            (
                "CREATE OR REPLACE FUNCTION gate.my_stores(entity text) RETURNS bigint[]"
                " LANGUAGE sql STABLE SECURITY DEFINER"
                " SET search_path = '' AS $$ SELECT array_agg(id) FROM public.store $$"
            ),
        ),
    ),
    "conditions before the policy": Defect("errors_that_tell", (OPEN.format("customer"),)),
    "statistics of all rows": Defect("statistics_that_tell", ("ALTER TABLE customer DISABLE ROW LEVEL SECURITY",)),
    "large objects one may make": Defect(
        "large_objects_of_ones_own", ("GRANT EXECUTE ON FUNCTION lo_from_bytea(oid, bytea) TO PUBLIC",)
    ),
    "large objects one may write": Defect(
        "large_objects_of_ones_own", ("GRANT EXECUTE ON FUNCTION lowrite(integer, bytea) TO forecourt_worker",)
    ),
    "large objects one may read": Defect(
        "the_servers_files_and_large_objects", ("GRANT SELECT ON pg_largeobject TO forecourt_web",)
    ),
}


@pytest.mark.parametrize("name", DEFECTS)
def test_an_attack_finds_the_defect_it_is_there_for(name: str, copy: Callable[[], Scene]) -> None:
    broken = copy()
    for statement in DEFECTS[name].statements:
        broken.as_administrator(statement)
    assert leaks(broken, ATTACKS[DEFECTS[name].attack])


def test_the_pool_that_forgets_nothing_is_found_out(copy: Callable[[], Scene], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(engine, "_forget", lambda *_: None)
    assert leaks(copy(), ATTACKS["what_the_one_before_left_on_the_connection"])


def test_every_attack_has_a_defect_it_finds() -> None:
    caught = {defect.attack for defect in DEFECTS.values()} | {
        "what_the_one_before_left_on_the_connection",
        "settings_that_change_how_statements_are_read",
    }
    assert set(ATTACKS) == caught
