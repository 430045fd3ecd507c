"""Days and moments."""

from datetime import UTC, date, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.core.errors import Unfit
from app.core.label import ZH
from app.fields import Date, DateTime
from app.fields.date import from_serial, moment_from_serial

DAY = date(2024, 7, 23)


@pytest.mark.parametrize(
    "raw",
    [
        "2024-07-23",
        "2024/7/23",
        "2024.07.23",
        "20240723",
        20240723,
        "2024年7月23日",
        "2024 年 07 月 23 号",
        "２０２４－０７－２３",
        "2024/7/23 0:00",
        "2024-07-23T00:00:00+08:00",
        "2024-07-22T16:00:00Z",
        DAY,
        datetime(2024, 7, 23, 9, 30),  # noqa: DTZ001  spreadsheets give naive ones
        datetime(2024, 7, 22, 16, tzinfo=UTC),
    ],
)
def test_every_usual_notation_is_read(raw):
    assert Date().read(raw) == DAY


@pytest.mark.parametrize(
    ("raw", "code"),
    [
        ("2023-02-29", "date_real"),
        ("2021-02-30", "date_real"),
        ("2024-13-01", "date_real"),
        ("1899-12-31", "date_range"),
        ("2101-01-01", "date_range"),
        (date(1, 1, 1), "date_range"),
        (datetime.max, "date_range"),  # noqa: DTZ901
        ("45496", "date_form"),
        (45496, "date_form"),
        ("2024-07/23", "date_form"),
        ("07/23/2024", "date_form"),
        ("昨天", "date_form"),
        (True, "wrong_kind"),
        ([2024, 7, 23], "wrong_kind"),
    ],
)
def test_days_that_are_none_are_refused(raw, code):
    with pytest.raises(Unfit) as refused:
        Date().read(raw)
    assert refused.value.code == code


@pytest.mark.parametrize(
    "raw",
    [
        "2024-07-23 14:30",
        "2024-07-23T14:30:00",
        "2024/7/23 14:30:00.000",
        "2024年7月23日14时30分",
        "2024年7月23日 14:30",
        "2024-07-23T06:30:00Z",
        "2024-07-23T08:30:00+02:00",
        datetime(2024, 7, 23, 14, 30),  # noqa: DTZ001
        datetime(2024, 7, 23, 6, 30, tzinfo=UTC),
    ],
)
def test_moments_are_shanghais_unless_they_say_otherwise(raw):
    assert DateTime().read(raw) == datetime(2024, 7, 23, 6, 30, tzinfo=UTC)
    assert DateTime().read(raw).tzinfo is UTC


@pytest.mark.parametrize(
    ("raw", "code"),
    [
        ("2024-07-23 25:00", "time_real"),
        ("2024-07-23 14:60", "time_real"),
        ("2024-07-23 14:30+99:00", "time_real"),
        ("2024-07-2314:30", "time_form"),
        ("14:30", "time_form"),
        ("2024-02-30 14:30", "date_real"),
        ("1900-01-01T00:00:00+14:00", "date_range"),
        (datetime.max.replace(tzinfo=timezone(-timedelta(hours=12))), "date_range"),
    ],
)
def test_moments_that_are_none_are_refused(raw, code):
    with pytest.raises(Unfit) as refused:
        DateTime().read(raw)
    assert refused.value.code == code


def test_a_moment_is_shown_in_shanghai_and_carried_in_utc():
    moment = datetime(2024, 7, 23, 6, 30, tzinfo=UTC)
    assert DateTime().show(moment, ZH) == "2024-07-23 14:30"
    assert DateTime().dump(moment) == "2024-07-23T06:30:00Z"
    assert DateTime().cell(moment) == "2024-07-23 14:30:00"


@given(st.datetimes(datetime(1900, 1, 2), datetime(2100, 12, 30), timezones=st.just(UTC)))  # noqa: DTZ001
def test_cells_and_dumps_bring_back_the_very_moment(moment):
    kind = DateTime()
    assert kind.read(kind.cell(moment)) == kind.read(kind.dump(moment)) == moment


def test_the_hour_that_came_twice_is_told_apart():
    kind = DateTime()
    twice = [datetime(1988, 9, 10, hour, 30, tzinfo=UTC) for hour in (15, 16, 17, 18)]
    assert [kind.read(kind.cell(moment)) for moment in twice] == twice


@pytest.mark.parametrize(
    ("serial", "day"),
    [(1, "1900-01-01"), (59, "1900-02-28"), (61, "1900-03-01"), (45496, "2024-07-23"), (45496.99, "2024-07-23")],
)
def test_excel_serials_are_days(serial, day):
    assert from_serial(serial).isoformat() == day


def test_excel_serials_carry_times():
    assert moment_from_serial(45496.604166667) == datetime(2024, 7, 23, 6, 30, tzinfo=UTC)
    assert moment_from_serial(45496.9999999) == datetime(2024, 7, 23, 16, tzinfo=UTC)


@pytest.mark.parametrize("serial", [0, -1, 60, 80_000, float("nan"), float("inf"), True, "45496"])
def test_serials_without_a_day_are_refused(serial):
    with pytest.raises(Unfit):
        from_serial(serial)
