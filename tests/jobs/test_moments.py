"""When a schedule's moments fall, and what becomes of those that were missed."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from app.jobs.moments import MOST, due
from app.jobs.schedules import CatchUp

SHANGHAI, BERLIN = ZoneInfo("Asia/Shanghai"), ZoneInfo("Europe/Berlin")


def at(*parts):
    return datetime(*parts, tzinfo=UTC)


def walls(found, zone):
    return [moment.astimezone(zone).strftime("%d %H:%M %z") for moment in found]


@pytest.mark.parametrize("rule", [CatchUp.ALL, CatchUp.LAST])
def test_hours_are_read_in_the_schedules_zone(rule):
    found = due("40 3 * * *", SHANGHAI, at(2026, 11, 20, 0, 0), at(2026, 11, 20, 20, 0), rule)
    assert found == [at(2026, 11, 20, 19, 40)]


@pytest.mark.parametrize(("rule", "number"), [(CatchUp.NONE, 0), (CatchUp.LAST, 1), (CatchUp.ALL, 5)])
def test_five_hours_of_silence_are_caught_up_as_the_rule_says(rule, number):
    found = due("0 * * * *", SHANGHAI, at(2026, 11, 20, 7, 0), at(2026, 11, 20, 12, 30), rule)
    assert found == [at(2026, 11, 20, hour) for hour in range(13 - number, 13)]


@pytest.mark.parametrize("rule", list(CatchUp))
def test_a_moment_just_past_is_on_time_whatever_the_rule(rule):
    now = at(2026, 11, 20, 12, 0, 0) + timedelta(milliseconds=300)
    assert due("0 * * * *", SHANGHAI, at(2026, 11, 20, 11, 0), now, rule) == [at(2026, 11, 20, 12)]


@pytest.mark.parametrize("rule", list(CatchUp))
def test_the_very_second_counts_and_the_one_before_does_not(rule):
    after = at(2026, 11, 20, 11, 0)
    assert due("0 * * * *", SHANGHAI, after, at(2026, 11, 20, 12), rule) == [at(2026, 11, 20, 12)]
    assert due("0 * * * *", SHANGHAI, after, at(2026, 11, 20, 11, 59, 59), rule) == []


@pytest.mark.parametrize("rule", list(CatchUp))
def test_what_already_ran_is_not_due_again(rule):
    assert due("0 * * * *", SHANGHAI, at(2026, 11, 20, 12), at(2026, 11, 20, 12, 0, 30), rule) == []


def test_when_clocks_go_forward_a_missing_hour_still_runs_once():
    found = due("30 2 * * *", BERLIN, at(2026, 3, 28, 12), at(2026, 3, 30, 12), CatchUp.ALL)
    assert walls(found, BERLIN) == ["29 03:00 +0200", "30 02:30 +0200"]


@pytest.mark.parametrize("rule", [CatchUp.ALL, CatchUp.LAST])
def test_when_clocks_go_back_a_named_hour_runs_once(rule):
    found = due("30 2 * * *", BERLIN, at(2026, 10, 24, 12), at(2026, 10, 25, 12), rule)
    assert walls(found, BERLIN) == ["25 02:30 +0200"]


def test_when_clocks_go_back_every_half_hour_goes_on():
    found = due("*/30 * * * *", BERLIN, at(2026, 10, 25, 0, 15), at(2026, 10, 25, 2, 0), CatchUp.ALL)
    assert walls(found, BERLIN) == ["25 02:30 +0200", "25 02:00 +0100", "25 02:30 +0100", "25 03:00 +0100"]


def test_a_long_silence_is_caught_up_in_portions():
    after = at(2026, 11, 1)
    found = due("* * * * *", SHANGHAI, after, at(2026, 11, 20), CatchUp.ALL)
    assert (len(found), found[-1]) == (MOST, after + timedelta(minutes=MOST))


def test_a_bad_expression_is_a_value_error():
    with pytest.raises(ValueError, match="61"):
        due("61 * * * *", SHANGHAI, at(2026, 11, 1), at(2026, 11, 20), CatchUp.ALL)
