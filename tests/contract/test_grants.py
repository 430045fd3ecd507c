"""Each of the cast may do with each entity what its grants say, by screen and by API, and nothing else."""

from collections.abc import Callable
from dataclasses import dataclass

import pytest
from werkzeug.test import TestResponse

from app.core.action import Action
from app.core.entity import Entity
from app.core.scope import Belongs
from tests.appkit import Desk, Premises
from tests.cast import EVERYBODY, PUDONG, XUHUI
from tests.contract.conftest import EVERY
from tests.contract.words import granted, has_sealed, home, sealed
from tests.make import Make

Ask = Callable[[Desk, Entity, int], TestResponse]
SCREENS: dict[Action, Ask] = {
    Action.LIST: lambda desk, entity, _: desk.get(f"/data/{entity.name}/"),
    Action.READ: lambda desk, entity, number: desk.get(f"/data/{entity.name}/{number}"),
    Action.CREATE: lambda desk, entity, _: desk.get(f"/data/{entity.name}/add"),
    Action.UPDATE: lambda desk, entity, number: desk.get(f"/data/{entity.name}/{number}/edit"),
    Action.DELETE: lambda desk, entity, number: desk.get(f"/data/{entity.name}/{number}/delete"),
    Action.EXPORT: lambda desk, entity, _: desk.get(f"/data/{entity.name}/export.csv"),
}
API: dict[Action, Ask] = {
    Action.LIST: lambda api, entity, _: api.get(f"/api/v1/data/{entity.name}/"),
    Action.READ: lambda api, entity, number: api.get(f"/api/v1/data/{entity.name}/{number}"),
    Action.CREATE: lambda api, entity, _: api.post(f"/api/v1/data/{entity.name}/", json={}),
    Action.UPDATE: lambda api, entity, number: api.patch(f"/api/v1/data/{entity.name}/{number}", json={"version": 1}),
    Action.DELETE: lambda api, entity, number: api.delete(
        f"/api/v1/data/{entity.name}/{number}", headers={"If-Match": '"999"'}
    ),
    Action.EXPORT: lambda api, entity, _: api.get(f"/api/v1/data/{entity.name}/export.csv"),
}
# Other roads of the same rights: what was, undoing it, the recycle bin.
PAST: dict[Action, Ask] = {
    Action.READ: lambda api, entity, number: api.get(f"/api/v1/data/{entity.name}/{number}/history"),
    Action.UPDATE: lambda api, entity, number: api.post(
        f"/api/v1/data/{entity.name}/{number}/undo", json={"version": 1, "entry": 2**62}
    ),
    Action.DELETE: lambda api, entity, _: api.get(f"/api/v1/data/{entity.name}/bin"),
}
MISSING = {Action.UPDATE: {404}}  # allowed, and no such entry
DONE = {Action.CREATE: {422}, Action.DELETE: {409}}  # allowed, and what was sent refused for its content


@dataclass(frozen=True)
class Answer:
    """What a road answers to those a grant allows, to those it does not, and to strangers."""

    allowed: frozenset[int]
    refused: int
    stranger: int


def expected(road: str, action: Action) -> Answer:
    """The statuses of a road for an action."""
    if road == "past":
        return Answer(frozenset(MISSING.get(action, {200})), 403, 401)
    if road == "screen":
        return Answer(frozenset({200}), 403, 302)
    return Answer(frozenset(DONE.get(action, {200})), 403, 401)


@pytest.fixture
def records(entity: Entity, premises: Premises, make: Make) -> dict[str, int]:
    """A record of each store, or the store itself, by the store's code."""
    if entity.belongs is Belongs.SELF:
        return premises.stores
    return {store: make.record(entity.name, store=store) for store in (PUDONG, XUHUI)}


@pytest.fixture
def record(records: dict[str, int], part: str) -> int:
    """The one of the store where this member of the cast works."""
    return records[home(part)]


@pytest.mark.parametrize(
    ("road", "asks"), [("screen", SCREENS), ("api", API), ("past", PAST)], ids=["screen", "api", "past"]
)
def test_a_person_may_do_what_his_grants_say(
    entity: Entity, road: str, asks: dict[Action, Ask], premises: Premises, records: dict[str, int]
) -> None:
    for part in EVERYBODY:
        desk = premises.desk(part) if road == "screen" else premises.caller(part)
        for action, ask in asks.items():
            judge(part, action, entity, ask(desk, entity, records[home(part)]), expected(road, action))


def judge(part: str, action: Action, entity: Entity, answer: TestResponse, wanted: Answer) -> None:
    """Holds an answer against what the grants of a member of the cast say."""
    answer.close()
    if part == "nobody":
        assert answer.status_code == wanted.stranger, (part, action)
    elif action in granted(entity, part):
        assert answer.status_code in wanted.allowed, (part, action, answer.text[:300])
    else:
        assert answer.status_code == wanted.refused, (part, action)


@pytest.mark.of(having=has_sealed)
@pytest.mark.parametrize("part", EVERYBODY)
def test_a_person_reveals_and_finds_protected_values_as_his_grants_say(
    part: str, entity: Entity, premises: Premises, record: int
) -> None:
    field, desk, grants = sealed(entity)[0], premises.desk(part), granted(entity, part)
    told = desk.post(f"/data/{entity.name}/{record}/reveal/{field.name}", data={"reason": "verify"})
    found = desk.get(f"/data/{entity.name}/?where={field.name}~eq~{field.kind.dump(field.kind.example(1))}")
    if part == "nobody":
        assert (told.status_code, found.status_code) == (401, 302)
    else:
        assert told.status_code == (200 if Action.REVEAL in grants else 403)
        seen = 200 if Action.SEARCH in grants else 400
        assert found.status_code == (seen if Action.LIST in grants else 403)


@pytest.mark.parametrize("part", EVERYBODY)
def test_the_menu_offers_what_may_be_listed(part: str, premises: Premises) -> None:
    page = premises.desk(part).get("/", follow_redirects=True).text
    offered = {name for name in EVERY if f'href="/data/{name}/"' in page}
    listed = {name for name, entity in EVERY.items() if Action.LIST in granted(entity, part)}
    assert offered == {name for name in listed if not EVERY[name].aside}


def test_a_refusal_stands_in_the_trail(entity: Entity, premises: Premises) -> None:
    count = "SELECT count(*) FROM trail.entry WHERE action = 'denied' AND entity = %s AND actor_id = %s"
    values = (entity.name, premises.users["newcomer"])
    before = premises.one(count, *values)
    assert premises.desk("newcomer").get(f"/data/{entity.name}/").status_code == 403
    assert premises.one(count, *values) == before + 1


@pytest.mark.parametrize("part", EVERYBODY)
def test_the_description_of_the_api_names_what_may_be_done(part: str, premises: Premises) -> None:
    answer = premises.caller(part).get("/api/v1/openapi.json")
    assert answer.status_code == (401 if part == "nobody" else 200)
    paths = answer.json.get("paths", {})
    for name, entity in EVERY.items():
        grants, one = granted(entity, part), paths.get(f"/api/v1/data/{name}/{{id}}", {})
        assert ("delete" in one) == (Action.DELETE in grants), name
        assert ("patch" in one) == (Action.UPDATE in grants), name
        assert ("get" in one) == (Action.READ in grants), name
