"""Calendar days and moments."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, timezone
from typing import Any, ClassVar

from app.core.clock import SHANGHAI, business_date
from app.core.errors import Unfit
from app.core.kind import ORDERED, Operator
from app.core.label import Label
from app.fields.base import COMMON, Parametric, must_be_switch
from app.fields.words import folded

FIRST_YEAR, LAST_YEAR = 1900, 2100
_DAY = re.compile(
    r"(?:(?P<y1>[0-9]{4})(?P<mark>[-/.])(?P<m1>[0-9]{1,2})(?P=mark)(?P<d1>[0-9]{1,2})"
    r"|(?P<y2>[0-9]{4})(?P<m2>[0-9]{2})(?P<d2>[0-9]{2})"
    r"|(?P<y3>[0-9]{4})\s*年\s*(?P<m3>[0-9]{1,2})\s*月\s*(?P<d3>[0-9]{1,2})\s*[日号])"
)
_TIME = re.compile(
    r"(?P<hour>[0-9]{1,2})(?::|\s*[时点]\s*)(?P<minute>[0-9]{1,2})(?:(?::|\s*分\s*)(?P<second>[0-9]{2})"
    r"(?:\.(?P<part>[0-9]{1,9}))?\s*秒?|\s*分)?\s*"
    r"(?P<zone>z|[+-][0-9]{2}:?[0-9]{2}(?::[0-9]{2})?)?",
    re.IGNORECASE,
)
_LONGEST = 60
_EPOCH = date(1899, 12, 30)  # what makes serial 61 the 1st of March 1900
_PHANTOM = 60  # Excel's 29 February 1900, which never was

REFUSALS = {
    **COMMON,
    "date_form": Label("请按 2024-07-23 的样子填写日期。", "Write the date like 2024-07-23."),
    "date_real": Label("日历上没有这一天，请核对月份和日期。", "There is no such day; check the month and the day."),
    "date_range": Label("年份应在 1900 至 2100 之间，请核对。", "The year must lie between 1900 and 2100; check it."),
    "time_form": Label("请按 2024-07-23 14:30 的样子填写时间。", "Write the time like 2024-07-23 14:30."),
    "time_real": Label("没有这个时刻，请核对时和分。", "There is no such time of day; check hour and minute."),
}


def _refusal(code: str) -> Unfit:
    return Unfit(code, REFUSALS[code])


def _in_range(day: date) -> date:
    if not FIRST_YEAR <= day.year <= LAST_YEAR:
        raise _refusal("date_range")
    return day


def _day(found: re.Match[str]) -> date:
    way = next(way for way in (1, 2, 3) if found[f"y{way}"])
    year, month, day = (int(found[f"{part}{way}"]) for part in "ymd")
    if not FIRST_YEAR <= year <= LAST_YEAR:
        raise _refusal("date_range")
    try:
        return date(year, month, day)
    except ValueError:
        raise _refusal("date_real") from None


def _zone(written: str | None) -> timezone | None:
    if not written:
        return None
    if written in "zZ":
        return UTC
    hours, minutes, seconds = (int(part) for part in re.findall("[0-9]{2}", f"{written}00")[:3])
    shift = timedelta(hours=hours, minutes=minutes, seconds=seconds)
    if shift >= timedelta(days=1):
        raise _refusal("time_real")
    return timezone(-shift if written[0] == "-" else shift)


def _clock(found: re.Match[str]) -> time:
    part = (found["part"] or "").ljust(6, "0")[:6]
    try:
        return time(int(found["hour"]), int(found["minute"]), int(found["second"] or 0), int(part))
    except ValueError:
        raise _refusal("time_real") from None


def _moment(text: str, form: str) -> datetime | date:
    """The day, or day and time, that a text names; refuses with `form` what it cannot take apart."""
    plain = folded(text)
    found = _DAY.match(plain) if len(plain) <= _LONGEST else None
    if not found:
        raise _refusal(form)
    day, rest = _day(found), plain[found.end() :]
    if not rest:
        return day
    timed = _TIME.fullmatch(rest.lstrip(" Tt"))
    if not timed or (rest[0] not in " Tt" and found["y3"] is None):
        raise _refusal(form)
    zone = _zone(timed["zone"])
    return datetime.combine(day, _clock(timed), zone or SHANGHAI)


def _utc(moment: datetime) -> datetime:
    """The moment in UTC; one without a zone is Shanghai's."""
    if not FIRST_YEAR <= moment.year <= LAST_YEAR:
        raise _refusal("date_range")
    aware = moment if moment.tzinfo else moment.replace(tzinfo=SHANGHAI)
    utc = aware.astimezone(UTC)
    _in_range(business_date(utc))
    return utc


def from_serial(number: float) -> date:
    """The day of an Excel serial number (1900 system), its time of day dropped; raises Unfit `date_…`."""
    days = _serial(number) // 1
    if days == _PHANTOM:
        raise _refusal("date_real")
    return _EPOCH + timedelta(days=days + 1 if days < _PHANTOM else days)


