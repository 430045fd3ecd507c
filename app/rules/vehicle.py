"""What follows when a car's plate, owner or mileage is written on the car itself: the dated records follow."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from app.core.clock import business_date
from app.core.entity import Entity
from app.core.label import Label
from app.core.rules import Ban, Event, Then
from app.models import ENTITIES
from app.records import write
from app.records.context import Context
from app.records.row import Record
from app.records.rulebook import RULEBOOK, Outcome
from app.rules.dated import AT_ONCE, DIRECT, OWNER, PLATE
from app.rules.odometer_reading import latest, read

TAKEN = Outcome(
    Label("号牌已换到这辆车上，原来的记录已结束。", "The car carries the plate; the former record has ended.")
)
READ = (
    "INSERT INTO public.odometer_reading (store_id, vehicle_id, read_at, km, source, standing)"
    " SELECT m.store_id, m.id, pg_catalog.now(), m.mileage, 'record',"
    f" CASE WHEN m.mileage < {latest('m')} THEN 'doubtful' ELSE 'counted' END FROM moved m{{}}"
    f" WHERE m.mileage IS NOT NULL AND {DIRECT} AND {{}} AND m.mileage IS DISTINCT FROM {latest('m')}"
)


RULEBOOK.on(
    "vehicle",
    Ban(
        "mileage_falls",
        "person AND NEW.mileage < OLD.mileage",
        Label(
            "里程不能改小；确是换表或此前登记有误，请新增一条里程记录并写明更正原因。",
            "Mileage does not fall; add an odometer reading with the reason of the correction.",
        ),
        "mileage",
        on=(Event.UPDATE,),
    ),
    Ban(
        "plate_elsewhere",
        "person AND (TG_OP = 'INSERT' OR NEW.plate IS DISTINCT FROM OLD.plate) AND EXISTS (SELECT FROM"
        " public.vehicle v WHERE v.store_id = NEW.store_id AND v.plate = NEW.plate AND v.id <> NEW.id)",
        Label(
            "这个号牌正由本店另一辆车使用。请核对；确已过户的，先保存车辆，再点“过户换牌”。",
            "Another car of the store carries this plate; check it, or save the car and take the plate over.",
        ),
        "plate",
    ),
    *PLATE.follow(),
    *OWNER.follow(),
    Then(
        "former_mileage_read",
        "INSERT INTO public.odometer_reading (store_id, vehicle_id, read_at, km, source, standing)"
        " SELECT f.store_id, f.id, f.created_at, f.mileage, 'record', 'counted' FROM moved m JOIN former f USING (id)"
        f" WHERE f.mileage IS NOT NULL AND f.mileage IS DISTINCT FROM m.mileage AND NOT {read('f')} ORDER BY f.id",
        on=(Event.UPDATE,),
    ),
    Then("mileage_is_read", READ.format("", AT_ONCE), on=(Event.INSERT,)),
    Then(
        "mileage_is_read_anew",
        READ.format(" JOIN former f USING (id)", "f.mileage IS DISTINCT FROM m.mileage"),
        on=(Event.UPDATE,),
    ),
    # A plate that followed from another record changed past the words by which the car is found.
    Then(
        "found_anew",
        "INSERT INTO work.outbox (kind, args, requested_by) SELECT 'search.renew', pg_catalog.jsonb_build_object("
        "'entity', 'vehicle', 'ids', pg_catalog.jsonb_agg(m.id)), NULL FROM moved m JOIN former f USING (id)"
        f" WHERE m.plate IS DISTINCT FROM f.plate AND NOT {DIRECT} GROUP BY m.id / 500",
        on=(Event.UPDATE,),
    ),
)


@RULEBOOK.deed(
    "vehicle",
    code="take_plate",
    label=Label("过户换牌", "Take over a plate"),
    icon="id",
    fields=(replace(ENTITIES["vehicle"].by_name["plate"], required=True),),
)
def take_plate(context: Context, entity: Entity, record: Record, values: Mapping[str, Any]) -> Outcome:
    """Gives the car a plate, ending it on the store's car that carried it until today."""
    plates = context.entity("vehicle_plate")
    sql = "SELECT id FROM vehicle_plate WHERE store_id = %s AND plate = %s AND until IS NULL AND vehicle_id <> %s"
    for number in context.connection.exec_driver_sql(sql, (record.store, values["plate"], record.id)).scalars().all():
        write.update(context, plates, number, None, {"until": business_date(context.clock.now()).isoformat()})
    sql = "SELECT id FROM vehicle WHERE store_id = %s AND plate = %s AND id <> %s"
    for number in context.connection.exec_driver_sql(sql, (record.store, values["plate"], record.id)).scalars().all():
        write.update(context, entity, number, None, {"plate": None})
    write.update(context, entity, record.id, record.version, {"plate": values["plate"]})
    return TAKEN
