"""What happened to a record, from the trail, in words."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from app.audit.read import Entry as Written
from app.audit.read import history
from app.core.entity import Entity
from app.core.errors import Unfit
from app.core.field import Field
from app.core.label import Label
from app.heads.frame import local
from app.heads.pages import Change, Entry
from app.records.context import Context

ENTRIES = 50
ACTS = {
    "insert": (Label("新建", "Created"), "plus"),
    "update": (Label("修改", "Changed"), "pencil"),
    "delete": (Label("删除", "Deleted"), "trash"),
    "erase": (Label("抹除历史内容", "Erased past values"), "eraser"),
}
VIA = {
    "token": Label("接口", "API"),
    "job": Label("后台任务", "Job"),
    "system": Label("系统", "System"),
    "database": Label("数据库", "Database"),
}
CHANGED = Label("（已改，不显示）", "(changed, not shown)")


def told(context: Context, entity: Entity, record: int, fields: Mapping[str, Field], locale: str) -> tuple[Entry, ...]:
    """The entries of a record, newest first, of the given fields by column."""
    teller = Teller(fields, locale)
    return tuple(teller.entry(one) for one in history(context.connection, entity.name, record, ENTRIES))


@dataclass(frozen=True, slots=True)
class Teller:
    """Puts entries of the trail into words."""

    fields: Mapping[str, Field]
    locale: str

    def entry(self, one: Written) -> Entry:
        """One act of the trail."""
        what, icon = ACTS.get(one.action, (Label(one.action, one.action), "history"))
        via = VIA.get(one.actor_kind)
        return Entry(
            when=f"{local(one.at):%m-%d %H:%M}",
            exact=one.at.isoformat(),
            who=one.actor_name or (via or VIA["database"]).text(self.locale),
            what=what.text(self.locale),
            icon=icon,
            via=via.text(self.locale) if via else "",
            changes=tuple(self.changes(one)),
        )

    def changes(self, one: Written) -> list[Change]:
        """The fields an entry speaks of, before and after; a new record's empty ones are left out."""
        return [
            Change(
                label=field.label.text(self.locale),
                before=self.past(field, one.before.get(column)),
                after=self.past(field, one.after.get(column)),
                reason=one.reasons.get(column, ""),
            )
            for column, field in self.fields.items()
            if column in one.columns and (one.action != "insert" or one.after.get(column) is not None)
        ]

    def past(self, field: Field, value: Any) -> str:
        """A value of the trail in words; a secret one says only that it changed."""
        if value is None:
            return "—"
        if field.sealed:
            return CHANGED.text(self.locale)
        if field.target:
            return f"#{value}"
        try:
            return field.kind.show(field.kind.seek(value) if field.kind.code != "money" else value, self.locale)
        except Unfit:
            return str(value)
