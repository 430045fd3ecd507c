DROP TABLE work.idempotency;
