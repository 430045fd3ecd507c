"""The pages of API tokens: the list, a new one, its text."""

from collections.abc import Iterator, Mapping
from datetime import timedelta

from app.access import tokens as access
from app.access.explain import VERBS, listed
from app.access.scopes import ANY, EVERYTHING, READING, Scopes, TokenWish
from app.access.tokens import NewToken, TokenInfo
from app.catalog import Snapshot
from app.core.action import Action
from app.core.errors import Unfit
from app.core.label import Label
from app.heads import door
from app.heads.frame import frame, local
from app.heads.house import house
from app.heads.pages import (
    Button,
    ConfirmPage,
    Control,
    Empty,
    Link,
    MadeTokenPage,
    NewTokenPage,
    Option,
    RightGroup,
    RightRow,
    Tag,
    TokenRow,
    TokensPage,
    TokenTable,
)
from app.records.context import Context
from app.views import tokens_words as w
from app.views.rights_pages import nouns

HERE = "/tokens"
TENDED = "ab_user"  # who may change accounts tends their tokens
NAMED = 3  # kinds of records named in a list before the others are counted
SOON = timedelta(days=7)
MODES = (("chosen", w.CHOSEN_MODE), ("read", w.READ_MODE), ("everything", w.ALL_MODE))


def text(label: Label, **given: object) -> str:
    """Words in the reader's language."""
    return label.format(**given).text(door.locale()) if given else label.text(door.locale())


def crumbs(*more: str) -> tuple[Link, ...]:
    """The way here."""
    return (Link(text=text(w.TITLE), href=f"{HERE}/" if more else ""), *(Link(text=one, href="") for one in more))


def tends(context: Context) -> bool:
    """Whether somebody sees and ends others' tokens."""
    return context.actor.may(Action.UPDATE, TENDED)


def listing(context: Context) -> TokensPage:
    """One's own tokens, and others' for who tends accounts."""
    nothing = Empty(text=text(w.NONE), advice=text(w.NONE_ADVICE))
    tables = [_table(context, w.MINE, access.my_tokens(context.connection), nothing)]
    if tends(context):
        tables.append(_table(context, w.OTHERS, access.tokens_of_others(context.connection), nothing))
    return TokensPage(
        frame=frame(),
        title=text(w.TITLE),
        note=text(w.NOTE),
        buttons=(Button(text=text(w.NEW), href=f"{HERE}/new", icon="plus", main=True),),
        tables=tuple(tables),
        end=text(w.END),
    )


def _table(context: Context, title: Label, found: list[TokenInfo], nothing: Empty) -> TokenTable:
    owned = title is w.OTHERS
    columns = (w.NAME, *([w.OWNER] if owned else []), w.SCOPES, w.ADDRESSES, w.USED, w.ENDS, w.ACTS)
    return TokenTable(
        title=text(title),
        columns=tuple(text(column) for column in columns),
        rows=tuple(_row(context, one) for one in found),
        empty=None if found else nothing,
    )


def _row(context: Context, one: TokenInfo) -> TokenRow:
    ends_soon = one.expires_at - house().clock.now() < SOON
    used = f"{local(one.last_used):%Y-%m-%d %H:%M}" if one.last_used else text(w.NEVER)
    return TokenRow(
        text=one.name,
        hint=f"{one.hint}…",
        cells=(
            *([f"{one.owner} ({one.login})"] if one.owner else []),
            spelled(context.snapshot, one.scopes, others=bool(one.owner)),
            ", ".join(one.addresses) or text(w.ANYWHERE),
            f"{used} · {one.last_address}" if one.last_address else used,
            f"{local(one.expires_at):%Y-%m-%d}",
        ),
        end_href=f"{HERE}/{one.id}/end",
        tag=Tag(text=text(w.SOON), state="warn") if ends_soon else None,
    )


def spelled(snapshot: Snapshot, scopes: Scopes, *, others: bool = False) -> str:
    """Scopes in words; many kinds of records are counted."""
    if scopes == EVERYTHING:
        return text(w.ALL_HIS if others else w.ALL)
    if scopes == READING:
        return text(w.READ)
    parts = [text(w.ONE, entity=_called(snapshot, name), verbs=_verbs(verbs)) for name, verbs in sorted(scopes.items())]
    counted = [text(w.MORE, n=len(parts))] if len(parts) > NAMED else []
    return text(w.BETWEEN).join([*parts[:NAMED], *counted])


def _called(snapshot: Snapshot, name: str) -> Label:
    entity = snapshot.entities.get(name)
    return entity.plural if entity else w.EACH if name == ANY else Label(name, name)


