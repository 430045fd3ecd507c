"""How far a grant reaches, and what a table's rows belong to."""

from dataclasses import dataclass
from enum import StrEnum

from app.core.label import Label


class Reach(StrEnum):
    """How far a grant reaches over an entity's rows, widest first."""

    GROUP = "group"
    COMPANY = "company"
    STORE = "store"
    TEAM = "team"
    OWN = "own"
    GRANTED = "granted"


@dataclass(frozen=True, slots=True)
class Near:
    """Records of another entity that bring one close to people while they are open: its visit, a task about it.

    `when` is SQL over `n`, a record of that entity, in which `{today}` stands for the business's day. `by` is the
    reference with which it points here; without one it names its subject by kind and number. With `whose` it counts for
    the employee that reference names, and only where he did not write it himself.
    """

    entity: str
    by: str | None
    when: str
    label: Label
    whose: str | None = None


class Belongs(StrEnum):
    """What each row of an entity belongs to; the row policy follows from it."""

    STORE = "store"  # has store_id: seen by those whose reach covers the store
    SELF = "self"  # is itself a store: seen by those whose reach covers it
    GROUP = "group"  # shared by everybody who holds a grant
