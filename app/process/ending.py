"""One byte every process forked from the first shares: whether the installation was told to stop."""

import mmap

_page = mmap.mmap(-1, 1)  # anonymous and shared: made before the first fork, seen by all after it


def announce() -> None:
    """Lets every process know that the installation is about to stop."""
    _page[0] = 1


def told() -> bool:
    """Whether the installation is about to stop."""
    return bool(_page[0])


def forget() -> None:
    """Takes the word back; for a process that outlives an installation, as a test's does."""
    _page[0] = 0
