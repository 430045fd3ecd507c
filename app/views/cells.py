"""Values as cells of lists and facts of records."""

from typing import Any

from app.core.field import Field
from app.core.label import Label
from app.core.protected import Protected
from app.heads.pages import Cell
from app.records.files import UPLOAD, pictured

NOTHING = Cell(text="—", look="empty")
SHORT = 80  # characters a list shows
# How the usual words of a state read; a choice without one of them is plain.
LOOKS = {
    "active": "ok", "delivered": "ok", "done": "ok", "new": "info", "on_sale": "info", "stock": "neutral",
    "prospect": "neutral",
    "dormant": "warn", "transferred": "neutral", "scrapped": "bad", "lost": "bad",
}  # fmt: skip
GONE = Label("（不可见）", "(not visible)")


def cell(  # noqa: PLR0911  # a table of looks
    field: Field, value: Any, locale: str, titles: dict[str, dict[int, str]], *, short: bool = True, at: str = ""
) -> Cell:
    """One value as a cell; a reference reads as the title of its record, a file of the record at `at` by name."""
    if isinstance(value, Protected):
        return Cell(text=str(value), look="mask")
    if value is None or value == "":
        return NOTHING
    if field.target:
        return reference(field, value, titles, locale)
    if field.kind.code == "file":
        return file(field, value, titles, locale, at)
    text = field.kind.show(value, locale)
    match field.kind.code:
        case "choice":
            return Cell(text=text, look=LOOKS.get(str(value), "") if field.index else "")  # type: ignore[arg-type]
        case "vin" | "uscc" | "idcard" | "id_card":
            return Cell(text=text, look="code")
        case "date" | "datetime":
            return Cell(text=text, look="when")
    if short and len(text) > SHORT:
        return Cell(text=text[:SHORT] + "…", tip=text)
    return Cell(text=text)


def reference(field: Field, value: int, titles: dict[str, dict[int, str]], locale: str) -> Cell:
    """A reference as the title of its record, leading there; one the actor may not see says only that."""
    title = titles.get(field.target or "", {}).get(value)
    if title is None:
        return Cell(text=GONE.text(locale), look="empty")
    return Cell(text=title, href=f"/data/{field.target}/{value}")


def file(field: Field, value: int, titles: dict[str, dict[int, str]], locale: str, at: str) -> Cell:
    """A file as its name, leading to it; a picture as a small one. One the actor may not see says only that."""
    name = titles.get(UPLOAD, {}).get(value)
    if name is None or not at:
        return Cell(text=name or GONE.text(locale), look="" if name else "empty")
    href = f"{at}/file/{field.name}"
    return Cell(text=name, href=href, image=f"{href}?small=1" if pictured(name) else None)
