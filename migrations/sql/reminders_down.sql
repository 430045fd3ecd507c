DROP TABLE work.service_due;
