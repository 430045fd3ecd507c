"""GET /api/v1/data/<entity>/?q=(…): what clients of Flask-AppBuilder send."""

import pytest

from tests.make import Make

CUSTOMERS = "/api/v1/data/customer/"


def test_filters_order_page_and_columns_are_understood(consultant, make: Make, source):
    for name in ("丙", "甲", "乙"):
        make.customer(name=name, source=source)
    q = (
        f"(filters:!((col:source,opr:eq,value:'{source}')),order_column:name,order_direction:desc,"
        "page:1,page_size:2,columns:!(name))"
    )
    answer = consultant.get(CUSTOMERS, query_string={"q": q}).json
    assert [one["name"] for one in answer["result"]] == ["丙"]
    assert answer["count"] == 3
    assert set(answer["result"][0]) == {"id", "version", "store", "name", "created_at", "updated_at"}


def test_pages_count_through_records_with_and_without_a_sort_value(consultant, make: Make, source):
    made = [
        make.customer(source=source, vip_until=day, vip_reason="v") for day in ("2000-01-02", None, "2000-01-01", None)
    ]
    seen = []
    for page in range(5):
        q = f"(filters:!((col:source,opr:eq,value:'{source}')),order_column:vip_until,page:{page},page_size:1)"
        seen += [one["id"] for one in consultant.get(CUSTOMERS, query_string={"q": q}).json["result"]]
    assert seen == [made[2], made[0], made[1], made[3]]


@pytest.mark.parametrize(
    ("q", "code"),
    [
        ("(", "malformed"),
        ("(page:-1)", "malformed"),
        ("(page:'1')", "malformed"),
        ("(page:1.5)", "malformed"),
        ("(page:!t)", "malformed"),
        ("(page:401,page_size:25)", "use_after"),
        ("(page_size:-1)", "page_size"),
        ("(page_size:5000)", "page_size"),
        ("(keys:!(list_title))", "malformed"),
        ("(filters:(col:name))", "malformed"),
        ("(filters:!(x))", "malformed"),
        ("(filters:!((col:name,opr:eq)))", "malformed"),
        ("(filters:!((col:!(name),opr:eq,value:x)))", "malformed"),
        ("(filters:!((col:id_card,opr:sw,value:'1')))", "unknown_operator"),
        ("(filters:!((col:created_by,opr:rel_o_m,value:1)))", "unknown_field"),
        ("(order_column:created_by.password)", "unknown_field"),
        ("(order_column:1)", "malformed"),
        ("(order_column:name,order_direction:up)", "malformed"),
        ("(columns:!(password))", "unknown_field"),
        ("(columns:name)", "malformed"),
        ("(a:" * 3000, "malformed"),
        ("(a:b" * 20_000, "malformed"),
    ],
)
def test_what_is_not_understood_is_refused(consultant, q, code):
    answer = consultant.get(CUSTOMERS, query_string={"q": q})
    assert (answer.status_code, answer.json["code"]) == (400, code)


def test_rison_stands_alone(consultant):
    answer = consultant.get(CUSTOMERS, query_string={"q": "()", "size": 1})
    assert (answer.status_code, answer.json["code"]) == (400, "unknown_parameter")
