"""One rule as SQL."""

import hashlib
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Statement:
    """One rule as SQL: its name in the database, what makes it and what takes it away."""

    name: str
    make: tuple[str, ...]
    drop: str

    @property
    def digest(self) -> str:
        """By which a changed rule is told from the one that stands."""
        return hashlib.sha256("\n".join(self.make).encode()).hexdigest()


def listed(words: tuple[str, ...] | list[str]) -> str:
    """Words as SQL literals."""
    return ", ".join(f"'{word}'" for word in words)
