"""Every kind of job the workers know; a job registers where it stands, in a file of this package."""

import pkgutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from importlib import import_module
from types import MappingProxyType
from typing import Any, TypeVar

from app.outbox import QUEUES

F = TypeVar("F", bound=Callable[..., Any])

_JOBS: dict[str, "Job"] = {}


@dataclass(frozen=True, slots=True)
class Job:
    """A kind of job: its queue, the function, its limit in seconds, and whether the system alone may ask for it."""

    kind: str
    queue: str
    run: Callable[..., Any]
    timeout: int
    system: bool


def job(kind: str, *, queue: str = "default", timeout: int = 3600, system: bool = False) -> Callable[[F], F]:
    """Registers the decorated `run(context, **args)`; ValueError when the kind is taken or the queue unknown."""
    if queue not in QUEUES:
        raise ValueError(f"{kind}: no worker serves the queue {queue!r}")

    def register(run: F) -> F:
        if kind in _JOBS:
            raise ValueError(f"{kind}: registered twice, by {_JOBS[kind].run.__module__} and {run.__module__}")
        _JOBS[kind] = Job(kind, queue, run, timeout, system)
        return run

    return register


def find(kind: str) -> Job | None:
    """The job of that kind, or None."""
    return _JOBS.get(kind)


def jobs() -> Mapping[str, Job]:
    """Every registered job by its kind."""
    return MappingProxyType(_JOBS)


def load() -> None:
    """Imports every file of this package, so that each job in it registers."""
    package = import_module("app.jobs")
    for module in pkgutil.iter_modules(package.__path__):
        import_module(f"app.jobs.{module.name}")
