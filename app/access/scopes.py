"""What an API token may do of what its owner may: scopes and addresses, said once when it is made.

A token never has more than its owner has at the moment: the gate cuts his reach down whenever it is announced.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from ipaddress import IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from typing import Any

import orjson

from app.access.explain import VERBS
from app.core.action import READ_ONLY, Action
from app.core.actor import Actor
from app.core.entity import Entity
from app.core.errors import Unfit
from app.core.label import Label

ANY = "*"  # in place of an entity: each of them; in place of a verb: all but revealing
TERM = 90  # days
MOST_NETWORKS = 20
Network = IPv4Network | IPv6Network
Scopes = Mapping[str, frozenset[str]]
EVERYTHING: Scopes = {ANY: frozenset({ANY})}
READING: Scopes = {ANY: frozenset(READ_ONLY)}
SHORT: Mapping[str, Scopes] = {"everything": EVERYTHING, "read": READING}
_KNOWN = frozenset({ANY, *Action})
_MAPPED = ip_network("::ffff:0:0/96")
_MAPPED_BITS = 96
SCOPES = Unfit(
    "scopes",
    Label(
        "请选择令牌能做什么：everything、read，或逐类写明动作，如 {“customer”: [“list”, “read”]}。",
        "Say what the token may do: `everything`, `read`, or verbs for each kind of records.",
    ),
)
REVEAL = Unfit(
    "scope_reveal",
    Label("“看完整号码”要逐类写明，不能用 * 一并给出。", "Revealing is named for each kind of records, never by `*`."),
)
BEYOND = Label("您自己没有“{entity}”的“{verb}”权限。", "You may not {verb} “{entity}” yourself.")
NETWORKS = Unfit(
    "addresses",
    Label(
        "地址请写成 IP 或网段，如 203.0.113.7 或 10.1.0.0/16，最多 20 个。",
        "Give addresses or networks, as 203.0.113.7 or 10.1.0.0/16, at most 20.",
    ),
)


@dataclass(frozen=True, slots=True)
class TokenWish:
    """A token somebody asks for."""

    name: str
    scopes: Scopes
    days: int = TERM
    addresses: tuple[Network, ...] = ()  # none: from anywhere


def scopes_of(given: object, actor: Actor, entities: Mapping[str, Entity]) -> Scopes:
    """Scopes as a client gives them; raises Unfit for what is none, or what the actor may not do himself."""
    if isinstance(given, str) and given in SHORT:
        return SHORT[given]
    if not isinstance(given, dict) or not given or not all(_is_verbs(verbs) for verbs in given.values()):
        raise SCOPES
    scopes = {name: frozenset(verbs) for name, verbs in given.items()}
    if Action.REVEAL in scopes.get(ANY, ()):
        raise REVEAL
    for name in scopes.keys() - {ANY}:
        _within_own(name, scopes[name], actor, entities)
    return scopes


def _is_verbs(given: object) -> bool:
    return isinstance(given, list) and bool(given) and all(isinstance(verb, str) and verb in _KNOWN for verb in given)


def _within_own(name: str, verbs: Iterable[str], actor: Actor, entities: Mapping[str, Entity]) -> None:
    held = actor.extent(name).actions
    if name not in entities or not held:  # the same answer, whether there is none or none for him
        raise SCOPES
    for verb in verbs:
        if verb != ANY and verb not in held:
            words = {"entity": entities[name].plural, "verb": VERBS[Action(verb)]}
            raise Unfit("scope_beyond", BEYOND.format(**words))


def networks_of(given: object) -> tuple[Network, ...]:
    """Addresses and networks as a client gives them, each once; raises Unfit."""
    if not isinstance(given, list) or len(given) > MOST_NETWORKS:
        raise NETWORKS
    try:
        found = [_network(one) for one in given]
    except ValueError:
        raise NETWORKS from None
    return tuple(dict.fromkeys(found))


def _network(given: object) -> Network:
    if not isinstance(given, str) or "%" in given:
        raise ValueError(given)
    found = ip_network(given.strip())
    if isinstance(found, IPv6Network) and found.subnet_of(_MAPPED):  # type: ignore[arg-type]  # both are of version 6
        mapped = found.network_address.ipv4_mapped
        return ip_network((int(mapped or 0), found.prefixlen - _MAPPED_BITS))
    return found


def canonical(address: str | None) -> str | None:
    """An address as the gate compares it: no zone, and IPv4 as such; None for what is none."""
    try:
        found = ip_address((address or "").partition("%")[0])
    except ValueError:
        return None
    mapped = found.ipv4_mapped if isinstance(found, IPv6Address) else None
    return str(mapped or found)


def to_json(scopes: Scopes) -> str:
    """Scopes as the gate keeps them."""
    return orjson.dumps(plain(scopes)).decode()


def plain(scopes: Scopes) -> dict[str, list[str]]:
    """Scopes as JSON carries them."""
    return {name: sorted(verbs) for name, verbs in sorted(scopes.items())}


def from_json(told: Mapping[str, Any]) -> Scopes:
    """Scopes as the gate tells them."""
    return {name: frozenset(verbs) for name, verbs in told.items()}
