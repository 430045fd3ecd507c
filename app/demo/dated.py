"""What the database wrote by itself while a year was loaded in minutes, moved to the days it would have been written."""

from sqlalchemy import Connection

from app.demo.store_year import StoreYear

TEN = "time '10:00') AT TIME ZONE 'Asia/Shanghai'"
MOVES = (
    "UPDATE customer_ownership h SET since = (d.since + {ten} FROM demo_since d"
    " WHERE h.store_id = %(store)s AND h.customer_id = d.customer_id",
    "UPDATE vehicle_plate p SET since = coalesce(v.registered_on, v.bought_on, p.since) FROM vehicle v"
    " WHERE p.store_id = %(store)s AND v.id = p.vehicle_id AND p.since > coalesce(v.registered_on, v.bought_on)",
    "UPDATE vehicle_role r SET since = v.bought_on FROM vehicle v"
    " WHERE r.store_id = %(store)s AND v.id = r.vehicle_id AND r.role = 'owner' AND r.since > v.bought_on",
    "UPDATE work_order_status s SET at = coalesce(w.settled_at, w.opened_at) FROM work_order w"
    " WHERE s.store_id = %(store)s AND w.id = s.work_order_id",
    "UPDATE opportunity_stage_log l SET becomes = 'intent', employee_id = o.consultant_id,"
    " at = (o.opened_on + {ten} FROM opportunity o"
    " WHERE l.store_id = %(store)s AND o.id = l.opportunity_id AND l.was IS NULL",
    "UPDATE complaint_step s SET status = 'registered', at = c.received_at FROM complaint c"
    " WHERE s.store_id = %(store)s AND c.id = s.complaint_id AND s.at > c.received_at AND s.employee_id IS NULL",
)


def move_to_their_days(connection: Connection, store: int, year: StoreYear) -> None:
    """Gives what followed from a store's rows the days of those rows."""
    connection.exec_driver_sql("CREATE TEMP TABLE demo_since (customer_id bigint PRIMARY KEY, since date) ON COMMIT DROP")
    driver = connection.connection.driver_connection
    if driver is None:
        raise RuntimeError("the connection is closed")
    with driver.cursor().copy("COPY demo_since FROM STDIN") as copy:
        for row in year.since:
            copy.write_row(row)
    for move in MOVES:
        connection.exec_driver_sql(move.format(ten=TEN), {"store": store})
