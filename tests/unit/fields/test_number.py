"""Numbers, amounts, yes and no."""

import decimal

import pytest

from app.core.errors import Unfit
from app.core.label import EN, ZH
from app.fields import Boolean, Decimal, Integer, Money

NAN, INF = float("nan"), float("inf")


def code_of(kind, raw):
    with pytest.raises(Unfit) as refused:
        kind.read(raw)
    return refused.value.code


@pytest.mark.parametrize(
    ("raw", "value"),
    [(12, 12), ("12,500", 12500), ("１２", 12), (12.0, 12), ("12.0", 12), ("−3", -3), ("+7", 7), (0, 0), ("", None)],
)
def test_whole_numbers_are_read(raw, value):
    assert Integer().read(raw) == value


@pytest.mark.parametrize(
    ("raw", "code"),
    [
        (True, "wrong_kind"),
        ([], "wrong_kind"),
        (NAN, "number_form"),
        (INF, "number_form"),
        ("1e5", "number_form"),
        ("1,23", "number_form"),
        ("٣", "number_form"),
        ("9" * 5000, "number_form"),
        (decimal.Decimal("1E+999999"), "number_form"),
        (1.5, "number_whole"),
        (2**63, "number_high"),
        (-(2**63) - 1, "number_low"),
        (1e19, "number_high"),
    ],
)
def test_what_is_no_whole_number_is_refused(raw, code):
    assert code_of(Integer(), raw) == code


def test_bounds_are_named():
    with pytest.raises(Unfit) as refused:
        Integer(min=1, max=7).read(8)
    assert refused.value.label.zh == "不能大于 7，请改小。"
    assert code_of(Integer(min=1), 0) == "number_low"


def test_whole_numbers_show_plain_digits():
    assert Integer().show(123456, EN) == "123456"


def test_decimals_keep_their_places_and_never_round():
    assert str(Decimal(places=2).read("1.5")) == "1.50"
    assert Decimal(places=2).read(0.1 + 0.2) == decimal.Decimal("0.30")
    assert code_of(Decimal(places=2), "1.005") == "number_places"
    assert code_of(Decimal(places=2), "1" + "0" * 16) == "number_high"
    assert Decimal(places=3).sql == "numeric(18,3)"
    assert Decimal(places=2).dump(decimal.Decimal("-0.00") + 0) == "0.00"
    assert Decimal().read("-0").is_signed() is False


@pytest.mark.parametrize(
    ("raw", "fen"),
    [
        ("¥1,234.5", 123450),
        ("￥１，２３４．５０", 123450),
        ("1234.50", 123450),
        (1234.5, 123450),
        (100, 10000),
        (19.99, 1999),
        ("12.8万", 12_800_000),
        ("300元", 30_000),
        ("人民币 300.5 元整", 30_050),
        ("0", 0),
        ("", None),
    ],
)
def test_yuan_become_fen(raw, fen):
    assert Money().read(raw) == fen


@pytest.mark.parametrize(
    ("raw", "code"),
    [
        ("-1", "number_low"),
        ("0.001", "number_places"),
        ("一千", "number_form"),
        ("1,23", "number_form"),
        ("--5", "number_form"),
        (NAN, "number_form"),
        (True, "wrong_kind"),
        (10**17, "number_high"),
        ("$5", "number_form"),
    ],
)
def test_what_is_no_amount_is_refused(raw, code):
    assert code_of(Money(), raw) == code


def test_amounts_are_shown_with_separators_and_carried_without():
    kind = Money(min=None)
    assert kind.show(123450, ZH) == "1,234.50"
    assert kind.dump(123450) == kind.cell(123450) == "1234.50"
    assert kind.show(-5, ZH) == "-0.05"
    assert kind.read("-0.05") == -5


@pytest.mark.parametrize("raw", ["是", "有", "true", "TRUE", "1", "yes", "✓", "√", True, 1, 1.0, "on"])
def test_yes_is_read(raw):
    assert Boolean().read(raw) is True


@pytest.mark.parametrize("raw", ["否", "无", "false", "0", "no", False, 0, "×"])
def test_no_is_read(raw):
    assert Boolean().read(raw) is False


def test_yes_and_no_are_shown_in_the_readers_language():
    kind = Boolean()
    assert [kind.show(value, locale) for locale in (ZH, EN) for value in (True, False)] == ["是", "否", "Yes", "No"]
    assert code_of(kind, "maybe") == "boolean_form"
    assert code_of(kind, 2) == "boolean_form"
