"""How figures read: halves up, dashes, few cases, what they are compared to."""

from datetime import date

import pytest

from app.reports.figures import NONE, Figure, Month, difference
from app.reports.kpi import Kpi
from app.reports.kpis import BY_CODE, HEADLINES, KPIS

RATE, PRICE, COUNT, TEN = (BY_CODE[code] for code in ("K07", "K32", "K31", "K55R"))


@pytest.mark.parametrize(
    ("kpi", "n", "d", "text"),
    [
        (RATE, 1, 16, "6.3%"),  # 6.25: half up, where bankers would say 6.2
        (RATE, -1, 16, "-6.3%"),
        (RATE, 0, 0, NONE),
        (RATE, -1, 10_000, "0.0%"),
        (RATE, 1, 1, "100.0%"),
        (PRICE, 1_000_05, 2, "500.03"),  # 500.025
        (PRICE, 0, 5, "0.00"),
        (PRICE, 5, 0, NONE),
        (COUNT, 1234, 0, "1,234"),
        (TEN, 3, 443, "67.7"),
    ],
)
def test_figures_are_rounded_half_up(kpi: Kpi, n: int, d: int, text: str) -> None:
    assert Figure(kpi, n, d).text == text


def test_few_cases_are_said_to_be_few() -> None:
    assert [Figure(RATE, 1, d).few for d in (0, 1, 29, 30)] == [False, True, True, False]
    assert not Figure(PRICE, 1, 5).few
    assert not Figure(BY_CODE["K14"], 3, 5).few, "a target of five is no sample"


def test_differences_are_points_or_percent() -> None:
    assert difference(Figure(RATE, 1, 4), Figure(RATE, 1, 5)) == "+5.0pp"
    assert difference(Figure(PRICE, 90, 1), Figure(PRICE, 100, 1)) == "-10.0%"
    assert difference(Figure(COUNT, 5), Figure(COUNT, 0)) == NONE
    assert difference(Figure(RATE, 1, 4), None) == NONE
    assert difference(Figure(RATE, 1, 4), Figure(RATE, 0, 0)) == NONE
    assert difference(Figure(RATE, 1, 4), Figure(RATE, 2, 8)) == "0.0pp"


def test_a_month_tells_what_it_is_compared_to() -> None:
    months = [["2025-10-01", 1, 10], ["2026-09-01", 2, 10], ["2026-10-01", 3, 10]]
    held = {"months": months, "company": [30, 60], "provisional": True, "restated": {"was": [1, 10], "now": [2, 10]}}
    month = Month({"month": "2026-10-01", "kpis": {"K07": held}})
    told = month.told("K07")
    assert (told.now.text, told.change, told.year_change, told.company.text) == ("30.0%", "+10.0pp", "+20.0pp", "50.0%")
    assert (told.trend, told.provisional) == ("better", True)
    assert [(kpi.code, was.text, now.text) for kpi, was, now in month.restated] == [("K07", "10.0%", "20.0%")]
    assert month.told("K12").now.text == NONE
    assert next(day for day, _ in month.series("K07")) == date(2025, 10, 1)


def test_eight_figures_stand_on_the_cover_and_codes_are_once() -> None:
    assert [one.headline for one in HEADLINES] == list(range(1, 9))
    assert len({one.code for one in KPIS}) == len(KPIS)
