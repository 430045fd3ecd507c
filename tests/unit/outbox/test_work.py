"""What can be said about work without a database."""

import pytest

from app.outbox import ATTEMPTS, DELAYS, enqueue


def test_every_attempt_but_the_last_has_a_delay_and_they_grow():
    assert len(DELAYS) == ATTEMPTS - 1
    assert list(DELAYS) == sorted(set(DELAYS))


def test_work_for_a_queue_nobody_serves_is_refused_before_it_is_written():
    with pytest.raises(ValueError, match="no worker serves the queue 'nowhere'"):
        enqueue(None, "sample.note", {}, queue="nowhere")
