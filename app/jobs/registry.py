"""Every kind of job the workers know; a job registers where it stands, in a file of this package."""

import pkgutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from importlib import import_module
from types import MappingProxyType
from typing import Any, TypeVar

from sqlalchemy import Connection

from app.core.label import Label
from app.outbox import QUEUES, Work

F = TypeVar("F", bound=Callable[..., Any])

_JOBS: dict[str, "Job"] = {}


@dataclass(frozen=True, slots=True)
class Told:
    """What somebody is told about his work: words without values, and where he finds its result."""

    title: Label
    note: Label | None = None
    level: str = "good"  # one of outbox.inbox.LEVELS


@dataclass(frozen=True, slots=True)
class Tells:
    """How a kind of job tells whoever asked that it ended; `href` makes the address of its result from the arguments.

    `done` gets the connection of the transaction that finishes the work, the work and its result.
    """

    done: Callable[[Connection, Work, Any], Told | None]
    href: Callable[[Mapping[str, Any]], str] | None = None


@dataclass(frozen=True, slots=True)
class Job:
    """A kind of job: its queue, the function, its limit in seconds, and whether the system alone may ask for it.

    `label` is what people call it; `tells` says what its requester finds in his inbox at its end.
    """

    kind: str
    queue: str
    run: Callable[..., Any]
    timeout: int
    system: bool
    label: Label | None = None
    tells: Tells | None = None


def job(  # what there is to say about a job, each by its name
    kind: str,
    *,
    queue: str = "default",
    timeout: int = 3600,
    system: bool = False,
    label: Label | None = None,
    tells: Tells | None = None,
) -> Callable[[F], F]:
    """Registers the decorated `run(context, **args)`; ValueError when the kind is taken or the queue unknown."""
    if queue not in QUEUES:
        raise ValueError(f"{kind}: no worker serves the queue {queue!r}")

    def register(run: F) -> F:
        if kind in _JOBS:
            raise ValueError(f"{kind}: registered twice, by {_JOBS[kind].run.__module__} and {run.__module__}")
        _JOBS[kind] = Job(kind, queue, run, timeout, system, label, tells)
        return run

    return register


def find(kind: str) -> Job | None:
    """The job of that kind, or None."""
    return _JOBS.get(kind)


def label_of(kind: str) -> Label:
    """What people call a kind of job; the kind itself where no job of it is known any more."""
    found = find(kind)
    return (found.label if found else None) or Label(kind, kind)


def jobs() -> Mapping[str, Job]:
    """Every registered job by its kind."""
    return MappingProxyType(_JOBS)


def load() -> None:
    """Imports every file of this package, so that each job in it registers."""
    package = import_module("app.jobs")
    for module in pkgutil.iter_modules(package.__path__):
        import_module(f"app.jobs.{module.name}")
