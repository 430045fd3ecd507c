"""The pages of roles: the list, the matrix of one, what a change would make of people, two laid side by side."""

from collections.abc import Iterator, Mapping
from typing import Any

from app.access import rights
from app.access.explain import REACHES, VERBS, listed
from app.access.rights import NOUN, Effect, Right, Rights, Role, RoleRights
from app.access.rights_change import doubts
from app.access.roles import BY_NAME, label_of
from app.catalog import Snapshot
from app.core.action import Action
from app.core.entity import Entity
from app.core.errors import Invalid
from app.core.label import Label
from app.core.scope import Reach
from app.heads import door
from app.heads.frame import frame, local
from app.heads.menu import GROUPS, group_label
from app.heads.pages import (
    Button,
    Change,
    ConfirmPage,
    Control,
    FeedRow,
    FeedsPage,
    Link,
    Option,
    RightGroup,
    RightRow,
    RightsPage,
    RoleHolder,
    Tag,
)
from app.records.context import Context
from app.views import rights_words as w
from app.views.rights_effects import concerned, named, text

HERE = "/rights"
CHANGES = frozenset({Action.UPDATE, Action.DELETE})  # what nobody does in a ledger
# Of what is no entity.
TENDING = frozenset({Action.LIST, Action.READ, Action.CREATE, Action.UPDATE, Action.DELETE, Action.EXPORT})


def crumbs(*more: Link) -> tuple[Link, ...]:
    """The way here."""
    return (Link(text=text(w.TITLE), href=f"{HERE}/"), *more)


def listing(context: Context) -> FeedsPage:
    """Every role."""
    found = rights.roles(context.connection)
    return FeedsPage(
        frame=frame(),
        title=text(w.TITLE),
        note=text(w.NOTE),
        buttons=(
            Button(text=text(w.WHY), href=f"{HERE}/why", icon="info-circle"),
            Button(text=text(w.SIGN_IN_RULES), href="/security/rules", icon="lock"),
        ),
        columns=(text(w.ROLE), "", text(w.KEY), text(w.PEOPLE), text(w.ENTITIES)),
        rows=tuple(_row(one) for one in found),
    )


def _row(one: Role) -> FeedRow:
    shipped = BY_NAME.get(one.name)
    told = text(shipped.description) if shipped else text(w.FROM, base=label_of(one.base)) if one.base else ""
    tag = Tag(text=text(w.MINE), state="info") if one.mine else None
    return FeedRow(
        text=text(label_of(one.name)),
        href=f"{HERE}/{one.id}",
        tag=tag,
        cells=(told, f"{one.people:,}", f"{one.entities:,}"),
    )


def nouns(snapshot: Snapshot) -> Iterator[tuple[str, list[tuple[str, Label]]]]:
    """Everything rights are granted on, by menu group: entities, then what is tended though it is none."""
    groups: dict[str, list[tuple[str, Label]]] = {}
    for entity in sorted(snapshot.entities.values(), key=lambda one: one.rank):
        groups.setdefault(entity.group, []).append((entity.name, entity.plural))
    order = [*(group for group in GROUPS if group in groups), *(group for group in groups if group not in GROUPS)]
    yield from ((text(group_label(group)), groups[group]) for group in order)
    yield text(w.SYSTEM), list(w.NOUNS.items())


def matrix(
    context: Context, role: RoleRights, wanted: Rights | None = None, problem: Invalid | None = None
) -> RightsPage:
    """One role's matrix, with what was ticked when it was refused."""
    may = context.actor.may(Action.UPDATE, NOUN) and not role.mine
    stands = {**role.rights, **(wanted or {})}
    name = text(label_of(role.name))
    return RightsPage(
        frame=frame(),
        title=name,
        crumbs=crumbs(Link(text=name, href="")),
        note=text(w.YOURS) if role.mine else text(w.FROM, base=label_of(role.base)) if role.base else "",
        problem=" ".join(unfit.label.text(door.locale()) for unfit in problem.fields.values()) if problem else None,
        buttons=tuple(_buttons(context, role)),
        columns=(text(w.RECORDS), text(w.REACH), *(text(word) for word in VERBS.values())),
        groups=tuple(
            RightGroup(
                text=title,
                rows=tuple(_right(context.snapshot, role.id, noun, label, stands.get(noun)) for noun, label in found),
            )
            for title, found in nouns(context.snapshot)
        ),
        action=f"{HERE}/{role.id}/preview" if may else "",
        submit=text(w.PREVIEW),
        print=role.print,
        people_title=text(w.HELD_BY),
        holders=tuple(
            RoleHolder(
                user=one.user,
                text=one.name,
                note=" · ".join(part for part in (one.login, one.store) if part),
                tag=None if one.active else Tag(text=text(w.CLOSED), state="warn"),
            )
            for one in rights.holders(context.connection, role.id)
        ),
        people_action=f"{HERE}/{role.id}/people" if context.actor.may(Action.UPDATE, NOUN) else "",
        adding=Control(name="add", label=text(w.ADD_WHO), widget="text", maxlength=100, required=True),
        add=text(w.ADD),
        remove=text(w.TAKE),
        load_action=f"{HERE}/{role.id}/file" if may else "",
        loading=Control(name="file", label=text(w.LOAD), widget="file", accept="application/json,.json"),
        load=text(w.PREVIEW),
        history_title=text(w.HISTORY),
        history=tuple(
            (f"{local(at):%Y-%m-%d %H:%M} {by}", happened(context.snapshot, details))
            for at, by, details in rights.history(context.connection, role.id)
        ),
    )


