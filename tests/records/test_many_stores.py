"""Lists of people who reach several stores: read store by store, the same as read at once."""

import pytest

from app.records import read
from app.records.query import Query
from tests.appkit import Premises
from tests.cast import PUDONG, XUHUI
from tests.make import Make

NAMES = ("赵云", "钱进", "孙权", "李四", "赵云", "周全", "吴用")


@pytest.fixture(scope="module")
def ids(make: Make) -> list[int]:
    """Customers of two stores, some without a number to sort by."""
    return [
        make.customer(store=store, name=name, stage="lost", number=None if place % 2 else f"M{place}{store}")
        for place, name in enumerate(NAMES)
        for store in (PUDONG, XUHUI)
    ]


@pytest.mark.parametrize("order", ["id", "name", "number"])
@pytest.mark.parametrize("descending", [True, False])
def test_pages_of_two_stores_follow_one_order(premises: Premises, ids: list[int], order: str, descending: bool) -> None:
    seen, query = [], Query(ids=tuple(ids), order=order, descending=descending, size=3)
    with premises.acting("boss") as context:
        entity = context.entity("customer")
        while True:
            page = read.listing(context, entity, query)
            seen += [record.id for record in page.records]
            if page.after is None:
                break
            query = Query(ids=tuple(ids), order=order, descending=descending, size=3, cursor=page.after)
    assert seen == whole(premises, ids, order, descending)


def whole(premises: Premises, ids: list[int], order: str, descending: bool) -> list[int]:
    column, way = {"id": "id", "name": "name_key", "number": "number"}[order], "DESC" if descending else "ASC"
    sql = f"SELECT id FROM customer WHERE id = ANY (%s) ORDER BY {column} {way} NULLS LAST, id {way}"
    return [row[0] for row in premises.run(sql, ids)]


def test_a_page_far_down_by_offset_is_the_same(premises: Premises, ids: list[int]) -> None:
    with premises.acting("boss") as context:
        page = read.listing(context, context.entity("customer"), Query(ids=tuple(ids), order="name", offset=5, size=4))
    assert [record.id for record in page.records] == whole(premises, ids, "name", True)[5:9]


def test_a_whole_name_does_not_find_others_of_its_beginning(premises: Premises, make: Make) -> None:
    one, other = make.customer(name="司徒美"), make.customer(name="司徒丽")
    with premises.acting("manager") as context:
        entity = context.entity("customer")
        found = {record.id for record in read.listing(context, entity, Query(words="司徒美")).records}
        both = {record.id for record in read.listing(context, entity, Query(words="司徒")).records}
    assert one in found
    assert other not in found
    assert {one, other} <= both


def test_a_count_by_words_alone_is_the_count_of_the_records(premises: Premises, make: Make) -> None:
    for store in (PUDONG, PUDONG, XUHUI):
        make.customer(store=store, name="公孙胜")
    for part, number in (("boss", 3), ("manager", 2), ("outsider", 1)):
        with premises.acting(part) as context:
            entity, query = context.entity("customer"), Query(words="公孙胜")
            assert read.count(context, entity, query) == len(read.listing(context, entity, query).records) == number
