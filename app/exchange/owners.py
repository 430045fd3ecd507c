"""Whose an imported record becomes: the staff of a store, found by name or staff number."""

from dataclasses import dataclass, field
from typing import Any, Self

from sqlalchemy import Connection

from app.core.entity import Entity
from app.exchange.batch import Batch, Owner
from app.exchange.reading import Named
from app.fields.words import normalise
from app.records.context import Context


@dataclass(slots=True)
class Staff:
    """Who works at a store now; `unknown` counts names that are nobody's, or several people's."""

    ids: dict[str, int | None]
    people: dict[int, str]
    unknown: int = field(default=0)

    @classmethod
    def of(cls, connection: Connection, store: int) -> Self:
        """The staff of a store as far as the actor may see them."""
        sql = "SELECT id, number, name FROM employee WHERE store_id = %s AND left_on IS NULL ORDER BY number"
        ids: dict[str, int | None] = {}
        people = {}
        for number, code, name in connection.exec_driver_sql(sql, (store,)):
            people[number] = f"{name}（{code}）"
            for word in {normalise(code), normalise(name)}:
                ids[word] = None if word in ids else number
        return cls(ids, people)

    def find(self, words: str) -> int | None:
        """The one employee of that name or number, or None."""
        found = self.ids.get(normalise(words))
        self.unknown += found is None
        return found


@dataclass(frozen=True, slots=True)
class OwnerRule:
    """Fills the owner of each record, and turns names of staff into their ids."""

    staff: Staff
    named: bool  # whether a column of the file says who
    owner: int | None  # everybody's owner otherwise

    @classmethod
    def of(cls, context: Context, batch: Batch, staff: Staff) -> Self:
        """The rule a batch was given; its importer counts as an owner only where he works at that store."""
        me = context.actor.employee
        owner = {Owner.ME: me if me in staff.people else None, Owner.EMPLOYEE: batch.owner_id}.get(batch.owner)
        return cls(staff, batch.owner is Owner.COLUMN, owner)

    def apply(self, entity: Entity, values: dict[str, Any]) -> None:
        """Puts ids for names, and the owner where the rule, not the file, says who."""
        if not self.named:
            values.pop(entity.owners[0], None)
        for name in [name for name, value in values.items() if isinstance(value, Named)]:
            found = self.staff.find(values[name].text)
            if found is None:
                del values[name]
            else:
                values[name] = found
        if self.owner is not None:
            values[entity.owners[0]] = self.owner
