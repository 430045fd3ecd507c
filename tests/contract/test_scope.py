"""A record of another store is nowhere: not by its address, not in a list, a count, a search, a picker or a file."""

import io
import re
from collections.abc import Iterator

import openpyxl
import pytest
from werkzeug.routing import Rule

from app.core.action import Action
from app.core.entity import Entity
from app.core.field import Field
from app.core.kind import Operator
from app.core.scope import Belongs
from app.records.deeds import deeds
from tests.appkit import Premises
from tests.cast import PUDONG, XUHUI
from tests.contract.words import FOREIGN, count_of, csv_rows, marked, of_store, ours
from tests.make import Make

PEOPLE = ("manager", "consultant", "technician")
FREE = ("text", "long_text")


@pytest.fixture(params=PEOPLE)
def part(request: pytest.FixtureRequest, entity: Entity, premises: Premises) -> str:
    """Somebody of the first store who lists the entity."""
    name = str(request.param)
    if not premises.actor(name).may(Action.LIST, entity.name):
        pytest.skip("he sees none of them anywhere")
    return name


@pytest.fixture
def foreign(entity: Entity, premises: Premises, make: Make) -> int:
    """A record of the other store."""
    return premises.stores[XUHUI] if entity.belongs is Belongs.SELF else marked(make, entity, XUHUI)


def rules(premises: Premises, prefix: str, *, of_record: bool) -> Iterator[Rule]:
    """The rules of records, or of lists, under a prefix."""
    for rule in premises.app.url_map.iter_rules():
        if rule.rule.startswith(f"{prefix}<entity>") and ("<int:pk>" in rule.rule) == of_record:
            yield rule


def address(rule: Rule, entity: Entity, number: int) -> str:
    known = {"entity": entity.name, "int:pk": str(number), "field": entity.fields[0].name, "kind": "csv", "act": "set"}
    known["code"] = next((deed.code for deed in deeds(entity)), "none")
    return re.sub(r"<([^>]+)>", lambda found: known.get(found[1], "1"), rule.rule)


def sent(prefix: str, method: str) -> dict[str, object]:
    """What goes along with a request that would be good."""
    content = {"reason": "x"} if method == "POST" else {"version": 1}
    return {"data" if prefix == "/data/" else "json": content}


def plain(body: str) -> str:
    """A body without what differs between any two requests, and without the address that was asked for."""
    return re.sub(r'r-[0-9a-f]{16}|nonce="[^"]*"|value="[\w.-]{30,}"|/(?:data|ask)/\w+/\d+[\w/]*', "", body)


@pytest.mark.of(having=of_store)
def test_its_address_is_as_empty_as_one_that_never_was(
    part: str, entity: Entity, premises: Premises, foreign: int
) -> None:
    for prefix, desk in (("/data/", premises.desk(part)), ("/api/v1/data/", premises.caller(part))):
        for rule in rules(premises, prefix, of_record=True):
            for method in (rule.methods or set()) - {"OPTIONS", "HEAD"}:
                body = sent(prefix, method)
                got = desk.open(address(rule, entity, foreign), method=method, **body)
                never = desk.open(address(rule, entity, 2**62), method=method, **body)
                assert got.status_code == never.status_code, rule.rule
                assert got.status_code in (404, 403), (rule.rule, method)
                assert plain(got.text) == plain(never.text), rule.rule


@pytest.mark.of(having=of_store)
def test_it_stands_in_no_list_count_picker_or_file(
    part: str, entity: Entity, premises: Premises, make: Make, foreign: int
) -> None:
    desk, api, base = premises.desk(part), premises.caller(part), f"/data/{entity.name}"
    before = count_of(desk.get(f"{base}/").text), api.get(f"/api/v1{base}/").json["count"]
    if entity.belongs is not Belongs.SELF:
        marked(make, entity, XUHUI)
    assert (count_of(desk.get(f"{base}/").text), api.get(f"/api/v1{base}/").json["count"]) == before
    ids = [row["id"] for row in api.get(f"/api/v1{base}/?size=200").json["result"]]
    assert foreign not in ids
    for path in (f"{base}/?size=200", f"{base}/lookup?q=", f"{base}/lookup?q={FOREIGN}", f"/search?q={FOREIGN}", "/"):
        page = desk.get(path).text
        assert f"{FOREIGN}0" not in page, path
        assert f'"/data/{entity.name}/{foreign}"' not in page, path
    found = api.get(f"/api/v1{base}/lookup?q=&size=200").json["result"]
    assert foreign not in [row["id"] for row in found]


@pytest.mark.of(having=of_store)
def test_no_order_or_place_in_the_list_leads_to_it(part: str, entity: Entity, premises: Premises, foreign: int) -> None:
    api, base = premises.caller(part), f"/api/v1/data/{entity.name}/"
    for order in (field.name for field in entity.fields if field.kind.sortable and not field.sealed):
        for direction in ("", "-"):
            answer = api.get(f"{base}?order={direction}{order}&size=200")
            assert answer.status_code in (200, 400)
            assert foreign not in [row["id"] for row in (answer.json or {}).get("result", [])]