def _verbs(verbs: frozenset[str]) -> Label:
    named = frozenset(Action(verb) for verb in verbs - {ANY})
    if ANY not in verbs:
        return listed(named)
    return w.AND.format(first=w.ANY_VERB, second=listed(named)) if named else w.ANY_VERB


def asking(context: Context, form: Mapping[str, str], ticked: Scopes, wrong: Mapping[str, Unfit]) -> NewTokenPage:
    """Asks for a token, with what was typed and what is wrong with it."""
    return NewTokenPage(
        frame=frame(),
        title=text(w.NEW),
        crumbs=crumbs(text(w.NEW)),
        action=f"{HERE}/new",
        controls=tuple(_controls(form, wrong)),
        groups_title=text(w.KINDS),
        groups_help=text(w.KINDS_HELP),
        columns=(text(w.RECORDS), *(text(word) for word in VERBS.values())),
        groups=tuple(_groups(context, ticked)),
        submit=text(w.MAKE),
        cancel_href=f"{HERE}/",
        note=text(w.NOTE),
        problem=text(w.WRONG) if wrong else None,
    )


def _controls(form: Mapping[str, str], wrong: Mapping[str, Unfit]) -> Iterator[Control]:
    errors = {name: text(unfit.label) for name, unfit in wrong.items()}
    modes = tuple(
        Option(value=mode, text=text(label), selected=form.get("mode", "chosen") == mode) for mode, label in MODES
    )
    yield Control(
        name="name",
        label=text(w.NAME_LABEL),
        value=form.get("name", ""),
        required=True,
        maxlength=100,
        error=errors.get("name"),
        autofocus=not wrong,
    )
    yield Control(
        name="mode", label=text(w.MODE), widget="select", options=modes, required=True, error=errors.get("scopes")
    )
    yield Control(
        name="days",
        label=text(w.DAYS),
        widget="number",
        value=form.get("days", "90"),
        unit=text(w.DAYS_UNIT),
        help=text(w.DAYS_HELP),
        required=True,
        error=errors.get("days"),
    )
    yield Control(
        name="addresses",
        label=text(w.FROM),
        widget="textarea",
        value=form.get("addresses", ""),
        help=text(w.FROM_HELP),
        maxlength=1_000,
        error=errors.get("addresses"),
    )


def _groups(context: Context, ticked: Scopes) -> Iterator[RightGroup]:
    for title, found in nouns(context.snapshot):
        rows = tuple(
            _kind(name, label, context.actor.extent(name).actions, ticked.get(name, frozenset()))
            for name, label in found
            if name in context.snapshot.entities and context.actor.extent(name).actions
        )
        if rows:
            yield RightGroup(text=title, rows=rows)


def _kind(name: str, label: Label, held: frozenset[Action], ticked: frozenset[str]) -> RightRow:
    verbs = tuple(
        Option(value=verb.value if verb in held else "", text=text(word), selected=verb in ticked)
        for verb, word in VERBS.items()
    )
    return RightRow(name=name, text=text(label), reaches=(), verbs=verbs)


def made(context: Context, new: NewToken, wish: TokenWish) -> MadeTokenPage:
    """The text of a token just made."""
    return MadeTokenPage(
        frame=frame(),
        title=text(w.MADE),
        crumbs=crumbs(wish.name.strip()),
        label=text(w.TEXT),
        token=new.token,
        warning=text(w.ONCE),
        copy=text(w.COPY),
        copied=text(w.COPIED),
        facts=(
            (text(w.NAME), wish.name.strip()),
            (text(w.SCOPES), spelled(context.snapshot, wish.scopes)),
            (text(w.ADDRESSES), ", ".join(map(str, wish.addresses)) or text(w.ANYWHERE)),
            (text(w.ENDS), f"{local(new.expires_at):%Y-%m-%d %H:%M}"),
            (text(w.EXAMPLE), f"Authorization: Bearer {new.hint}…"),
        ),
        back_href=f"{HERE}/",
    )


def ending(one: TokenInfo) -> ConfirmPage:
    """Asks before a token is ended."""
    return ConfirmPage(
        frame=frame(),
        title=text(w.END),
        crumbs=crumbs(text(w.END)),
        action=f"{HERE}/{one.id}/end",
        question=text(w.END_ASK, name=one.name, hint=one.hint),
        consequences=(*([text(w.END_OTHER, owner=one.owner)] if one.owner else []), text(w.END_NOTE)),
        submit=text(w.END),
        cancel_href=f"{HERE}/",
    )
