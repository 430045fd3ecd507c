"""Places kept for rights that are not built yet: each fails, once it is, until the model knows it."""

from collections.abc import Callable
from dataclasses import dataclass

from tests.appkit import Premises


@dataclass(frozen=True)
class Place:
    """A defect that cannot be planted yet: what it waits for, where it belongs, and whether that is there."""

    waits_for: str
    belongs: str
    built: Callable[[Premises], bool]


def route(premises: Premises, name: str) -> bool:
    """Whether records have an address of that name."""
    return any(name in rule.rule.split("/") and "<entity>" in rule.rule for rule in premises.app.url_map.iter_rules())


LATER = {
    "grouped by a masked field": Place(
        "grouping and figures over a list",
        "a head beside api_sort; Oracle.asks already answers it",
        lambda premises: route(premises, "group") or route(premises, "figures"),
    ),
    "paper unmasked": Place(
        "a record or a list as PDF",
        "a head beside export; Oracle.state with the place 'file'",
        lambda premises: route(premises, "print") or route(premises, "<int:pk>.pdf") or route(premises, "pdf"),
    ),
}
