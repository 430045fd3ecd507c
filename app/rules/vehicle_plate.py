"""What a plate's record may still do, and what the car's plate follows."""

from app.core.label import Label
from app.core.rules import Ban, Event, Then
from app.records.rulebook import RULEBOOK
from app.rules.dated import PLATE

RULEBOOK.on(
    "vehicle_plate",
    Ban(
        "other_car",
        "person AND NEW.vehicle_id IS DISTINCT FROM OLD.vehicle_id",
        Label("号牌记录不能改到另一辆车上；请停用后在另一辆车上登记。", "End it and enter the plate on the other car."),
        "vehicle",
        on=(Event.UPDATE,),
    ),
    Ban(
        "carried",
        "person AND NEW.until IS NULL AND EXISTS (SELECT FROM public.vehicle v WHERE v.store_id = NEW.store_id"
        " AND v.plate = NEW.plate AND v.id <> NEW.vehicle_id AND NOT EXISTS (SELECT FROM public.vehicle_plate p"
        " WHERE p.vehicle_id = v.id AND p.until IS NULL))",
        Label(
            "这个号牌正由本店另一辆车使用；请在要用它的车辆上点“过户换牌”。",
            "Another car of the store carries this plate; take it over on the car that shall have it.",
        ),
        "plate",
    ),
    PLATE.beside(),
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
