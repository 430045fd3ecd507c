"""Papers and customers have numbers, whoever enters them, and are found by them."""

import re
from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.appkit import Premises
from tests.make import Make
from tests.rules.desk import changed, feed


@pytest.mark.parametrize(
    ("entity", "letters"),
    [
        ("complaint", "TS"), ("ticket", "ZX"), ("opportunity", "OP"), ("quotation", "QT"), ("test_drive", "TD"),
        ("sales_order", "SO"), ("service_appointment", "SA"), ("work_order", "WO"), ("delivery", "DL"),
    ],
)  # fmt: skip
def test_a_paper_without_a_number_gets_one_and_is_found_by_it(
    premises: Premises, make: Make, entity: str, letters: str
) -> None:
    number = make.record(entity, number=None)
    given = premises.one(f'SELECT number FROM "{entity}" WHERE id = %s', number)
    assert re.fullmatch(rf"{letters}\d{{6}}-{number}", given)
    assert f'href="/data/{entity}/{number}"' in premises.desk("boss").get(f"/search?q={given}").text


def test_customers_entered_at_once_have_numbers_of_their_own(premises: Premises, make: Make) -> None:
    def enter(_: int) -> int:
        return make.customer(number=None)

    with ThreadPoolExecutor(4) as pool:
        ids = list(pool.map(enter, range(12)))
    found = dict(premises.run("SELECT id, number FROM customer WHERE id = ANY (%s)", ids))
    assert len(set(found.values())) == 12
    assert all(re.fullmatch(rf"CPD\d{{2}}{one:06d}", found[one]) for one in ids)
    with feed(premises) as connection:
        columns = "(store_id, name, name_key, kind, stage, do_not_contact, has_phone)"
        sql = f"INSERT INTO customer {columns} VALUES (%s, '导入', '', 'person', 'prospect', false, false)"
        number, none = connection.execute(f"{sql} RETURNING id, number", (premises.stores["PD"],)).fetchone()
    assert none is None  # what is brought in keeps its numbers
    assert changed(premises, "manager", "customer", number, note="补录").status_code == 200
    given = premises.one("SELECT number FROM customer WHERE id = %s", number)
    assert given.startswith("CPD")
    assert f"/data/customer/{number}" in premises.desk("manager").get(f"/search?q={given}").text
