"""What is made from the paper before it: a quotation from an opportunity, an order from a quotation."""

import pytest

from tests.appkit import Premises
from tests.make import Make
from tests.rules.desk import bare, copied, done, errors, refusal

MADE = "SELECT model_id, color, price, discount, extras, total, status, customer_id, opportunity_id, consultant_id"
LINES = "SELECT line, kind, name, quantity, price, discount, amount FROM {0}_line WHERE {0}_id = %s ORDER BY line"


def number(answer) -> int:
    """The record an action led to."""
    assert answer.status_code == 200, answer.json
    return int(answer.json["href"].rpartition("/")[2])


@pytest.fixture
def model(make: Make) -> int:
    return make.record("vehicle_model", list_price="189800", active="1")


@pytest.fixture
def wish(make: Make, model: int) -> int:
    return make.record("opportunity", model=str(model))


def quoted(premises: Premises, wish: int, model: int, **answers: object) -> int:
    given = {"model": model, "valid_until": "2026-12-31", "color": "珍珠白", "discount": "3000"} | answers
    return number(done(premises, "consultant", "opportunity", wish, "make_quotation", **given))


def test_a_quotation_begins_at_the_models_list_price(premises: Premises, wish: int, model: int):
    made = quoted(premises, wish, model)
    [row] = premises.run(f"{MADE} FROM quotation WHERE id = %s", made)
    asks = premises.one("SELECT customer_id FROM opportunity WHERE id = %s", wish)
    me = premises.one("SELECT id FROM employee WHERE user_id = %s", premises.users["consultant"])
    assert row == (model, "珍珠白", 18_980_000, 300_000, 0, 18_680_000, "draft", asks, wish, me)


def test_a_price_given_is_the_price_and_a_model_without_one_asks(premises: Premises, make: Make, wish: int, model: int):
    made = quoted(premises, wish, model, price="180000")
    assert premises.one("SELECT price FROM quotation WHERE id = %s", made) == 18_000_000
    bare_model = make.record("vehicle_model", list_price=None)
    answer = done(premises, "consultant", "opportunity", wish, "make_quotation", model=bare_model, discount="0")
    assert errors(answer) == {"price": "required"}


def test_an_order_takes_over_what_was_offered_with_every_line(premises: Premises, make: Make, wish: int, model: int):
    offer = quoted(premises, wish, model)
    for line, name in ((1, "脚垫"), (2, "行车记录仪")):
        make.record("quotation_line", quotation=str(offer), line=line, name=name, quantity="1.5", price="199.99")
    assert done(premises, "consultant", "quotation", offer, "send", valid_until="2026-12-31").status_code == 200
    order = number(done(premises, "consultant", "quotation", offer, "make_order", payment="loan"))
    assert premises.run(LINES.format("sales_order"), order) == premises.run(LINES.format("quotation"), offer)
    [mine], [theirs] = (
        premises.run(f"{MADE} FROM {t} WHERE id = %s", n) for t, n in (("sales_order", order), ("quotation", offer))
    )
    assert mine[:6] + mine[7:] == theirs[:6] + theirs[7:]
    assert premises.run("SELECT payment, quotation_id FROM sales_order WHERE id = %s", order) == [("loan", offer)]
    answer = done(premises, "consultant", "sales_order", order, "confirm", deposit="5000", promised_on="2026-12-20")
    assert answer.status_code == 200, answer.json
    assert premises.one("SELECT status FROM quotation WHERE id = %s", offer) == "accepted"
    assert premises.one("SELECT stage FROM opportunity WHERE id = %s", wish) == "order"


def test_a_quotation_becomes_one_order_alone_until_that_is_given_up(premises: Premises, wish: int, model: int):
    offer = quoted(premises, wish, model)
    assert errors(done(premises, "consultant", "quotation", offer, "make_order", payment="full")) == {"status": "move"}
    done(premises, "consultant", "quotation", offer, "send", valid_until="2026-12-31")
    order = number(done(premises, "consultant", "quotation", offer, "make_order", payment="full"))
    again = done(premises, "consultant", "quotation", offer, "make_order", payment="full")
    assert errors(again) == {"status": "move"}
    with bare(premises, "consultant") as connection:
        second = copied("sales_order", order, number="'SO-2nd'")
        assert refusal(connection, second) == "sales_order_one_order_a_quotation"
    assert done(premises, "consultant", "sales_order", order, "drop", cancel_reason="换车型").status_code == 200
    number(done(premises, "consultant", "quotation", offer, "make_order", payment="full"))


@pytest.mark.parametrize("part", ["advisor", "technician", "auditor"])
def test_who_sells_nothing_makes_no_papers(part: str, premises: Premises, wish: int, model: int):
    assert done(premises, part, "opportunity", wish, "make_quotation", model=model).status_code == 403
    offer = quoted(premises, wish, model)
    assert done(premises, part, "quotation", offer, "make_order", payment="full").status_code == 403


def test_a_quotation_that_became_an_order_is_not_made_anew_behind_it(premises: Premises, wish: int, model: int):
    offer = quoted(premises, wish, model)
    done(premises, "consultant", "quotation", offer, "send", valid_until="2026-12-31")
    order = number(done(premises, "consultant", "quotation", offer, "make_order", payment="full"))
    for code in ("revise", "decline", "expire"):
        assert errors(done(premises, "consultant", "quotation", offer, code)) == {"status": "ordered"}, code
    with bare(premises, "consultant") as connection:
        sql = "UPDATE quotation SET status = 'draft' WHERE id = %s"
        assert refusal(connection, sql, offer) == "quotation_ordered"
    done(premises, "consultant", "sales_order", order, "drop", cancel_reason="换车型")
    assert done(premises, "consultant", "quotation", offer, "revise").status_code == 200


def test_an_offer_past_its_day_becomes_no_order(premises: Premises, make: Make):
    offer = make.record("quotation")
    premises.run(
        "UPDATE quotation SET status = 'sent', quoted_on = '2020-01-01', valid_until = '2020-02-01' WHERE id = %s",
        offer,
    )
    assert errors(done(premises, "consultant", "quotation", offer, "make_order", payment="full")) == {"status": "move"}


def test_who_works_elsewhere_quotes_without_becoming_the_seller(premises: Premises, make: Make, model: int):
    wish = make.record("opportunity", store="XH", consultant=None)
    made = number(done(premises, "boss", "opportunity", wish, "make_quotation", model=model, discount="0"))
    assert premises.run("SELECT consultant_id, store_id FROM quotation WHERE id = %s", made) == [
        (None, premises.stores["XH"])
    ]
