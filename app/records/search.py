"""The search box and its index: words found by equality of keyed tokens, which an index serves under row policy."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from app.access.seal import Sealer
from app.core.entity import Entity
from app.core.errors import Malformed, Unfit
from app.core.field import Field
from app.core.label import Label
from app.core.scope import Belongs
from app.fields.words import normalise
from app.records.context import Context
from app.records.plan import numbers

LONGEST, MOST = 100, 5  # characters of a search, words of it
SHORTEST_TAIL = 4
TRIED = re.compile(r"\+\d{7,15}|\d{14,17}[\dX]|[^@]+@[^@]+")  # telephones, ID cards, e-mail


@dataclass(slots=True)
class Where:
    """Conditions in SQL with their parameters, below the actor's scope, which is there for the planner."""

    scope: str
    parts: list[str]
    values: list[Any]

    def add(self, part: str, *values: Any) -> "Where":
        """Adds one condition."""
        self.parts.append(part)
        self.values.extend(values)
        return self

    def copy(self) -> "Where":
        """An independent copy."""
        return Where(self.scope, list(self.parts), list(self.values))

    @property
    def sql(self) -> str:
        """All conditions joined."""
        return " AND ".join((self.scope, *self.parts))


def word_token(sealer: Sealer, entity: Entity, word: str) -> int:
    """The token of a plain word."""
    return sealer.token(entity.name, word)


def whole_token(sealer: Sealer, entity: Entity, field: Field, text: str) -> int:
    """The token of a sealed field's whole value; kept apart from plain words, so it needs the right to search."""
    return sealer.token(f"{entity.name}/{field.name}", text)


def tail_token(sealer: Sealer, entity: Entity, field: Field, text: str) -> int:
    """The token of a field's last characters."""
    return sealer.token(f"{entity.name}/{field.name}/tail", text)


def tokens_of(sealer: Sealer, entity: Entity, values: dict[str, Any]) -> set[int]:
    """Every token under which a record with these plain values is found."""
    found: set[int] = set()
    for field in entity.fields:
        value = values.get(field.name)
        if value is None:
            continue
        if field.search:
            words = field.kind.tokens(value)
            found |= {
                whole_token(sealer, entity, field, word) if field.sealed else word_token(sealer, entity, word)
                for word in words
            }
        tail = field.kind.tail(value)
        if tail and (field.search or field.sealed):
            found.add(tail_token(sealer, entity, field, tail))
            if not field.sealed:
                found.add(word_token(sealer, entity, normalise(tail)))
    return found


def candidates(context: Context, entity: Entity, word: str) -> Iterator[int]:
    """The tokens a typed word may mean: a plain word, and for those with the right a sealed value's whole or end."""
    yield word_token(context.sealer, entity, normalise(word))
    policy = context.policy(entity)
    for field in entity.fields:
        if not field.search:
            continue
        if field.sealed and field.name not in policy.findable:
            continue
        if field.sealed and len(word) == SHORTEST_TAIL and word.isdigit():
            yield tail_token(context.sealer, entity, field, word)
        try:
            value = field.kind.seek(word)
        except Unfit:
            continue
        if value is None:
            continue
        for whole in field.kind.tokens(value):
            if not field.sealed:  # the others of a name are its beginnings, by which it is found, not what was meant
                yield word_token(context.sealer, entity, whole)
                break
            yield whole_token(context.sealer, entity, field, whole)


def seeks_protected(context: Context, entity: Entity, words: str) -> dict[str, bool]:
    """The sealed fields whose whole or end these words, or one of them, may be: such a search belongs in the trail.

    True where the value is of a form that could be tried out, a number or an address; a plate, a car's VIN or a name in
    Latin letters may be some paper's number or somebody's WeChat name too, and is looked for all day.
    """
    policy = context.policy(entity)
    found: dict[str, bool] = {}
    for field in entity.fields:
        if field.name in policy.findable and field.search:
            for one in {words, *words.split()[:MOST]}:
                if (tried := _tried(field, one)) is not None:
                    found[field.name] = tried or found.get(field.name, False)
    return found


def _tried(field: Field, word: str) -> bool | None:
    """Whether a word may be a field's value that could be tried out; None where it is no value of it."""
    if len(word) == SHORTEST_TAIL and word.isdigit():
        return True
    try:
        value = field.kind.seek(word)
    except Unfit:
        return None
    return None if value is None else TRIED.fullmatch(str(value)) is not None


def matching(context: Context, entity: Entity, words: str, where: Where) -> None:
    """Adds to `where` that every word is found."""
    demand_short(words)
    whole = meant(context, entity, words)
    parts = words.split()[:MOST]
    if len(parts) <= 1:
        where.add(f"t.id IN ({_ids(context, entity, whole)})", *whole)
        return
    values = [meant(context, entity, part) for part in parts]
    each = " AND ".join(f"t.id IN ({_ids(context, entity, tokens)})" for tokens in values)
    flat = [token for tokens in (whole, *values) for token in tokens]
    where.add(f"(t.id IN ({_ids(context, entity, whole)}) OR ({each}))", *flat)


def demand_short(words: str) -> None:
    """Refuses a search nobody would type."""
    if len(words) > LONGEST:
        raise Malformed(
            Label("搜索内容太长，最多 100 个字。", "The search is too long: at most 100 characters."), "search"
        )


def holding(context: Context, entities: Iterable[Entity], words: str) -> set[str]:
    """The entities of which some record within reach may be found by these words; one statement for all."""
    demand_short(words)
    typed = {words, *words.split()[:MOST]}
    pairs = [(one.name, token) for one in entities for word in typed for token in meant(context, one, word)]
    sql = (
        "SELECT DISTINCT x.entity FROM unnest(%s::text[], %s::bigint[]) AS x(entity, token)"
        " WHERE EXISTS (SELECT FROM search_token s WHERE s.token = x.token AND s.entity = x.entity)"
    )
    found = context.connection.exec_driver_sql(sql, ([name for name, _ in pairs], [token for _, token in pairs]))
    return set(found.scalars())


def meant(context: Context, entity: Entity, words: str) -> tuple[int, ...]:
    """The different tokens some words may mean, in a steady order."""
    return tuple(sorted(set(candidates(context, entity, words))))


def only_token(context: Context, entity: Entity, words: str) -> int | None:
    """The token of words that can mean but one; None where they are several or may mean different things."""
    if len(words) > LONGEST or len(words.split()) > 1:
        return None
    tokens = meant(context, entity, words)
    return tokens[0] if len(tokens) == 1 else None


def _ids(context: Context, entity: Entity, tokens: tuple[int, ...]) -> str:
    """The ids under any of these tokens, one parameter each.

    Where rows belong to stores a single token is read in the order of ids, and no further than the page needs.
    """
    sign = "= %s" if len(tokens) == 1 else f"IN ({', '.join(['%s'] * len(tokens))})"
    return f"SELECT s.record_id FROM search_token s WHERE {_place(context, entity)}s.token {sign}"


def _place(context: Context, entity: Entity) -> str:
    if entity.belongs is Belongs.STORE:
        return "s.store_id = t.store_id AND "
    extent = context.actor.extent(entity.name)
    if extent.everywhere or not extent.stores or not entity.scope_column:
        return ""
    return f"s.store_id IN ({numbers(extent.stores)}) AND "
