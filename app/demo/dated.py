"""What the database wrote by itself while a year was loaded in minutes, moved to the days it would have had."""

from sqlalchemy import Connection

from app.demo.store_year import StoreYear

TOLD = "CREATE TEMP TABLE demo_told (customer_id bigint PRIMARY KEY, since date, stage text, away date) ON COMMIT DROP"
OWNERS = """
UPDATE customer_ownership h SET since = (d.since + time '10:00') AT TIME ZONE 'Asia/Shanghai'
  FROM demo_told d WHERE h.store_id = %(store)s AND h.customer_id = d.customer_id"""
STAGES = """
UPDATE customer c SET stage = d.stage FROM demo_told d
 WHERE c.store_id = %(store)s AND c.id = d.customer_id AND d.away IS NOT NULL AND c.stage <> d.stage"""
STAGES_TOLD = """
UPDATE stage_history s SET at = (d.away + time '02:30') AT TIME ZONE 'Asia/Shanghai', rule = '按最近到店时间'
  FROM demo_told d WHERE s.store_id = %(store)s AND s.customer_id = d.customer_id AND s.to_stage = d.stage"""
PLATES = """
UPDATE vehicle_plate p SET since = coalesce(v.registered_on, v.bought_on) FROM vehicle v
 WHERE p.store_id = %(store)s AND v.id = p.vehicle_id
   AND p.since > coalesce(v.registered_on, v.bought_on)"""
HOLDERS = """
UPDATE vehicle_role r SET since = v.bought_on FROM vehicle v
 WHERE r.store_id = %(store)s AND v.id = r.vehicle_id
   AND r.role = 'owner' AND r.since > v.bought_on"""
ORDERS = """
UPDATE work_order_status s SET at = coalesce(w.settled_at, w.opened_at) FROM work_order w
 WHERE s.store_id = %(store)s AND w.id = s.work_order_id"""
OPPORTUNITIES = """
UPDATE opportunity_stage_log l SET becomes = 'intent', employee_id = o.consultant_id,
       at = (o.opened_on + time '10:00') AT TIME ZONE 'Asia/Shanghai'
  FROM opportunity o WHERE l.store_id = %(store)s AND o.id = l.opportunity_id AND l.was IS NULL"""
COMPLAINTS = """
UPDATE complaint_step s SET status = 'registered', at = c.received_at FROM complaint c
 WHERE s.store_id = %(store)s AND c.id = s.complaint_id AND s.employee_id IS NULL"""
MOVES = (OWNERS, STAGES, STAGES_TOLD, PLATES, HOLDERS, ORDERS, OPPORTUNITIES, COMPLAINTS)


def move_to_their_days(connection: Connection, store: int, year: StoreYear) -> None:
    """Gives what followed from a store's rows the days of those rows."""
    connection.exec_driver_sql(TOLD)
    driver = connection.connection.driver_connection
    if driver is None:
        raise RuntimeError("the connection is closed")
    with driver.cursor().copy("COPY demo_told FROM STDIN") as copy:
        for row in year.told:
            copy.write_row(row)
    connection.exec_driver_sql("ANALYZE demo_told")
    for move in MOVES:
        connection.exec_driver_sql(move, {"store": store})
