from types import MappingProxyType

import pytest
from sqlalchemy import text

from app.access.actor import actor_from
from app.access.explain import allowed, explain
from app.access.rights import Given, Right
from app.access.roles import BY_NAME, ROLES, label_of
from app.access.state import fields_for, relation, state
from app.core.action import EVERYTHING, READ_ONLY, WORK, Action
from app.core.actor import NOBODY, Actor, ActorKind, Extent
from app.core.entity import Entity
from app.core.field import Field, Privacy, Relation, State
from app.core.label import Label
from app.core.scope import Belongs, Reach
from app.fields import Date, LongText, Phone, Reference, Text
from tests.access.conftest import PASSWORD, VISIT

L = Label("字", "word")
FIELDS = (
    Field(name="name", kind=Text(), label=L, privacy=Privacy.PERSONAL),
    Field(name="code", kind=Text(), label=L, readonly=True),
    Field(name="phone", kind=Phone(), label=L, privacy=Privacy.SEALED, mine=State.CLEAR),
    Field(name="id_card", kind=Text(), label=L, privacy=Privacy.SEALED, scope=State.HIDDEN),
    Field(name="careless", kind=Text(), label=L, privacy=Privacy.SEALED, mine=State.CLEAR, scope=State.CLEAR),
    Field(name="birthday", kind=Date(), label=L, privacy=Privacy.PERSONAL, scope=State.MASKED),
    Field(name="margin", kind=Text(), label=L, mine=State.HIDDEN, scope=State.HIDDEN),
    Field(name="note", kind=LongText(), label=L),
    Field(name="seller", kind=Reference("employee"), label=L, target="employee"),
    Field(name="team", kind=Reference("team"), label=L, target="team"),
)
CUSTOMER = Entity(name="customer", label=L, plural=L, fields=FIELDS, title="name", owners=("seller",), team="team")


def actor(extent: Extent, *, employee: int | None = 7) -> Actor:
    return Actor(1, ActorKind.PERSON, "李雷", employee=employee, extents=MappingProxyType({"customer": extent}))


ADVISOR = actor(Extent(WORK | {Action.SEARCH}, stores=(1,)))
OWN_ONLY = actor(Extent(WORK, owner=7))
OFFICER = actor(Extent(READ_ONLY, everywhere=True), employee=None)


def states(who: Actor, which: Relation) -> dict[str, State]:
    return {item.name: state(who, CUSTOMER, item, which) for item in FIELDS}


def test_states_follow_the_description():
    assert states(ADVISOR, Relation.MINE)["phone"] is State.CLEAR
    assert states(ADVISOR, Relation.SCOPE)["phone"] is State.MASKED
    assert states(ADVISOR, Relation.SCOPE)["id_card"] is State.HIDDEN
    assert states(ADVISOR, Relation.SCOPE)["birthday"] is State.MASKED


def test_a_sealed_field_is_never_clear_beyond_ones_own_whatever_is_described():
    assert states(ADVISOR, Relation.SCOPE)["careless"] is State.MASKED
    assert states(ADVISOR, Relation.MINE)["careless"] is State.CLEAR


@pytest.mark.parametrize("who", [NOBODY, actor(Extent(frozenset({Action.CREATE}), stores=(1,)))])
def test_who_may_neither_list_nor_read_sees_no_field(who):
    assert set(states(who, Relation.MINE).values()) == {State.HIDDEN}
    assert fields_for(who, CUSTOMER).visible == frozenset()


@pytest.mark.parametrize(
    ("who", "row", "expected"),
    [
        (ADVISOR, {"seller_id": 7}, Relation.MINE),
        (ADVISOR, {"seller_id": 8}, Relation.SCOPE),
        (ADVISOR, {"seller_id": None}, Relation.SCOPE),
        (OFFICER, {"seller_id": None}, Relation.SCOPE),
    ],
)
def test_a_record_is_mine_when_an_owner_column_names_me(who, row, expected):
    assert relation(who, CUSTOMER, row) is expected


def test_only_what_is_clear_everywhere_in_reach_is_queried():
    policy = fields_for(ADVISOR, CUSTOMER)
    assert policy.queryable == {"name", "code", "note", "seller", "team"}
    assert "birthday" in fields_for(OWN_ONLY, CUSTOMER).queryable


def test_sealed_fields_are_never_compared_and_found_only_with_the_search_right():
    assert not {"phone", "careless"} & fields_for(OWN_ONLY, CUSTOMER).queryable
    assert fields_for(ADVISOR, CUSTOMER).findable == {"phone", "id_card", "careless"}
    assert fields_for(OWN_ONLY, CUSTOMER).findable == frozenset()


def test_what_is_hidden_in_all_of_ones_reach_is_not_visible():
    assert "id_card" in fields_for(ADVISOR, CUSTOMER).visible
    assert "id_card" not in fields_for(OFFICER, CUSTOMER).visible
    assert "margin" not in fields_for(ADVISOR, CUSTOMER).visible


def test_hidden_and_readonly_fields_are_not_written_and_readers_write_nothing():
    assert fields_for(ADVISOR, CUSTOMER).writable == fields_for(ADVISOR, CUSTOMER).visible - {"code"}
    assert fields_for(OFFICER, CUSTOMER).writable == frozenset()


