DROP TABLE work.inbox;
