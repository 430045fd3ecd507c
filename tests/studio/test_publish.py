"""Entities made, changed and removed at run time."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import Connection

from app.core.action import EVERYTHING
from app.core.entity import Entity, Grant
from app.core.errors import InUse, NotFound
from app.core.field import Privacy
from app.core.scope import Reach
from app.fields import Integer, Phone, Reference, Text
from app.studio.check import Unpublishable
from app.studio.later import drop, due
from app.studio.publish import Stale, publish, remove
from tests.appkit import Premises
from tests.studio.samples import item, loan_car

Editing = Callable[[], AbstractContextManager[Connection]]
AT_ONCE = timedelta(0)


@pytest.fixture(autouse=True)
def _empty(editing: Editing) -> Iterator[None]:
    """Each test begins without the entities of the one before."""
    yield
    for name in ("loan_key", "loan_car"):
        with editing() as connection:
            try:
                remove(connection, name, after=AT_ONCE)
            except NotFound:
                continue
    sweep(editing, everything=True)


def sweep(editing: Editing, *, everything: bool = False) -> list[str]:
    """Drops what is due; answers what it dropped."""
    if everything:
        with editing() as connection:
            connection.exec_driver_sql("UPDATE catalog_later SET due_at = due_at - interval '1 day'")
    with editing() as connection:
        return [f"{one.what} {one.entity}.{one.field}" for one in due(connection) if drop(connection, one)]


@pytest.fixture
def at(shop: Premises, editing: Editing) -> Callable[..., int]:
    """Publishes a description made from the latest version, or from so many before it; answers how many are new."""

    def act(entity: Entity, behind: int = 0) -> int:
        latest = shop.one("SELECT version FROM catalog_entity WHERE name = %s", entity.name) or 1
        with editing() as connection:
            return publish(connection, replace(entity, version=latest - behind)) - latest

    return act


def columns(shop: Premises, table: str = "loan_car") -> set[str]:
    sql = "SELECT attname FROM pg_attribute WHERE attrelid = to_regclass(%s) AND attnum > 0 AND NOT attisdropped"
    return {name for (name,) in shop.run(sql, table)}


def add(shop: Premises, plate: str, part: str = "manager", **more: str) -> int:
    """Adds a car through the form; its id."""
    answer = shop.desk(part).post("/data/loan_car/add", data={"plate": plate, **more})
    assert answer.status_code == 303, answer.text
    return int(answer.headers["Location"].rsplit("/", 1)[1])


def with_field(entity: Entity, name: str, **changes: object) -> Entity:
    """The entity with one field changed."""
    fields = tuple(replace(one, **changes) if one.name == name else one for one in entity.fields)
    return replace(entity, fields=fields)


def why(refused: pytest.ExceptionInfo[Unpublishable]) -> list[str]:
    return [problem.where for problem in refused.value.problems]


def test_a_published_entity_has_its_pages_and_its_api_at_once(shop: Premises, at: Callable[..., int]) -> None:
    assert shop.desk("manager").get("/data/loan_car/").status_code == 404
    at(loan_car())
    number = add(shop, "沪A12345")
    page = shop.desk("manager").get(f"/data/loan_car/{number}")
    answer = shop.caller("manager").get(f"/api/v1/data/loan_car/{number}")
    assert "沪A·12345" in page.text
    assert answer.get_json()["result"]["plate"] == "沪A12345"


def test_its_rows_obey_scope_and_trail_like_any_other(shop: Premises, at: Callable[..., int]) -> None:
    at(loan_car())
    number = add(shop, "沪A12345")
    entries = shop.run(
        "SELECT action, actor_name FROM trail.entry WHERE entity = 'loan_car' AND record_id = %s", number
    )
    assert shop.desk("outsider").get(f"/data/loan_car/{number}").status_code == 404
    assert ("insert", "王经理") in entries


def test_the_trail_names_who_published(shop: Premises, at: Callable[..., int]) -> None:
    at(loan_car())
    sql = (
        "SELECT DISTINCT actor_name FROM trail.entry"
        " WHERE (entity, action) IN (('catalog_entity', 'insert'), ('loan_car', 'schema'), ('loan_car', 'attach'))"
    )
    assert shop.run(sql) == [("系统管理员",)]


def test_words_change_without_touching_the_table(shop: Premises, at: Callable[..., int], owner) -> None:
    at(loan_car())
    number = add(shop, "沪A12345")
    with shop.connect() as busy:  # a reader that would make any statement on the table wait
        busy.execute("LOCK TABLE loan_car IN ACCESS SHARE MODE")
        assert at(loan_car(mark=" 乙", list=("plate", "mileage"), order="plate")) == 1
    assert "代步车辆 乙" in shop.desk("manager").get("/data/loan_car/").text
    assert "沪A·12345" in shop.desk("manager").get(f"/data/loan_car/{number}").text


def test_an_added_required_field_fills_what_exists_and_serves_old_forms(
    shop: Premises, at: Callable[..., int], editing: Editing
) -> None:
    at(loan_car())
    number = add(shop, "沪A12345")
    at(loan_car(extra=True))
    shop.run("INSERT INTO loan_car (store_id, plate) SELECT id, '沪A00001' FROM store LIMIT 1")  # as version 1 would
    assert shop.run("SELECT DISTINCT state FROM loan_car") == [("free",)]
    assert shop.caller("manager").get(f"/api/v1/data/loan_car/{number}").get_json()["result"]["state"] == "free"
    assert sweep(editing, everything=True) == ["default loan_car.state"]
    with pytest.raises(Exception, match="null value in column"):
        shop.run("INSERT INTO loan_car (store_id, plate) SELECT id, '沪A00002' FROM store LIMIT 1")


def test_a_removed_field_is_hidden_at_once_and_dropped_later(
    shop: Premises, at: Callable[..., int], editing: Editing
) -> None:
    at(loan_car(extra=True))
    number = add(shop, "沪A12345", state="out")
    at(loan_car())
    result = shop.caller("manager").get(f"/api/v1/data/loan_car/{number}").get_json()["result"]
    assert "state" not in result
    assert add(shop, "沪A54321")  # though its column still stands and was required
    assert "state" in columns(shop)
    assert sweep(editing) == []
    assert sweep(editing, everything=True) == ["columns loan_car.state"]
    assert "state" not in columns(shop)


def test_a_field_put_back_in_time_keeps_its_values(shop: Premises, at: Callable[..., int], editing: Editing) -> None:
    at(loan_car(extra=True))
    number = add(shop, "沪A12345", state="out")
    at(loan_car())
    add(shop, "沪A54321")
    at(loan_car(extra=True))
    assert sweep(editing, everything=True) == ["default loan_car.state"]
    result = shop.caller("manager").get(f"/api/v1/data/loan_car/{number}").get_json()["result"]
    assert result["state"] == "out"
    assert shop.run("SELECT state FROM loan_car WHERE id <> %s", number) == [("free",)]


def test_a_removed_entity_comes_back_with_its_records_or_never(
    shop: Premises, at: Callable[..., int], editing: Editing
) -> None:
    at(loan_car())
    number = add(shop, "沪A12345")
    with editing() as connection:
        remove(connection, "loan_car")
    assert shop.desk("manager").get(f"/data/loan_car/{number}").status_code == 404
    assert at(loan_car()) == 1
    assert sweep(editing, everything=True) == []
    assert shop.desk("manager").get(f"/data/loan_car/{number}").status_code == 200


def test_numbers_of_a_dropped_table_are_not_used_again(
    shop: Premises, at: Callable[..., int], editing: Editing
) -> None:
    at(loan_car())
    number = add(shop, "沪A12345")
    with editing() as connection:
        remove(connection, "loan_car", after=AT_ONCE)
    assert sweep(editing) == ["table loan_car."]
    assert columns(shop) == set()
    assert shop.one("SELECT count(*) FROM search_token WHERE entity = 'loan_car'") == 0
    assert shop.one("SELECT count(*) FROM role_grant WHERE entity = 'loan_car'") == 0
    assert at(loan_car()) == 1
    again = add(shop, "沪A99999")
    assert again > number
    assert "沪A·12345" not in shop.desk("manager").get(f"/data/loan_car/{again}?tab=trail").text


def test_default_grants_are_given_once(shop: Premises, at: Callable[..., int]) -> None:
    at(loan_car())
    shop.run("DELETE FROM role_grant WHERE entity = 'loan_car'")
    at(loan_car(mark=" 乙"))
    assert shop.desk("manager").get("/data/loan_car/").status_code == 403


def test_what_would_change_storage_is_refused_with_another_way(shop: Premises, at: Callable[..., int]) -> None:
    at(loan_car())
    for field, changes in (("code", {"privacy": Privacy.SEALED}), ("mileage", {"kind": Text()})):
        with pytest.raises(Unpublishable) as refused:
            at(with_field(loan_car(), field, **changes))
        assert why(refused) == [field]
        assert "新建一个字段" in refused.value.label.zh


def test_privacy_changes_where_storage_does_not(shop: Premises, at: Callable[..., int]) -> None:
    at(loan_car())
    assert at(with_field(loan_car(), "code", privacy=Privacy.PERSONAL)) == 1


def test_a_required_field_without_a_default_is_not_added(shop: Premises, at: Callable[..., int]) -> None:
    at(loan_car())
    with pytest.raises(Unpublishable) as refused:
        at(replace(loan_car(), fields=(*loan_car().fields, item("depot", Text(40), required=True))))
    assert why(refused) == ["depot"]


def test_what_records_contradict_is_refused_and_nothing_is_half_done(shop: Premises, at: Callable[..., int]) -> None:
    at(loan_car())
    add(shop, "沪A12345", code="A")
    add(shop, "沪A54321", code="A")
    add(shop, "沪A11111")
    for option in ({"unique": True}, {"required": True}):
        changed = with_field(loan_car(), "code", **option)
        with pytest.raises(Unpublishable):
            at(replace(changed, fields=(*changed.fields, item("late", Text(9)))))
    assert "late" not in columns(shop)
    assert shop.one("SELECT spec -> 'fields' -> 1 ->> 'required' FROM catalog_entity WHERE name = 'loan_car'") is None


def test_the_second_of_two_editors_starts_anew(shop: Premises, at: Callable[..., int]) -> None:
    at(loan_car())
    at(loan_car(mark=" 乙"))
    with pytest.raises(Stale):
        at(loan_car(mark=" 丙"), behind=1)


def test_an_entity_others_refer_to_stays(shop: Premises, at: Callable[..., int], editing: Editing) -> None:
    at(loan_car())
    fields = (item("plate", Text(20)), item("car", Reference("loan_car")))
    at(replace(loan_car(), name="loan_key", label=fields[0].label, plural=fields[1].label, fields=fields))
    with editing() as connection, pytest.raises(InUse):
        remove(connection, "loan_car")


def test_a_table_of_the_product_is_neither_replaced_nor_removed(at: Callable[..., int], editing: Editing) -> None:
    with pytest.raises(Unpublishable):
        at(replace(loan_car(), name="customer"))
    with pytest.raises(Unpublishable):
        at(replace(loan_car(), name="search_token"))
    with editing() as connection, pytest.raises(NotFound):
        remove(connection, "customer")


def test_names_another_table_holds_are_refused(shop: Premises, at: Callable[..., int]) -> None:
    at(loan_car())
    with pytest.raises(Unpublishable) as refused:
        at(replace(loan_car(), name="loan_car_in_store", plural=item("p", Text()).label))
    assert "loan_car_in_store" in refused.value.label.en


def test_owners_bring_their_own_reach(shop: Premises, at: Callable[..., int]) -> None:
    owned = replace(
        loan_car(),
        owners=("keeper",),
        fields=(*loan_car().fields, item("keeper", Reference("employee"), claimed_by=("sales_consultant",))),
        grants=(Grant("sales_manager", EVERYTHING, Reach.STORE), Grant("sales_consultant", EVERYTHING, Reach.OWN)),
    )
    at(owned)
    hers = add(shop, "沪A12345", part="consultant")
    other = add(shop, "沪A54321")
    assert shop.desk("consultant").get(f"/data/loan_car/{hers}").status_code == 200
    assert shop.desk("consultant").get(f"/data/loan_car/{other}").status_code == 404


def test_records_are_found_by_a_field_made_searchable_once_the_job_ran(shop: Premises, at: Callable[..., int]) -> None:
    at(loan_car())
    at(with_field(loan_car(), "code", search=False))
    asked = shop.run("SELECT args, requested_by FROM work.outbox WHERE kind = 'studio.reindex' ORDER BY id")
    assert asked[-1] == ({"entity": "loan_car"}, None)


def test_an_added_sealed_field_is_sealed_and_stays_out_of_the_trail(shop: Premises, at: Callable[..., int]) -> None:
    at(loan_car())
    at(replace(loan_car(), fields=(*loan_car().fields, item("phone", Phone(), privacy=Privacy.SEALED, search=True))))
    number = add(shop, "沪A12345", phone="13800138000")
    assert shop.run("SELECT phone IS NOT NULL, phone_bidx IS NOT NULL FROM loan_car") == [(True, True)]
    assert "138****8000" in shop.desk("manager").get(f"/data/loan_car/{number}").text
    sql = (
        "SELECT after FROM trail.value v JOIN trail.entry e ON e.id = v.entry_id"
        " WHERE e.record_id = %s AND e.entity = 'loan_car' ORDER BY e.id DESC"
    )
    after = shop.one(sql, number)
    assert '"phone": "changed"' in after


def test_owners_added_later_widen_the_policy_without_a_gap_in_the_trail(shop: Premises, at: Callable[..., int]) -> None:
    at(loan_car())
    fields = (*loan_car().fields, item("keeper", Reference("employee"), claimed_by=("sales_manager",)))
    at(replace(loan_car(), owners=("keeper",), fields=fields))
    add(shop, "沪A12345")
    policy = shop.one("SELECT pg_get_expr(polqual, polrelid) FROM pg_policy WHERE polrelid = 'loan_car'::regclass")
    assert "keeper_id" in policy
    assert shop.run("SELECT * FROM trail.gaps()") == []


def test_a_kind_that_takes_any_text_takes_the_place_of_a_narrow_one(shop: Premises, at: Callable[..., int]) -> None:
    at(loan_car())
    number = add(shop, "沪A12345")
    at(with_field(loan_car(), "plate", kind=Text(20)))
    assert "沪A12345" in shop.desk("manager").get(f"/data/loan_car/{number}").text
    with pytest.raises(Unpublishable):
        at(with_field(loan_car(), "code", kind=Integer()))
