"""How the environment writes the values of settings, by type; imports nothing of app."""

from collections.abc import Callable, Mapping
from ipaddress import ip_network
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

_SAID = dict.fromkeys(("1", "true", "yes", "on"), True) | dict.fromkeys(("0", "false", "no", "off"), False)


def _bool(text: str) -> bool:
    try:
        return _SAID[text.lower()]
    except KeyError:
        raise ValueError(f"not yes or no: {text!r}") from None


def _parts(text: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in text.split(",") if part.strip())


READ: Mapping[str, Callable[[str], Any]] = {
    "str": str,
    "int": int,
    "bool": _bool,
    "Path": lambda text: Path(text).expanduser().absolute(),
    "ZoneInfo": ZoneInfo,
    "tuple[str, ...]": _parts,
    "tuple[IPv4Network | IPv6Network, ...]": lambda text: tuple(ip_network(part) for part in _parts(text)),
    "tuple[Path, ...]": lambda text: tuple(Path(part).expanduser().absolute() for part in _parts(text)),
}
