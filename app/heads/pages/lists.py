"""The list of an entity's records."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar, Literal

from app.heads.pages.forms import Control
from app.heads.pages.frame import Button, Link, Option, Page, Part, Tag


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """One value as it is read: text, a mask (grey and spaced), a state, or a link.

    `look` is "" (text), "mask", "empty" (a dash in grey), "code" (VIN, numbers of documents), "when" (a day
    or moment), "ok", "warn", "bad", "info" or "neutral" (a tag of that state).
    """

    text: str
    look: Literal["", "mask", "empty", "code", "when", "ok", "warn", "bad", "info", "neutral"] = ""
    href: str | None = None
    tip: str | None = None  # the exact value behind a short one, read on hover and by screen readers
    image: str | None = None  # the address of a small picture, `text` being its name; in lists it leads to the record


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """A column's head."""

    name: str
    text: str
    align: Literal["start", "end"] = "start"
    sort_href: str | None = None  # None when it cannot be sorted
    sorted: Literal["", "ascending", "descending"] = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A record in a list: its title links to `href`; `cells` are those of the columns after the first."""

    id: str  # posted as `id` when the row is ticked
    href: str
    title: str
    cells: tuple[Cell, ...]
    tags: tuple[Tag, ...] = ()  # beside the title


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """Columns and rows; the first column is the record's title."""

    columns: tuple[Column, ...]
    rows: tuple[Row, ...]

    def pairs(self, row: Row) -> Iterator[tuple[Column, Cell]]:
        """The cells of `row`, each with its column."""
        return zip(self.columns[1:], row.cells, strict=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class Chip:
    """A condition in force, e.g. "等级 属于 金、银", and the address of the list without it."""

    text: str
    remove_href: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Operation:
    """How a condition compares; a valueless one (has a value, has none) hides the value's control."""

    value: str
    text: str
    selected: bool = False
    valueless: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Condition:
    """The field being added as a condition: posted as `field`, `op` and `value` (repeated for several values).

    The control's name is `value`.
    """

    field: str
    text: str
    operations: tuple[Operation, ...]
    control: Control


@dataclass(frozen=True, slots=True, kw_only=True)
class ConditionForm:
    """Adds a condition by GET to `action`, carrying `keep`, the list's present query.

    Without scripts choosing a field asks for the list again with `field` alone; the answer has `chosen`.
    """

    action: str
    part_href: str  # answers ConditionPart for ?field=
    fields: tuple[Option, ...]
    keep: tuple[tuple[str, str], ...] = ()
    chosen: Condition | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ConditionPart(Part):
    """The operator and value of one field, for the form that adds a condition."""

    template: ClassVar[str] = "parts/condition.html"
    condition: Condition


@dataclass(frozen=True, slots=True, kw_only=True)
class Bulk:
    """What can be done with ticked rows: each button posts `id` (repeated) to its own `href`.

    With `everything` (e.g. "全部 2,418 条") a further box posts `all=1`; `query` goes with it as `query`.
    """

    buttons: tuple[Button, ...]
    query: str = ""
    everything: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Pager:
    """Where one stands in a list that pages by keyset."""

    text: str  # e.g. "1–25" or ""
    first_href: str | None = None
    previous_href: str | None = None
    next_href: str | None = None
    sizes: tuple[Link, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Empty:
    """What an empty list says: why it is empty and what to do."""

    text: str
    advice: str
    buttons: tuple[Button, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ListPage(Page):
    """The list of an entity's records."""

    template: ClassVar[str] = "list.html"
    count: str  # "2,418" or "10,000+"
    table: Table
    pager: Pager
    note: str = ""  # beside the count, e.g. whose records these are
    buttons: tuple[Button, ...] = ()
    views: tuple[Link, ...] = ()  # saved views as tabs
    chips: tuple[Chip, ...] = ()
    clear_href: str | None = None  # without any condition
    condition: ConditionForm | None = None
    sorts: tuple[Link, ...] = ()  # the current one marked
    bulk: Bulk | None = None
    empty: Empty | None = None  # given when there are no rows
