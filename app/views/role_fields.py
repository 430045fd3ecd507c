"""How fields stand to the holders of a role: set on the screen for one kind of records, previewed like the rest."""

from dataclasses import replace

from flask import Blueprint, redirect, request
from werkzeug.wrappers import Response as Answer

from app.access import rights as access
from app.access.rights import NOUN, FieldStates, Right, RoleRights
from app.access.rights_change import changed, demand_fitting, settable
from app.access.roles import label_of
from app.core.action import Action
from app.core.entity import Entity
from app.core.errors import Invalid, NotFound
from app.core.field import Field, Privacy, Relation, State
from app.heads import door
from app.heads.door import through_door
from app.heads.frame import draw, frame, say
from app.heads.pages import FieldSetting, Link, Option, RoleFieldsPage
from app.records.context import Context
from app.views import rights_pages as pages
from app.views import rights_words as w
from app.views.rights import asked, permitted
from app.views.rights_effects import text

role_fields = Blueprint("role_fields", __name__, url_prefix=pages.HERE)


@role_fields.get("/<int:role>/fields/<entity>")
@through_door
def show(role: int, entity: str) -> str:
    """How each field of an entity stands to the holders of a role."""
    context = permitted(Action.READ)
    stands = access.role(context.connection, role)
    return draw(page(context, stands, *held(context, stands, entity)))


@role_fields.post("/<int:role>/fields/<entity>")
@through_door
def preview(role: int, entity: str) -> Answer | str | tuple[str, int]:
    """What the states that were chosen would make of whom; nothing is saved."""
    context = permitted(Action.UPDATE)
    stands = access.role(context.connection, role)
    described, right = held(context, stands, entity)
    wished = replace(right, fields=chosen(described))
    try:
        demand_fitting(described, wished)
    except Invalid as invalid:
        return draw(page(context, stands, described, wished, invalid)), 422
    wanted = changed(stands.rights, {entity: wished})
    if not wanted:
        say(w.NOTHING, "info")
        return redirect(f"{pages.HERE}/{role}/fields/{entity}", 303)
    return asked(context, stands, wanted, request.form.get("print", ""))


def held(context: Context, role: RoleRights, entity: str) -> tuple[Entity, Right]:
    """An entity on which the role grants something, and what; NotFound otherwise."""
    described, right = context.snapshot.entities.get(entity), role.rights.get(entity)
    if described is None or right is None or not right.actions:
        raise NotFound
    return described, right


def chosen(entity: Entity) -> FieldStates:
    """The states a form chose, of the fields that have any."""
    return access.states_of(
        {
            field.name: [_state(f"{side}.{field.name}") for side in ("mine", "scope")]
            for field in entity.fields
            if settable(entity, field)
        }
    )


def _state(name: str) -> int | None:
    given = request.form.get(name, "")
    return int(given) if given in ("0", "1", "2") else None


def page(
    context: Context, role: RoleRights, entity: Entity, right: Right, problem: Invalid | None = None
) -> RoleFieldsPage:
    """The states of an entity's fields, with what was chosen when it was refused."""
    may = context.actor.may(Action.UPDATE, NOUN) and not role.mine
    here, name = f"{pages.HERE}/{role.id}", text(label_of(role.name))
    return RoleFieldsPage(
        frame=frame(),
        title=text(w.FIELDS_OF, entity=entity.plural, role=label_of(role.name)),
        crumbs=pages.crumbs(Link(text=name, href=here), Link(text=text(entity.plural), href="")),
        note=text(w.FIELDS_NOTE),
        problem=" ".join(one.label.text(door.locale()) for one in problem.fields.values()) if problem else None,
        columns=(text(w.FIELD), text(w.IN_OWN), text(w.IN_OTHERS)),
        rows=tuple(_row(field, right) for field in entity.fields if settable(entity, field)),
        fixed=_fixed(entity),
        action=f"{here}/fields/{entity.name}" if may else "",
        submit=text(w.PREVIEW),
        print=role.print,
    )


def _fixed(entity: Entity) -> str:
    names = [text(field.label) for field in entity.fields if not settable(entity, field)]
    return text(w.STANDS, fields=text(w.AND).join(names)) if names else ""


def _row(field: Field, right: Right) -> FieldSetting:
    mine, scope = right.fields.get(field.name, (None, None))
    return FieldSetting(
        name=field.name,
        text=text(field.label),
        note=text(w.PRIVACIES[field.privacy]),
        mine=_options(field, Relation.MINE, mine),
        scope=_options(field, Relation.SCOPE, scope),
    )


def _options(field: Field, relation: Relation, said: State | None) -> tuple[Option, ...]:
    shipped = Option(value="", text=text(w.AS_SHIPPED, state=w.STATES[field.state(relation)]), selected=said is None)
    most = State.MASKED if field.privacy is Privacy.SEALED and relation is Relation.SCOPE else State.CLEAR
    return (
        shipped,
        *(Option(value=str(int(one)), text=text(w.STATES[one]), selected=said is one) for one in State if one <= most),
    )
