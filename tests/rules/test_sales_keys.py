"""What the database refuses of the catalogue, the organisation and sales, past the application and through it."""

import pytest

from app.core.scope import Belongs
from app.models import ENTITIES
from tests.appkit import Premises
from tests.make import Make
from tests.rules.desk import bare, changed, copied, errors, feed, refusal

ENTITY = (
    "department", "skill", "employee_skill", "brand", "series", "vehicle_model", "product", "maintenance_plan",
    "maintenance_plan_item", "lead_source", "showroom_visit", "opportunity", "test_drive", "quotation",
    "quotation_line", "sales_order", "sales_order_line", "sales_target",
)  # fmt: skip
FRESH = {  # what a copy must not share with the record it is like
    "department": {"name": "name || 'x'"},
    "skill": {"code": "'x' || code"},
    "brand": {"code": "'x' || code"},
    "series": {"code": "'x' || code"},
    "vehicle_model": {"code": "'x' || code"},
    "product": {"code": "'x' || code"},
    "lead_source": {"code": "'x' || code"},
    "maintenance_plan_item": {"nth": "nth % 99 + 1", "first_check": "false"},
    "opportunity": {"number": "NULL", "stage": "'intent'"},
    "test_drive": {
        "number": "NULL",
        "starts_at": "starts_at + interval '1 day'",
        "ends_at": "ends_at + interval '1 day'",
    },
    "quotation": {"number": "NULL"},
    "quotation_line": {"line": "line + 1"},
    "sales_order": {"number": "number || 'x'"},
    "sales_order_line": {"line": "line + 1"},
    "sales_target": {"month": "month + 31"},
}
LOSE = "UPDATE opportunity SET stage = 'lost', lost_reason = 'price', competitor = '竞品' WHERE id = %s"


def writer(entity: str) -> str:
    return {"catalogue": "admin", "organisation": "admin"}.get(ENTITIES[entity].group, "manager")


@pytest.fixture
def hand(premises: Premises):
    """Whether the database refuses a copy of a record with some columns changed; as the one who may write it."""

    def refused(entity: str, number: int, change: dict[str, str]) -> str | None:
        part = "admin" if entity == "lead_source" else writer(entity)
        with bare(premises, part) as connection:
            return refusal(connection, copied(entity, number, **FRESH.get(entity, {}) | change))

    return refused


@pytest.mark.parametrize(
    ("entity", "change", "constraint"),
    [
        ("department", {"name": "name"}, "department_name_once"),
        ("skill", {"code": "code"}, "skill_code_once"),
        ("employee_skill", {}, "employee_skill_employee_skill_once"),
        ("employee_skill", {"expires_on": "issued_on"}, "employee_skill_in_order"),
        ("brand", {"code": "code"}, "brand_code_once"),
        ("series", {"code": "code"}, "series_code_once"),
        ("vehicle_model", {"code": "code"}, "vehicle_model_code_once"),
        ("vehicle_model", {"seats": "0"}, "vehicle_model_seats_some"),
        ("product", {"code": "code"}, "product_code_once"),
        ("maintenance_plan", {}, "maintenance_plan_model_use_once"),
        ("maintenance_plan_item", {"nth": "nth"}, "maintenance_plan_item_plan_nth_once"),
        ("maintenance_plan_item", {"km": "NULL", "months": "NULL"}, "maintenance_plan_item_due_some"),
        ("maintenance_plan_item", {"first_check": "true"}, "maintenance_plan_item_one_first_check"),
        ("lead_source", {"code": "code"}, "lead_source_code_once"),
        ("showroom_visit", {"left_at": "arrived_at - interval '1 minute'"}, "showroom_visit_in_order"),
        ("opportunity", {}, "opportunity_one_open"),
        ("opportunity", {"number": "number", "series_id": "0"}, "opportunity_number_once"),
        ("opportunity", {"expected_on": "opened_on - 1", "customer_id": "0"}, "opportunity_expected_later"),
        ("test_drive", {"number": "number"}, "test_drive_number_once"),
        ("test_drive", {"ends_at": "starts_at + interval '1 day'"}, "test_drive_in_order"),
        ("test_drive", {"km0": "10", "km1": "9"}, "test_drive_forward"),
        ("test_drive", {"starts_at": "starts_at + interval '10 minutes'"}, "test_drive_car_free"),
        ("quotation", {"number": "number"}, "quotation_number_once"),
        ("quotation", {"discount": "price + 1"}, "quotation_discount_within"),
        ("quotation", {"valid_until": "quoted_on - 1"}, "quotation_valid_later"),
        ("quotation_line", {"line": "line"}, "quotation_line_quotation_line_once"),
        ("quotation_line", {"quantity": "0", "discount": "0"}, "quotation_line_some"),
        ("quotation_line", {"discount": "1000000"}, "quotation_line_discount_within"),
        ("sales_order", {"number": "number"}, "sales_order_number_once"),
        ("sales_order", {"discount": "price + 1"}, "sales_order_discount_within"),
        ("sales_order", {"deposit": "price + 1"}, "sales_order_total_covers_deposit"),
        ("sales_order_line", {"line": "line"}, "sales_order_line_sales_order_line_once"),
        ("sales_order_line", {"quantity": "0", "discount": "0"}, "sales_order_line_some"),
        ("sales_order_line", {"discount": "1000000"}, "sales_order_line_discount_within"),
        ("sales_target", {"month": "month + 5"}, "sales_target_one_employee_all"),
    ],
)  # fmt: skip
def test_the_database_refuses_it(hand, make: Make, entity: str, change: dict[str, str], constraint: str):
    number = make.record(entity, **({"first_check": True} if entity == "maintenance_plan_item" else {}))
    assert hand(entity, number, change) == constraint


