"""Telephone numbers and e-mail addresses."""

import pytest

from app.core.errors import Unfit
from app.core.kind import Operator
from app.core.label import ZH
from app.fields import Contact, Email, Phone
from app.fields.words import normalise

PHONE = Phone()


@pytest.mark.parametrize(
    ("raw", "value"),
    [
        ("13800138000", "+8613800138000"),
        ("+8613800138000", "+8613800138000"),
        ("008613800138000", "+8613800138000"),
        ("8613800138000", "+8613800138000"),
        ("电话：17260462116", "+8617260462116"),
        ("手机号码: 138 0013 8000", "+8613800138000"),
        ("+8616913365767", "+8616913365767"),
        ("16208598271", "+8616208598271"),
        ("151 1494 2688", "+8615114942688"),
        ("194-5359-2689", "+8619453592689"),
        ("１３５４５５０３０６１", "+8613545503061"),
        ("138–0013–8000", "+8613800138000"),
        ("\u202d138 0013 8000\u202c", "+8613800138000"),
        (13800138000, "+8613800138000"),
        (13800138000.0, "+8613800138000"),
        ("021-66006600", "+862166006600"),
        ("(010)12345678", "+861012345678"),
        ("400-820-8888", "+864008208888"),
        ("+852 9123 4567", "+85291234567"),
        ("Tel. +1 212 867 5309", "+12128675309"),
        ("  ", None),
    ],
)
def test_numbers_become_e164(raw, value):
    assert PHONE.read(raw) == value


@pytest.mark.parametrize(
    ("raw", "code"),
    [
        ("12800138000", "phone_mobile"),
        ("1380013800", "phone_mobile"),
        ("138001380001", "phone_mobile"),
        ("66006600", "phone_form"),
        ("13800138000 李先生", "phone_form"),
        ("138OO138000", "phone_form"),
        ("1-800-FLOWERS", "phone_form"),
        ("138****8000", "phone_form"),
        ("+", "phone_form"),
        ("1" * 500, "phone_form"),
        ("0755-83788888-801", "phone_extension"),
        ("0755-83788888转801", "phone_extension"),
        (True, "wrong_kind"),
    ],
)
def test_what_is_no_number_is_refused(raw, code):
    with pytest.raises(Unfit) as refused:
        PHONE.read(raw)
    assert refused.value.code == code


@pytest.mark.parametrize(
    ("value", "family", "shown", "mask", "cell"),
    [
        ("+8613800138000", "mobile", "138 0013 8000", "138****8000", "13800138000"),
        ("+862166006600", "tel", "021-66006600", "021-****6600", "021-66006600"),
        ("+8675583788888", "tel", "0755-83788888", "0755-****8888", "0755-83788888"),
        ("+85291234567", "tel", "+852 9123 4567", "+852-****4567", "+85291234567"),
        ("+864008208888", "tel", "400 820 8888", "****8888", "400 820 8888"),
    ],
)
def test_numbers_are_shown_masked_and_carried_as_people_write_them(value, family, shown, mask, cell):
    assert (Phone.family(value), PHONE.show(value, ZH), PHONE.mask(value), PHONE.cell(value)) == (
        family,
        shown,
        mask,
        cell,
    )
    assert PHONE.read(cell) == value


def test_a_value_saved_against_the_rule_is_masked_whole():
    assert PHONE.mask("总机 8000") == "••••"


def test_numbers_are_found_whole_however_they_are_typed():
    assert normalise("138-0013 8000") in PHONE.tokens("+8613800138000")
    assert normalise("021-6600 6600") in PHONE.tokens("+862166006600")
    assert PHONE.tail("+8613800138000") == "8000"
    assert PHONE.operators == (Operator.EQ, Operator.HAS, Operator.TAIL)


@pytest.mark.parametrize(
    ("raw", "value"),
    [
        (" Li.Lei+Car@Example.COM ", "li.lei+car@example.com"),
        ("mailto:a@b.cn", "a@b.cn"),
        ("１２３＠qq．com", "123@qq.com"),
    ],
)
def test_addresses_are_read(raw, value):
    assert Email().read(raw) == value


@pytest.mark.parametrize(
    "raw", ["a", "a@b", "@b.cn", "a..b@c.cn", "a@-b.cn", "a b@c.cn", "张三@qq.com", "a@b.cn,c@d.cn", "a" * 65 + "@b.cn"]
)
def test_what_is_no_address_is_refused(raw):
    with pytest.raises(Unfit) as refused:
        Email().read(raw)
    assert refused.value.code == "email_form"


def test_an_address_is_masked_to_its_first_letter_and_domain():
    assert Email().mask("lilei@example.com") == "l***@example.com"
    assert Email().mask("nobody") == "••••"


@pytest.mark.parametrize(
    ("raw", "value", "family", "mask"),
    [
        ("138 0013 8000", "+8613800138000", "mobile", "138****8000"),
        ("021-66006600", "+862166006600", "tel", "021-****6600"),
        ("Zhang.Wei@Example.com", "zhang.wei@example.com", "email", "z***@example.com"),
        ("Zhang_Wei88", "zhang_wei88", "wechat", "z***"),
        ("wxid_8h3k2", "wxid_8h3k2", "wechat", "w***"),
    ],
)
def test_a_contact_takes_the_form_of_what_it_is(raw, value, family, mask):
    read = Contact().read(raw)
    assert (read, Contact.family(read), Contact().mask(read)) == (value, family, mask)


@pytest.mark.parametrize(
    ("raw", "code"), [("张伟", "contact_form"), ("1380013800", "phone_mobile"), ("a@b", "email_form")]
)
def test_what_is_no_contact_is_refused(raw, code):
    with pytest.raises(Unfit) as refused:
        Contact().read(raw)
    assert refused.value.code == code
