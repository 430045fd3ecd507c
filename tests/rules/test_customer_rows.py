"""What belongs to a customer: each refusal by the database alone and, in words at the field, through the API."""

import pytest

from tests.appkit import Premises
from tests.cast import PUDONG, XUHUI
from tests.make import Make
from tests.rules.desk import added, bare, changed, copied, errors, refusal

TWICE = [
    ("contact_point", {"is_primary": True}, {"value_bidx": "'\\x01'"}, "primary_once"),
    ("contact_point", {"is_primary": False}, {}, "customer_kind_value_once"),
    ("customer_identity", {}, {}, "customer_kind_once"),
    ("customer_address", {"is_primary": True}, {}, "primary_once"),
    ("customer_preference", {}, {}, "customer_key_once"),
    ("customer_relation", {}, {}, "customer_other_kind_once"),
    ("suppression", {}, {}, "contact_scope_once"),
]


@pytest.mark.parametrize(("entity", "given", "changes", "rule"), TWICE, ids=lambda one: str(one)[:24])
def test_the_database_refuses_it_twice(  # noqa: PLR0917
    premises: Premises, make: Make, entity: str, given: dict[str, object], changes: dict[str, str], rule: str
) -> None:
    number = make.record(entity, **given)
    with bare(premises, "manager") as connection:
        assert refusal(connection, copied(entity, number, **changes)) == f"{entity}_{rule}"


BROKEN = [
    ("customer_relation", {"other_id": "customer_id"}, "two_people"),
    ("customer", {"vip_until": "DATE '2027-01-01'", "vip_reason": "NULL"}, "vip_told"),
    ("customer", {"do_not_contact": "true", "no_contact_reason": "NULL"}, "silence_told"),
    ("customer", {"collection_method": "'crawler'", "lawful_basis": "NULL"}, "lawful"),
    ("consent", {"action": "'grant'", "notice_id": "NULL"}, "informed"),
    ("consent", {"at": "now() + interval '1 hour'"}, "not_yet"),
    ("interaction", {"next_step": "'call'", "next_at": "NULL"}, "step_dated"),
    ("interaction", {"next_step": "'none'", "ending": "NULL"}, "ending_told"),
    ("task", {"subject_record": "NULL"}, "subject_whole"),
    ("customer_ownership", {"until": "since - interval '1 second'"}, "ends_later"),
]


@pytest.mark.parametrize(("entity", "changes", "rule"), BROKEN, ids=lambda one: str(one)[:24])
def test_the_database_refuses_what_contradicts_itself(
    premises: Premises, make: Make, entity: str, changes: dict[str, str], rule: str
) -> None:
    numbers = {"customer": {"number": "NULL"}, "task": {"idem_key": "NULL"}}
    number = make.record(entity)
    with bare(premises, "manager") as connection:
        assert refusal(connection, copied(entity, number, **numbers.get(entity, {}), **changes)) == f"{entity}_{rule}"


REFERENCES = [
    ("contact_point", "customer"),
    ("customer_identity", "customer"),
    ("customer_address", "customer"),
    ("customer_preference", "customer"),
    ("customer_relation", "other"),
    ("customer_ownership", "employee"),
    ("stage_history", "customer"),
    ("interaction", "customer"),
    ("interaction", "department"),
    ("task", "assignee"),
    ("complaint", "work_order"),
    ("complaint", "responsible_department"),
    ("complaint_step", "complaint"),
    ("ticket", "vehicle"),
    ("suggestion", "department"),
    ("consent", "customer"),
    ("suppression", "customer"),
    ("reminder", "vehicle"),
    ("message", "reminder"),
    ("data_quality_issue", "employee"),
]


@pytest.mark.parametrize(("entity", "field"), REFERENCES, ids=lambda one: one)
def test_nothing_points_into_another_store(premises: Premises, make: Make, entity: str, field: str) -> None:
    described = make.entity(entity)
    number, column = make.record(entity), f"{field}_id"
    stranger = make.record(described.by_name[field].target or "", store=XUHUI)
    change = f'UPDATE "{entity}" SET {column} = {stranger} WHERE id = {number}'
    with bare(premises, "manager") as connection:
        sql = copied(entity, number, **{column: str(stranger)}) if described.ledger else change
        assert refusal(connection, sql) == f"{entity}_{field}_fk"