@pytest.mark.of(having=of_store)
def test_no_filter_finds_or_tells_of_it(part: str, entity: Entity, premises: Premises, foreign: int) -> None:
    api, base = premises.caller(part), f"/api/v1/data/{entity.name}/"
    stored = premises.run(f'SELECT * FROM "{entity.name}" WHERE id = %s', foreign)[0]
    attributes = "attrelid = %s::regclass AND attnum > 0 AND NOT attisdropped ORDER BY attnum"
    columns = [row[0] for row in premises.run(f"SELECT attname FROM pg_attribute WHERE {attributes}", entity.name)]
    values = dict(zip(columns, stored, strict=True))
    asked = 0
    for field in entity.fields:
        for operator in field.kind.operators:
            raw = "1" if operator is Operator.HAS else dumped(field, values.get(field.column))
            if raw is None:
                continue
            answer = api.get(base, query_string={"where": f"{field.name}~{operator}~{raw}", "size": 200})
            asked += answer.status_code == 200
            assert answer.status_code in (200, 400, 422)
            assert foreign not in [row["id"] for row in (answer.json or {}).get("result", [])]
    assert asked or part == "technician"


@pytest.mark.of(having=ours)
def test_it_stands_in_no_file(entity: Entity, premises: Premises, foreign: int, make: Make) -> None:
    own = marked(make, entity, PUDONG)
    premises.run(
        f'UPDATE "{entity.name}" SET "{entity.by_name[entity.title].column}" = %s WHERE id = %s', *titled(entity), own
    )
    desk, base = premises.desk("manager"), f"/data/{entity.name}"
    rows = csv_rows(desk.get(f"{base}/export.csv").get_data(as_text=True))
    book = openpyxl.load_workbook(io.BytesIO(desk.get(f"{base}/export.xlsx").get_data()), read_only=True)
    cells = [list(row) for row in book.active.iter_rows(values_only=True)]
    chosen = desk.post(f"{base}/bulk/export", data={"id": [str(own), str(foreign)]})
    assert len(rows) > 1
    assert len(cells) == len(rows)
    for file in (rows[1:], cells[1:]):
        assert not [row for row in file if any(FOREIGN in str(cell) for cell in row) and "浦东" not in str(row)]
    assert chosen.status_code == 404 or len(csv_rows(chosen.get_data(as_text=True))) == 2


def dumped(field: Field, value: object) -> object:
    """A stored value as a filter writes it; a sealed one cannot be known."""
    return None if value is None or field.sealed else field.kind.dump(value)


def titled(entity: Entity) -> tuple[object, ...]:
    """A title of one's own that no other record has."""
    field = entity.by_name[entity.title]
    return (field.kind.example(7),)


@pytest.mark.of(having=ours)
@pytest.mark.parametrize("act", ["delete", "set"])
def test_nothing_is_done_to_it_among_many(
    act: str, entity: Entity, premises: Premises, make: Make, foreign: int
) -> None:
    own = make.record(entity.name)
    kept = premises.run(f'SELECT id, version FROM "{entity.name}" WHERE id IN (%s, %s) ORDER BY id', own, foreign)
    field = next(item for item in entity.fields if item.kind.code in FREE and not item.unique and item.name != "number")
    data = {"id": [str(own), str(foreign)], "confirm": "1", "field": field.name, field.name: "批"}
    assert premises.desk("manager").post(f"/data/{entity.name}/bulk/{act}", data=data).status_code == 404
    assert (
        premises.run(f'SELECT id, version FROM "{entity.name}" WHERE id IN (%s, %s) ORDER BY id', own, foreign) == kept
    )


@pytest.mark.of(having=lambda entity: ours(entity) and any(entity.references))
def test_nothing_can_be_made_to_point_at_it(entity: Entity, premises: Premises, make: Make) -> None:
    for field, target in ((item, make.entity(item.target or "")) for item in entity.references):
        if not of_store(target) or field.readonly:
            continue
        stranger, own = marked(make, target, XUHUI), make.record(entity.name)
        for number in (stranger, 2**62):
            given = {"version": 1, field.name: number}
            answer = premises.caller("manager").patch(f"/api/v1/data/{entity.name}/{own}", json=given)
            assert answer.status_code == 422
            assert answer.json["errors"][0]["code"] == "unknown", "a foreign id reads like one that never was"
        column = f'SELECT "{field.column}" FROM "{entity.name}" WHERE id = %s'
        assert premises.one(column, own) != stranger


@pytest.mark.of(having=ours)
def test_nothing_can_be_put_into_another_store(entity: Entity, premises: Premises, make: Make) -> None:
    given = make.values(entity) | {"store": premises.stores[XUHUI]}
    answer = premises.caller("manager").post(f"/api/v1/data/{entity.name}/", json=given)
    assert answer.status_code == 422
    assert [error["field"] for error in answer.json["errors"]] == ["store"]


def test_a_record_of_ones_own_shows_nothing_of_another_stores(premises: Premises, make: Make) -> None:
    mine, theirs = make.customer(name="张本店"), make.customer(store=XUHUI, name=FOREIGN)
    make.vehicle(store=XUHUI, customer=str(theirs), model=FOREIGN)
    desk = premises.desk("manager")
    for tab in ("", "vehicle.customer", "loan_car.customer", "trail"):
        page = desk.get(f"/data/customer/{mine}?tab={tab}")
        assert page.status_code == 200
        assert FOREIGN not in page.text
    assert premises.desk("outsider").get(f"/data/customer/{theirs}?tab=vehicle.customer").text.count(FOREIGN) > 1
