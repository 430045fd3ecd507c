DROP TABLE report_snapshot;
