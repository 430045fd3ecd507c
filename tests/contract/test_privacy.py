"""Protected values are masks wherever they turn into text, and are found only by their whole."""

import pytest

from app.core.action import Action
from app.core.entity import Entity
from app.core.field import Field
from tests.appkit import Premises
from tests.contract.words import csv_rows, granted, has_sealed, sealed, shown
from tests.make import Make

PLACES = (
    "/data/{name}/?where={by}", "/data/{name}/{id}", "/data/{name}/{id}/edit", "/data/{name}/{id}?tab=trail",
    "/data/{name}/lookup?q={words}", "/search?q={words}", "/data/{name}/export.csv",
    "/api/v1/data/{name}/", "/api/v1/data/{name}/{id}", "/api/v1/data/{name}/lookup?q={words}",
    "/api/v1/data/{name}/export.csv",
)  # fmt: skip


@pytest.fixture
def field(entity: Entity) -> Field:
    """The entity's first sealed field that is searched."""
    return sealed(entity)[0]


@pytest.fixture
def value(field: Field, make: Make) -> str:
    """A value of it that no other record has."""
    return str(field.kind.dump(field.kind.example(make.number() + 900_000)))


@pytest.fixture
def record(entity: Entity, field: Field, value: str, make: Make) -> int:
    """A record with that value, nobody's own."""
    return make.record(entity.name, **{field.name: value})


@pytest.mark.of(having=has_sealed)
@pytest.mark.parametrize("part", ["boss", "manager", "consultant", "technician", "auditor"])
def test_no_place_tells_it(  # noqa: PLR0917
    part: str, entity: Entity, premises: Premises, record: int, value: str, field: Field
) -> None:
    named = premises.one(f"SELECT {entity.title} FROM {entity.name} WHERE id = %s", record)
    title = f"{entity.title}~eq~{named}"
    seen = 0
    for place in PLACES:
        path = place.format(name=entity.name, id=record, by=title, words=value[-4:])
        desk = premises.caller(part) if path.startswith("/api/") else premises.desk(part)
        answer = desk.get(path)
        assert answer.status_code in (200, 403), path
        text = answer.get_data(as_text=True)
        assert value not in text, path
        assert value[3:-3] not in text, path
        seen += field.kind.mask(field.kind.read(value)) in text
    assert seen >= (3 if Action.LIST in granted(entity, part) else 0)


@pytest.mark.of(having=has_sealed)
def test_it_cannot_be_sorted_by_nor_compared_but_for_its_whole(  # noqa: PLR0917
    entity: Entity, premises: Premises, record: int, value: str, field: Field, writer: str
) -> None:
    api, base = premises.caller(writer), f"/api/v1/data/{entity.name}/"
    for order in (field.name, f"-{field.name}", f"{field.name}_bidx"):
        assert api.get(base, query_string={"order": order}).json["code"] == "unknown_field"
    for operator in ("ne", "lt", "le", "gt", "ge", "in"):
        assert api.get(base, query_string={"where": f"{field.name}~{operator}~{value}"}).status_code == 400
    for part in (value[:-1], value[5:], value[3:7], f"{value[:-2]}**"):
        answer = api.get(base, query_string={"where": f"{field.name}~eq~{part}"})
        assert record not in [row["id"] for row in (answer.json or {}).get("result", [])]
    whole = api.get(base, query_string={"where": f"{field.name}~eq~{value}"}).json["result"]
    assert [row["id"] for row in whole] == [record]


@pytest.mark.of(having=has_sealed)
def test_the_search_box_finds_it_by_its_whole_and_not_by_a_part(
    entity: Entity, premises: Premises, record: int, value: str, writer: str
) -> None:
    desk, link = premises.desk(writer), f'href="/data/{entity.name}/{record}"'
    assert link in desk.get(f"/search?q={value}").text
    assert link not in desk.get(f"/search?q={value[:7]}").text
    assert link not in desk.get(f"/search?q={value[2:8]}").text


@pytest.mark.of(having=has_sealed)
def test_who_may_not_search_finds_nothing_by_it(entity: Entity, premises: Premises, record: int, value: str) -> None:
    link = f'href="/data/{entity.name}/{record}"'
    parts = ("technician", "consultant", "auditor")
    part = next(one for one in parts if not premises.actor(one).may(Action.SEARCH, entity.name))
    for words in (value, value[-4:]):
        assert link not in premises.desk(part).get(f"/search?q={words}").text
        assert link not in premises.desk(part).get(f"/data/{entity.name}/?q={words}").text


