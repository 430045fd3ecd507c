"""The same step again and again in several threads; the first that fails stops the others."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Event


def side_by_side(step: Callable[[int], bool], lanes: int) -> None:
    """Calls `step(lane)` until it answers False, each lane in a thread; raises what one raised when all stand still."""
    over = Event()

    def run(lane: int) -> None:
        try:
            while not over.is_set() and step(lane):
                pass
        except BaseException:
            over.set()
            raise

    with ThreadPoolExecutor(lanes) as threads:
        try:
            for running in [threads.submit(run, lane) for lane in range(lanes)]:
                running.result()
        finally:
            over.set()
