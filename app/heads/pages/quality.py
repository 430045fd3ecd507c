"""How good the data is: the months, the stores and the people."""

from dataclasses import dataclass
from typing import ClassVar

from app.heads.pages.frame import Button, Count, Link, Page
from app.heads.pages.lists import Empty


@dataclass(frozen=True, slots=True, kw_only=True)
class Bar:
    """A share of a hundred as a bar; `value` None is nothing to measure."""

    value: int | None
    poor: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class QualityRow:
    """One store or person: who, how complete, then counts under the page's columns."""

    name: Link
    bar: Bar
    cells: tuple[Link, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class QualityTable:
    """Rows under a heading."""

    title: str
    columns: tuple[str, ...]
    rows: tuple[QualityRow, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Month:
    """A column of the chart."""

    text: str
    value: int


@dataclass(frozen=True, slots=True, kw_only=True)
class QualityPage(Page):
    """The completeness of customers or of leads."""

    template: ClassVar[str] = "quality.html"
    note: str = ""
    tabs: tuple[Link, ...] = ()
    buttons: tuple[Button, ...] = ()
    counts: tuple[Count, ...] = ()
    chart: str = ""  # its heading
    months: tuple[Month, ...] = ()
    tables: tuple[QualityTable, ...] = ()
    empty: Empty | None = None
