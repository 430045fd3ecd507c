"""Work by several processes: in order, with its errors, and without orphans."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from app.exchange.hands import in_order

ROOT = Path(__file__).parents[2]


def double(piece):
    if piece == "bad":
        raise ValueError(piece)
    time.sleep(0.02 if piece % 3 == 0 else 0)
    return piece * 2, os.getpid()


@pytest.mark.parametrize("hands", [1, 2, 3])
@pytest.mark.parametrize("count", [0, 1, 2, 3, 7, 20])
def test_results_come_in_the_order_of_the_pieces(hands, count):
    found = list(in_order(double, iter(range(count)), hands))
    assert [result for result, _ in found] == [2 * n for n in range(count)]
    assert (os.getpid() in {pid for _, pid in found}) is (count > 0 and (hands == 1 or count == 1))


def test_what_the_work_raises_is_raised_here():
    with pytest.raises(ValueError, match="bad"):
        list(in_order(double, [1, 2, "bad", 4], 2))


def test_large_pieces_and_results_do_not_block():
    pieces = [bytes([n]) * 3_000_000 for n in range(6)]
    assert list(in_order(bytes.upper, pieces, 2)) == [piece.upper() for piece in pieces]


def alive(pid):
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except FileNotFoundError:
        return False


PARENT = """
import os, time
from app.exchange.hands import in_order
def work(piece):
    return os.getpid()
found = in_order(work, iter(range(1000)), 2)
print(next(found), next(found), flush=True)
time.sleep(60)
"""


@pytest.mark.faults
def test_processes_end_with_a_killed_parent():
    parent = subprocess.Popen([sys.executable, "-c", PARENT], cwd=ROOT, stdout=subprocess.PIPE, text=True)
    hands = [int(word) for word in parent.stdout.readline().split()]
    assert all(alive(pid) for pid in hands)
    os.kill(parent.pid, signal.SIGKILL)
    parent.wait()
    until = time.monotonic() + 10
    while any(alive(pid) for pid in hands) and time.monotonic() < until:
        time.sleep(0.05)
    assert not any(alive(pid) for pid in hands)
