DROP TABLE feed_link, feed_mark, feed_row, feed_run, feed_profile CASCADE;
DROP FUNCTION gate.feeds(text[], bigint[]);
DROP FUNCTION gate.check_feed();
