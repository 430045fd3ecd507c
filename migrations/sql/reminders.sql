-- When each car is next due for service: worked out anew when the car was here or its mileage was read, so that the
-- nightly plan reads a range of days and not every car. It can be made again at any time; workers alone see it.
CREATE TABLE work.service_due (
    vehicle_id bigint PRIMARY KEY, -- the tables of entities are made later than this one, so it is no foreign key
    store_id bigint NOT NULL,
    due_on date NOT NULL,
    last_on date NOT NULL -- the day of the maintenance it counts from
);
CREATE INDEX service_due_order ON work.service_due (store_id, due_on);

ALTER TABLE work.service_due ENABLE ROW LEVEL SECURITY;
CREATE POLICY announced ON work.service_due TO forecourt_worker USING ((SELECT gate.ticket() ->> 'k') = 'system');
GRANT SELECT, INSERT, UPDATE, DELETE ON work.service_due TO forecourt_worker;
