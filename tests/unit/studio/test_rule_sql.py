"""What the row alone tells of a condition is asked before what costs a query."""

import pytest

from app.studio.rule_sql import parted


@pytest.mark.parametrize(
    ("when", "row", "rest"),
    [
        ("person AND EXISTS (SELECT FROM a)", "person", "EXISTS (SELECT FROM a)"),
        ("person AND (NEW.a = 1 OR NEW.b = 2) AND b(NEW.c)", "person AND (NEW.a = 1 OR NEW.b = 2)", "b(NEW.c)"),
        ("person AND EXISTS (SELECT FROM a) AND NEW.c = 1", "person", "EXISTS (SELECT FROM a) AND NEW.c = 1"),
        ("EXISTS (SELECT FROM a WHERE b AND c)", "true", "EXISTS (SELECT FROM a WHERE b AND c)"),
    ],
)
def test_a_query_waits_for_what_the_row_tells(when: str, row: str, rest: str):
    assert parted(when) == (row, rest)


@pytest.mark.parametrize(
    "when",
    [
        "person AND NEW.a = 1 OR EXISTS (SELECT FROM a)",
        "person AND EXISTS (SELECT FROM a) OR NEW.a = 1",
        "NEW.a BETWEEN 1 AND 2",
        "CASE WHEN person AND NEW.a = 1 THEN true END",
    ],
)
def test_what_is_no_plain_row_of_conditions_stays_whole(when: str):
    assert parted(when) == ("true", when)
