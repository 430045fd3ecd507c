"""The announced actor as the product's own type, from what the gate answers."""

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import Any, Protocol

from app.core.action import EVERYTHING, Action
from app.core.actor import NOBODY, Actor, ActorKind, Extent

STEP_UP = timedelta(minutes=10)
_VERBS = {action.value: action for action in Action}
_ALL = Extent(actions=EVERYTHING, everywhere=True)


class AnnouncedRow(Protocol):
    """What an announcement answers: the last sign-in or step-up, and the stamp of everybody's rights."""

    @property
    def fresh(self) -> datetime | None:
        """When the person last proved who he is."""
        ...

    @property
    def access(self) -> int:
        """The stamp that moves when anybody's rights may have changed."""
        ...


class _EveryEntity(Mapping[str, Extent]):
    """The system's extents: all of any entity, also of one made a moment ago."""

    def __getitem__(self, entity: str) -> Extent:
        return _ALL

    def __iter__(self) -> Iterator[str]:
        return iter(())

    def __len__(self) -> int:
        return 0


EVERY_ENTITY: Mapping[str, Extent] = _EveryEntity()


def actor_from(
    announced: AnnouncedRow, profile: Mapping[str, Any] | None, *, now: datetime, step_up: timedelta = STEP_UP
) -> Actor:
    """The actor an announcement and `gate.my_profile()` describe; NOBODY when nobody was announced.

    He is fresh when he proved who he is within `step_up` before `now`.
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
        fresh=announced.fresh is not None and now - announced.fresh <= step_up,
        stamp=announced.access,
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
    )
