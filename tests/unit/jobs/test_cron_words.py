"""Cron expressions in words: what people say, and the expression itself where they would not."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from app.jobs.cron_words import spoken
from app.jobs.moments import following
from app.jobs.schedules import SCHEDULES

SAID = {
    "20 3 * * *": ("每天 03:20", "daily at 03:20"),
    "7 * * * *": ("每小时的第 07 分", "hourly at :07"),
    "*/5 * * * *": ("每 5 分钟", "every 5 minutes"),
    "* * * * *": ("每分钟", "every minute"),
    "*/15 9-19 * * *": ("每 15 分钟，09:00 到 19:59", "every 15 minutes, 09:00 to 19:59"),
    "25 5 * * 0": ("每周日 05:25", "Sunday at 05:25"),
    "25 5 * * 7": ("每周日 05:25", "Sunday at 05:25"),
    "30 8 * * 1-5": (
        "每周一、周二、周三、周四、周五 08:30",
        "Monday, Tuesday, Wednesday, Thursday, Friday at 08:30",
    ),
    "0 9 * * 0,3": ("每周三、周日 09:00", "Wednesday, Sunday at 09:00"),
    "50 3 * * 0,2-6": ("除周一外每天 03:50", "daily except Monday at 03:50"),
    "0 6 1 * *": ("每月 1 日 06:00", "on day 1 of each month at 06:00"),
}
RARE = ("0 6 1 1 *", "0 6 1 * 1", "0 0 L * *", "0 6 * * MON", "*/5 */2 * * *", "1,2 * * * *", "often", "", "0 6 * *")


@pytest.mark.parametrize("cron", SAID)
def test_a_rhythm_is_said_in_both_languages(cron: str) -> None:
    assert (spoken(cron).zh, spoken(cron).en) == SAID[cron]


@pytest.mark.parametrize("cron", RARE)
def test_what_is_rarer_stands_as_it_is_written(cron: str) -> None:
    assert spoken(cron).zh == f"按表达式 {cron}"


def test_every_schedule_of_ours_is_said_in_words() -> None:
    assert [one.code for one in SCHEDULES if one.cron in spoken(one.cron).zh] == []


def test_the_next_moment_is_read_in_the_zone_of_the_schedule() -> None:
    now = datetime(2026, 11, 22, 19, 30, tzinfo=UTC)  # 03:30 in Shanghai
    assert following("20 3 * * *", ZoneInfo("Asia/Shanghai"), now) == datetime(2026, 11, 23, 19, 20, tzinfo=UTC)
    assert following("40 3 * * *", ZoneInfo("Asia/Shanghai"), now) == datetime(2026, 11, 22, 19, 40, tzinfo=UTC)
