"""An entity as a profile fills it: which columns rows decide, and by which a record is known."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from app.core.entity import Entity
from app.core.field import Field
from app.core.scope import Belongs
from app.models.table import index_column, key_column
from app.records.rulebook import RULEBOOK


@dataclass(frozen=True)
class Target:
    """An entity as a profile fills it: which columns rows decide, and by which a record is known."""

    entity: Entity
    mapped: tuple[Field, ...]
    key: tuple[Field, ...]
    of_record: bool
    scope: str = ""  # under which it is marked how new a row stands; the entity's own where empty
    fed: bool = False  # records that no feed made are left alone

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns rows decide."""
        return tuple(columns_of(self.mapped))

    @property
    def known_by(self) -> tuple[str, ...]:
        """The columns a record is known by: of a sealed field its blind index, under which the same value is one."""
        return tuple(index_column(one) or one.column for one in self.key)

    @property
    def sole(self) -> bool:
        """Whether the key is one record's alone, as the database keeps it."""
        names = {one.name for one in self.key}
        return any(one.unique for one in self.key) or any(set(group) <= names for group in self.entity.unique)

    @property
    def compared(self) -> tuple[str, ...]:
        """The columns by which one sees that something differs: ciphertexts never are the same."""
        return tuple(
            column
            for one in self.mapped
            for column in ((index_column(one),) if one.sealed else (one.column,))
            if column
        )

    @property
    def placed(self) -> bool:
        """Whether records belong to stores."""
        return self.entity.belongs is Belongs.STORE

    def locks(self) -> Iterator[tuple[str, str]]:
        """The states and columns that the feed must leave as they are."""
        life = RULEBOOK.lifecycle(self.entity.name)
        mine = {one.name: one.column for one in self.mapped}
        for state, names in life.locks.items() if life and not self.of_record else ():
            yield from ((state, mine[name]) for name in names if name in mine)


def columns_of(fields: Sequence[Field]) -> Iterator[str]:
    """The columns fields are stored in."""
    for one in fields:
        yield from (column for column in (one.column, key_column(one), index_column(one)) if column)