def test_a_second_preferred_number_is_told_at_the_field(premises: Premises, make: Make) -> None:
    customer = str(make.customer())
    given = {"store": premises.stores[PUDONG], "customer": customer, "kind": "mobile", "is_primary": True}
    assert added(premises, "consultant", "contact_point", value="13900001111", **given).status_code == 201
    answer = added(premises, "consultant", "contact_point", value="13900002222", **given)
    assert errors(answer) == {"is_primary": "primary_once"}
    assert "首选" in answer.json["errors"][0]["message"]
    other_kind = given | {"kind": "email", "value": "a@example.com"}
    assert added(premises, "consultant", "contact_point", **other_kind).status_code == 201


def test_spouses_share_a_number(premises: Premises, make: Make) -> None:
    for _ in range(2):
        make.record("contact_point", customer=str(make.customer()), value="13900003333", kind="mobile")
    found = premises.caller("consultant").get("/api/v1/data/contact_point/?where=value~eq~13900003333").json
    assert found["count"] == 2


@pytest.mark.parametrize(
    ("kind", "value", "fits"),
    [
        ("mobile", "13900001234", True),
        ("mobile", "021-66006600", False),
        ("mobile", "a@example.com", False),
        ("tel", "021-66006600", True),
        ("wechat", "zhang_wei88", True),
        ("wechat", "13900001234", True),
        ("email", "zhang_wei88", False),
    ],
)
def test_a_contact_is_of_the_kind_it_says(premises: Premises, make: Make, kind: str, value: str, fits: bool) -> None:
    given = {"store": premises.stores[PUDONG], "customer": make.customer(), "kind": kind, "value": value}
    answer = added(premises, "consultant", "contact_point", **given)
    assert answer.status_code == 201 if fits else errors(answer) == {"value": "contact_kind"}


@pytest.mark.parametrize(
    ("kind", "number", "code"),
    [
        ("id_card", "11010519491231002X", None),
        ("id_card", "E12345678", "identity_kind"),
        ("id_card", "110105194912310021", "id_checksum"),
        ("uscc", "91350100M000100Y43", None),
        ("uscc", "11010519491231002X", "identity_kind"),
        ("passport", "E12345678", None),
        ("officer", "军字第2001988号", None),
        ("home_return", "H1234", None),
        ("taiwan_pass", "T1", "identity_form"),
    ],
)
def test_an_identity_number_is_of_its_paper(
    premises: Premises, make: Make, kind: str, number: str, code: str | None
) -> None:
    given = {"store": premises.stores[PUDONG], "customer": make.customer(), "kind": kind, "number": number}
    answer = added(premises, "consultant", "customer_identity", **given)
    assert errors(answer) == {"number": code} if code else answer.status_code == 201


def test_a_tie_that_holds_both_ways_stands_once(premises: Premises, make: Make) -> None:
    older, younger = make.customer(), make.customer()
    given = {"store": premises.stores[PUDONG], "customer": younger, "other": older, "kind": "spouse"}
    number = added(premises, "consultant", "customer_relation", **given).json["id"]
    kept = premises.run("SELECT customer_id, other_id FROM customer_relation WHERE id = %s", number)
    assert kept == [(older, younger)]
    turned = given | {"customer": older, "other": younger}
    assert added(premises, "consultant", "customer_relation", **turned).status_code == 422


def test_a_recommendation_has_a_direction(premises: Premises, make: Make) -> None:
    first, second = make.customer(), make.customer()
    for one, other in ((first, second), (second, first)):
        given = {"store": premises.stores[PUDONG], "customer": one, "other": other, "kind": "referrer"}
        assert added(premises, "consultant", "customer_relation", **given).status_code == 201
    same = {"store": premises.stores[PUDONG], "customer": first, "other": first, "kind": "referrer"}
    assert errors(added(premises, "consultant", "customer_relation", **same)) == {"other": "two_people"}


@pytest.mark.parametrize(
    ("given", "wrong"),
    [
        ({"vip_until": "2027-01-01", "vip_reason": None}, {"vip_reason": "vip_told"}),
        ({"do_not_contact": True, "no_contact_reason": None}, {"no_contact_reason": "silence_told"}),
        ({"collection_method": "crawler", "lawful_basis": None}, {"lawful_basis": "lawful"}),
    ],
)
def test_a_customers_terms_have_their_reasons(
    premises: Premises, make: Make, given: dict[str, object], wrong: dict[str, str]
) -> None:
    number = make.customer(vip_until=None, vip_reason=None, no_contact_reason=None, lawful_basis=None, **PLAIN)
    assert errors(changed(premises, "consultant", "customer", number, **given)) == wrong


PLAIN = {"do_not_contact": False, "collection_method": "visit"}
