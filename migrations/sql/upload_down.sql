DROP TABLE upload;
DROP FUNCTION upload_stamp(), upload_seen(text, bigint);
