"""The announced actor as the product's own type, from what the gate answers."""

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from types import MappingProxyType
from typing import Any

from app.core.action import EVERYTHING, Action
from app.core.actor import NOBODY, Actor, ActorKind, Extent

_VERBS = {action.value: action for action in Action}
_ALL = Extent(actions=EVERYTHING, everywhere=True)


class _EveryEntity(Mapping[str, Extent]):
    """The system's extents: all of any entity, also of one made a moment ago."""

    def __getitem__(self, entity: str) -> Extent:
        return _ALL

    def __iter__(self) -> Iterator[str]:
        return iter(())

    def __len__(self) -> int:
        return 0


EVERY_ENTITY: Mapping[str, Extent] = _EveryEntity()


def actor_from(profile: Mapping[str, Any] | None, *, stamp: int = 0) -> Actor:
    """The actor whom `gate.my_profile()` describes; NOBODY when nobody was announced.

    The stamp of his rights comes from the announcement.
    """
    if not profile:
        return NOBODY
    return Actor(
        id=profile.get("u"),
        kind=ActorKind(profile["k"]),
        name=profile.get("n") or "",
        employee=profile.get("e"),
        store=profile.get("h"),
        stores=tuple(sorted(profile.get("st") or ())),
        roles=frozenset(profile.get("r") or ()),
        extents=EVERY_ENTITY if "*" in profile else extents_from(profile.get("g") or {}),
        locale=profile.get("l"),
        stamp=stamp,
        factor_due=datetime.fromtimestamp(float(due), UTC) if (due := profile.get("f")) else None,
    )


def extents_from(grants: Mapping[str, Mapping[str, Any]]) -> Mapping[str, Extent]:
    """Extents by entity from the `g` part of a profile; a verb unknown to this version allows nothing."""
    return MappingProxyType({entity: _extent(united) for entity, united in grants.items()})


def _extent(united: Mapping[str, Any]) -> Extent:
    return Extent(
        actions=frozenset(_VERBS[verb] for verb in united.get("a") or () if verb in _VERBS),
        everywhere=bool(united.get("all")),
        stores=tuple(sorted(united.get("st") or ())),
        teams=tuple(sorted(united.get("tm") or ())),
        owner=united.get("ow"),
        records=tuple(sorted(united.get("ids") or ())),
        fields=tuple((name, tuple(mine), tuple(scope)) for name, (mine, scope) in sorted(united.get("f", {}).items())),
    )
