"""Who acts: a person, an API token, a job, the system, or nobody."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from types import MappingProxyType

from app.core.action import Action


class ActorKind(StrEnum):
    """What stands behind an actor."""

    PERSON = "person"
    TOKEN = "token"  # noqa: S105  # a kind of actor
    JOB = "job"  # a worker on behalf of the person who asked
    SYSTEM = "system"
    NOBODY = "nobody"


@dataclass(frozen=True, slots=True)
class Extent:
    """What one actor may do with one entity and over which rows: the union of his grants.

    `everywhere` means every row; otherwise a row is his when its store is in `stores`, its team in
    `teams`, one of its owner columns is `owner`, or its id is in `records`.
    """

    actions: frozenset[Action] = frozenset()
    everywhere: bool = False
    stores: tuple[int, ...] = ()
    teams: tuple[int, ...] = ()
    owner: int | None = None
    records: tuple[int, ...] = ()
    # Fields that stand otherwise than described: name, in his own records, in others. What each of his roles says, of
    # which the most open holds; None is "as described".
    fields: tuple[tuple[str, tuple[int | None, ...], tuple[int | None, ...]], ...] = ()


NOTHING = Extent()


@dataclass(frozen=True, slots=True)
class Actor:
    """An announced actor as the database verified him; build one only from what `announce` answers."""

    id: int | None
    kind: ActorKind
    name: str
    employee: int | None = None
    store: int | None = None  # the store he works at, preset in forms
    stores: tuple[int, ...] = ()  # every store any of his grants covers
    roles: frozenset[str] = frozenset()
    extents: Mapping[str, Extent] = field(default_factory=lambda: MappingProxyType({}))
    locale: str | None = None
    stamp: int = 0  # the access version his extents were computed from
    factor_due: datetime | None = None  # when he must have set up a second factor; None when he need not

    def extent(self, entity: str) -> Extent:
        """What he may do with `entity`; nothing when no grant names it."""
        return self.extents.get(entity, NOTHING)

    def may(self, action: Action, entity: str) -> bool:
        """Whether any of his grants allows `action` on `entity`."""
        return action in self.extent(entity).actions


NOBODY = Actor(None, ActorKind.NOBODY, "")
