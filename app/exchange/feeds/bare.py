"""Bare records: what rows say of cars and customers that are not there, made and then kept up as newer rows tell."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from app.core.entity import Entity
from app.exchange.feeds.marks import Row, mark
from app.exchange.feeds.profile import Profile
from app.exchange.feeds.run import Run
from app.exchange.feeds.target import Target
from app.exchange.feeds.upsert import Written, insert, upsert
from app.records.context import Context

if TYPE_CHECKING:
    from app.exchange.feeds.resolve import Told


class Bare:
    """Bare records of one entity, as one profile tells of them."""

    def __init__(self, context: Context, profile: Profile, run: Run, target: Entity) -> None:
        self._context, self._profile, self._run, self._entity = context, profile, run, target

    def add(self, asked: "Sequence[Told]") -> list[dict[str, Any]]:
        """Adds records whose key others may share, such as a phone; answers the links of what was added."""
        written = Written()
        insert(self._context, Target(self._entity, (), (), of_record=True), [_row(one) for one in asked], written)
        return written.links

    def keep(self, asked: "Sequence[Told]") -> list[dict[str, Any]]:
        """Adds records known by a key of their own; those that feeds made follow the newest row about them."""
        if not asked:
            return []
        told = dict.fromkeys(name for one in asked for name, _ in (one.by[0], *one.also))
        fields = tuple(one for one in self._entity.fields if one.name in told)
        key = tuple(one for one in fields if one.name == asked[0].by[0][0])
        scope = f"{self._entity.name}:{self._profile.id}"
        rows = [_row(one) for one in asked]
        target = Target(self._entity, fields, key, of_record=True, scope=scope, fed=True)
        written = upsert(self._context, target, rows, self._run.sequence)
        mark(self._context, scope, [row for row in rows if not row.stale], self._run.sequence, self._run.id)
        return written.links


def _row(told: "Told") -> Row:
    return Row(told.line, told.store, told.stamp, dict(told.bare or {}), told.tokens)
