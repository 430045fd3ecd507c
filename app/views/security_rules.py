"""What is asked at sign-in, set by who tends rights; and others' lost factors, reset by who tends accounts."""

from collections.abc import Iterator

from flask import Blueprint, redirect, request
from werkzeug.wrappers import Response as Answer

from app.access import demands, own_factor
from app.access.demands import GRACES, WINDOWS, RoleDemand
from app.access.fresh import ACTS, Act
from app.access.own_factor import Account
from app.access.rights import NOUN
from app.access.roles import label_of
from app.core.action import Action
from app.core.errors import Forbidden, NotFound
from app.core.label import Label
from app.heads import door
from app.heads.door import signed_in, through_door
from app.heads.frame import draw, frame, local, say
from app.heads.pages import ConfirmPage, Control, Empty, FeedRow, FeedsPage, FormPage, FormSection, Option, Tag
from app.records.context import Context
from app.studio.install import ACCOUNTS
from app.views import security_words as w
from app.views.security_page import HERE, crumbs, text

administration = Blueprint("security_rules", __name__, url_prefix=HERE)
LONGEST, SHOWN = 100, 100
GRACE_WORDS = {7: w.WITHIN, 0: w.AT_ONCE}


def permitted(action: Action, noun: str) -> Context:
    """The request's transaction, for somebody who may do this."""
    signed_in()
    context = door.context()
    if not context.actor.may(action, noun):
        raise Forbidden
    return context


@administration.get("/rules")
@through_door
def rules() -> str:
    """What is asked of which role, and before which act."""
    return draw(rules_page(permitted(Action.LIST, NOUN)))


@administration.post("/rules")
@through_door
def set_rules() -> Answer:
    """Saves what differs from what stands."""
    context = permitted(Action.UPDATE, NOUN)
    connection = context.connection
    for one in demands.of_roles(connection):
        wanted = chosen(f"role.{one.role}", GRACES, one.grace)
        if wanted != one.grace:
            demands.set_role(connection, one.role, wanted)
    for act, minutes in demands.of_acts(connection).items():
        wanted = chosen(f"act.{act}", windows(minutes), minutes)
        if wanted != minutes:
            demands.set_act(connection, act, wanted)
    say(w.RULES_SAVED)
    return redirect(f"{HERE}/rules", 303)


def chosen(name: str, offered: tuple[int, ...], stands: int | None) -> int | None:
    """The number posted under a name, None for "none"; what stands when nothing fitting was posted."""
    value = request.form.get(name, "")
    if value == "none" and name != f"act.{Act.FACTOR}":  # changing factors always asks
        return None
    return next((one for one in offered if str(one) == value), stands)


def windows(stands: int | None) -> tuple[int, ...]:
    """The minutes offered for an act, with those in force."""
    return tuple(sorted({*WINDOWS, *([stands] if stands else [])}))


def rules_page(context: Context) -> FormPage:
    """The form of all demands."""
    roles = tuple(role_control(one) for one in demands.of_roles(context.connection))
    acts = tuple(act_control(act, minutes) for act, minutes in demands.of_acts(context.connection).items())
    return FormPage(
        frame=frame(),
        title=text(w.RULES),
        crumbs=crumbs(w.RULES),
        note=text(w.RULES_NOTE),
        action=f"{HERE}/rules",
        sections=(FormSection(title=text(w.BY_ROLE), controls=roles), FormSection(title=text(w.BY_ACT), controls=acts)),
        submit=text(w.SAVE),
        cancel_href=f"{HERE}/",
    )


def role_control(one: RoleDemand) -> Control:
    """What one role demands."""
    options = [Option(value="none", text=text(w.NOT_ASKED), selected=one.grace is None)]
    options += [Option(value=str(days), text=text(GRACE_WORDS[days]), selected=days == one.grace) for days in GRACES]
    return select(f"role.{one.role}", label_of(one.name), options)


def act_control(act: Act, minutes: int | None) -> Control:
    """What one act demands; changing factors always asks."""
    options = [Option(value=str(one), text=text(w.MINUTES, n=one), selected=one == minutes) for one in windows(minutes)]
    if act is not Act.FACTOR:
        options.append(Option(value="none", text=text(w.NEVER), selected=minutes is None))
    return select(f"act.{act}", ACTS[act], options)


def select(name: str, label: Label, options: list[Option]) -> Control:
    """A choice of one."""
    return Control(name=name, label=text(label), widget="select", required=True, options=tuple(options))


@administration.route("/people", methods=("GET", "POST"))
@through_door
def people() -> str:
    """Accounts by login or name, and how their factors stand; names stay out of addresses, so a search is posted."""
    context = permitted(Action.UPDATE, ACCOUNTS)
    words = door.storable(request.form.get("q", "")).strip()[:LONGEST]
    rows = tuple(row(one) for one in own_factor.accounts(context.connection, words, SHOWN))
    return draw(
        FeedsPage(
            frame=frame(),
            title=text(w.PEOPLE),
            crumbs=crumbs(w.PEOPLE),
            note=text(w.PEOPLE_NOTE),
            columns=tuple(text(one) for one in (w.WHO, w.STATE, w.LOGIN, w.STORE, w.CODES_LEFT)),
            rows=rows,
            action=f"{HERE}/people",
            controls=(Control(name="q", label=text(w.WHOM), value=words, maxlength=LONGEST),),
            submit=text(w.FIND),
            empty=Empty(text=text(w.NOBODY), advice=text(w.CHECK_LOGIN)),
        )
    )


def row(one: Account) -> FeedRow:
    """One account; a factor that is set up may be reset, never one's own."""
    state = Tag(text=text(w.ON), state="ok") if one.set_at else due(one)
    reset = one.set_at is not None and not one.mine
    left = str(one.codes_left) if one.set_at else ""
    href = f"{HERE}/people/{one.user}/reset" if reset else ""
    return FeedRow(text=one.name, href=href, tag=state, cells=(one.login, one.store or "", left))


def due(one: Account) -> Tag:
    """Off; with the day by which it must be on, where one is set."""
    if one.due is None:
        return Tag(text=text(w.OFF))
    return Tag(text=f"{text(w.DUE)} · {local(one.due):%Y-%m-%d}", state="warn")


@administration.route("/people/<int:user>/reset", methods=("GET", "POST"))
@through_door
def reset(user: int) -> Answer | str:
    """Asks, and takes somebody's lost factor off."""
    context = permitted(Action.UPDATE, ACCOUNTS)
    one = next(found(context, user), None)
    if one is None:
        raise NotFound
    if request.method == "POST":
        own_factor.reset(context.connection, user)
        say(w.RESET_DONE)
        return redirect(f"{HERE}/people", 303)
    page = ConfirmPage(
        frame=frame(),
        title=text(w.RESET),
        crumbs=crumbs(w.PEOPLE),
        action=f"{HERE}/people/{user}/reset",
        question=text(w.RESET_ASK, who=one.name),
        blocked=None if one.set_at else text(w.NO_FACTOR),
        submit=text(w.RESET),
        cancel_href=f"{HERE}/people",
    )
    return draw(page)


def found(context: Context, user: int) -> Iterator[Account]:
    """The account of that number."""
    return (one for one in own_factor.accounts(context.connection, "", 100_000) if one.user == user)
