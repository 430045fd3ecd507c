"""Rows become values through the field's own reading, or failures that name line, column, reason and text."""

from datetime import date, datetime

import pytest

from app.exchange.mapping import Column, Mapping, Target, Use
from app.exchange.proposal import propose
from app.exchange.raw import RawRow
from app.exchange.read_row import convert, reader
from app.exchange.reading import Named
from app.exchange.source import open_source
from tests.unit.exchange.world import DATA, ENTITIES

WANTED = ("customer.name", "customer.phone", "vehicle.vin", "vehicle.bought_on", "vehicle.mileage", "customer.note")
VIN = "LVGBE40K5L4315728"


def mapping(*targets: str) -> Mapping:
    columns = (Column(one, Use.FIELD, Target(*one.split("."))) for one in targets or WANTED)
    return Mapping((*columns, Column("商业险", Use.SEALED), Column("序号", Use.SKIP)))


def value(target: str, cell):
    """What one cell becomes, or the code of its failure."""
    entity, _, name = target.partition(".")
    found = convert(mapping(target), RawRow(2, (cell,)), ENTITIES)
    codes = [failure.code for failure in found.failures if failure.target == Target(entity, name)]
    return codes[0] if codes else found.values.get(entity, {}).get(name)


@pytest.mark.parametrize(
    ("target", "cell"),
    [("vehicle.vin", f"{VIN[:8]}0{VIN[9:]}"), ("vehicle.plate", "使014001"), ("vehicle.vin", VIN[:16])],
)
def test_a_doubtful_value_is_refused_and_its_row_told_where_a_reason_may_be_given(target, cell):
    (failure, *_) = convert(mapping(target), RawRow(2, (cell,)), ENTITIES).failures
    doubtful = len(cell) != 16
    assert ("写明原因" in failure.label.zh) == ("by hand and say why" in failure.label.en) == doubtful


def test_a_row_is_parted_by_entity_and_unmapped_columns_are_kept_as_text():
    row = RawRow(7, ("张三 ", "电话：13800138000", VIN.lower(), "44301", 1200.0, "", date(2027, 1, 2), "1"))
    found = convert(mapping(), row, ENTITIES)
    assert found.values == {
        "customer": {"name": "张三", "phone": "+8613800138000"},
        "vehicle": {"vin": VIN, "bought_on": date(2021, 4, 15), "mileage": 1200},
    }
    assert (found.sealed, found.failures) == ({"商业险": "2027-01-02"}, ())


@pytest.mark.parametrize(
    "cell",
    ["13800138000", 13800138000.0, 13800138000, "13800138000.0", "'13800138000",
     "\t13800138000 ", "１３８００１３８０００",
     "+86 138-0013-8000", "电话：13800138000", "Tel: 13800138000", "手机:13800138000"],
)  # fmt: skip
def test_a_phone_is_read_from_whatever_a_file_made_of_it(cell):
    assert value("customer.phone", cell) == "+8613800138000"


@pytest.mark.parametrize(
    "cell",
    ["2021-04-15", "20210415", "2021年04月15日", "2021/04/15", "2021.04.15", "44301", "44301.0", 44301, 44301.0,
     44301.75,
     20210415.0, date(2021, 4, 15), datetime(2021, 4, 15, 8, 30)],  # noqa: DTZ001
)  # fmt: skip
def test_a_day_is_read_from_every_notation_and_from_serial_numbers(cell):
    assert value("vehicle.bought_on", cell) == date(2021, 4, 15)


@pytest.mark.parametrize("cell", ["2023", 2023.0, "99999", "0", -5.0])
def test_a_bare_year_or_a_number_out_of_range_is_no_day(cell):
    assert str(value("vehicle.bought_on", cell)).startswith("date_")


@pytest.mark.parametrize("mark", ["", " ", "-", "无", "不详", "N/A", "n/a", "null", "——", None])
def test_marks_of_nothing_are_empty_where_the_field_takes_no_such_text(mark):
    assert value("vehicle.bought_on", mark) is None
    assert value("customer.phone", mark) is None


def test_a_mark_that_free_text_can_hold_is_kept():
    assert value("customer.note", "无") == "无"


def test_a_reference_keeps_its_words_until_the_record_is_looked_up():
    assert value("customer.sales_owner", " 李顾问 ") == Named("employee", "李顾问")
    assert value("customer.sales_owner", "不详") is None


def test_a_number_whose_digits_the_spreadsheet_lost_is_refused():
    assert value("customer.name", 110105194912310000.0) == "digits_lost"


def test_a_failure_names_line_column_code_words_and_text_and_the_rest_is_kept():
    found = convert(mapping(), RawRow(42, ("张三", "12345", VIN, "2023-02-30")), ENTITIES)
    assert [(f.line, f.column, f.raw) for f in found.failures] == [
        (42, "customer.phone", "12345"), (42, "vehicle.bought_on", "2023-02-30"),
    ]  # fmt: skip
    assert all(failure.label.zh and failure.code for failure in found.failures)
    assert found.values["vehicle"] == {"vin": VIN}


def test_a_missing_required_value_fails_only_for_an_entity_the_row_speaks_of():
    only_car = convert(mapping(), RawRow(3, ("", "", VIN)), ENTITIES)
    assert (set(only_car.values), only_car.failures) == ({"vehicle"}, ())
    nameless = convert(mapping(), RawRow(3, ("", "13800138000", VIN)), ENTITIES)
    assert [(failure.target, failure.code) for failure in nameless.failures] == [
        (Target("customer", "name"), "required")
    ]


def test_an_unreadable_required_value_is_reported_once():
    found = convert(mapping("vehicle.vin", "vehicle.mileage"), RawRow(3, ("LVG", "5")), ENTITIES)
    assert [failure.target for failure in found.failures] == [Target("vehicle", "vin")]


def test_a_row_wider_than_the_heading_fails_instead_of_shifting():
    found = convert(mapping(), RawRow(3, ("张三",) + ("",) * 7 + ("多出来",)), ENTITIES)
    assert [(failure.code, failure.raw) for failure in found.failures] == [("row_too_wide", "多出来")]
    assert convert(mapping(), RawRow(3, ("张三",) + ("",) * 12), ENTITIES).failures == ()


def test_failures_and_rows_do_not_print_what_people_wrote():
    found = convert(mapping(), RawRow(42, ("张三丰", "12345678")), ENTITIES)
    assert "12345678" not in repr(found)
    assert "张三丰" not in repr(found) + repr(RawRow(1, ("张三丰",)))


def test_the_legacy_list_fails_exactly_where_it_is_wrong():
    with open_source(DATA / "legacy_customers.csv", "x") as source:
        convert_row = reader(propose(source.header, source.sample(), ENTITIES), ENTITIES)
        failures = [failure for row in source.rows() for failure in convert_row(row).failures]
    counts = {column: sum(failure.column == column for failure in failures) for column in {f.column for f in failures}}
    assert counts == {"联系电话": 35, "车架号": 20, "姓名": 19, "购车日期": 14}
    assert {failure.line for failure in failures if failure.column == "姓名"} >= {95, 152, 406}
