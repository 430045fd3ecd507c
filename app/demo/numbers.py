"""Names of people and things by number: valid by every check, and nobody's."""

from datetime import date
from random import Random

from stdnum.cn import ric, uscc

from app.fields.vehicle import check_digit

NOBODY = "+86154"  # no operator was ever given this range
NOWHERE = "990001"  # no county has this code
EV_LETTERS, HYBRID_LETTERS = "DABCE", "FGHJK"
LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZ"
DIGITS = "0123456789"
YEARS = "ABCDEFGHJKLMNPRSTVWXY"  # the tenth character of a VIN, from 2010 on
FIRST_YEAR = 2010
PRIME = 48_271  # spreads numbers so that they do not run in a row
PLATES = 24 * 10**4


def phone(number: int) -> str:
    """The n-th mobile number, distinct up to a hundred million."""
    return f"{NOBODY}{number * 7_368_787 % 10**8:08d}"


def id_card(born: date, order: int, *, male: bool) -> str:
    """An identity number of a county that does not exist."""
    body = f"{NOWHERE}{born:%Y%m%d}{order % 500 * 2 + male:03d}"
    return body + str(ric.calc_check_digit(f"{body}0"))


def company_code(number: int) -> str:
    """The n-th company's social credit code, of the same nowhere."""
    body = f"91{NOWHERE}MA{number % 10**7:07d}"
    return body + str(uscc.calc_check_digit(body))


def vin(maker: str, made: int, number: int) -> str:
    """The n-th car of a made-up maker's three letters, with its check digit."""
    year = YEARS[(made - FIRST_YEAR) % len(YEARS)]
    body = f"{maker}DE{number // 10**6 % 10}A{number // 10**7 % 10}"
    whole = f"{body}0{year}A{number % 10**6:06d}"
    return f"{whole[:8]}{check_digit(whole)}{whole[9:]}"


def plate(city: str, number: int, energy: str) -> str:
    """The n-th plate of a city's two characters, of the family its energy asks for; distinct up to 240,000."""
    rest, letter = divmod(number * PRIME % PLATES, len(LETTERS))
    family = {"electric": EV_LETTERS, "plug_in": HYBRID_LETTERS}.get(energy)
    if family:
        return f"{city}{family[rest % len(family)]}{LETTERS[letter]}{rest:04d}"
    return f"{city}{rest // 1000}{LETTERS[letter]}{rest % 1000:03d}"


def pick(random: Random, words: tuple[str, ...]) -> str:
    """One of some words."""
    return words[int(random.random() * len(words))]
