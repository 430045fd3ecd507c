"""Rules too small for a file of their own."""

from tests.appkit import Premises
from tests.make import Make
from tests.rules.desk import bare, copied, refusal


def refused(premises: Premises, sql: str) -> str | None:
    """The constraint by which the database refuses the administrator's statement."""
    with premises.connect() as connection:
        found = refusal(connection, sql)
        connection.rollback()
    return found


def test_nobody_is_merged_into_himself(premises: Premises, make: Make):
    number = make.customer()
    sql = (
        "INSERT INTO customer_merge (store_id, name, survivor_id, loser_id, moved, stayed, merged_at)"
        f" SELECT store_id, name, id, id, 0, 0, now() FROM customer WHERE id = {number}"
    )
    assert refused(premises, sql) == "customer_merge_two"


def test_editions_begin_with_one(premises: Premises, make: Make):
    sql = copied("message_template", make.record("message_template"), edition="0", code="'zero'")
    assert refused(premises, sql) == "message_template_from_one"


def test_a_recall_record_stays_even_for_who_may_remove(premises: Premises, make: Make):
    number = make.record("recall_vehicle")
    change = "UPDATE role_grant SET actions = {} WHERE entity = 'recall_vehicle' AND reach = 'company'"
    premises.run(change.format("actions || '{delete}'"))
    try:
        with bare(premises, "boss") as connection:
            sql = f"DELETE FROM recall_vehicle WHERE id = {number}"
            assert refusal(connection, sql) == "recall_vehicle_stays"
    finally:
        premises.run(change.format("array_remove(actions, 'delete')"))
