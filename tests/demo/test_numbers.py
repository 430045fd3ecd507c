"""Made-up numbers are valid by every check of the product, and nobody's."""

from datetime import date

import pytest

from app.demo import numbers
from app.fields import IdCard, Phone, Plate, Uscc, Vin

SOME = range(0, 60_000, 37)


@pytest.mark.parametrize("energy", ["petrol", "hybrid", "plug_in", "electric"])
def test_plates_are_of_their_family_and_differ(energy: str):
    made = {numbers.plate("沪A", n, energy) for n in SOME}
    assert len(made) == len(SOME)
    assert all(Plate().read(one) == one for one in made)
    assert {len(one) for one in made} == {8 if energy in ("plug_in", "electric") else 7}


def test_vins_have_their_check_digit_and_differ():
    made = {numbers.vin("L9L", 2020 + n % 7, n) for n in SOME}
    assert len(made) == len(SOME)
    assert all(Vin().read(one) == one for one in made)


def test_phones_are_valid_and_of_a_range_nobody_was_given():
    made = {numbers.phone(n) for n in SOME}
    assert len(made) == len(SOME)
    assert all(Phone().read(one) == one and one.startswith("+86154") for one in made)


def test_identity_numbers_tell_birthday_and_sex_and_come_from_nowhere():
    for n in range(200):
        made = numbers.id_card(date(1985, 3, 15), n, male=bool(n % 2))
        assert IdCard().read(made) == made
        assert (IdCard.birth(made), IdCard.male(made)) == (date(1985, 3, 15), bool(n % 2))
        assert made.startswith("99")


def test_company_codes_have_their_check_character():
    assert all(Uscc().read(one) == one for one in map(numbers.company_code, SOME))