def moment_from_serial(number: float) -> datetime:
    """The UTC moment of an Excel serial number whose fraction is a Shanghai time of day, to the nearest second."""
    serial = round(_serial(number) * 86_400) / 86_400
    seconds = round(serial % 1 * 86_400)
    midnight = datetime.combine(from_serial(serial), time(), SHANGHAI)
    return (midnight.replace(tzinfo=None) + timedelta(seconds=seconds)).replace(tzinfo=SHANGHAI).astimezone(UTC)


def _serial(number: float) -> float:
    if isinstance(number, bool) or not isinstance(number, int | float):
        raise _refusal("date_form")
    if not 1 <= number < 73_416:  # noqa: PLR2004  the 1st of January 2101
        raise _refusal("date_range")
    return number


@dataclass(frozen=True)
class Date(Parametric):
    """A calendar day of the business, Asia/Shanghai; of a birth (`born`) the mask keeps the year alone."""

    born: bool = False

    def __post_init__(self) -> None:
        must_be_switch("born", self.born)

    code: ClassVar[str] = "date"
    sql: ClassVar[str] = "date"
    operators: ClassVar[tuple[Operator, ...]] = ORDERED
    widget: ClassVar[str] = "date"
    label: ClassVar[Label] = Label("日期", "Date")
    refusals: ClassVar[Mapping[str, Label]] = REFUSALS

    def read(self, raw: object) -> date | None:
        """The day, from any of its usual notations or a date object; a time is dropped; raises Unfit `date_…`."""
        if isinstance(raw, datetime):
            return business_date(_utc(raw))
        if isinstance(raw, date):
            return _in_range(raw)
        text = self.written(raw)
        if text is None:
            return None
        moment = _moment(text, "date_form")
        return business_date(_utc(moment)) if isinstance(moment, datetime) else moment

    def show(self, value: Any, locale: str) -> str:  # noqa: ARG002
        """2024-07-23."""
        return "" if value is None else str(value.isoformat())

    def mask(self, value: Any) -> str:
        """Nothing of a day; of a birth ••••-07-23, by which people are greeted."""
        return f"••••-{value:%m-%d}" if self.born and value is not None else super().mask(value)

    def dump(self, value: Any) -> str | None:
        """The ISO day."""
        return None if value is None else str(value.isoformat())

    def schema(self) -> dict[str, Any]:
        """A string in ISO form."""
        return {"type": "string", "format": "date"}

    def example(self, n: int) -> date:
        """The n-th day from the first of 2000, within a century."""
        return date(2000, 1, 1) + timedelta(days=n % 36_500)


@dataclass(frozen=True)
class DateTime(Parametric):
    """A moment, kept in UTC, read and shown in Asia/Shanghai."""

    code: ClassVar[str] = "datetime"
    sql: ClassVar[str] = "timestamptz"
    operators: ClassVar[tuple[Operator, ...]] = ORDERED
    widget: ClassVar[str] = "datetime"
    label: ClassVar[Label] = Label("日期和时间", "Date and time")
    refusals: ClassVar[Mapping[str, Label]] = REFUSALS

    def read(self, raw: object) -> datetime | None:
        """The moment in UTC; without a zone Shanghai's, without a time midnight; raises Unfit `date_…`, `time_…`."""
        if isinstance(raw, datetime):
            return _utc(raw)
        if isinstance(raw, date):
            return _utc(datetime.combine(raw, time()))
        text = self.written(raw)
        if text is None:
            return None
        moment = _moment(text, "time_form")
        return _utc(moment if isinstance(moment, datetime) else datetime.combine(moment, time()))

    def show(self, value: Any, locale: str) -> str:  # noqa: ARG002
        """2024-07-23 14:30 in Shanghai."""
        return "" if value is None else f"{value.astimezone(SHANGHAI):%Y-%m-%d %H:%M}"

    def dump(self, value: Any) -> str | None:
        """The ISO moment in UTC: 2024-07-23T06:30:00Z."""
        return None if value is None else value.astimezone(UTC).isoformat().replace("+00:00", "Z")

    def cell(self, value: Any) -> str | None:
        """Shanghai's date and time, with its offset only where the clocks were set back and one hour came twice."""
        if value is None:
            return None
        local = value.astimezone(SHANGHAI)
        plain = local.replace(tzinfo=None, fold=0)
        once = plain.replace(tzinfo=SHANGHAI).astimezone(UTC) == value
        return str((plain if once else local).isoformat(sep=" "))

    def schema(self) -> dict[str, Any]:
        """A string in ISO form with a zone."""
        return {"type": "string", "format": "date-time"}

    def example(self, n: int) -> datetime:
        """The n-th hour from eight in the morning of the first of 2024, Shanghai's time."""
        return datetime(2024, 1, 1, tzinfo=UTC) + timedelta(hours=n % 200_000)
