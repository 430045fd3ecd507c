"""Why somebody may or may not do something, and who may see a record: the deciding code and policies are asked."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from urllib.parse import quote

from app.access import rights
from app.access.explain import VERBS, allowed, explain
from app.access.rights import Holder
from app.access.state import fields_for
from app.core.action import Action
from app.core.actor import Actor
from app.core.entity import Entity
from app.core.errors import Unfit
from app.core.field import Relation, State
from app.heads.frame import frame
from app.heads.pages import Control, Count, FieldStand, Ground, Link, Option, Tag, WhyPage
from app.records.context import Context
from app.records.query import natural
from app.views import rights_words as w
from app.views.rights_effects import text
from app.views.rights_pages import HERE, crumbs

MOST = 500  # accounts asked about one record
COLOURS: Mapping[int, str] = {State.HIDDEN: "bad", State.MASKED: "warn", State.CLEAR: "ok"}


@dataclass(frozen=True, slots=True)
class Asked:
    """What was asked, as far as it means something."""

    words: str
    entity: Entity | None
    action: Action
    record: int


def page(context: Context, given: Mapping[str, str]) -> WhyPage:
    """The question, and its answer when one was asked."""
    asked = Asked(
        given.get("who", "").replace("\0", "").strip()[:100],
        context.snapshot.entities.get(given.get("entity", "")),
        next((one for one in Action if one.value == given.get("action")), Action.READ),
        natural(given.get("record", "")) or 0,
    )
    bare = WhyPage(
        frame=frame(),
        title=text(w.WHY),
        crumbs=crumbs(Link(text=text(w.WHY), href="")),
        note=text(w.WHY_NOTE),
        action=f"{HERE}/why",
        controls=_controls(context, asked),
        submit=text(w.ASK),
    )
    if asked.entity is None:
        return bare
    if asked.record:
        bare = replace(bare, people_title=text(w.SEEN_BY), people=_seen_by(context, asked.entity, asked.record))
    if not asked.words:
        return bare
    person = meant(context, asked.words)
    if isinstance(person, Unfit):
        return replace(bare, problem=text(person.label))
    actor, enters, grants = rights.profile(context.connection, person.user, asked.entity.name)
    within = rights.reaches(context.connection, person.user, asked.entity.name, asked.record) if asked.record else None
    reasons = explain(asked.action, asked.entity, enters=enters, grants=grants, within=within)
    may = allowed(reasons)
    what = text(w.ASKED, who=person.name, action=VERBS[asked.action], entity=asked.entity.plural)
    return replace(
        bare,
        verdict=Count(text=what, value=text(w.YES if may else w.NO), state="ok" if may else "bad"),
        grounds=tuple(
            Ground(text=text(one.label), allows=one.allows, word=text(w.YES if one.allows else w.NO)) for one in reasons
        ),
        fields_title=text(w.FIELDS),
        columns=(text(asked.entity.label), text(w.IN_OWN), text(w.IN_OTHERS), text(w.WRITES)),
        fields=tuple(_fields(actor, asked.entity)),
    )


def _controls(context: Context, asked: Asked) -> tuple[Control, ...]:
    entities = sorted(context.snapshot.entities.values(), key=lambda one: text(one.plural))
    return (
        Control(name="who", label=text(w.PERSON), value=asked.words, maxlength=100),
        Control(
            name="entity",
            label=text(w.RECORDS),
            widget="select",
            required=True,
            options=tuple(
                Option(value=one.name, text=text(one.plural), selected=one is asked.entity) for one in entities
            ),
        ),
        Control(
            name="action",
            label=text(w.ACTION),
            widget="select",
            required=True,
            options=tuple(
                Option(value=one.value, text=text(word), selected=one is asked.action) for one, word in VERBS.items()
            ),
        ),
        Control(name="record", label=text(w.RECORD), widget="number", value=str(asked.record or "")),
    )


def meant(context: Context, words: str) -> Holder | Unfit:
    """The one living account that is meant; for none or several, what to say."""
    found = rights.accounts(context.connection, words) if words else []
    exact = [one for one in found if one.login == words] or [one for one in found if one.name == words]
    chosen = exact or found
    if len(chosen) == 1:
        return chosen[0]
    names = text(w.AND).join(text(w.PERSON_OF, name=one.name, store=one.login) for one in chosen[:5])
    return Unfit("several", w.SEVERAL.format(names=names)) if chosen else Unfit("nobody", w.NO_SUCH)


def _fields(actor: Actor, entity: Entity) -> Iterator[FieldStand]:
    """How each field stands, from the policy that every page, file and answer asks."""
    policy = fields_for(actor, entity)
    for field in entity.fields:
        states = [policy.state(field.name, one) for one in (Relation.MINE, Relation.SCOPE)]
        writes = field.name in policy.writable
        yield FieldStand(
            text=text(field.label),
            cells=(
                *(Tag(text=text(w.STATES[one]), state=COLOURS[one]) for one in states),  # type: ignore[arg-type]
                Tag(text=text(w.YES if writes else w.NO), state="ok" if writes else "neutral"),
            ),
        )


def _seen_by(context: Context, entity: Entity, record: int) -> tuple[Link, ...]:
    """The accounts whose rights and reach let them see one record."""
    asked = f"entity={entity.name}&record={record}"
    return tuple(
        Link(text=text(w.PERSON_OF, name=name, store=store or login), href=f"{HERE}/why?who={quote(login)}&{asked}")
        for login, name, store in rights.seen_by(context.connection, entity.name, record, MOST)
    )
