"""What keeps a description from being published, each with words that say what to do."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from app.catalog import Snapshot
from app.core.entity import Entity
from app.core.field import Privacy
from app.core.label import Label
from app.core.scope import Belongs
from app.fields import KINDS, Boolean, Date, File, Integer, LongText, MultiChoice, Phone, Reference, Text
from app.models import ENTITIES
from app.studio.check import problems
from tests.studio.samples import STATES, item, loan_car

SNAPSHOT = Snapshot(1, ENTITIES)
PLAIN = loan_car()


def with_fields(*added: object, **options: object) -> Entity:
    return replace(PLAIN, fields=(*PLAIN.fields, *added), **options)  # type: ignore[arg-type]


WRONG: dict[str, tuple[Callable[[], Entity], str]] = {
    "a word of SQL as name": (lambda: replace(PLAIN, name="order"), "order"),
    "a system table as name": (lambda: replace(PLAIN, name="search_token"), "search_token"),
    "an account table as name": (lambda: replace(PLAIN, name="ab_user"), "ab_user"),
    "a name of the product": (lambda: replace(PLAIN, name="customer"), "customer"),
    "a plural that is taken": (lambda: replace(PLAIN, plural=ENTITIES["customer"].plural), "Customers"),
    "two fields called alike": (
        lambda: with_fields(replace(item("b", Text()), label=PLAIN.fields[0].label)),
        "2 fields",
    ),
    "a column every table has": (lambda: with_fields(item("uuid", Text())), "needs this name"),
    "the store's column": (lambda: with_fields(item("store", Reference("store"))), "needs this name"),
    "a column of PostgreSQL": (lambda: with_fields(item("xmin", Integer())), "needs this name"),
    "a word of SQL as field": (lambda: with_fields(item("select", Integer())), "needs this name"),
    "a name with a control's part": (lambda: with_fields(item("a__text", Text())), "needs this name"),
    "a companion's column": (lambda: with_fields(item("who", Text(names=True)), item("who_key", Text())), "who_key"),
    "a reference's column": (lambda: with_fields(item("who", Reference("employee")), item("who_id", Text())), "who_id"),
    "a target that is not there": (lambda: with_fields(item("dock", Reference("harbour"))), "harbour"),
    "a sealed title": (lambda: with_fields(item("phone", Phone(), privacy=Privacy.SEALED), title="phone"), "title"),
    "a title nobody reads": (lambda: with_fields(item("note", LongText()), title="note"), "title"),
    "an order that does not sort": (lambda: with_fields(item("note", LongText()), order="-note"), "default order"),
    "an order of no field": (lambda: replace(PLAIN, order="colour"), "default order"),
    "an owner who is no employee": (
        lambda: with_fields(item("car", Reference("vehicle")), owners=("car",)),
        "employees",
    ),
    "a team that is none": (lambda: with_fields(item("car", Reference("vehicle")), team="car"), "teams"),
    "owners of what is the group's": (
        lambda: with_fields(item("who", Reference("employee")), owners=("who",), belongs=Belongs.GROUP),
        "Only records of a store",
    ),
    "a second kind of store": (lambda: replace(PLAIN, belongs=Belongs.SELF), "Only stores"),
    "too long a text as a key": (lambda: with_fields(item("name2", Text(5000), unique=True)), "600"),
    "prose as a key": (lambda: with_fields(item("note", LongText(), index=True)), "indexed"),
    "sealed and unsearchable together": (
        lambda: with_fields(item("phone", Phone(), privacy=Privacy.SEALED), unique=(("code", "phone"),)),
        "unique together",
    ),
    "a sealed list": (lambda: with_fields(item("tags", MultiChoice(STATES), privacy=Privacy.SEALED)), "sealed"),
    "a sealed file": (lambda: with_fields(item("scan", File(), privacy=Privacy.SEALED)), "bytes lie outside"),
    "a sealed picture": (lambda: with_fields(item("photo", File(image=True), privacy=Privacy.SEALED)), "bytes lie"),
    "a default that does not fit": (lambda: with_fields(item("due", Date(), default="soon")), "default"),
    "what nobody can fill in": (lambda: with_fields(item("paid", Boolean(), required=True, readonly=True)), "default"),
    "names too long for an index": (
        lambda: with_fields(item("x" * 48, Integer()), unique=(("mileage", "x" * 48),)),
        "shorten",
    ),
    "too many fields": (lambda: with_fields(*(item(f"f{n}", Integer()) for n in range(300))), "1 to 200"),
    "a menu group of nothing": (lambda: replace(PLAIN, group=""), "menu group"),
    "an icon that breaks out": (lambda: replace(PLAIN, icon='car"><script>'), "icon"),
}


def test_a_sound_description_has_no_problem() -> None:
    every = [
        item(f"f_{code}", kind.restore(options(code)), privacy=Privacy.INTERNAL) for code, kind in sorted(KINDS.items())
    ]
    assert problems(with_fields(*every, item("self_ref", Reference("loan_car"))), SNAPSHOT) == []


def options(code: str) -> dict[str, object]:
    """What a kind cannot do without."""
    if code in ("choice", "multi_choice"):
        return {"options": [{"code": one.code, "zh": one.label.zh, "en": one.label.en} for one in STATES]}
    return {"target": "employee"} if code == "reference" else {}


@pytest.mark.parametrize("what", WRONG)
def test_it_is_refused(what: str) -> None:
    make, word = WRONG[what]
    found = problems(make(), SNAPSHOT)
    assert [one for one in found if word in one.label.en or word in one.where], found


@pytest.mark.parametrize("what", WRONG)
def test_its_words_are_whole_in_both_languages(what: str) -> None:
    for problem in problems(WRONG[what][0](), SNAPSHOT):
        assert isinstance(problem.label, Label)
        assert "{" not in problem.label.zh + problem.label.en
