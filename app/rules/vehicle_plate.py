"""What a plate's record may still do, and what the car's plate follows."""

from app.core.label import Label
from app.core.rules import Ban, Event, Then
from app.records.rulebook import RULEBOOK

RULEBOOK.on(
    "vehicle_plate",
    Ban(
        "other_car",
        "person AND NEW.vehicle_id IS DISTINCT FROM OLD.vehicle_id",
        Label("号牌记录不能改到另一辆车上；请停用后在另一辆车上登记。", "End it and enter the plate on the other car."),
        "vehicle",
        on=(Event.UPDATE,),
    ),
    Then(
        "car_plate",
        "UPDATE public.vehicle v SET plate = m.plate FROM moved m"
        " WHERE v.id = m.vehicle_id AND m.until IS NULL AND v.plate IS DISTINCT FROM m.plate",
    ),
    Then(
        "car_without_plate",
        "UPDATE public.vehicle v SET plate = NULL FROM moved m WHERE v.id = m.vehicle_id AND m.until IS NOT NULL"
        " AND v.plate = m.plate AND NOT EXISTS (SELECT FROM public.vehicle_plate p"
        " WHERE p.vehicle_id = v.id AND p.until IS NULL)",
        on=(Event.UPDATE,),
    ),
)
