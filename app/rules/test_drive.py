"""How a test drive goes, and what follows when the car is back."""

from app.core.label import Label
from app.core.rules import Lifecycle, Move, Then
from app.records.rulebook import RULEBOOK
from app.rules.numbering import numbers
from app.rules.odometer_reading import misfits
from app.rules.opportunity import forward

RULEBOOK.on(
    "test_drive",
    numbers("TD"),
    Lifecycle(
        "status",
        begins=("booked",),
        moves=(
            Move("start", Label("出车", "Drive out"), ("booked",), "out", asks=("licence_checked", "km0")),
            Move("back", Label("还车", "Car is back"), ("out",), "returned", asks=("km1", "rating", "feedback")),
            Move("miss", Label("未到店", "No show"), ("booked",), "no_show"),
            Move("cancel", Label("取消试驾", "Cancel"), ("booked",), "cancelled", danger=True),
        ),
        needs={"out": ("km0",), "returned": ("km0", "km1")},
        locks={"out": ("vehicle", "customer", "km0"), "returned": ("vehicle", "customer", "starts_at", "km0", "km1")},
    ),
    Then("driven", forward("opportunity_id", "test_drive", ("intent", "needs")), to=("out", "returned")),
    Then(
        "reading_taken",
        "INSERT INTO public.odometer_reading (store_id, vehicle_id, read_at, km, source, standing)"
        " SELECT m.store_id, m.vehicle_id, least(m.ends_at, now()), m.km1, 'sale',"
        f" CASE WHEN {misfits('m', 'least(m.ends_at, now())', 'm.km1')} THEN 'doubtful' ELSE 'counted' END"
        " FROM moved m ORDER BY m.ends_at, m.id",
        to=("returned",),
    ),
)
