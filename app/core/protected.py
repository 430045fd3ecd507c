"""A value that prints its mask wherever it is turned into text."""

from html import escape
from typing import Any, NoReturn


class Protected:
    """A protected value: text, JSON, logs, `repr` and pickles carry the mask, `disclose()` the value itself."""

    __slots__ = ("_mask", "_value")

    def __init__(self, value: object, mask: str) -> None:
        self._value = value
        self._mask = mask

    def __str__(self) -> str:
        return self._mask

    def __repr__(self) -> str:
        return f"Protected({self._mask!r})"

    def __format__(self, spec: str) -> str:
        return format(self._mask, spec)

    def __html__(self) -> str:
        return escape(self._mask)

    def __reduce__(self) -> tuple[type, tuple[str, str]]:
        return (Protected, (self._mask, self._mask))

    def __eq__(self, other: object) -> NoReturn:
        raise TypeError("a protected value is not compared")

    def __hash__(self) -> int:
        return id(self)

    def __bool__(self) -> bool:
        return self._value is not None

    def disclose(self) -> Any:
        """The value itself, for storage and for those who may see it."""
        return self._value
