DROP FUNCTION merge_customer(bigint, bigint, text[]), unmerge_customer(bigint), repoint(text, bigint, bigint);
DROP TABLE merge_memory;
