DROP TRIGGER close_account ON public.ab_user;
DROP FUNCTION gate.sweep_doors(), gate.my_sessions(), gate.my_tokens(), gate.end_token(bigint), gate.open_token(bytea, text, text, integer, text, text, bytea),
    gate.note_elsewhere(gate.token, inet), gate.fair_scopes(jsonb),
    gate.redeem(bytea, text, bytea), gate.invited(bytea, text, bytea), gate.invite(bigint, text, bytea, integer, bytea),
    gate.change_password(bigint, text, text, bytea, bytea, text, text, bytea), gate.close_account(), gate.end_doors(bigint, text),
    gate.end_sessions(bigint, text), gate.end_session(bytea, text, text),
    gate.renew_session(bigint, text, bytea, bytea, text, text, bytea), gate.holder(bytea, bytea),
    gate.open_session(bigint, text, bytea, bytea, text, integer, integer, text, text, text, bytea),
    gate.freshen(bigint, bytea, bytea, text), gate.let_in(bigint, bytea, bytea, integer, integer, text, text, text),
    gate.count_failure(bigint, jsonb), gate.know_device(bigint, bytea), gate.keep_three(bigint), gate.is_officer(bigint), gate.close_sessions(bigint, text, bytea),
    gate.rehash(bigint, text, text, bytea), gate.fail(bigint, text, text, bytea), gate.knock(text, text, text, bytea, bytea),
    gate.refund(text, bytea), gate.give_back(text), gate.take(text), gate.tends_accounts(), gate.note(text, bigint, jsonb, bigint),
    gate.may_enter(bigint), gate.provision(text, bytea), gate.demand(text, bytea, text[]), gate.hmac(bytea, bytea);
DROP TABLE gate.bucket, gate.allowance, gate.device, gate.invitation, gate.credential;
REVOKE EXECUTE ON FUNCTION gate.binding() FROM forecourt_web, forecourt_owner;
DELETE FROM gate.secret WHERE name = 'sign_in';
UPDATE gate.session SET ended_at = now(), ended_why = 'sign-in removed' WHERE ended_at IS NULL;
UPDATE gate.token SET ended_at = now() WHERE ended_at IS NULL;