def test_policies_of_people_who_stand_alike_are_one_key():
    other = actor(Extent(WORK | {Action.SEARCH}, stores=(2, 3)), employee=99)
    assert {fields_for(ADVISOR, CUSTOMER), fields_for(other, CUSTOMER)} == {fields_for(other, CUSTOMER)}
    assert fields_for(ADVISOR, CUSTOMER) != fields_for(OFFICER, CUSTOMER)


def test_a_policy_says_how_a_field_stands():
    policy = fields_for(ADVISOR, CUSTOMER)
    assert policy.state("phone", Relation.MINE) is State.CLEAR
    assert policy.state("margin", Relation.MINE) is State.HIDDEN


# Actors --------------------------------------------------------------------------------------------------------------
def test_an_actor_is_what_the_gate_answers():
    extent = {"a": ["list", "read", "teleport"], "all": False, "st": [2, 1], "tm": [4], "ow": 7, "ids": [11]}
    head = {"u": 5, "k": "person", "n": "李雷", "q": "r", "s": 9, "e": 7, "h": 2, "l": "en"}
    profile = head | {"g": {"customer": extent}, "st": [2, 1], "r": ["sales_consultant"]}
    who = actor_from(profile, stamp=3)
    assert (who.id, who.name, who.employee, who.store, who.stores) == (5, "李雷", 7, 2, (1, 2))
    assert (who.roles, who.locale, who.stamp) == ({"sales_consultant"}, "en", 3)
    assert who.extent("customer") == Extent(READ_ONLY, stores=(1, 2), teams=(4,), owner=7, records=(11,))
    assert who.extent("vehicle") == Extent()


def test_the_system_may_do_everything_to_any_entity_but_reveal():
    who = actor_from({"u": None, "k": "system", "n": "SYSTEM", "q": "r", "*": True})
    assert who.extent("made_a_moment_ago") == Extent(EVERYTHING, everywhere=True)
    assert not who.may(Action.REVEAL, "customer")


def test_no_profile_is_nobody():
    assert actor_from(None) is NOBODY


def test_the_gates_own_profile_is_read(announced, door, employed, run):
    user = employed("lilei")
    run("INSERT INTO ab_role (name) VALUES ('consultant')")
    run("INSERT INTO ab_user_role (user_id, role_id) SELECT :u, id FROM ab_role WHERE name = 'consultant'", u=user)
    run(
        "INSERT INTO role_grant (role_id, entity, actions, reach) "
        "SELECT id, 'customer', '{list,read,update}', 'store' FROM ab_role WHERE name = 'consultant'"
    )
    with announced(door.authenticate("lilei", PASSWORD, VISIT).token) as connection:
        who = actor_from(connection.scalar(text("SELECT gate.my_profile()")))
    store = run("SELECT id FROM store")[0][0]
    assert (who.id, who.kind, who.name, who.store) == (user, ActorKind.PERSON, "李雷", store)
    assert who.extent("customer") == Extent(READ_ONLY | {Action.UPDATE}, stores=(store,))


# Reasons -------------------------------------------------------------------------------------------------------------
SELLS = Given("sales_consultant", Right(frozenset(WORK), Reach.STORE))
READS = Given("analyst", Right(frozenset(READ_ONLY), Reach.GROUP))


@pytest.mark.parametrize(
    ("action", "asked", "codes", "verdict"),
    [
        (Action.READ, {"grants": [SELLS]}, ["enters", "granted"], True),
        (Action.READ, {"grants": [SELLS, READS]}, ["enters", "granted", "granted"], True),
        (Action.UPDATE, {"grants": [SELLS, READS]}, ["enters", "granted"], True),
        (Action.UPDATE, {"grants": [READS]}, ["enters", "not_granted"], False),
        (Action.READ, {"grants": []}, ["enters", "not_granted"], False),
        (Action.READ, {"grants": [SELLS], "enters": False}, ["closed", "granted"], False),
        (Action.READ, {"grants": [SELLS], "within": True}, ["enters", "granted", "within"], True),
        (Action.READ, {"grants": [SELLS], "within": False}, ["enters", "granted", "out_of_reach"], False),
        (Action.DELETE, {"grants": [SELLS], "within": True}, ["enters", "not_granted", "within"], False),
    ],
)
def test_a_decision_is_explained(action, asked, codes, verdict):
    reasons = explain(action, CUSTOMER, **{"enters": True, **asked})
    assert ([one.code for one in reasons], allowed(reasons)) == (codes, verdict)


def test_a_role_s_grant_is_told_with_its_verbs_and_reach():
    label = explain(Action.READ, CUSTOMER, enters=True, grants=[READS])[1].label
    assert label == Label(
        "角色“数据分析”：列表、查看，范围全集团。", f"Role “{label_of('analyst').en}”: List, Read, reach: Group."
    )


def test_a_shared_table_is_within_everybodys_reach():
    brand = Entity(name="customer", label=L, plural=L, fields=FIELDS[:1], title="name", belongs=Belongs.GROUP)
    assert fields_for(ADVISOR, brand).visible == {"name"}


def test_roles_have_distinct_codes_and_names():
    assert len(BY_NAME) == len(ROLES) == len({role.label for role in ROLES}) == 21
