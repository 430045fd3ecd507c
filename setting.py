"""What one setting is: how it is declared, how its text in the environment is read, and the places it may name."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from ipaddress import ip_network
from pathlib import Path
from typing import Any, Self
from urllib.parse import parse_qsl, urlencode, urlsplit
from zoneinfo import ZoneInfo

PREFIX = "FORECOURT_"


def setting(default: object, meaning: str, env: str = "", *, secret: bool = False, least: int | None = None) -> Any:
    """A setting: its default, its meaning, and its variable where that is not FORECOURT_ and its name."""
    data = {"meaning": meaning, "variable": env, "secret": secret, "least": least}
    made = {"default_factory": default} if callable(default) else {"default": default}
    return field(**made, metadata=data, repr=not secret)


@dataclass(frozen=True)
class Store:
    """An S3-compatible store as a setting names it: `s3://bucket/prefix?endpoint=https://…&region=…&style=virtual`.

    Without an endpoint it is Amazon's; `style=virtual` is for stores that want the bucket in the host's name.
    """

    bucket: str
    prefix: str = ""
    endpoint: str = ""
    region: str = "us-east-1"
    style: str = "path"

    @classmethod
    def parse(cls, text: str) -> Self:
        """The store that `text` names; ValueError when it names none, or holds a password."""
        url = urlsplit(text)
        more = dict(parse_qsl(url.query, strict_parsing=bool(url.query)))
        if url.scheme != "s3" or not url.netloc or "@" in url.netloc or url.fragment:
            raise ValueError("a store is written s3://bucket/prefix?endpoint=…&region=…")
        if unknown := more.keys() - {"endpoint", "region", "style"}:
            raise ValueError(f"a store has an endpoint, a region and a style, no {', '.join(sorted(unknown))}")
        if more.get("endpoint", "https://").partition("://")[0] not in ("https", "http"):
            raise ValueError("an endpoint begins with https:// or http://")
        if more.get("style", "path") not in ("path", "virtual"):
            raise ValueError("a style is path or virtual")
        return cls(url.netloc, url.path.strip("/"), **more)

    def __str__(self) -> str:
        given = {"endpoint": self.endpoint, "region": self.region, "style": self.style}
        usual = {"endpoint": "", "region": "us-east-1", "style": "path"}
        more = urlencode({name: value for name, value in given.items() if value != usual[name]}, safe=":/")
        return f"s3://{self.bucket}/{self.prefix}" + (f"?{more}" if more else "")


@dataclass(frozen=True)
class Setting:
    """One setting as documents and the environment know it."""

    name: str
    type: str
    default: object
    meaning: str
    variable: str
    secret: bool
    least: int | None

    @property
    def env(self) -> str:
        """Its variable's name."""
        return self.variable or f"{PREFIX}{self.name.upper()}"

    def text(self, environ: Mapping[str, str]) -> str | None:
        """What the environment, or for a secret the file it names, says; None when it says nothing."""
        text, path = environ.get(self.env), environ.get(f"{self.env}_FILE") if self.secret else None
        if text and path:
            raise ValueError(f"give either {self.env} or {self.env}_FILE")
        if path:
            text = Path(path).read_text(encoding="utf-8").strip()
        return text or None

    def read(self, text: str) -> Any:
        """The value that `text` writes; ValueError when it is none of this setting's type."""
        value = _READ[self.type.removesuffix(" | None")](text.strip())
        if self.least is not None and value < self.least:
            raise ValueError(f"at least {self.least} is needed, not {value}")
        return value


def name_of(annotation: Any) -> str:
    """A type as documents write it."""
    text = annotation.__name__ if type(annotation) is type else str(annotation)
    return re.sub(r"\b(?:\w+\.)+(\w+)", r"\1", text)


_SAID = dict.fromkeys(("1", "true", "yes", "on"), True) | dict.fromkeys(("0", "false", "no", "off"), False)


def _bool(text: str) -> bool:
    try:
        return _SAID[text.lower()]
    except KeyError:
        raise ValueError(f"not yes or no: {text!r}") from None


def _parts(text: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in text.split(",") if part.strip())


def _path(text: str) -> Path:
    return Path(text).expanduser().absolute()


_READ: Mapping[str, Callable[[str], Any]] = {
    "str": str,
    "int": int,
    "bool": _bool,
    "Path": _path,
    "Path | Store": lambda text: Store.parse(text) if "://" in text else _path(text),
    "ZoneInfo": ZoneInfo,
    "tuple[str, ...]": _parts,
    "tuple[IPv4Network | IPv6Network, ...]": lambda text: tuple(ip_network(part) for part in _parts(text)),
    "tuple[Path, ...]": lambda text: tuple(_path(part) for part in _parts(text)),
}
