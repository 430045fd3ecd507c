"""Adding, changing and removing a record each write exactly one entry, in the name of whoever did it."""

from collections.abc import Callable
from typing import Any

import pytest

from app.core.entity import Entity
from app.core.field import Field
from app.core.scope import Belongs
from tests.appkit import Premises
from tests.cast import BY_PART, PUDONG
from tests.contract.words import changeable, posted
from tests.make import Make


@pytest.fixture
def entries(entity: Entity, premises: Premises, writer: str) -> Callable[[int], list[tuple[Any, ...]]]:
    """The changes of a record in the trail: action, version, whose, by what kind of actor, in which request."""

    def read(number: int) -> list[tuple[Any, ...]]:
        found = premises.run(
            "SELECT action, version, actor_id, actor_kind FROM trail.entry"
            " WHERE entity = %s AND record_id = %s AND action IN ('insert', 'update', 'delete') ORDER BY id",
            entity.name,
            number,
        )
        return [tuple(row) for row in found]

    return read


def free(entity: Entity) -> Field:
    """A field whose text can be changed to anything."""
    return next(item for item in entity.fields if item.kind.code == "text" and not item.sealed and not item.readonly)


def repeatable(entity: Entity) -> Field | None:
    """A field of text that many records may share."""
    alone = {group[0] for group in entity.unique if len(group) == 1}
    texts = (item for item in entity.fields if item.kind.code == "text" and not item.sealed and not item.unique)
    return next((item for item in texts if item.name not in alone and entity.name != "team"), None)


def given(entity: Entity, premises: Premises, make: Make) -> dict[str, object]:
    """Values of a new record, in a store where records belong to one."""
    values = make.values(entity)
    return values | ({"store": premises.stores[PUDONG]} if entity.belongs is Belongs.STORE else {})


@pytest.mark.of(having=changeable)
def test_by_screen(entity: Entity, premises: Premises, make: Make, writer: str, entries: Callable[[int], Any]) -> None:
    desk, base, me = premises.desk(writer), f"/data/{entity.name}", premises.users[writer]
    values = {name: posted(value) for name, value in given(entity, premises, make).items() if value is not None}
    added = desk.post(f"{base}/add", data=values)
    assert added.status_code == 303, added.text
    number = int(added.location.rpartition("/")[2])
    changed = desk.post(f"{base}/{number}/edit", data={"version": "1", free(entity).name: "改过"})
    assert changed.status_code == 303
    assert desk.post(f"{base}/{number}/delete", data={"version": "2"}).status_code == 303
    deeds = [("insert", 1, me, "person"), ("update", 2, me, "person")]
    found = entries(number)
    assert found[:2] == deeds
    assert [row[0] for row in found] == ["insert", "update", "delete"]


@pytest.mark.of(having=changeable)
def test_by_api(entity: Entity, premises: Premises, make: Make, writer: str, entries: Callable[[int], Any]) -> None:
    api, base, me = premises.caller(writer), f"/api/v1/data/{entity.name}", premises.users[writer]
    added = api.post(f"{base}/", json=given(entity, premises, make))
    assert added.status_code == 201, added.text
    number = added.json["id"]
    assert api.patch(f"{base}/{number}", json={"version": 1, free(entity).name: "改过"}).status_code == 200
    assert api.delete(f"{base}/{number}", headers={"If-Match": '"2"'}).status_code == 204
    found = entries(number)
    assert [row[0] for row in found] == ["insert", "update", "delete"]
    assert {row[2:] for row in found} == {(me, "token")}


@pytest.mark.of(having=changeable)
def test_what_changes_nothing_writes_nothing(
    entity: Entity, premises: Premises, make: Make, writer: str, entries: Callable[[int], Any]
) -> None:
    number = make.record(entity.name)
    # A form shows every box of a list, so it sends those that are ticked along with what was typed.
    names = [free(entity).name, *(item.name for item in entity.fields if item.kind.code == "multi_choice")]
    same = {name: premises.one(f'SELECT "{name}" FROM "{entity.name}" WHERE id = %s', number) for name in names}
    before, path = entries(number), f"/data/{entity.name}/{number}/edit"
    assert premises.desk(writer).post(path, data=same | {"version": "1"}).status_code == 303
    assert premises.desk(writer).post(path, data=same | {"version": "9", names[0]: "x"}).status_code == 409
    assert entries(number) == before


@pytest.mark.of(having=lambda entity: changeable(entity) and repeatable(entity) is not None)
def test_many_at_once_write_one_each(
    entity: Entity, premises: Premises, make: Make, writer: str, entries: Callable[[int], Any]
) -> None:
    numbers, field = [make.record(entity.name) for _ in range(3)], repeatable(entity) or free(entity)
    data = {"id": [str(number) for number in numbers], "confirm": "1", "field": field.name, field.name: "批量"}
    answer = premises.desk(writer).post(f"/data/{entity.name}/bulk/set", data=data)
    assert answer.status_code == 303, answer.text
    assert [[row[0] for row in entries(number)] for number in numbers] == [["insert", "update"]] * 3


def test_an_export_stands_in_the_trail_before_its_first_byte(entity: Entity, premises: Premises, writer: str) -> None:
    count = "SELECT count(*) FROM trail.entry WHERE action = 'export' AND entity = %s"
    for kind in ("csv", "xlsx"):
        before = premises.one(count, entity.name)
        answer = premises.desk(writer).get(f"/data/{entity.name}/export.{kind}", buffered=False)
        assert premises.one(count, entity.name) == before + 1
        answer.close()


@pytest.mark.of(having=changeable)
def test_the_record_page_tells_who_did_what(entity: Entity, premises: Premises, make: Make, writer: str) -> None:
    number = make.record(entity.name)
    premises.desk(writer).post(f"/data/{entity.name}/{number}/edit", data={"version": "1", free(entity).name: "改过的"})
    for language, words in (("zh_Hans_CN", "修改"), ("en", "Changed")):
        page = premises.desk(writer, language=language).get(f"/data/{entity.name}/{number}?tab=trail").text
        assert words in page
        assert "改过的" in page
        assert BY_PART[writer].name in page
