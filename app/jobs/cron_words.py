"""Cron expressions as people say them."""

import re

from app.core.label import Label

NUMBER, STEP, SPAN = re.compile(r"\d{1,2}"), re.compile(r"\*/(\d{1,2})"), re.compile(r"(\d{1,2})-(\d{1,2})")
DAYS = (
    Label("周日", "Sunday"),
    Label("周一", "Monday"),
    Label("周二", "Tuesday"),
    Label("周三", "Wednesday"),
    Label("周四", "Thursday"),
    Label("周五", "Friday"),
    Label("周六", "Saturday"),
)
WEEK = len(DAYS)
EACH_MINUTE = Label("每分钟", "every minute")
EVERY_MINUTES = Label("每 {n} 分钟", "every {n} minutes")
HOURLY = Label("每小时的第 {minute} 分", "hourly at :{minute}")
WITHIN = Label("{often}，{first}:00 到 {last}:59", "{often}, {first}:00 to {last}:59")
DAILY = Label("每天 {at}", "daily at {at}")
ON_DAYS = Label("每{days} {at}", "{days} at {at}")
BUT = Label("除{day}外每天 {at}", "daily except {day} at {at}")
MONTHLY = Label("每月 {day} 日 {at}", "on day {day} of each month at {at}")
AS_WRITTEN = Label("按表达式 {cron}", "by the expression {cron}")


def spoken(cron: str) -> Label:
    """When it runs, in words; the expression itself where it says something rarer."""
    fields = cron.split()
    said = _said(*fields) if len(fields) == 5 else None  # noqa: PLR2004  # the fields of cron
    return said or AS_WRITTEN.format(cron=cron)


def _said(minute: str, hour: str, day: str, month: str, weekday: str) -> Label | None:
    if month != "*" or (day != "*" and weekday != "*"):
        return None
    if NUMBER.fullmatch(minute) and NUMBER.fullmatch(hour):
        return _at(f"{int(hour):02}:{int(minute):02}", day, weekday)
    return _often(minute, hour) if day == weekday == "*" else None


def _at(at: str, day: str, weekday: str) -> Label | None:
    if NUMBER.fullmatch(day):
        return MONTHLY.format(day=int(day), at=at)
    if day != "*":
        return None
    if weekday == "*":
        return DAILY.format(at=at)
    days = _days(weekday)
    if len(days) == WEEK - 1:
        return BUT.format(day=next(one for number, one in enumerate(DAYS) if number not in days), at=at)
    named = [DAYS[number] for number in sorted(days, key=lambda number: number or WEEK)]  # a week begins on Monday
    listed = Label("、".join(one.zh for one in named), ", ".join(one.en for one in named)) if named else None
    return ON_DAYS.format(days=listed, at=at) if listed else None


def _often(minute: str, hour: str) -> Label | None:
    often = _minutes(minute)
    if often is None or hour == "*":
        return often
    span = SPAN.fullmatch(hour)
    return WITHIN.format(often=often, first=f"{int(span[1]):02}", last=f"{int(span[2]):02}") if span else None


def _minutes(minute: str) -> Label | None:
    if minute == "*":
        return EACH_MINUTE
    if step := STEP.fullmatch(minute):
        return EVERY_MINUTES.format(n=int(step[1]))
    return HOURLY.format(minute=f"{int(minute):02}") if NUMBER.fullmatch(minute) else None


def _days(weekday: str) -> set[int]:
    """The numbers of the days named, Sunday is 0; none for what is not read here."""
    found: set[int] = set()
    for part in weekday.split(","):
        if NUMBER.fullmatch(part):
            found.add(int(part) % WEEK)
        elif span := SPAN.fullmatch(part):
            found.update(number % WEEK for number in range(int(span[1]), int(span[2]) + 1))
        else:
            return set()
    return found