@pytest.mark.of(having=has_sealed)
def test_a_mask_is_never_taken_for_a_value(  # noqa: PLR0917
    entity: Entity, premises: Premises, record: int, field: Field, value: str, writer: str
) -> None:
    mask = field.kind.mask(field.kind.read(value))
    stored = f'SELECT "{field.name}", version FROM "{entity.name}" WHERE id = %s'
    before = premises.run(stored, record)
    answer = premises.caller(writer).patch(
        f"/api/v1/data/{entity.name}/{record}", json={"version": before[0][1], field.name: mask}
    )
    assert (answer.status_code, answer.json["errors"][0]["code"]) == (422, "mask")
    page = premises.desk(writer).post(
        f"/data/{entity.name}/{record}/edit", data={"version": before[0][1], field.name: mask}
    )
    assert page.status_code == 422
    assert premises.run(stored, record) == before


@pytest.mark.of(having=has_sealed)
def test_a_form_sent_back_untouched_keeps_it(
    entity: Entity, premises: Premises, record: int, field: Field, writer: str
) -> None:
    stored = f'SELECT "{field.name}", "{field.name}_bidx", version FROM "{entity.name}" WHERE id = %s'
    before = premises.run(stored, record)
    data = {"version": before[0][2], field.name: ""}
    assert premises.desk(writer).post(f"/data/{entity.name}/{record}/edit", data=data).status_code == 303
    assert premises.run(stored, record) == before


@pytest.mark.of(having=has_sealed)
def test_it_is_stored_sealed(entity: Entity, premises: Premises, record: int, value: str) -> None:
    kept = premises.one(f'SELECT t::text FROM "{entity.name}" t WHERE id = %s', record)
    trail = premises.run("SELECT before, after FROM trail.value WHERE after LIKE %s", f"%{value}%")
    assert value not in kept
    assert value.encode().hex() not in kept
    assert trail == []


@pytest.mark.of(having=has_sealed)
def test_revealing_tells_it_after_the_trail_knows_why(
    entity: Entity, premises: Premises, record: int, value: str, field: Field
) -> None:
    may = Action.REVEAL in granted(entity, "manager")
    path = f"/data/{entity.name}/{record}/reveal/{field.name}"
    if not may:
        assert premises.desk("manager").post(path, data={"reason": "verify"}).status_code == 403
        return
    unexplained = premises.desk("manager").post(path, data={"reason": ""})
    assert value not in unexplained.text
    told = premises.desk("manager").post(path, data={"reason": "verify"})
    assert value in shown(told.text).replace(" ", "") or field.kind.show(value, "zh") in told.text
    entry = (
        "SELECT v.after::jsonb FROM trail.entry e JOIN trail.value v ON v.entry_id = e.id"
        " WHERE e.action = 'reveal' AND e.entity = %s AND e.record_id = %s"
    )
    noted = premises.run(entry, entity.name, record)
    assert [(row[0]["field"], row[0]["reason"]) for row in noted] == [(field.name, "verify")]


@pytest.mark.of(having=has_sealed)
def test_a_search_by_it_stands_in_the_trail_without_it(  # noqa: PLR0917
    entity: Entity, premises: Premises, record: int, value: str, field: Field, writer: str
) -> None:
    count = "SELECT count(*) FROM trail.entry WHERE action = 'search' AND entity = %s AND actor_id = %s"
    values = (entity.name, premises.users[writer])
    equal, words = f"where={field.name}~eq~{value}", f"q={value}"
    lists = f"/data/{entity.name}"
    for road in (f"{lists}/?{equal}", f"{lists}/?{words}", f"{lists}/lookup?{words}", f"/search?{words}"):
        before = premises.one(count, *values)
        assert premises.desk(writer).get(road).status_code == 200
        assert premises.one(count, *values) == before + 1, road
    assert premises.run("SELECT 1 FROM trail.value WHERE after LIKE %s", f"%{value}%") == []


@pytest.mark.of(having=has_sealed)
def test_ones_own_record_shows_it_on_its_page_and_notes_that(premises: Premises, make: Make, entity: Entity) -> None:
    field = sealed(entity)[0]
    if not entity.owners or field.mine is None:
        return
    value = str(field.kind.dump(field.kind.example(make.number() + 800_000)))
    me = premises.one("SELECT id FROM employee WHERE user_id = %s", premises.users["consultant"])
    number = make.record(entity.name, **{field.name: value, entity.owners[0]: str(me)})
    page = premises.desk("consultant").get(f"/data/{entity.name}/{number}").text
    assert value in page.replace(" ", "")
    opened = "SELECT count(*) FROM trail.entry WHERE action = 'open' AND entity = %s AND record_id = %s"
    assert premises.one(opened, entity.name, number) == 1
    rows = csv_rows(premises.desk("manager").get(f"/data/{entity.name}/export.csv").get_data(as_text=True))
    assert value not in str(rows)
