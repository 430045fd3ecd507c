"""Writes docs/reference/entities.md: every table in code, its fields and states, and how the tables hang together.

Run `python -m tools.entity_map` after a description changed; a test holds the page against the catalog.
"""

import sys
from collections.abc import Iterator
from pathlib import Path

import app.rules  # noqa: F401  # life cycles are declared there
from app.core.entity import Entity
from app.core.field import Field, Privacy
from app.core.rules import Lifecycle
from app.core.scope import Belongs
from app.heads.menu import GROUPS
from app.models import ENTITIES
from app.records.rulebook import RULEBOOK

PAGE = Path(__file__).parents[1] / "docs" / "reference" / "entities.md"
OWNER = {Belongs.STORE: "a store's", Belongs.SELF: "is a store", Belongs.GROUP: "the group's"}
FLAGS = {
    "required": "required",
    "unique": "once",
    "readonly": "by the system",
    "part_of": "its whole",
    "search": "searched",
}
HEAD = """# Entities

Generated from the descriptions in `app/models` and the rules in `app/rules` by `python -m tools.entity_map`; edit
those, not this page. An arrow leads from a record to the one it refers to; a filled one to the whole it is a part of.

"""


def page() -> str:
    """The whole page."""
    groups: dict[str, list[Entity]] = {}
    for entity in sorted(ENTITIES.values(), key=lambda one: (one.rank, one.name)):
        groups.setdefault(entity.group, []).append(entity)
    order = [group for group in GROUPS if group in groups] + sorted(set(groups) - set(GROUPS))
    return HEAD + "\n".join(line for group in order for line in chapter(group, groups[group]))


def chapter(group: str, entities: list[Entity]) -> Iterator[str]:
    """One menu group: its map, then each of its entities."""
    label = GROUPS[group]
    yield f"## {label.zh} · {label.en}\n"
    yield from drawn(entities)
    for entity in entities:
        yield from described(entity)


def drawn(entities: list[Entity]) -> Iterator[str]:
    """The map of some entities and what they refer to, as a Mermaid graph."""
    yield "```mermaid\nflowchart LR"
    links = {(one, field) for one in entities for field in one.references if field.target not in ("employee", "store")}
    names = {one.name for one in entities} | {field.target or "" for _, field in links}
    for name in sorted(names):
        yield f'  {name}["{ENTITIES[name].label.zh}<br>{ENTITIES[name].label.en}"]'
    for one, field in sorted(links, key=lambda link: (link[0].name, link[1].name)):
        yield f"  {one.name} {'==>' if field.part_of else '-->'} {field.target}"
    yield "```\n"


def described(entity: Entity) -> Iterator[str]:
    """One entity: its names, whose its records are, its fields, its states."""
    notes = [OWNER[entity.belongs], *(["only added to"] if entity.ledger else [])]
    yield f"### {entity.label.zh} · {entity.label.en} (`{entity.name}`)\n"
    yield f"Records: {', '.join(notes)}.\n"
    yield "| field | 中文 | English | kind | notes |\n|---|---|---|---|---|"
    for field in entity.fields:
        yield f"| `{field.name}` | {field.label.zh} | {field.label.en} | {kind(field)} | {', '.join(told(field))} |"
    yield ""
    if life := RULEBOOK.lifecycle(entity.name):
        yield from states(entity, life)


def kind(field: Field) -> str:
    """What a value is."""
    return f"→ `{field.target}`" if field.target else field.kind.code.replace("_", " ")


def told(field: Field) -> Iterator[str]:
    """What else is said of a field."""
    if field.privacy in (Privacy.PERSONAL, Privacy.SEALED):
        yield field.privacy.value
    for flag, word in (
        ("required", "required"),
        ("unique", "once"),
        ("readonly", "by the system"),
        ("part_of", "its whole"),
    ):
        if getattr(field, flag):
            yield word
    if field.search:
        yield "searched"


def states(entity: Entity, life: Lifecycle) -> Iterator[str]:
    """A life cycle as a Mermaid state diagram."""
    labels = {one.code: one.label for one in getattr(entity.by_name[life.field].kind, "choices", ())}
    yield "```mermaid\nstateDiagram-v2"
    for code, label in labels.items():
        yield f"  {code}: {label.zh} {label.en}"
    for code in life.begins:
        yield f"  [*] --> {code}"
    for move in life.moves:
        for source in move.sources:
            yield f"  {source} --> {move.target}: {move.label.zh}"
    yield "```\n"


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
    sys.stdout.write(f"{PAGE.name}: {len(ENTITIES)} entities\n")
