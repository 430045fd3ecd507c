"""A described table: everything the heads, the database and the documents derive from."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property
from typing import Any

from app.core.action import Action
from app.core.field import NAME, Field
from app.core.label import Label
from app.core.rules import Apart, Check, Once
from app.core.scope import Belongs, Near, Reach


class Origin(StrEnum):
    """Where a description comes from; only the catalog and the studio may ask."""

    CODE = "code"
    STUDIO = "studio"
    REFLECTED = "reflected"


@dataclass(frozen=True, slots=True)
class Grant:
    """A default grant: the role (by its name), what it may do, and how far it reaches."""

    role: str
    actions: frozenset[Action]
    reach: Reach


@dataclass(frozen=True, kw_only=True)
class Entity:
    """A described table; frozen and inert.

    Every record also has id, uuid, version, created_at/by, updated_at/by, and store_id where it belongs to a store.
    """

    name: str
    label: Label  # one record
    plural: Label  # many
    fields: tuple[Field, ...]
    title: str  # the field by which people know a record
    stand_in: str | None = None  # the field that names a record whose title is empty
    belongs: Belongs = Belongs.STORE
    group: str = "data"  # the menu group
    rank: int = 50  # place within the group
    icon: str = "table"  # a Tabler icon's name
    list: tuple[str, ...] = ()  # columns of the list; the first few fields when empty
    owners: tuple[str, ...] = ()  # references to employees that make a record "mine"
    near: tuple[Near, ...] = ()  # what else makes a record "mine" for a while; of tables in code alone
    team: str | None = None  # the reference to the team, where records have one
    unique: tuple[tuple[str, ...], ...] = ()
    checks: tuple[Check | Apart | Once, ...] = ()  # what else the database demands of rows; of tables in code alone
    shelved: tuple[str, ...] = ()  # fields that, filled in, take a record out of lists and pickers unless asked for
    offered: str | None = None  # the flag that is set, or the last day that is not, while pickers still offer a record
    ledger: bool = False  # rows are added and never changed or removed
    order: str = "-id"  # default order: a sortable field, "-" for descending
    grants: tuple[Grant, ...] = ()
    origin: Origin = Origin.CODE
    version: int = 1

    def __post_init__(self) -> None:
        if not NAME.match(self.name):
            raise ValueError(f"not an entity name: {self.name!r}")
        names = [field.name for field in self.fields]
        if len(set(names)) != len(names):
            raise ValueError(f"{self.name}: two fields of one name")
        keyed = (name for group in self.unique for name in group)
        offered = (self.offered,) if self.offered else ()
        for wanted in (*self.naming, *self.shelved, *offered, *self.list, *self.owners, *keyed):
            if wanted not in names:
                raise ValueError(f"{self.name}: no field {wanted!r}")
        for check in self.checks:
            if check.field not in names:
                raise ValueError(f"{self.name}: {check.name} speaks of no field {check.field!r}")

    def __hash__(self) -> int:
        """By name and version alone: descriptions key caches in each request, and hashing every field is dear."""
        return hash((self.name, self.version))

    @cached_property
    def by_name(self) -> dict[str, Field]:
        """Its fields by name."""
        return {field.name: field for field in self.fields}

    @cached_property
    def kept(self) -> dict[Any, Any]:
        """What others worked out from this description, under keys of their own; it goes when the description goes."""
        return {}

    def field(self, name: str) -> Field | None:
        """The field of that name, or None."""
        return self.by_name.get(name)

    @property
    def naming(self) -> tuple[str, ...]:
        """The names of the fields that name a record: the first of them that is filled does."""
        return (self.title, self.stand_in) if self.stand_in else (self.title,)

    @property
    def columns(self) -> tuple[str, ...]:
        """The names of the fields its list shows."""
        return self.list or tuple(field.name for field in self.fields[:6])

    @property
    def references(self) -> Iterable[Field]:
        """Its fields that point to other entities."""
        return (field for field in self.fields if field.target)

    @property
    def aside(self) -> bool:
        """Whether people come to its records by way of others: parts by their whole, ledgers by what they tell of."""
        return self.ledger or any(field.part_of for field in self.fields)

    @property
    def scope_column(self) -> str | None:
        """The column that holds the store a row belongs to, or None when rows are the group's."""
        return {Belongs.STORE: "store_id", Belongs.SELF: "id", Belongs.GROUP: None}[self.belongs]
