"""Of which day a file is: by its name, by what it says inside, and whether the two agree."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from app.core.errors import Refusal, Unfit
from app.core.label import Label
from app.exchange.cells import text_of
from app.exchange.raw import RawRow
from app.fields import Date

OTHER_NAME = Label(
    "文件名“{name}”不符合这个导入方案的命名（{pattern}）。请核对是否放错了文件。",
    "“{name}” is not named as files of this profile are ({pattern}); check that it is the right file.",
)
OTHER_DAY = Label(
    "文件名写的是 {named}，内容却是 {told} 的数据。请向系统方核对，换成正确日期的文件。",
    "The name says {named}, the content is of {told}; get the file of the right day.",
)
TOO_EARLY = Label("文件写的是将来的日期 {named}，请核对。", "The file says it is of {named}, which is yet to come.")
SAME_AS = Label(
    "内容与 {day} 的文件“{name}”完全相同，只是换了日期。请核对后换成当天的文件。",
    "Its content is the very same as that of “{name}” of {day}; get the file of the day.",
)
_TOLD = re.compile(
    r"(?:日期|业务日|营业日|导出日|统计日|date)\D{0,6}([0-9]{4}[-/.年]?[0-9]{1,2}[-/.月]?[0-9]{1,2})日?", re.IGNORECASE
)
_PARTS = {"{day}": r"(?P<day>[0-9]{4}-?[0-9]{2}-?[0-9]{2})", "{seq}": r"(?P<seq>[0-9]{1,12})", "*": ".*"}
_DAY = Date()


class WrongFile(Refusal):
    """A file that a profile does not take as a whole."""

    status = 422
    code = "wrong_file"


@dataclass(frozen=True, slots=True)
class Named:
    """What a file's name says: its day and which version of that day's file it is."""

    day: date
    sequence: int


def read_name(pattern: str, name: str) -> Named | None:
    """What the name says by the pattern, or None when it is not named so; `[…]` in a pattern may be left out."""
    found = matcher(pattern).fullmatch(name)
    if found is None:
        return None
    try:
        day = _DAY.read(found["day"])
    except Unfit:
        return None
    sequence = found.groupdict().get("seq")
    return Named(day, int(sequence or 0)) if day else None


def matcher(pattern: str) -> re.Pattern[str]:
    """The pattern of names as a regular expression."""
    pieces = re.split(r"(\{day\}|\{seq\}|\*|\[|\])", pattern)
    marks = _PARTS | {"[": "(?:", "]": ")?"}
    return re.compile("".join(marks.get(piece) or re.escape(piece) for piece in pieces), re.IGNORECASE)


def titled(rows: Iterable[RawRow]) -> date | None:
    """The day the lines above the heading tell, or None."""
    text = " ".join(text_of(cell) for row in rows for cell in row.cells)
    found = _TOLD.search(text)
    try:
        return _DAY.read(found[1].rstrip("日")) if found else None
    except Unfit:
        return None


def demand(named: Named, told: date | None, today: date) -> None:
    """Refuses a file whose name and content are of two days, or that is of a day to come."""
    if named.day > today + timedelta(days=1):
        raise WrongFile(TOO_EARLY.format(named=named.day), "future_day")
    if told is not None and told != named.day:
        raise WrongFile(OTHER_DAY.format(named=named.day, told=told), "other_day")
