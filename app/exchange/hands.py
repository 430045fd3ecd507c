"""The same work on many pieces at once: processes that take pieces in turn and give results back in order."""

import multiprocessing
import sys
from collections.abc import Callable, Iterable, Iterator
from itertools import chain, islice
from multiprocessing.connection import Connection
from typing import Any, TypeVar

P = TypeVar("P")
R = TypeVar("R")

FORKS = sys.platform == "linux"  # elsewhere a forked process may not use the system's libraries


def in_order(work: Callable[[P], R], pieces: Iterable[P], hands: int) -> Iterator[R]:
    """What `work` makes of each piece, in order; by `hands` forked processes when there is more than one piece.

    `work` must not touch connections, threads or files of this process. What it raises is raised here.
    """
    source = iter(pieces)
    first = list(islice(source, 2))
    if hands < 2 or len(first) < 2 or not FORKS:  # noqa: PLR2004
        yield from map(work, chain(first, source))
        return
    team = [_Hand(work) for _ in range(hands)]
    try:
        yield from _turns(team, chain(first, source))
    finally:
        for hand in team:
            hand.dismiss()


def _turns(team: "list[_Hand]", pieces: Iterable[Any]) -> Iterator[Any]:
    """Hands each its next piece as soon as its last result is taken: one piece each, so that no pipe fills up."""
    given = 0
    for given, piece in enumerate(pieces, 1):
        hand = team[(given - 1) % len(team)]
        result = hand.take() if given > len(team) else None
        hand.give(piece)
        if given > len(team):
            yield result
    for late in range(max(given - len(team), 0), given):
        yield team[late % len(team)].take()


class _Hand:
    """A forked process that answers each piece; it ends when this process does, however that ends."""

    def __init__(self, work: Callable[[Any], Any]) -> None:
        context = multiprocessing.get_context("fork")
        self._pipe, theirs = context.Pipe()
        self._process = context.Process(target=_serve, args=(work, theirs, self._pipe), daemon=True)
        self._process.start()
        theirs.close()

    def give(self, piece: object) -> None:
        self._pipe.send(piece)

    def take(self) -> Any:
        """The result of the oldest piece given; raises what the work raised."""
        fine, result = self._pipe.recv()
        if not fine:
            raise result
        return result

    def dismiss(self) -> None:
        self._pipe.close()
        self._process.terminate()
        self._process.join()


def _serve(work: Callable[[Any], Any], pipe: Connection, parents: Connection) -> None:
    """Works until nobody holds the other end: an end of file is the parent's end, whatever became of it."""
    parents.close()
    while True:
        try:
            piece = pipe.recv()
        except EOFError:
            return
        try:
            answer: tuple[bool, object] = (True, work(piece))
        except Exception as error:  # noqa: BLE001 - raised where the result is taken
            answer = (False, error)
        try:
            pipe.send(answer)
        except (BrokenPipeError, ConnectionError):
            return
