"""What stood published when: the truth answers are judged by."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from threading import Lock

from app.core.entity import Entity


@dataclass
class Span:
    """One state of the catalog: an entity, or none, and when it may have been in force."""

    entity: Entity | None
    begins: float
    ends: float = float("inf")


@dataclass
class Ledger:
    """The states in order. A state may be seen from before its commit until the next one's commit was answered."""

    spans: list[Span] = field(default_factory=lambda: [Span(None, 0.0)])
    _lock: Lock = field(default_factory=Lock)

    @contextmanager
    def becoming(self, entity: Entity | None) -> Iterator[None]:
        """Around the transaction that makes a state true."""
        with self._lock:
            self.spans.append(Span(entity, time.monotonic()))
        yield
        with self._lock:
            self.spans[-2].ends = time.monotonic()

    def between(self, began: float, ended: float) -> list[Entity | None]:
        """The states a request from `began` to `ended` may have kept to."""
        with self._lock:
            return [span.entity for span in self.spans if span.begins <= ended and span.ends >= began]
