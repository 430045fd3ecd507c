"""What a process keeps of past versions is bounded."""

import json
import subprocess
import sys
from collections.abc import Callable

import pytest

from config import ROOT, Config
from tests.studio.elsewhere import words

CHANGES = 200
ALLOWED = 10 * CHANGES  # pieces; one description alone takes hundreds


@pytest.mark.slow
def test_three_hundred_changes_leave_memory_flat(clone: Callable[[], Config]) -> None:
    config = clone()
    argv = [sys.executable, "-m", "tests.studio.changes", *words(config), str(CHANGES)]
    done = subprocess.run(argv, cwd=ROOT, capture_output=True, text=True, check=False, timeout=170)
    assert done.returncode == 0, done.stderr[-3000:]
    told = json.loads(done.stdout.splitlines()[-1])
    assert told["held"] <= 4, "the newest version and the one before, once as pages and once as a mapping"
    assert told["after"] - told["before"] < ALLOWED
