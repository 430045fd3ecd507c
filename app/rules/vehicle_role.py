"""What a role's record may still do, and what the car's owner follows."""

from app.core.label import Label
from app.core.rules import Ban, Event, Then
from app.records.rulebook import RULEBOOK
from app.rules.dated import OWNER

RULEBOOK.on(
    "vehicle_role",
    Ban(
        "stands",
        "person AND (NEW.vehicle_id, NEW.customer_id, NEW.role)"
        " IS DISTINCT FROM (OLD.vehicle_id, OLD.customer_id, OLD.role)",
        Label(
            "人、车和关系登记后不能改；请填结束日期，再登记一条新的关系。",
            "Car, customer and role stand still; end this record and enter a new one.",
        ),
        "role",
        on=(Event.UPDATE,),
    ),
    OWNER.beside(),
    Then(
        "car_owner",
        "UPDATE public.vehicle v SET customer_id = m.customer_id FROM moved m WHERE v.id = m.vehicle_id"
        " AND m.role = 'owner' AND m.until IS NULL AND v.customer_id IS DISTINCT FROM m.customer_id",
    ),
    Then(
        "car_without_owner",
        "UPDATE public.vehicle v SET customer_id = NULL FROM moved m WHERE v.id = m.vehicle_id AND m.role = 'owner'"
        " AND m.until IS NOT NULL AND v.customer_id = m.customer_id AND NOT EXISTS (SELECT FROM public.vehicle_role r"
        " WHERE r.vehicle_id = v.id AND r.role = 'owner' AND r.until IS NULL)",
        on=(Event.UPDATE,),
    ),
)
