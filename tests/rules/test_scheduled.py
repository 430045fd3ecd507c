"""What runs by the clock, run as the worker does it."""

from collections.abc import Callable

import pytest

from app.jobs import registry
from app.jobs.schedules import SCHEDULES, Schedule
from tests.appkit import Premises
from tests.make import Make

registry.load()
OF_WORKERS = [one for one in SCHEDULES if registry.jobs()[one.kind].queue == "default"]  # backups: tests/backup


@pytest.mark.parametrize("schedule", OF_WORKERS, ids=lambda one: one.code)
def test_every_scheduled_job_ends_well(schedule: Schedule, run: Callable[..., None]) -> None:
    run(schedule.kind, **schedule.args)


def test_the_bin_is_emptied_of_what_is_old_alone(premises: Premises, make: Make, run: Callable[[str], None]) -> None:
    old, fresh = make.customer(), make.customer()
    for number in (old, fresh):
        assert premises.caller("manager").delete(f"/api/v1/data/customer/{number}?version=1").status_code in (200, 204)
    aged = "UPDATE gate.bin SET at = at - make_interval(days => %s) WHERE entity = 'customer' AND record_id = %s"
    premises.run(aged, premises.config.bin_days + 1, old)
    run("bin.empty")
    kept = "SELECT record_id FROM gate.bin WHERE entity = 'customer' AND record_id = ANY (%s)"
    assert premises.run(kept, [old, fresh]) == [(fresh,)]
