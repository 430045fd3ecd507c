"""Descriptions as JSON: what is stored is what was described."""

import json
from collections.abc import Callable
from dataclasses import MISSING, fields, replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.catalog.spec import dump, dump_field, load, load_field
from app.core.action import Action
from app.core.entity import Entity, Grant, Origin
from app.core.field import Field, Privacy, State
from app.core.kind import Kind
from app.core.label import Label
from app.core.scope import Belongs, Reach
from app.fields import KINDS, Choice, Decimal, File, Integer, LongText, Money, MultiChoice, Option, Reference, Text
from app.models import ENTITIES

words = st.text(st.characters(exclude_categories=("Cs", "Cc", "Z")), min_size=1, max_size=12)
names = st.from_regex(r"\A[a-z][a-z0-9_]{0,20}\Z")
labels = st.builds(Label, words, words)
bound = st.integers(-(2**62), 2**62)
bounds = st.tuples(st.none() | bound, st.none() | bound).filter(lambda two: None in two or two[0] <= two[1])  # type: ignore[operator]
options = st.integers(1, 6).map(lambda n: [Option(f"o{at}", Label(f"选{at}", f"Option {at}")) for at in range(n)])
PARAMETERS: dict[str, st.SearchStrategy[Kind]] = {
    "text": st.builds(Text, st.integers(1, 10_000), st.booleans()),
    "long_text": st.builds(LongText, st.integers(1, 1_000_000)),
    "integer": bounds.map(lambda two: Integer(*two)),
    "money": bounds.map(lambda two: Money(*two)),
    "decimal": st.tuples(st.integers(0, 12), bounds).map(lambda all_: Decimal(all_[0], *all_[1])),
    "choice": options.map(Choice),
    "multi_choice": options.map(MultiChoice),
    "reference": names.map(Reference),
    "file": st.builds(File, st.booleans(), st.integers(1, 500 * 1024 * 1024)),
}


def kinds_of(code: str) -> st.SearchStrategy[Kind]:
    """Kinds of one family, whatever their options."""
    return PARAMETERS[code] if code in PARAMETERS else st.just(KINDS[code].restore({}))


@st.composite
def described_fields(draw: Callable[..., Any], code: str = "") -> Field:
    """Any field, every attribute given or left out."""
    kind = draw(kinds_of(code or draw(st.sampled_from(sorted(KINDS)))))
    default = draw(st.none() | st.integers(0, 50).map(lambda n: kind.dump(kind.example(n))))
    return Field(
        name=draw(names),
        kind=kind,
        label=draw(labels),
        privacy=draw(st.sampled_from(Privacy)),
        **{flag: draw(st.booleans()) for flag in ("required", "unique", "index", "search", "readonly", "part_of")},
        default=default,
        help=draw(st.none() | labels),
        section=draw(st.none() | labels),
        target=getattr(kind, "target", None),
        mine=draw(st.none() | st.sampled_from(State)),
        scope=draw(st.none() | st.sampled_from(State)),
        claimed_by=tuple(draw(st.lists(names, max_size=2))),
    )


@st.composite
def entities(draw: Callable[..., Any]) -> Entity:
    """Any entity."""
    own = tuple(draw(st.lists(described_fields(), min_size=1, max_size=5, unique_by=lambda field: field.name)))
    known = st.sampled_from([field.name for field in own])
    some = st.lists(known, max_size=3, unique=True).map(tuple)
    grant = st.builds(Grant, names, st.frozensets(st.sampled_from(Action)), st.sampled_from(Reach))
    return Entity(
        name=draw(names),
        label=draw(labels),
        plural=draw(labels),
        fields=own,
        title=draw(known),
        belongs=draw(st.sampled_from(Belongs)),
        group=draw(words),
        icon=draw(words),
        list=draw(some),
        owners=draw(some),
        team=draw(st.none() | known),
        unique=tuple(draw(st.lists(some, max_size=2))),
        order=draw(st.sampled_from(["-id", "id", "name"])),
        grants=tuple(draw(st.lists(grant, max_size=3))),
        origin=draw(st.sampled_from(Origin)),
        version=draw(st.integers(1, 10_000)),
    )


@pytest.mark.parametrize("code", sorted(KINDS))
def test_every_kind_of_field_comes_back_as_it_was(code: str) -> None:
    @settings(max_examples=60, deadline=None)
    @given(described_fields(code))
    def comes_back(field: Field) -> None:
        assert load_field(json.loads(json.dumps(dump_field(field)))) == field

    comes_back()


@settings(max_examples=60, deadline=None)
@given(entities())
def test_every_entity_comes_back_as_it_was(entity: Entity) -> None:
    assert load(json.loads(json.dumps(dump(entity)))) == replace(entity, checks=(), near=())


@pytest.mark.parametrize("entity", ENTITIES.values(), ids=lambda entity: entity.name)
def test_entities_in_code_come_back_as_they_are(entity: Entity) -> None:
    assert load(json.loads(json.dumps(dump(entity)))) == replace(entity, checks=(), near=())


def test_nothing_a_field_says_is_left_out() -> None:
    plain = Field(name="a", kind=Text(), label=Label("甲", "A"))
    flags = dict.fromkeys(("required", "unique", "index", "search", "readonly", "part_of"), True)
    words_ = {"label": Label("乙", "B"), "help": Label("丙", "C"), "section": Label("丁", "D")}
    states = {"mine": State.CLEAR, "scope": State.HIDDEN, "privacy": Privacy.SEALED, "claimed_by": ("dcc",)}
    other = {"name": "b", "kind": Text(9), "default": "x", "target": "store", **flags, **words_, **states}
    assert {one.name for one in fields(Field)} == set(other), "give the new attribute a value here"
    for name, value in other.items():
        assert dump_field(replace(plain, **{name: value})) != dump_field(plain), f"{name} is not stored"


def test_nothing_an_entity_says_is_left_out() -> None:
    told = dump(next(iter(ENTITIES.values())))
    assert {one.name for one in fields(Entity)} - {"checks", "near"} == set(told), (
        "store the new attribute"
    )  # SQL is code's alone
    assert [one.name for one in fields(Entity) if one.default is MISSING]
