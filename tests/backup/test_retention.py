"""What stays: newest of hours, days, weeks and months; never the last good one, never fewer than three."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from app.backup.retention import LEAST, kept

NOW = datetime(2026, 11, 22, 5, 7, tzinfo=UTC)
MOST = 24 + 14 + 8 + 12
moments = st.integers(0, 3 * 365 * 24 * 60).map(lambda minutes: NOW - timedelta(minutes=minutes))
many = st.lists(moments, unique=True, max_size=200)
zones = st.sampled_from([ZoneInfo("Asia/Shanghai"), ZoneInfo("Europe/Berlin"), ZoneInfo("UTC")])


def hourly(hours: int) -> list[datetime]:
    return [NOW - timedelta(hours=n) for n in range(hours)]


def test_two_years_of_hours_become_hours_days_weeks_and_months():
    stay = sorted(kept(hourly(24 * 730)), reverse=True)
    ages = [NOW - at for at in stay]
    assert ages[:24] == [timedelta(hours=n) for n in range(24)]
    assert len([age for age in ages if age <= timedelta(days=14)]) >= 24 + 12
    assert 24 + 12 + 6 + 9 <= len(stay) <= MOST
    assert ages[-1] > timedelta(days=320)


def test_living_through_a_year_with_hourly_pruning_keeps_what_pruning_once_would():
    held: set[datetime] = set()
    for at in reversed(hourly(24 * 200)):
        held = kept({*held, at})
    assert held == kept(hourly(24 * 200))


@given(many, zones)
def test_few_stay_among_them_the_newest_three(made, zone):
    stay = kept(made, zone=zone)
    assert stay <= set(made)
    assert len(stay) <= MOST + LEAST
    assert {*sorted(made)[-LEAST:]} <= stay


@given(many, zones)
def test_pruning_again_takes_nothing_more(made, zone):
    stay = kept(made, zone=zone)
    assert kept(stay, zone=zone) == stay


@given(st.lists(moments, unique=True, min_size=1, max_size=200), st.data())
def test_the_last_good_one_stays_whatever_its_age(made, data):
    proven = data.draw(st.lists(st.sampled_from(made), unique=True, min_size=1))
    assert max(proven) in kept(made, proven)


@given(many, moments)
def test_a_new_backup_never_costs_a_period_its_only_one(made, at):
    """Each day of the last fourteen with backups still has one after another was added."""
    days = lambda some: sorted({one.astimezone(ZoneInfo("Asia/Shanghai")).date() for one in some})[-14:]  # noqa: E731
    assert set(days([*made, at])) <= {one.astimezone(ZoneInfo("Asia/Shanghai")).date() for one in kept([*made, at])}
