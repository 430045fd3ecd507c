"""Why a reminder was told or not, as a list beside its record."""

from app.core.label import Label
from app.heads.pages import Aside, AsideItem, Tag
from app.records.row import Record
from app.reminders.trace import read

REMINDER, DECISION = "reminder", "decision"
TITLE = Label("决定依据", "Why it was decided so")
PASSED, STOPPED = Label("通过", "Passed"), Label("未通过", "Stopped")


def asides(entity: str, record: Record, visible: frozenset[str] | set[str], locale: str) -> tuple[Aside, ...]:
    """A card with the outcome and each check, for records that keep such a trace and who may see it."""
    if entity != REMINDER or DECISION not in visible or not record[DECISION]:
        return ()
    items = []
    for line in read(record[DECISION], locale):
        if line.passed is None:
            items.append(AsideItem(title=line.title, note=line.found, icon="info-circle"))
            continue
        words = PASSED if line.passed else STOPPED
        tag = Tag(text=words.text(locale), state="ok" if line.passed else "warn")
        icon = "circle-check" if line.passed else "circle-x"
        items.append(AsideItem(title=line.title, note=line.found, icon=icon, tag=tag))
    return (Aside(title=TITLE.text(locale), items=tuple(items)),)


def is_drawn_beside(entity: str, field: str) -> bool:
    """Whether a field stands in such a card, and not among the facts as it is stored."""
    return (entity, field) == (REMINDER, DECISION)
