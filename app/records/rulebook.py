"""The business rules, by entity: what `app/rules` declares and everything below the heads obeys."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeVar

from app.core.action import Action
from app.core.entity import Entity
from app.core.errors import Unfit
from app.core.field import Field
from app.core.label import Label
from app.core.rules import Apart, Ban, Check, Derive, Lifecycle, Once, Then, View
from app.records.context import Context
from app.records.row import Record

Rule = Lifecycle | Ban | Derive | Then | View
Test = Callable[[Context, Entity, Mapping[str, Any], Record | None], None]
R = TypeVar("R", bound=Rule)

NO_WAY = Label(
    "现在的状态不能这样改，请刷新后按可用的步骤操作。",
    "It cannot go there from its present state; reload and take one of the steps offered.",
)
NOT_HERE = Label("新建时不能处于这个状态。", "A new record cannot begin in this state.")
NEEDED = Label("到这一步必须填写。", "This step needs it filled in.")
STILL = Label("到了现在的状态，这一项不能再改。", "In its present state this can no longer be changed.")
NOT_YOURS = Label("这一步要由有权限的岗位来做。", "Somebody with another role takes this step.")
LEDGER = Label(
    "这类记录只能新增，不能修改或删除；请另记一条。", "These records are only added; write a new one instead."
)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a deed came to: words for the person, and the page to go to when it is another one."""

    label: Label
    href: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Beside:
    """How a deed takes another record of the entity in: it is laid beside this one, and chosen from field by field."""

    other: str  # the question that names it
    take: str  # the question that says which fields are taken from it; those empty here are taken anyway
    likely: Callable[[Context, Record], list[int]]  # records it may be, likeliest first
    follows: Callable[[Context, Entity, Record, Record], tuple[Label, ...]]  # what is told first; Invalid refuses


Run = Callable[[Context, Entity, Record, Mapping[str, Any]], Outcome]
Applies = Callable[[Context, Record], bool]


@dataclass(frozen=True, slots=True, kw_only=True)
class Deed:
    """A named action on one record: a button, the fields it asks for, and what it does in one transaction."""

    code: str
    label: Label
    run: Run
    icon: str = "arrow-right"
    fields: tuple[Field, ...] = ()
    action: Action = Action.UPDATE  # what the actor must be granted on the entity
    by: tuple[str, ...] = ()  # roles; empty: whoever holds the grant
    makes: str | None = None  # the entity it adds a record of, which the actor must be granted too
    applies: Applies = lambda _context, _record: True
    danger: bool = False
    beside: Beside | None = None


@dataclass(slots=True)
class Rulebook:
    """Rules, tests and deeds by entity name, registered where they stand."""

    rules: dict[str, list[Rule]] = field(default_factory=dict)
    tests: dict[str, list[Test]] = field(default_factory=dict)
    deeds: dict[str, list[Deed]] = field(default_factory=dict)
    words: dict[str, dict[str, Unfit]] = field(default_factory=dict)

    def on(self, entity: str, *rules: Rule) -> None:
        """Declares rules of an entity; the database keeps them."""
        self.rules.setdefault(entity, []).extend(rules)

    def say(self, constraint: str, at: str, label: Label) -> None:
        """Gives words, at a field, to what a function of the database refuses in the name of `constraint`."""
        self.words[constraint] = {at: Unfit(constraint.partition("_")[2], label)}

    def test(self, entity: str) -> Callable[[Test], Test]:
        """Registers a test of whole new values before a write, which raises Invalid to refuse it."""

        def register(test: Test) -> Test:
            self.tests.setdefault(entity, []).append(test)
            return test

        return register

    def deed(self, entity: str, **about: Any) -> Callable[[Run], Run]:
        """Registers a named action on records of an entity; `about` is the rest of a Deed."""

        def register(run: Run) -> Run:
            self.deeds.setdefault(entity, []).append(Deed(run=run, **about))
            return run

        return register

    def run(self, context: Context, entity: Entity, values: Mapping[str, Any], before: Record | None) -> None:
        """Runs every test of the entity."""
        for test in self.tests.get(entity.name, ()):
            test(context, entity, values, before)

    def lifecycle(self, entity: str) -> Lifecycle | None:
        """How its records move, or None when nothing is said about it."""
        return next(iter(self.of(entity, Lifecycle)), None)

    def of(self, entity: str, kind: type[R]) -> Iterator[R]:
        """The entity's rules of one kind, in the order they were declared."""
        return (rule for rule in self.rules.get(entity, ()) if isinstance(rule, kind))


RULEBOOK = Rulebook()


def refusal(entity: Entity, constraint: str, column: str | None) -> dict[str, Unfit] | None:
    """What a refusal by a rule of `entity` means, by field; None when the constraint is no rule's.

    `column` is the column the database names where the rule alone does not say it.
    """
    if told := RULEBOOK.words.get(constraint):
        return told
    name = constraint.removeprefix(f"{entity.name}_")
    if constraint == name:
        return None
    rules: list[Check | Apart | Once | Ban] = [*entity.checks, *RULEBOOK.of(entity.name, Ban)]
    if found := next((rule for rule in rules if rule.name == name), None):
        return {found.field: Unfit(found.name, found.label)}
    at = next((one.name for one in entity.fields if one.column == column), entity.title)
    general = {
        "move": NO_WAY,
        "begin": NOT_HERE,
        "needs": NEEDED,
        "locks": STILL,
        "role": NOT_YOURS,
        "ledger": LEDGER,
    }
    return {at: Unfit(name, general[name])} if name in general else None
