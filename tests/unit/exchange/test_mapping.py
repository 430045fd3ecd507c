"""Mappings: what stands in the way, what a person chooses, how they are saved and used again."""

import json

import pytest

from app.core.errors import Malformed
from app.exchange.mapping import Column, Mapping, Target, Use
from tests.unit.exchange.world import ENTITIES

NAME, VIN, PHONE = Target("customer", "name"), Target("vehicle", "vin"), Target("customer", "phone")


def mapping(*columns: tuple[str, Target | None]) -> Mapping:
    return Mapping(tuple(Column(label, Use.FIELD if target else Use.SEALED, target) for label, target in columns))


def codes(one: Mapping) -> list[str]:
    return [problem.code for problem in one.problems(ENTITIES)]


def test_a_required_field_without_a_column_is_named_in_both_languages():
    (problem,) = mapping(("电话", PHONE)).problems(ENTITIES)
    assert (problem.code, problem.target) == ("required_unmapped", NAME)
    assert "“姓名”" in problem.label.zh
    assert "“Name” of “Customer”" in problem.label.en


def test_required_fields_of_an_entity_the_file_is_not_about_are_not_asked_for():
    assert codes(mapping(("姓名", NAME))) == []


def test_two_columns_to_one_field_are_both_named():
    problems = mapping(("姓名", NAME), ("车主", NAME)).problems(ENTITIES)
    assert [(problem.code, problem.column) for problem in problems] == [("mapped_twice", 0), ("mapped_twice", 1)]


def test_a_field_that_no_longer_exists_and_an_empty_mapping_are_problems():
    assert codes(mapping(("姓名", NAME), ("x", Target("customer", "gone")))) == ["unknown_field"]
    assert codes(mapping(("姓名", None))) == ["nothing_mapped"]


def test_a_person_chooses_another_use():
    chosen = mapping(("姓名", NAME), ("x", None)).put(1, Use.FIELD, PHONE).put(0, Use.SKIP, NAME)
    assert [(column.use, column.target) for column in chosen.columns] == [(Use.SKIP, None), (Use.FIELD, PHONE)]


def test_a_saved_mapping_is_equal_after_json_and_fits_columns_in_another_order():
    saved = Mapping.from_json(json.loads(json.dumps(mapping(("姓名", NAME), ("车架号", VIN)).to_json())))
    assert saved == mapping(("姓名", NAME), ("车架号", VIN))
    fitted = saved.fit(("车架号：", "新列", " 姓名 "))
    assert [(column.use, column.target) for column in fitted.columns] == [
        (Use.FIELD, VIN), (Use.SEALED, None), (Use.FIELD, NAME),
    ]  # fmt: skip


@pytest.mark.parametrize(
    "stored",
    [None, [], {}, {"version": 2, "columns": []}, {"version": 1, "columns": [{}]},
     {"version": 1, "columns": [{"label": "a", "use": "burn", "target": None, "confidence": 1, "reason": None}]},
     {"version": 1, "columns": [{"label": "a", "use": "field", "target": ["a"], "confidence": 1, "reason": None}]}],
)  # fmt: skip
def test_a_broken_saved_mapping_is_refused(stored):
    with pytest.raises(Malformed):
        Mapping.from_json(stored)