def _buttons(context: Context, role: RoleRights) -> Iterator[Button]:
    yield Button(text=text(w.COMPARE), href=f"{HERE}/compare?first={role.id}", icon="columns")
    if context.actor.may(Action.CREATE, NOUN):
        yield Button(text=text(w.CLONE), href=f"{HERE}/{role.id}/clone", icon="copy")
    yield Button(text=text(w.FILE), href=f"{HERE}/{role.id}/export.json", icon="download")
    if role.base and context.actor.may(Action.DELETE, NOUN):
        yield Button(text=text(w.REMOVE), href=f"{HERE}/{role.id}/remove", icon="trash", danger=True)


def _right(snapshot: Snapshot, role: int, noun: str, label: Label, right: Right | None) -> RightRow:
    entity = snapshot.entities.get(noun)
    reach = right.reach if right else Reach.STORE if entity else Reach.GROUP
    held = right.actions if right else frozenset()
    fits = TENDING if entity is None else frozenset(Action) - CHANGES if entity.ledger else frozenset(Action)
    return RightRow(
        name=noun,
        text=text(label),
        fields=_fields(role, entity, right) if entity and right and right.actions else None,
        reaches=tuple(
            Option(value=one.value, text=text(word), selected=one is reach)
            for one, word in REACHES.items()
            if entity or one is reach
        ),
        verbs=tuple(
            Option(value=one.value if one in fits | held else "", text=text(word), selected=one in held)
            for one, word in VERBS.items()
        ),
    )


def _fields(role: int, entity: Entity, right: Right) -> Link:
    told = text(w.FIELD_SETTINGS, n=len(right.fields)) if right.fields else text(w.FIELDS_TOO)
    return Link(text=told, href=f"{HERE}/{role}/fields/{entity.name}")


def preview(
    context: Context, role: RoleRights, wanted: Rights, seen: str, told: tuple[list[Effect], int]
) -> ConfirmPage:
    """What would change, for whom, and what is odd about it."""
    people, more = told
    name = text(label_of(role.name))
    lines = [line for one in people for line in concerned(context.snapshot, one, wanted)]
    odd = [
        doubt.text(door.locale())
        for noun, right in wanted.items()
        if (entity := context.snapshot.entities.get(noun))
        for doubt in doubts(entity, right)
    ]
    return ConfirmPage(
        frame=frame(),
        title=text(w.PREVIEW),
        crumbs=crumbs(Link(text=name, href=f"{HERE}/{role.id}"), Link(text=text(w.PREVIEW), href="")),
        action=f"{HERE}/{role.id}",
        question=text(w.QUESTION, role=label_of(role.name), n=len(wanted), people=len(people) + more),
        note=" ".join(odd) or None,
        danger=False,
        changes=tuple(
            Change(
                label=text(named(context.snapshot, noun)), before=spelled(role.rights.get(noun)), after=spelled(right)
            )
            for noun, right in wanted.items()
        ),
        consequences=(*lines, *([text(w.OTHERS, n=more)] if more else [])),
        submit=text(w.SAVE),
        cancel_href=f"{HERE}/{role.id}",
        hidden=(("wanted", rights.to_json(wanted)), ("print", seen)),
    )


def happened(snapshot: Snapshot, details: Mapping[str, Any]) -> str:
    """One act on a role, in words."""
    for key, label in (("given", w.GAVE), ("taken", w.TOOK)):
        if key in details:
            return text(label, who=details[key])
    if "factor" in details:
        stood, stands = (text(w.FACTOR_DEMANDS[days]) for days in details["factor"])
        return text(w.BECAME, what=text(w.TWO_STEP), was=stood, becomes=stands)
    if "like" in details:
        return text(w.LIKE, role=label_of(details["like"]))
    was, becomes = (rights.from_json(details.get(side, {})) for side in ("was", "becomes"))
    return text(Label("；", ". ")).join(
        text(w.BECAME, what=named(snapshot, noun), was=spelled(was.get(noun)), becomes=spelled(right))
        for noun, right in becomes.items()
    )


def spelled(right: Right | None) -> str:
    """A right in words: how far, and which verbs."""
    if right is None or not right.actions:
        return text(w.NONE)
    told = text(w.SPELLED, reach=REACHES[right.reach], verbs=listed(right.actions))
    return told + text(w.WITH_FIELDS, n=len(right.fields)) if right.fields else told


def comparison(context: Context, first: RoleRights, second: RoleRights | None) -> FeedsPage:
    """Two roles, where they differ."""
    others: Mapping[int, str] = {one.id: text(label_of(one.name)) for one in rights.roles(context.connection)}
    options = tuple(
        Link(
            text=name,
            href=f"{HERE}/compare?first={first.id}&second={number}",
            current=bool(second and number == second.id),
        )
        for number, name in others.items()
        if number != first.id
    )
    theirs = second.rights if second else {}
    differ = [noun for noun in dict.fromkeys([*first.rights, *theirs]) if first.rights.get(noun) != theirs.get(noun)]
    rows = (
        tuple(
            FeedRow(
                text=text(named(context.snapshot, noun)),
                cells=(spelled(first.rights.get(noun)), spelled(theirs.get(noun))),
            )
            for noun in differ
        )
        if second
        else ()
    )
    name = text(label_of(first.name))
    note = "" if second is None else text(w.DIFFER, n=len(differ)) if differ else text(w.SAME)
    return FeedsPage(
        frame=frame(),
        title=text(w.COMPARE),
        crumbs=crumbs(Link(text=name, href=f"{HERE}/{first.id}"), Link(text=text(w.COMPARE), href="")),
        note=note,
        buttons=(Button(text=text(w.SECOND), items=options, icon="columns"),),
        columns=(text(w.RECORDS), "", name, text(label_of(second.name)) if second else text(w.SECOND)),
        rows=rows,
    )
