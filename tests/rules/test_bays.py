"""A bay serves one visit at a time, whether it is promised to an appointment or work is planned in it."""

from concurrent.futures import ThreadPoolExecutor, wait

import pytest

from tests.appkit import Premises
from tests.make import Make
from tests.rules.desk import added, bare, changed, copied, errors, refusal


def given(make: Make, entity: str, **values: object) -> dict[str, object]:
    found = make.values(make.entity(entity)) | values
    return {name: value for name, value in found.items() if value is not None}


@pytest.fixture
def bay(make: Make) -> str:
    return str(make.record("bay"))


def test_work_keeps_off_what_is_promised_to_others(premises: Premises, make: Make, bay: str):
    appointment = make.record("service_appointment", bay=bay)
    answer = added(premises, "advisor", "job_segment", **given(make, "job_segment", bay=bay))
    assert errors(answer) == {"bay": "bay_promised"}
    car = premises.one("SELECT vehicle_id FROM service_appointment WHERE id = %s", appointment)
    own = make.record("work_order", appointment=str(appointment), vehicle=str(car))
    answer = added(premises, "advisor", "job_segment", **given(make, "job_segment", bay=bay, work_order=str(own)))
    assert answer.status_code == 201, "the visit's own work"
    bay = str(make.record("bay"))
    make.record("service_appointment", bay=bay)
    other = make.record("job_segment", starts_at="2026-11-21T09:00:00+08:00", ends_at="2026-11-21T10:00:00+08:00")
    with bare(premises, "advisor") as connection:
        moved = {"bay_id": bay, "starts_at": "starts_at - interval '1 day'", "ends_at": "ends_at - interval '1 day'"}
        assert refusal(connection, copied("job_segment", other, **moved)) == "job_segment_bay_promised"
        sql = "UPDATE job_segment SET bay_id = %s, starts_at = %s, ends_at = %s WHERE id = %s"
        taken = (bay, "2026-11-20T09:30:00+08:00", "2026-11-20T11:00:00+08:00", other)
        assert refusal(connection, sql, *taken) == "job_segment_bay_promised"


def test_an_appointment_keeps_off_work_that_is_planned(premises: Premises, make: Make, bay: str):
    make.record("job_segment", bay=bay)
    answer = added(premises, "advisor", "service_appointment", **given(make, "service_appointment", bay=bay))
    assert errors(answer) == {"bay": "bay_at_work"}
    number = make.record("service_appointment")
    with bare(premises, "advisor") as connection:
        sql = "UPDATE service_appointment SET bay_id = %s WHERE id = %s"
        assert refusal(connection, sql, bay, number) == "service_appointment_bay_at_work"
        later = {"bay_id": bay, "number": "NULL", "starts_at": "ends_at", "ends_at": "ends_at + interval '1 h'"}
        assert refusal(connection, copied("service_appointment", number, **later)) is None


def test_a_booking_waits_for_the_one_before_it_and_sees_it(premises: Premises, make: Make, bay: str):
    segment, appointment = make.record("job_segment"), make.record("service_appointment")
    with premises.connect("web") as first, ThreadPoolExecutor(1) as pool:
        first.execute("SELECT gate.announce(%s, 'r-first')", (premises.session("advisor"),))
        first.execute("UPDATE job_segment SET bay_id = %s WHERE id = %s", (bay, segment))
        second = pool.submit(changed, premises, "advisor", "service_appointment", appointment, bay=bay)
        assert not wait([second], timeout=0.6).done
        first.commit()
        assert errors(second.result(10)) == {"bay": "bay_at_work"}
