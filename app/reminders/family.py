"""A family of reminder rules: one SQL function finds what its rules count from; its rules are rows."""

import pkgutil
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from types import MappingProxyType

_FAMILIES: dict[str, "Family"] = {}


@dataclass(frozen=True, slots=True, kw_only=True)
class ShippedRule:
    """A rule as it is shipped; groups change its row or add a later version."""

    code: str
    name: str
    nature: str
    stages: str
    channels: tuple[str, ...]
    anchor: str
    template: str | None = None
    grace: int = 7


@dataclass(frozen=True, slots=True, kw_only=True)
class ShippedTemplate:
    """Words as they are shipped, approved; {customer}, {store} and {items} are filled in when they are sent."""

    code: str
    name: str
    body: str
    nature: str = "notice"
    channel: str = "email"


@dataclass(frozen=True, slots=True, kw_only=True)
class Family:
    """What the rules whose codes begin with `code` have in common; all SQL is of one store, `:store`, and set-based.

    `anchors` selects customer_id, vehicle_id, employee_id, renewal_case_id, subject_entity, subject_record, anchor_on
    of what counts from days between :since and :until, and leaves out what is settled. `settled`, `dropped` and
    `marketing` are conditions over a reminder `r`: what was asked for came about; it is no longer asked for; it is
    marketing before the law whatever its rule says.
    """

    code: str
    anchors: str
    settled: str
    settled_as: str  # the reason told, a word of app.reminders.trace
    dropped: str = "false"
    marketing: str = "false"
    marketing_as: str = ""
    prepare: tuple[str, ...] = ()  # statements that run before anchors are read
    until_anchor: bool = False  # stages before the anchor are of use until that day, not for the rule's grace alone
    task: str = "call"  # the kind of task a call is
    rules: tuple[ShippedRule, ...] = ()
    templates: tuple[ShippedTemplate, ...] = ()


def family(made: Family) -> Family:
    """Registers a family where it stands; ValueError when its code is taken."""
    if made.code in _FAMILIES:
        raise ValueError(f"{made.code}: registered twice")
    _FAMILIES[made.code] = made
    return made


@cache
def families() -> Mapping[str, Family]:
    """Every family by its code; imports each file of `app.reminders.families`."""
    package = import_module("app.reminders.families")
    for module in pkgutil.iter_modules(package.__path__):
        import_module(f"app.reminders.families.{module.name}")
    return MappingProxyType(dict(sorted(_FAMILIES.items())))


def of(rule: str) -> Family | None:
    """The family of a rule's code, or None: nothing plans such a rule."""
    return next((one for code, one in families().items() if rule.startswith(code)), None)
