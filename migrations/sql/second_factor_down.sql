DROP TRIGGER distrust ON gate.credential;
DELETE FROM trail.attached WHERE relation IN ('gate.factor_demand'::regclass, 'gate.act_demand'::regclass);
DROP TABLE gate.act_demand, gate.factor_since, gate.factor_demand, gate.trust, gate.half_open, gate.recovery, gate.factor;
DROP FUNCTION gate.demand_act(text, integer), gate.demand_factor(integer, integer), gate.act_demands(), gate.factor_demands(),
    gate.reset_factor(bigint), gate.factors(text, integer), gate.distrust(), gate.end_others(bigint), gate.end_trust(bigint),
    gate.my_trusts(), gate.my_factor(), gate.drop_factor(bytea), gate.renew_codes(bytea, bytea[], bytea),
    gate.confirm_factor(bytea, bigint, bytea, bytea[], bytea), gate.joined(bytea[]), gate.keep_codes(bigint, bytea, bytea[]),
    gate.pending_factor(), gate.prepare_factor(bytea, bytea), gate.factor_changed(bigint), gate.myself_fresh(),
    gate.renew_by_code(bytea, bytea, bigint, text, text, text, bytea),
    gate.pass_code(bytea, bigint, bytea, bytea, bytea, boolean, text, integer, integer, text, text, text, bytea),
    gate.codes_left(bigint), gate.use_code(bigint, bigint, bytea), gate.knock_code(bytea, text, bytea, bytea),
    gate.wait_for_code(bigint, text, bytea), gate.asks_code(bigint, bytea), gate.code_step(), gate.begin_grace(bigint),
    gate.factor_due(bigint), gate.has_factor(bigint), gate.demand_fresh(text), gate.is_fresh(text);
DELETE FROM gate.allowance WHERE class IN ('code', 'code_device');
DELETE FROM gate.bucket WHERE key LIKE 'code%';
