DROP TRIGGER keep_narrow ON gate.token;
DROP FUNCTION gate.keep_narrow(), gate.tokens_of_others(integer);
