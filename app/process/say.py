"""What the person at the terminal reads: each line in Chinese and English."""

import sys
from collections.abc import Callable

from app.core.label import Label
from app.db.embedded import Unusable


def say(zh: str, en: str) -> None:
    """Print one line of progress in both languages, at once."""
    print(f"  {zh}  ·  {en}", flush=True)  # noqa: T201


def complain(label: Label) -> None:
    """Print what went wrong, and what to do, on standard error."""
    print(f"\n  {label.zh}\n  {label.en}\n", file=sys.stderr, flush=True)  # noqa: T201


def cannot_start(error: Exception) -> Label:
    """What to tell about a failure that names its own remedy."""
    return Label(f"无法启动：{error}", "Cannot start, for the reason above.")


def plainly(run: Callable[[], None]) -> int:
    """Run a preparation; its exit code, with an expected failure told in words and not as a traceback."""
    try:
        run()
    except Unusable as error:
        complain(cannot_start(error))
        return 1
    return 0
