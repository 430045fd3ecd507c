DROP FUNCTION reached_by(bigint, text, bigint), seen_by(text, bigint, integer);
DROP TRIGGER keep_tender_open ON ab_user;
DELETE FROM gate.allowance WHERE class IN ('reveal', 'reveal_calling', 'search');
DELETE FROM gate.bucket WHERE key LIKE 'reveal%' OR key LIKE 'search:%';
DROP FUNCTION gate.spend_reveal(text, boolean), gate.spend_search(), gate.role_history(integer, integer), gate.keep_tender_open(), gate.roles(), gate.role_rights(integer), gate.set_rights(integer, jsonb, text), gate.rights_effect(integer, jsonb, text, integer),
    gate.clone_role(integer, text), gate.drop_role(integer), gate.give_role(integer, integer, boolean), gate.accounts(text, integer),
    gate.profile_of(bigint, text), gate.lend(bigint), gate.put_rights(integer, jsonb, text), gate.reach_on(bigint, jsonb),
    gate.rights_print(integer), gate.granted(integer), gate.holders(integer), gate.keep_a_tender(), gate.one_tender(), gate.keep_duties(bigint),
    gate.demand_right(text);
DROP FUNCTION gate.counts_as(bigint);
DELETE FROM trail.attached WHERE relation IN ('gate.role_base'::regclass, 'gate.role_field'::regclass);
DROP TABLE gate.role_base, gate.role_field;
