"""What a change of a role makes of one person's rights, in words."""

from collections.abc import Iterator

from app.access.explain import listed
from app.access.rights import Effect, Rights
from app.access.rights_change import gained, moved
from app.catalog import Snapshot
from app.core.actor import NOTHING, Extent
from app.core.field import Relation
from app.core.label import Label
from app.heads import door
from app.views import rights_words as w

WHERE = {Relation.MINE: w.IN_OWN, Relation.SCOPE: w.IN_OTHERS}


def text(label: Label, **given: object) -> str:
    """Words in the reader's language."""
    return label.format(**given).text(door.locale()) if given else label.text(door.locale())


def named(snapshot: Snapshot, noun: str) -> Label:
    """What people call what rights are granted on."""
    entity = snapshot.entities.get(noun)
    return entity.plural if entity else w.NOUNS.get(noun, Label(noun, noun))


def concerned(snapshot: Snapshot, effect: Effect, wanted: Rights) -> Iterator[str]:
    """What becomes of one person's rights, a line for each kind of records; one line when nothing does."""
    who = text(w.PERSON_OF, name=effect.name, store=effect.store) if effect.store else effect.name
    found = 0
    for noun in wanted:
        was, becomes = effect.was.get(noun, NOTHING), effect.becomes.get(noun, NOTHING)
        parts = [*_parts(was, becomes), *_fields(snapshot, noun, was, becomes)]
        if parts:
            found += 1
            what = f"{text(named(snapshot, noun))} {text(w.TWO).join(parts)}"
            yield text(w.EFFECT, who=who, what=what)
    if not found:
        yield text(w.AS_BEFORE, who=who)


def _parts(was: Extent, becomes: Extent) -> Iterator[str]:
    gains, losses = gained(was, becomes)
    if gains:
        yield text(w.GAINS, verbs=listed(gains))
    if losses:
        yield text(w.LOSES, verbs=listed(losses))
    if was.actions and becomes.actions and (before := span(was)) != (after := span(becomes)):
        yield text(w.FARTHER if after > before else w.NEARER)


def span(extent: Extent) -> tuple[int, int, int, int]:
    """How far somebody sees, comparable: everywhere, stores, teams, his own."""
    return (int(extent.everywhere), len(extent.stores), len(extent.teams), int(extent.owner is not None))


def _fields(snapshot: Snapshot, noun: str, was: Extent, becomes: Extent) -> Iterator[str]:
    entity = snapshot.entities.get(noun)
    if entity and was.actions and becomes.actions:
        for field, relation, before, after in moved(entity, was, becomes):
            told = {"field": field.label, "where": WHERE[relation], "was": w.STATES[before], "becomes": w.STATES[after]}
            yield text(w.FIELD_CHANGE, **told)
