DROP FUNCTION ask_access(text, bigint, text, text);
DELETE FROM gate.bucket WHERE key LIKE 'ask_access:%';
DELETE FROM gate.allowance WHERE class = 'ask_access';
