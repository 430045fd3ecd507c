"""Completeness: the documented number, whatever the road a record takes."""

import pytest

from app.rules.completeness import WEIGHTS
from tests.appkit import Premises
from tests.cast import PUDONG
from tests.make import Make
from tests.rules.desk import added, changed, feed

SCORE = "SELECT completeness FROM {} WHERE id = %s"
BARE = dict.fromkeys(("phone", "id_card", "uscc", "birth_date", "industry", "district", "source"))
NOBODY = dict.fromkeys(("sales_owner", "service_owner", "renewal_owner", "care_owner"))
STEPS = [
    ({"phone": "13900005555"}, 50),
    ({"uscc": "91350100M000100Y43"}, 60),
    ({"industry": "trade"}, 70),
    ({"birth_date": "1990-01-02"}, 70),  # either counts, both count once
    ({"district": "浦东新区"}, 80),
    ({"source": "车展"}, 90),
    ({"phone": None}, 60),
]


def test_the_weights_of_an_entity_make_a_hundred() -> None:
    assert {name: sum(weight.points for weight in weights) for name, weights in WEIGHTS.items()} == dict.fromkeys(
        WEIGHTS, 100
    )


def test_a_customers_score_follows_each_save(premises: Premises, make: Make) -> None:
    number = make.customer(**BARE, **NOBODY)
    assert premises.one(SCORE.format("customer"), number) == 20
    for given, score in STEPS:
        assert changed(premises, "manager", "customer", number, **given).status_code == 200
        assert premises.one(SCORE.format("customer"), number) == score, given
    owner = make.employee()
    changed(premises, "manager", "customer", number, care_owner=owner, phone="13900005555")
    assert premises.one(SCORE.format("customer"), number) == 100


def test_it_counts_on_every_road(premises: Premises, make: Make) -> None:
    made = added(premises, "consultant", "customer", store=premises.stores[PUDONG], name="全路", phone="13900006666")
    number = made.json["id"]  # the consultant owns what he adds
    assert premises.one(SCORE.format("customer"), number) == 60
    with feed(premises) as connection:
        connection.execute("UPDATE customer SET district = '徐汇区' WHERE id = %s", (number,))
    assert premises.one(SCORE.format("customer"), number) == 70
    premises.run("UPDATE customer SET source = '转介绍', completeness = 1 WHERE id = %s", number)
    assert premises.one(SCORE.format("customer"), number) == 80


@pytest.mark.parametrize(
    ("given", "score"),
    [
        ({"phone": None, "budget": None, "purchase_window": None}, 25),
        ({"phone": "13900007777", "budget": "200000", "purchase_window": None}, 65),  # 3 of the 5
        ({"phone": "13900007777", "budget": "200000", "purchase_window": "month"}, 80),
    ],
)
def test_a_lead_scores_the_documented_number(
    premises: Premises, make: Make, given: dict[str, object], score: int
) -> None:
    number = make.record("lead", **given)
    assert premises.one(SCORE.format("lead"), number) == score
