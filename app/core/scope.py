"""How far a grant reaches, and what a table's rows belong to."""

from enum import StrEnum


class Reach(StrEnum):
    """How far a grant reaches over an entity's rows, widest first."""

    GROUP = "group"
    COMPANY = "company"
    STORE = "store"
    TEAM = "team"
    OWN = "own"
    GRANTED = "granted"


class Belongs(StrEnum):
    """What each row of an entity belongs to; the row policy follows from it."""

    STORE = "store"  # has store_id: seen by those whose reach covers the store
    SELF = "self"  # is itself a store: seen by those whose reach covers it
    GROUP = "group"  # shared by everybody who holds a grant
