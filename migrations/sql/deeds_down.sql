DROP INDEX customer_uscc_order;
DROP FUNCTION bay_taken(bigint, bigint, timestamptz, timestamptz, bigint, bigint);
DROP FUNCTION ask_transfer(text, text, bytea), shares_in_group(bigint, bigint), last_visit(bigint, bigint), in_charge(bigint, text);
DROP FUNCTION hand_over(bigint, bigint[], date), transfer_customer(bigint, text, jsonb, bigint[]), open_items(bigint);
DROP FUNCTION merge_customer(bigint, bigint, text[]), unmerge_customer(bigint), repoint(text, bigint, bigint), repoint_now(bigint, boolean), repointing();
DROP TABLE merge_memory;
