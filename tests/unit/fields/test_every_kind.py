"""What holds for every field type."""

import json
from datetime import date, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.core.errors import Unfit
from app.core.kind import PRESENCE, Kind
from app.core.label import EN, ZH, Label
from app.fields import (
    KINDS,
    Boolean,
    Choice,
    Contact,
    Date,
    DateTime,
    Decimal,
    Email,
    File,
    IdCard,
    IdentityNumber,
    Integer,
    LongText,
    Money,
    MultiChoice,
    Option,
    Phone,
    Plate,
    Reference,
    Text,
    Uscc,
    Vin,
    kind_of,
)

LIST = (Option("a", Label("甲", "First")), Option("b", Label("乙", "Second")), Option("c", Label("丙", "Third")))
SAMPLES = [
    Text(),
    Text(max=3, names=True),
    Text(names=True),
    LongText(),
    LongText(max=5),
    Integer(),
    Integer(min=5, max=9),
    Integer(max=-5),
    Decimal(),
    Decimal(places=0, min=0, max=100),
    Decimal(places=4, min=-1),
    Money(),
    Money(min=None),
    Money(min=-10, max=10),
    Boolean(),
    Date(),
    DateTime(),
    Choice(LIST),
    MultiChoice(LIST),
    Email(),
    Phone(),
    Contact(),
    IdCard(),
    Uscc(),
    IdentityNumber(),
    Vin(),
    Vin(check_digit=False),
    Plate(),
    Reference("customer"),
    File(),
    File(image=True, max_bytes=1024),
]
every = pytest.mark.parametrize("kind", SAMPLES, ids=lambda kind: f"{kind.code}-{kind.options()}"[:60])

SCALARS = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text()
    | st.dates()
    | st.datetimes()
    | st.decimals()
    | st.binary()
    | st.from_regex(r"[0-9０-９+\-.,/:TZ年月日 ¥万元A-Z粤@]{1,24}", fullmatch=True)
)
ANYTHING = st.recursive(
    SCALARS, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3)
)


def attempt(kind, raw):
    try:
        return kind.read(raw), None
    except Unfit as refused:
        return None, refused


def test_every_kind_is_sampled():
    assert {kind.code for kind in SAMPLES} == set(KINDS)
    assert len(KINDS) == 20


@every
@given(raw=ANYTHING)
@settings(max_examples=120, deadline=None)
def test_reading_gives_a_value_that_survives_every_road_or_refuses(kind, raw):
    value, refused = attempt(kind, raw)
    if refused:
        assert refused.code in kind.refusals
        assert refused.label.zh != refused.label.en
        assert "{" not in refused.label.zh + refused.label.en
        return
    assert kind.read(kind.dump(value)) == value
    assert kind.read(json.loads(json.dumps(kind.dump(value)))) == value
    assert kind.read("" if value is None else str(kind.cell(value))) == value
    assert isinstance(kind.show(value, ZH) + kind.show(value, EN) + kind.mask(value), str)


@every
@given(raw=ANYTHING)
@settings(max_examples=60, deadline=None)
def test_a_value_that_was_read_reads_as_itself(kind, raw):
    if isinstance(kind, Money):
        return  # a bare number is yuan, while the value is 分
    value, _ = attempt(kind, raw)
    assert kind.read(value) == value


@every
@given(n=st.integers(0, 10**6))
@settings(max_examples=60, deadline=None)
def test_examples_are_valid_and_carry_over(kind, n):
    value = kind.example(n)
    assert kind.read(kind.dump(value)) == value
    assert kind.read(str(kind.cell(value))) == value


@every
@given(n=st.integers(0, 10**4))
@settings(max_examples=40, deadline=None)
def test_a_mask_never_holds_the_value(kind, n):
    value = kind.example(n)
    for text in {str(value), str(kind.dump(value)), str(kind.cell(value)), kind.show(value, ZH), kind.show(value, EN)}:
        assert text not in kind.mask(value)


@every
def test_nothing_given_is_none(kind):
    assert [kind.read(raw) for raw in (None, "", "  ", "\u3000\n")] == [None] * 4
    assert (kind.show(None, ZH), kind.mask(None), kind.dump(None), kind.cell(None)) == ("", "", None, None)
    assert list(kind.tokens(None)) == []
    assert kind.tail(None) is None


@every
def test_a_kind_comes_back_from_its_code_and_options(kind):
    again = kind_of(kind.code, json.loads(json.dumps(kind.options())))
    assert again == kind
    assert (hash(again), again.sql, again.widget) == (hash(kind), kind.sql, kind.widget)


@every
def test_unknown_and_ill_typed_options_are_refused(kind):
    for options in ({"colour": 1}, *({name: object()} for name in kind.options())):
        with pytest.raises(Unfit) as refused:
            kind_of(kind.code, kind.options() | options)
        assert refused.value.code == "kind_options"


@pytest.mark.parametrize(
    ("code", "options"),
    [
        ("text", {"max": 0}),
        ("text", {"max": True}),
        ("decimal", {"places": 19}),
        ("integer", {"min": 3, "max": 2}),
        ("integer", {"min": 2**63}),
        ("reference", {}),
        ("reference", {"target": "Robert'); DROP"}),
        ("choice", {}),
        ("choice", {"options": [{"code": "a", "zh": "甲"}]}),
        ("file", {"max_bytes": 10**12}),
        ("moon", {}),
        ("", {}),
    ],
)
def test_bad_descriptions_are_refused(code, options):
    with pytest.raises(Unfit):
        kind_of(code, options)


@every
def test_a_kind_is_inert_and_speaks_both_languages(kind):
    assert isinstance(kind, Kind)
    assert kind.label.zh != kind.label.en
    assert all(label.zh != label.en for label in kind.refusals.values())
    assert json.loads(json.dumps(kind.schema())) == kind.schema()
    with pytest.raises(AttributeError):
        kind.sql = "text"


@every
def test_examples_fit_the_schema(kind):
    jsonschema = pytest.importorskip("jsonschema")
    for n in range(50):
        jsonschema.validate(kind.dump(kind.example(n)), kind.schema())


UNBOUNDED = [
    Text(),
    Text(names=True),
    Integer(),
    Decimal(),
    Money(),
    Date(),
    DateTime(),
    Email(),
    Phone(),
    Contact(),
    IdCard(),
    Uscc(),
    IdentityNumber(),
]


@pytest.mark.parametrize("kind", [*UNBOUNDED, Vin(), Plate(), Reference("customer")], ids=lambda kind: kind.code)
def test_examples_are_distinct(kind):
    assert len({kind.example(n) for n in range(5000)}) == 5000


def test_what_cannot_be_compared_offers_presence_only():
    assert LongText().operators == File().operators == PRESENCE
    assert (File().widget, File(image=True).widget) == ("file", "image")


def test_ids_are_read_from_numbers_and_digits():
    kind = Reference("customer")
    assert [kind.read(raw) for raw in (7, "7", " ７ ", 7.0, 2**63 - 1)] == [7, 7, 7, 7, 2**63 - 1]
    for raw in (0, -1, 2**63, "7a", "1.5", 1.5, True, [7], "٣"):
        with pytest.raises(Unfit):
            kind.read(raw)


def test_dates_are_json_text():
    assert Date().dump(date(2024, 7, 3)) == "2024-07-03"
    assert isinstance(DateTime().read(datetime(2024, 7, 3)), datetime)  # noqa: DTZ001