@pytest.mark.parametrize(
    ("entity", "field"),
    [(name, field.name) for name in ENTITY for field in ENTITIES[name].references],
    ids=str,
)
def test_a_reference_points_to_what_stands_in_the_same_store(
    hand, premises: Premises, make: Make, entity: str, field: str
):
    number, column = make.record(entity), ENTITIES[entity].by_name[field].column
    if entity == "opportunity":  # of which another may be open only when this one is not
        premises.run(LOSE, number)
    assert hand(entity, number, {column: "999999999"}) == f"{entity}_{field}_fk"
    target = ENTITIES[ENTITIES[entity].by_name[field].target]
    if target.belongs is Belongs.STORE and ENTITIES[entity].belongs is Belongs.STORE:
        foreign = make.record(target.name, store="XH")
        assert hand(entity, number, {column: str(foreign)}) == f"{entity}_{field}_fk"


@pytest.mark.parametrize(
    ("team", "employee", "model"),
    [(False, False, False), (False, False, True), (True, False, False), (True, False, True), (False, True, True)],
)
def test_a_month_has_one_target_of_a_kind(  # noqa: PLR0917
    hand, premises: Premises, make: Make, team: bool, employee: bool, model: bool
):
    given = {
        "team": str(premises.one("SELECT min(id) FROM team WHERE store_id = %s", premises.stores["PD"]))
        if team
        else None,
        "employee": str(make.employee()) if employee else None,
        "model": str(make.record("vehicle_model")) if model else None,
    }
    number = make.record("sales_target", month=f"{2030 + team + 2 * employee + 4 * model}-03-09", **given)
    level = "team" if team else "employee" if employee else "store"
    assert premises.run("SELECT level, extract(day FROM month)::int FROM sales_target WHERE id = %s", number) == [
        (level, 1)
    ]
    assert hand("sales_target", number, {"month": "month"}) == f"sales_target_one_{level}_{'model' if model else 'all'}"
    assert hand("sales_target", number, {"month": "month + 31"}) is None


@pytest.mark.parametrize(
    ("whole", "part", "field"),
    [
        ("quotation", "quotation_line", "quotation"),
        ("sales_order", "sales_order_line", "sales_order"),
        ("maintenance_plan", "maintenance_plan_item", "plan"),
        ("employee", "employee_skill", "employee"),
        ("opportunity", "opportunity_stage_log", "opportunity"),
    ],
)
def test_a_part_goes_with_its_whole(premises: Premises, make: Make, whole: str, part: str, field: str):
    number = make.record(whole)
    piece = make.record(part, **{field: str(number)})
    with bare(premises, writer(whole)) as connection:
        connection.execute(f"DELETE FROM {whole} WHERE id = %s", (number,))
        assert connection.execute(f"SELECT count(*) FROM {part} WHERE id = %s", (piece,)).fetchone() == (0,)


@pytest.mark.parametrize(
    ("entity", "user", "field"),
    [
        ("brand", "series", "brand"),
        ("series", "vehicle_model", "series"),
        ("vehicle_model", "sales_order", "model"),
        ("vehicle_model", "vehicle", "catalogue_model"),
        ("skill", "employee_skill", "skill"),
        ("product", "sales_order_line", "product"),
    ],
)
def test_what_is_in_use_is_not_removed(premises: Premises, make: Make, entity: str, user: str, field: str):
    number = make.record(entity)
    make.record(user, **{field: str(number)})
    assert premises.caller("admin").delete(f"/api/v1/data/{entity}/{number}").status_code in (409, 428)
    with bare(premises, "admin") as connection:
        assert refusal(connection, f"DELETE FROM {entity} WHERE id = %s", number) == f"{user}_{field}_fk"


def test_the_log_of_stages_stands_still(premises: Premises, make: Make):
    log = premises.one("SELECT id FROM opportunity_stage_log WHERE opportunity_id = %s", make.record("opportunity"))
    with feed(premises) as connection:
        for sql in (
            "UPDATE opportunity_stage_log SET at = now() WHERE id = %s",
            "DELETE FROM opportunity_stage_log WHERE id = %s",
        ):
            assert refusal(connection, sql, log) == "opportunity_stage_log_ledger"
        same = copied("opportunity_stage_log", log, was="becomes")
        assert refusal(connection, same) == "opportunity_stage_log_moves"


@pytest.mark.parametrize(
    ("entity", "given", "wrong"),
    [
        ("employee_skill", {"expires_on": "2020-01-01"}, {"expires_on": "in_order"}),
        ("showroom_visit", {"left_at": "2020-01-01 10:00"}, {"left_at": "in_order"}),
        ("quotation", {"discount": "150001"}, {"discount": "discount_within"}),
        ("sales_order", {"deposit": "145001"}, {"deposit": "total_covers_deposit"}),
        ("sales_order_line", {"discount": "201"}, {"discount": "discount_within"}),
        ("test_drive", {"km1": 8, "km0": 9}, {"km1": "forward"}),
        ("maintenance_plan_item", {"km": None, "months": None}, {"km": "due_some"}),
        ("vehicle_model", {"seats": 0}, {"seats": "number_low"}),
    ],
)
def test_a_refusal_stands_at_its_field(premises: Premises, make: Make, entity: str, given: dict, wrong: dict):
    number = make.record(entity)
    assert errors(changed(premises, writer(entity), entity, number, **given)) == wrong
