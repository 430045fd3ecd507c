DROP TABLE work.reseal;
DROP FUNCTION gate.known_keys(), gate.add_key(text, text, boolean), gate.retire_key(text), gate.sealed_bin(text, text),
    gate.reseal_factors(text, bigint[], bytea[], bytea[]), gate.reseal_bin(text, text, bigint[], bytea[], bytea[]);
DROP TABLE gate.field_key;
