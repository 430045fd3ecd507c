"""VINs and plates."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.core.errors import Doubtful, Unfit
from app.core.label import ZH
from app.fields import Plate, Vin
from app.fields.vehicle import check_digit
from app.fields.words import normalise


@pytest.mark.parametrize(
    "vin", ["1M8GDM9AXKP042788", "LSVAA49J132047371", "LVGBE40K58G123456", "LFMA1E0CXA0123456", "11111111111111111"]
)
def test_true_vins_are_read(vin):
    assert Vin().read(vin) == Vin().read(f" {vin.lower()} ") == Vin().read(f"{vin[:3]}-{vin[3:]}") == vin


@pytest.mark.parametrize(
    ("raw", "code"),
    [
        ("LVGBE40K18G123456", "vin_check_digit"),
        ("LVGBE40K58G12345", "vin_form"),
        ("LVGBE40K58G1234567", "vin_form"),
        ("IVGBE40K58G123456", "vin_form"),
        ("LVGBE4OK58G123456", "vin_form"),
        ("LVGBE40K58Q123456", "vin_form"),
        ([], "wrong_kind"),
    ],
)
def test_false_vins_are_refused_by_reason(raw, code):
    with pytest.raises(Unfit) as refused:
        Vin().read(raw)
    assert refused.value.code == code


def test_the_check_digit_may_be_waived():
    assert Vin(check_digit=False).read("lvgbe40k18g123456") == "LVGBE40K18G123456"


@given(st.integers(0, 16), st.sampled_from("0123456789ABCDEFGHJKLMNPRSTUVWXYZ"))
def test_the_check_digit_depends_on_every_other_place(at, mark):
    vin = "1M8GDM9AXKP042788"
    other = vin[:at] + mark + vin[at + 1 :]
    assert (check_digit(other) == check_digit(vin)) == (at == 8 or value_of(mark) == value_of(vin[at]))


def value_of(mark):
    return (
        int(mark)
        if mark.isdigit()
        else "ABCDEFGH.JKLMN.P.R.STUVWXYZ".index(mark) % 9 + 1
        if mark < "S"
        else "STUVWXYZ".index(mark) + 2
    )


@pytest.mark.parametrize(
    ("raw", "value", "family", "shown", "mask"),
    [
        (" 粤a·12345 ", "粤A12345", "blue", "粤A·12345", "粤A·**345"),
        ("沪A 8K2D7", "沪A8K2D7", "blue", "沪A·8K2D7", "沪A·**2D7"),
        ("粤Z1234港", "粤Z1234港", "blue", "粤Z·1234港", "粤Z·**34港"),
        ("京A1234学", "京A1234学", "blue", "京A·1234学", "京A·**34学"),
        ("粤AD1234", "粤AD1234", "blue", "粤A·D1234", "粤A·**234"),
        ("粤AD12345", "粤AD12345", "nev", "粤A·D12345", "粤A·***345"),
        ("粤AA12345", "粤AA12345", "nev", "粤A·A12345", "粤A·***345"),
        ("粤AF12345", "粤AF12345", "nev", "粤A·F12345", "粤A·***345"),
        ("粤A12345D", "粤A12345D", "nev", "粤A·12345D", "粤A·***45D"),
        ("粤Ａ－１２３４５", "粤A12345", "blue", "粤A·12345", "粤A·**345"),
        ("粤A•12345", "粤A12345", "blue", "粤A·12345", "粤A·**345"),
    ],
)
def test_plates_are_read_shown_and_masked(raw, value, family, shown, mask):
    kind = Plate()
    assert kind.read(raw) == value
    assert (Plate.family(value), kind.show(value, ZH), kind.mask(value)) == (family, shown, mask)


@pytest.mark.parametrize(
    "raw",
    [
        "粤A1234O",
        "京AI2345",
        "粤AL12345",
        "粤AF123456",
        "粤I12345",
        "A12345",
        "粤A1234",
        "粤A港1234",
        "使123456",
        "粤A12345学",
    ],
)
def test_what_is_no_usual_plate_is_doubted(raw):
    with pytest.raises(Doubtful) as doubted:
        Plate().read(raw)
    assert (doubted.value.code, doubted.value.value) == ("plate_form", raw)


@pytest.mark.parametrize(
    ("raw", "plate"),
    [("使014-001", "使014001"), ("沪a·1234领", "沪A1234领"), ("WJ沪1234D", "WJ沪1234D"), ("VA12345", "VA12345")],
)
def test_a_special_plate_may_be_saved_and_is_found_shown_and_masked(raw, plate):
    assert Plate().seek(raw) == plate
    assert (Plate.family(plate), Plate().show(plate, ZH), Plate().mask(plate)) == ("other", plate, "••••")
    assert Plate().tail(plate) == plate[-4:]


@pytest.mark.parametrize("raw", ["没有", "粤A12", "粤A123456789", "粤A<1234>", "粤A12345😀", "x" * 100])
def test_what_has_no_marks_of_a_plate_is_refused_whatever_the_reason(raw):
    with pytest.raises(Unfit) as refused:
        Plate().seek(raw)
    assert refused.value.code == "plate_marks"


def test_only_the_check_digit_of_a_vin_is_doubted():
    assert Vin().seek("lvgbe40k18g123456") == "LVGBE40K18G123456"
    for hard in ("LVGBE4OK58G123456", "LVGBE40K58G12345"):
        with pytest.raises(Unfit) as refused:
            Vin().seek(hard)
        assert refused.value.code == "vin_form"


def test_cars_are_found_by_whole_and_by_tail():
    assert normalise("粤a·12345") in Plate().tokens("粤A12345")
    assert Plate().tail("粤A12345") == "2345"
    assert normalise("lvgbe40k58g123456") in Vin().tokens("LVGBE40K58G123456")
    assert Vin().tail("LVGBE40K58G123456") == "123456"
