"""What contracts share: who may do what by the description alone, and how pages and files are read."""

import csv
import io
import re
from html import unescape

from app.core.action import Action
from app.core.entity import Entity
from app.core.field import Field, State
from app.core.scope import Belongs
from tests.appkit import Premises
from tests.cast import BY_PART, PUDONG
from tests.make import FITTING, Make

FOREIGN = "外店机密"  # stands in every record of the other store


def granted(entity: Entity, part: str) -> frozenset[Action]:
    """What the description's grants allow one of the cast."""
    role = BY_PART[part].role
    return frozenset(action for grant in entity.grants if grant.role == role for action in grant.actions)


def of_store(entity: Entity) -> bool:
    """Whether records belong to stores, so that other stores' can be out of reach."""
    return entity.belongs is not Belongs.GROUP


def ours(entity: Entity) -> bool:
    """Whether a store's manager does everything with it, so that a store's own people meet its borders."""
    return of_store(entity) and Action.DELETE in granted(entity, "manager")


def changeable(entity: Entity) -> bool:
    """Whether somebody both changes and removes records, which nobody does in a ledger or where records are kept."""
    given = {action for grant in entity.grants for action in grant.actions}
    return not entity.ledger and {Action.UPDATE, Action.DELETE} <= given


def has_sealed(entity: Entity) -> bool:
    """Whether the entity has a sealed field people can search."""
    return bool(sealed(entity))


def sealed(entity: Entity) -> list[Field]:
    """Its sealed fields that are shown at least masked and found by their whole."""
    return [item for item in entity.fields if item.sealed and item.search and item.scope is not State.HIDDEN]


def home(part: str) -> str:
    """The store whose records one of the cast works on."""
    return BY_PART[part].store or PUDONG


def marked(make: Make, entity: Entity, store: str, number: int = 0) -> int:
    """A record whose title names it as another store's secret where the title is free text."""
    text = f"{FOREIGN}{number}"
    texts = (item for item in entity.fields if item.kind.code in ("text", "long_text") and not item.readonly)
    free = {item.name: text for item in texts if not item.unique}
    kept = {"number", *FITTING.get(entity.name, {}), *(group[0] for group in entity.unique if len(group) == 1)}
    free = {name: value for name, value in free.items() if name not in kept}
    return make.record(entity.name, store=store, **free)


def form(premises: Premises, entity: Entity, values: dict[str, object]) -> dict[str, object]:
    """Values as a form posts them."""
    return {name: "" if value is None else posted(value) for name, value in values.items()}


def posted(value: object) -> object:
    """One value as a form posts it."""
    if isinstance(value, bool):
        return "1" if value else "0"
    return [str(one) for one in value] if isinstance(value, list) else str(value)


def count_of(page: str) -> str:
    """The number a list page gives for its records."""
    found = re.search(r'<p class="note">[^<\d]*([\d,]+\+?)', page)
    assert found, "the page shows no count"
    return found[1]


def shown(page: str) -> str:
    """A page's words without its frame, as a person reads them."""
    return unescape(re.sub(r"<[^>]+>", " ", page.partition("<main")[2]))


def csv_rows(text: str) -> list[list[str]]:
    """The rows of a CSV file, heading first."""
    return list(csv.reader(io.StringIO(text.removeprefix("\ufeff"))))
