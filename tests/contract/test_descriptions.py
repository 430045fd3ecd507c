"""A description survives storage, and says everything in both languages."""

import re
from dataclasses import replace
from html import unescape

from app.catalog import spec
from app.core.entity import Entity
from app.core.label import EN, ZH
from app.core.scope import Belongs
from tests.appkit import Premises
from tests.cast import PUDONG
from tests.make import Make


def test_a_description_survives_storage(entity: Entity) -> None:
    assert spec.load(spec.dump(entity)) == replace(entity, checks=(), near=())  # conditions in SQL are code's alone


def test_a_description_in_force_is_the_one_that_was_published(entity: Entity, make: Make) -> None:
    stored = make.entity(entity.name)
    assert (stored.name, stored.fields, stored.grants) == (entity.name, entity.fields, entity.grants)


def test_every_field_is_labelled_in_the_readers_language(entity: Entity, premises: Premises, writer: str) -> None:
    for locale, foreign in ((ZH, EN), (EN, ZH)):
        page = unescape(premises.desk(writer, language=locale).get(f"/data/{entity.name}/add").text)
        for field in entity.fields:
            if not field.readonly:
                assert field.label.text(locale) in page, field.name
                assert not re.search(rf">\s*{re.escape(field.label.text(foreign))}\s*<", page), field.name


def stored(entity: Entity) -> bool:
    """Whether a new record is put into a store."""
    return entity.belongs is Belongs.STORE


def test_every_refusal_of_a_kind_has_its_words(entity: Entity, premises: Premises, writer: str) -> None:
    for field in entity.fields:
        if field.readonly or field.kind.code == "multi_choice":
            continue
        given = {field.name: {"no": "value"}} | ({"store": premises.stores[PUDONG]} if stored(entity) else {})
        answer = premises.caller(writer).post(f"/api/v1/data/{entity.name}/", json=given)
        wrong = {error["field"]: error["message"] for error in answer.json["errors"]}
        assert answer.status_code == 422
        assert re.search(r"[\u4e00-\u9fff]", wrong[field.name])
