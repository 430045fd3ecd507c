"""Identity numbers and credit codes."""

from datetime import date

import pytest

from app.core.errors import Unfit
from app.fields import IdCard, IdentityNumber, Uscc


@pytest.mark.parametrize(
    ("raw", "value"),
    [
        ("11010519491231002X", "11010519491231002X"),
        ("11010519491231002x", "11010519491231002X"),
        ("440524188001010014", "440524188001010014"),
        (" 440106 19850315 0011 ", "440106198503150011"),
        ("４４０１０６１９８５０３１５００１１", "440106198503150011"),
        ("", None),
    ],
)
def test_identity_numbers_are_read(raw, value):
    assert IdCard().read(raw) == value


@pytest.mark.parametrize(
    ("kind", "raw", "doubted"),
    [
        (IdCard(), "11010519491231 0021", "110105194912310021"),
        (Uscc(), "91350100m000100y44", "91350100M000100Y44"),
    ],
)
def test_a_check_digit_is_only_doubted(kind, raw, doubted):
    assert kind.seek(raw) == doubted
    with pytest.raises(Unfit) as refused:
        kind.read(raw)
    assert {refused.value.code} == kind.doubts


@pytest.mark.parametrize("raw", ["110108199002291239", "1101051949123100XX", "11010519491231002"])
def test_a_day_that_never_was_and_a_wrong_form_are_refused_whatever_the_reason(raw):
    with pytest.raises(Unfit):
        IdCard().seek(raw)


@pytest.mark.parametrize(
    ("raw", "code"),
    [
        ("110105194912310021", "id_checksum"),
        ("110108199002291239", "id_date"),
        ("110105491231002", "id_length"),
        ("1101051949123100XX", "id_form"),
        ("A10105194912310021", "id_form"),
        ("1" * 1000, "id_length"),
        ({}, "wrong_kind"),
    ],
)
def test_what_is_no_identity_number_is_refused(raw, code):
    with pytest.raises(Unfit) as refused:
        IdCard().read(raw)
    assert refused.value.code == code


def test_a_number_tells_birth_and_sex():
    assert IdCard.birth("11010519491231002X") == date(1949, 12, 31)
    assert IdCard.male("440106198503150011")
    assert not IdCard.male("11010519491231002X")


def test_a_mask_keeps_only_the_ends():
    assert IdCard().mask("31010519491231002X") == "3" + "*" * 16 + "X"
    assert Uscc().mask("91350100M000100Y43") == "91" + "*" * 14 + "43"
    assert IdCard().mask("H0123456") == "••••"


@pytest.mark.parametrize("raw", ["91350100M000100Y43", "91350100m000100y43", " 91350100 M000100Y43"])
def test_credit_codes_are_read(raw):
    assert Uscc().read(raw) == "91350100M000100Y43"


@pytest.mark.parametrize(
    ("raw", "code"),
    [
        ("91350100M000100Y44", "uscc_checksum"),
        ("91350100M000100Y4", "uscc_length"),
        ("91350100M0001O0Y43", "uscc_form"),
        ("9135010AM000100Y43", "uscc_form"),
    ],
)
def test_what_is_no_credit_code_is_refused(raw, code):
    with pytest.raises(Unfit) as refused:
        Uscc().read(raw)
    assert refused.value.code == code


@pytest.mark.parametrize(
    ("raw", "value", "family", "mask"),
    [
        ("11010519491231002x", "11010519491231002X", "id_card", "1****************X"),
        ("91350100M000100Y43", "91350100M000100Y43", "uscc", "9****************3"),
        ("E 1234 5678", "E12345678", "other", "E*******8"),
        ("军字第2001988号", "军字第2001988号", "other", "军*********号"),
        ("H12345678", "H12345678", "other", "H*******8"),
    ],
)
def test_an_identity_number_is_read_as_the_paper_it_looks_like(raw, value, family, mask):
    read = IdentityNumber().read(raw)
    assert (read, IdentityNumber.family(read), IdentityNumber().mask(read)) == (value, family, mask)


@pytest.mark.parametrize(
    ("raw", "code"), [("123", "identity_form"), ("110105194912310021", "id_checksum"), ("E12*345678", "identity_form")]
)
def test_a_number_that_no_paper_has_is_refused(raw, code):
    with pytest.raises(Unfit) as refused:
        IdentityNumber().read(raw)
    assert refused.value.code == code
