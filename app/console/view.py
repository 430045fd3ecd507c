"""What every page of the console is: a Flask-Admin view behind the product's own door, that only reads."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from flask import current_app, request
from flask_admin import BaseView, expose

from app.console import words as w
from app.console.reading import hurried
from app.console.words import text
from app.core.errors import Forbidden, NotFound
from app.heads import door
from app.heads.builder import NOUN
from app.heads.door import signed_in, through_door
from app.heads.frame import draw, frame
from app.heads.pages import Button, ConsolePage, Control, Count, Link, Notice, Sheet
from app.records.context import Context
from app.records.event import note_of
from app.studio.install import CONSOLE

HERE = "/console"
LONGEST = 100  # characters of one thing asked for


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What a page tells, in the reader's language."""

    note: str = ""
    buttons: tuple[Button, ...] = ()
    notices: tuple[Notice, ...] = ()
    counts: tuple[Count, ...] = ()
    controls: tuple[Control, ...] = ()
    sheets: tuple[Sheet, ...] = ()


class ConsoleView(BaseView):
    """One page: who may not list the console is sent to the door or refused; who looked stands in the trail."""

    code: ClassVar[str]
    askable: ClassVar[tuple[str, ...]] = ()  # the names by which something is asked of it

    def __init__(self) -> None:
        """Each exposed method comes in through the door: one announced transaction, and nobody until then."""
        super().__init__(name=self.code, endpoint=f"console_{self.code}", url=f"{HERE}/{self.code}")
        for _, name, _ in self._urls:
            setattr(self, name, through_door(getattr(self, name)))

    def is_accessible(self) -> bool:
        """Whether FAB, and by it our grants, let the actor list the console."""
        return bool(current_app.extensions["appbuilder"].sm.has_access("can_list", f"{NOUN}{CONSOLE}"))

    def inaccessible_callback(self, name: str, **_: Any) -> Any:  # noqa: ARG002  # Flask-Admin's signature
        """Strangers are asked who they are; everybody else is refused, which the trail notes."""
        signed_in()
        raise Forbidden

    def _run_view(self, fn: Any, *args: Any, **kwargs: Any) -> Any:
        """Runs the view; after a TypeError Flask-Admin would call it again and tell of another fault."""
        return fn(self, *args, **kwargs)

    @expose("/")
    def index(self) -> str:
        """The page; that somebody looked is an entry itself."""
        context = door.context()
        asked = meant(request.args, self.askable)
        with hurried(context.connection):
            told = self.told(context, asked)
        note_of(context.connection, "console_read", CONSOLE, details={"page": self.code, "asked": sorted(asked)})
        return draw(self._page(told))

    def told(self, context: Context, asked: Mapping[str, str]) -> Told:
        """What the page tells of what was asked."""
        raise NotImplementedError

    @property
    def here(self) -> str:
        """The page's own address."""
        return f"{self.url}/"

    def _page(self, told: Told) -> ConsolePage:
        title = text(w.PAGES[self.code])
        return ConsolePage(
            frame=frame(),
            title=title,
            crumbs=(Link(text=text(w.CONSOLE), href=f"{HERE}/"), Link(text=title, href="")),
            tabs=self._tabs(),
            note=told.note,
            buttons=told.buttons,
            notices=told.notices,
            counts=told.counts,
            action=self.here,
            controls=told.controls,
            submit=text(w.FILTER),
            sheets=told.sheets,
        )

    def _tabs(self) -> tuple[Link, ...]:
        """The console's pages as Flask-Admin's menu holds them."""
        items = self.admin.menu()
        return tuple(
            Link(text=text(w.PAGES[one.name]), href=one.get_url(), current=one.is_active(self)) for one in items
        )


def meant(given: Mapping[str, str], askable: tuple[str, ...]) -> dict[str, str]:
    """What was asked for by name, as the database can take it; what is empty was not asked for."""
    found = {name: door.storable(given.get(name, "")).strip()[:LONGEST] for name in askable}
    return {name: value for name, value in found.items() if value}


class FirstView(ConsoleView):
    """The first page; it also answers every address of the console that is none."""

    def __init__(self) -> None:
        """At the console's own address."""
        super().__init__()
        self.url = HERE

    @expose("/<path:rest>")
    def nothing(self, rest: str) -> str:  # noqa: ARG002  # it is none of ours
        """No such page, for who may know that there is none."""
        raise NotFound
