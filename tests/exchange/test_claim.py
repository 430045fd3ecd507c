"""find_or_claim, and the silent link between stores."""

import pytest

from app.core.errors import Forbidden, Malformed, TooMany
from app.records.claim import ask_transfer, find_or_claim
from app.records.write import insert
from tests.exchange.conftest import VIN
from tests.make import Make


@pytest.fixture
def car_elsewhere(premises):
    """A customer of XH with a car, as 钱经理 entered them."""
    with premises.acting("outsider") as context:
        customer = insert(context, context.entity("customer"), {"name": "赵六", "phone": "13800138000"})
        vehicle = {"vin": VIN[0], "plate": "沪A12345", "customer": str(customer), "model": "凯美瑞", "color": "银色"}
        insert(context, context.entity("vehicle"), vehicle)
    return customer


@pytest.mark.parametrize(("kind", "raw"), [("vin", VIN[0].lower()), ("plate", "沪A·12345"), ("phone", "138 0013 8000")])
def test_the_group_knows_whole_values_without_naming_anybody(premises, car_elsewhere, kind, raw):
    with premises.acting("consultant") as context:
        (known,) = find_or_claim(context, kind, raw)
    assert (known.name, known.here) == ("徐汇店", False)
    assert "赵" not in repr(known)
    assert (known.model, known.color) == ((None, None) if kind == "phone" else ("凯美瑞", "银色"))


def test_a_phone_does_not_answer_across_companies(premises, car_elsewhere):
    premises.run("INSERT INTO company (code, name) VALUES ('G02', '别家')")
    premises.run("UPDATE store SET company_id = (SELECT id FROM company WHERE code = 'G02') WHERE code = 'XH'")
    with premises.acting("consultant") as context:
        assert find_or_claim(context, "phone", "13800138000") == ()
        assert len(find_or_claim(context, "vin", VIN[0])) == 1


def agreed(premises, customer, action, at):
    premises.run(
        "INSERT INTO privacy_notice (version_code, title, effective_on, text) VALUES ('G1', '声明', '2026-01-01', '…')"
        " ON CONFLICT DO NOTHING"
    )
    premises.run(
        "INSERT INTO consent (store_id, customer_id, purpose, channel, action, at, notice_id, method, evidence)"
        " SELECT c.store_id, c.id, 'group_share', 'any', %s, %s, (SELECT max(id) FROM privacy_notice), 'screen', '—'"
        " FROM customer c WHERE c.id = %s", action, at, customer,
    )  # fmt: skip


def test_a_phone_answers_across_companies_for_who_agreed_and_until_he_takes_it_back(premises, car_elsewhere):
    premises.run("INSERT INTO company (code, name) VALUES ('G02', '别家')")
    premises.run("UPDATE store SET company_id = (SELECT id FROM company WHERE code = 'G02') WHERE code = 'XH'")
    for action, at, count in (("grant", "2026-10-01", 1), ("withdraw", "2026-11-01", 0)):
        agreed(premises, car_elsewhere, action, at)
        with premises.acting("consultant") as context:
            assert len(find_or_claim(context, "phone", "13800138000")) == count
            assert ask_transfer(context, "phone", "13800138000") == count


def test_a_car_tells_the_month_of_its_last_visit(premises, car_elsewhere):
    car = premises.one("SELECT id FROM vehicle WHERE vin = %s", VIN[0])
    visit = {"opened_at": "2026-04-01T01:00:00+08:00", "promised_at": None, "mileage": None}
    Make(premises).record("work_order", store="XH", vehicle=str(car), customer=str(car_elsewhere), **visit)
    with premises.acting("consultant") as context:
        (known,) = find_or_claim(context, "vin", VIN[0])
    assert known.month == "2026-04"  # in Shanghai; in UTC it was March


def test_parts_of_values_and_strange_kinds_are_refused(premises):
    with premises.acting("consultant") as context:
        for kind, raw in (("vin", "458457"), ("phone", "8000"), ("plate", ""), ("name", "赵六")):
            with pytest.raises(Malformed):
                find_or_claim(context, kind, raw)


def test_who_may_not_search_may_not_ask(premises):
    with premises.acting("technician") as context, pytest.raises(Forbidden):
        find_or_claim(context, "vin", VIN[0])
    with pytest.raises(Exception, match="not granted"), premises.acting("technician") as context:
        context.connection.exec_driver_sql("SELECT gate.find_or_claim('vin', %s, NULL)", (VIN[0],))


def test_asking_is_limited_and_in_the_trail(premises):
    with premises.acting("consultant") as context:
        for _ in range(60):
            find_or_claim(context, "vin", VIN[1])
    with premises.acting("consultant") as context, pytest.raises(TooMany):
        find_or_claim(context, "vin", VIN[1])
    assert premises.one("SELECT count(*) FROM trail.entry WHERE action = 'claim'") == 60
    values = premises.run(
        "SELECT after FROM trail.value v JOIN trail.entry e ON e.id = v.entry_id WHERE e.action = 'claim'"
    )
    assert not any(VIN[1] in text for (text,) in values)


@pytest.mark.parametrize(
    ("name", "phone", "linked"),
    [("赵六", "13800138000", True), ("孙七", "13800138000", False), ("赵六", "13900139000", False)],
    ids=["phone and name", "phone alone", "name alone"],
)
def test_the_same_person_elsewhere_is_linked_by_phone_and_name_only(premises, car_elsewhere, name, phone, linked):
    with premises.acting("manager") as context:
        here = insert(context, context.entity("customer"), {"name": name, "phone": phone})
    links = dict(premises.run("SELECT customer_id, person_no FROM gate.person_link"))
    assert (links == {here: car_elsewhere, car_elsewhere: car_elsewhere}) is linked
    assert linked or not links


def test_an_identity_number_links_and_a_change_unlinks(premises):
    card = "11010519491231002X"
    with premises.acting("outsider") as context:
        there = insert(context, context.entity("customer"), {"name": "赵六", "id_card": card})
    with premises.acting("manager") as context:
        here = insert(context, context.entity("customer"), {"name": "赵陆", "id_card": card})
    assert premises.one("SELECT count(DISTINCT person_no) FROM gate.person_link") == 1
    premises.run("UPDATE customer SET id_card = NULL, id_card_bidx = NULL WHERE id = %s", here)
    assert premises.run("SELECT customer_id FROM gate.person_link") == [(there,)]


@pytest.mark.parametrize("role", ["web", "worker"])
def test_no_role_reads_the_links(premises, role):
    with premises.connect(role) as connection, pytest.raises(Exception, match="permission denied"):
        connection.execute("SELECT * FROM gate.person_link")
