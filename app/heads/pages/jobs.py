"""Jobs as their operators see them: boards, one job with its attempts, schedules."""

from dataclasses import dataclass
from typing import ClassVar

from app.heads.pages.exchange import Progress
from app.heads.pages.forms import Control
from app.heads.pages.frame import Button, Link, Page, Part, Tag
from app.heads.pages.lists import Empty


@dataclass(frozen=True, slots=True, kw_only=True)
class JobRow:
    """One job on a board: what stands under the board's columns, and how far it is where it tells."""

    name: Link
    hint: str  # its number and queue
    tag: Tag | None = None
    cells: tuple[str, ...]
    percent: int | None = None  # drawn as a bar
    bar: str = ""  # what it says beside the bar


@dataclass(frozen=True, slots=True, kw_only=True)
class JobBoard:
    """The jobs of one state; `href` is where it is fetched anew while something moves."""

    title: str
    columns: tuple[str, ...]  # the first is the row's own
    rows: tuple[JobRow, ...] = ()
    href: str = ""
    older: Link | None = None
    empty: Empty | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class JobsPage(Page):
    """The boards, one of them open, filtered by GET."""

    template: ClassVar[str] = "jobs.html"
    note: str
    tabs: tuple[Link, ...]
    action: str
    hidden: tuple[tuple[str, str], ...]
    controls: tuple[Control, ...]
    submit: str
    board: JobBoard
    problem: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class JobBoardPart(Part):
    """A board alone."""

    template: ClassVar[str] = "parts/jobs.html"
    board: JobBoard


@dataclass(frozen=True, slots=True, kw_only=True)
class JobEvent:
    """Something that happened to a job: an attempt with its steps, or what somebody did."""

    when: str
    exact: str
    icon: str
    what: str
    who: str = ""
    tag: Tag | None = None
    note: str = ""
    steps: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class JobPage(Page):
    """One job: what, who, when, its result, every attempt, and what may be done."""

    template: ClassVar[str] = "job.html"
    tag: Tag
    buttons: tuple[Button, ...] = ()
    problem: str | None = None  # why it failed last
    progress: Progress | None = None
    facts_title: str
    facts: tuple[tuple[str, str], ...]
    result_title: str
    result: tuple[tuple[str, str], ...] = ()
    log_title: str
    log: tuple[JobEvent, ...] = ()
    log_empty: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ScheduleRow:
    """A schedule: what it is, when it runs next and ran last, its switch."""

    name: str
    hint: str
    when: str
    after: str  # what becomes of missed moments
    next: str
    last: Link
    tag: Tag | None = None  # how the last run ended
    switch: Tag
    switched: str = ""  # who switched it last
    buttons: tuple[Button, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class SchedulesPage(Page):
    """What runs by the clock."""

    template: ClassVar[str] = "schedules.html"
    note: str
    tabs: tuple[Link, ...]
    columns: tuple[str, ...]
    rows: tuple[ScheduleRow, ...]
