"""The import wizard, step by step, and the list of batches."""

from dataclasses import dataclass
from typing import ClassVar

from app.heads.pages.forms import Control
from app.heads.pages.frame import Button, Count, Link, Option, Page, Part, Tag
from app.heads.pages.lists import Empty


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportPage(Page):
    """What the steps share: `steps` are upload, mapping, dry run, import, the current one marked."""

    steps: tuple[Link, ...] = ()  # an empty href is a step not reached yet
    batches_href: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class UploadPage(ImportPage):
    """First step: the file, the store, the owner rule; `controls` are drawn in order, the file first."""

    template: ClassVar[str] = "import/upload.html"
    action: str
    controls: tuple[Control, ...]
    limit: str  # e.g. "CSV、XLSX，最大 20 MB"
    problem: str | None = None  # the file cannot be read, and what to do


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceColumn:
    """A column of the file; posted as `column__<index>` = one of the targets' values."""

    index: int
    name: str
    samples: tuple[str, ...]
    chosen: str  # the proposed or chosen target's value
    sure: Tag | None = None  # how sure the proposal is
    error: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class TargetGroup:
    """Targets under one heading: the fields of an entity; keep sealed, leave out."""

    text: str
    options: tuple[Option, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class MappingPage(ImportPage):
    """Second step: which column is which field."""

    template: ClassVar[str] = "import/mapping.html"
    action: str
    back_href: str
    file: tuple[Count, ...]  # what was detected: rows, encoding, separator, header line
    columns: tuple[SourceColumn, ...]
    targets: tuple[TargetGroup, ...]
    controls: tuple[Control, ...] = ()  # the sheet, the header's line, when there is a choice
    problem: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class FailingRow:
    """Why one line cannot be imported; `value` only where the reader may see it."""

    line: str
    column: str
    reason: str
    value: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class JoinOffer:
    """A line that looks like a record the store has; posted as `join__<key>` = one of the options' values."""

    key: str
    line: str
    incoming: str
    existing: str
    href: str  # the existing record
    why: str  # same phone, same VIN
    options: tuple[Option, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class DryRunPage(ImportPage):
    """Third step: what the import would do."""

    template: ClassVar[str] = "import/dryrun.html"
    action: str  # starts the import, with the answers to the offers
    submit: str  # e.g. "导入 11,204 条"
    back_href: str
    counts: tuple[Count, ...]
    failing: tuple[FailingRow, ...] = ()
    failing_more: str | None = None
    failed_href: str | None = None  # all failing rows as a file
    offers: tuple[JoinOffer, ...] = ()
    offers_more: str | None = None
    join_all: tuple[Option, ...] = ()  # an answer for all offers at once, posted as join_all
    kept: tuple[str, ...] = ()  # columns kept sealed
    blocked: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """How far an import is; asked again every second from `href` while it is `running`."""

    href: str
    phase: str  # what is being done now
    done: str
    total: str
    percent: int  # 0 to 100
    running: bool = True
    note: str = ""  # speed, time left


@dataclass(frozen=True, slots=True, kw_only=True)
class ProgressPart(Part):
    """The progress alone; answer with the header HX-Refresh: true when the import has ended."""

    template: ClassVar[str] = "parts/progress.html"
    progress: Progress


@dataclass(frozen=True, slots=True, kw_only=True)
class ProgressPage(ImportPage):
    """The import is running; the page asks again by itself and works as a plain refresh as well."""

    template: ClassVar[str] = "import/progress.html"
    progress: Progress
    file: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Spared:
    """A record a roll-back left alone, and why."""

    text: str
    href: str
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ResultPage(ImportPage):
    """What an import did, and its undoing."""

    template: ClassVar[str] = "import/result.html"
    file: str
    tag: Tag
    counts: tuple[Count, ...]
    records_href: str | None = None  # the list of what came in
    failed_href: str | None = None
    failing: tuple[FailingRow, ...] = ()
    failing_more: str | None = None
    rollback_action: str | None = None  # POST; asked for twice on the page itself
    rolled_back: str | None = None  # the report's sentence
    spared: tuple[Spared, ...] = ()
    kept: tuple[str, ...] = ()
    facts: tuple[Count, ...] = ()  # who, when, store, owner rule
    problem: str | None = None  # why it stopped
    retry_action: str | None = None  # POST; goes on where it stopped


@dataclass(frozen=True, slots=True, kw_only=True)
class Batch:
    """An import in the list of imports."""

    file: str
    href: str
    tag: Tag
    entity: str
    store: str
    who: str
    when: str
    exact: str
    counts: tuple[Count, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class BatchesPage(Page):
    """Imports, newest first."""

    template: ClassVar[str] = "import/batches.html"
    batches: tuple[Batch, ...]
    buttons: tuple[Button, ...] = ()
    next_href: str | None = None
    previous_href: str | None = None
    empty: Empty | None = None
