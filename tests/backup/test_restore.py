"""A restore is a database beside the live one, held against the manifest, then put in its place."""

import shutil

import pytest

from app.audit.note import private_key
from app.audit.places import connect as sealer_connect
from app.audit.verify import verify
from app.backup import restore as restoring
from app.backup import shelf, snapshot
from app.backup.ledger import ledger
from app.backup.refusals import Unusable
from app.backup.restore import restore
from tests.backup.conftest import Vault, quiet

SESSION = (
    "INSERT INTO gate.session (token_hash, user_id, idle, expires_at)"
    " SELECT sha256('x'), min(id), interval '1 day', now() + interval '1 day' FROM ab_user RETURNING id"
)
TOKEN = (
    "INSERT INTO gate.token (token_hash, hint, user_id, name, expires_at, scopes)"
    " SELECT sha256(%s::bytea), 'h', min(id), 't', now() + interval '1 day', '{\"*\": [\"*\"]}' FROM ab_user"
    " RETURNING id"
)
LIVE = "SELECT oid::bigint FROM pg_database WHERE datname = current_database()"


def head(vault: Vault) -> int:
    return vault.premises.one("SELECT max(no) FROM trail.batch")


def verdict(vault: Vault, *, anchored: bool = True):
    key = private_key(vault.config.secret("seal_key")).public_key()
    with sealer_connect(vault.config) as connection:
        return verify(connection, vault.config.home / "checkpoints" if anchored else None, key)


def test_what_was_is_again(vault):
    vault.premises.run("UPDATE customer SET name = '𠮷野家' WHERE id = (SELECT min(id) FROM customer)")
    vault.seal()
    before = vault.premises.run("SELECT * FROM customer ORDER BY id")
    vault.create()
    vault.premises.run("DELETE FROM customer")
    for path in (vault.config.home / "files").glob("*/*"):
        path.unlink()
    done = restore(vault.config, say=quiet)
    assert vault.premises.run("SELECT * FROM customer ORDER BY id") == before
    assert done.checked.opened > 0
    assert done.files == len([*(vault.config.home / "files").glob("*/*")]) == 2
    assert vault.beside() == sorted([vault.config.database, done.aside])
    assert vault.premises.one("SELECT count(*) FROM pg_event_trigger WHERE evtname LIKE 'trail_%%'") == 2
    assert vault.premises.one("SELECT count(*) FROM work.backup_act WHERE act = 'restore' AND ok") == 1


def test_numbers_go_on_after_a_restore(vault):
    last = vault.premises.one("SELECT max(id) FROM company")
    vault.create()
    restore(vault.config, say=quiet)
    assert vault.premises.one("INSERT INTO company (code, name) VALUES ('G9', '九') RETURNING id") > last


def test_the_restored_trail_is_sound_and_goes_on_in_a_new_folder_of_notes(vault):
    vault.create()
    vault.premises.run("UPDATE store SET city = '北京'")
    vault.seal()
    behind = head(vault)
    restore(vault.config, say=quiet)
    assert head(vault) < behind
    vault.seal()
    assert verdict(vault).is_sound
    assert not verdict(vault).incomplete
    assert len([*vault.config.home.glob("checkpoints-before-*")]) == 1
    assert vault.premises.one("SELECT count(*) FROM trail.entry WHERE action = 'restore'") == 1


OURS = "JOIN pg_namespace n ON n.oid = {} WHERE nspname IN ('public', 'gate', 'trail', 'work', 'console')"
ASKED = (
    f"""SELECT relname, relrowsecurity, pg_get_userbyid(relowner),
           coalesce(relacl, acldefault(CASE relkind WHEN 'S' THEN 's' ELSE 'r' END::"char", relowner))::text
           FROM pg_class c {OURS.format("relnamespace")} ORDER BY 1""",
    f"""SELECT p.oid::regprocedure::text, coalesce(proacl, acldefault('f', proowner))::text, pg_get_userbyid(proowner),
           proconfig FROM pg_proc p {OURS.format("pronamespace")} OR proname ~ '^lo_' ORDER BY 1""",
    """SELECT nspname, coalesce(nspacl, acldefault('n', nspowner))::text FROM pg_namespace
        WHERE nspname !~ '^pg_toast|^pg_temp' ORDER BY 1""",
    "SELECT polname, polrelid::regclass::text, pg_get_expr(polqual, polrelid) FROM pg_policy ORDER BY 2, 1",
    "SELECT tgname, tgrelid::regclass::text, tgenabled::text FROM pg_trigger WHERE NOT tgisinternal ORDER BY 2, 1",
    "SELECT conname, conrelid::regclass::text, pg_get_constraintdef(oid) FROM pg_constraint ORDER BY 2, 1, 3",
    "SELECT indexname, indexdef FROM pg_indexes WHERE schemaname !~ '^pg_' ORDER BY 1",
    "SELECT evtname, evtenabled::text FROM pg_event_trigger ORDER BY 1",
    "SELECT coalesce(datacl, acldefault('d', datdba))::text FROM pg_database WHERE datname = current_database()",
)


def test_rights_and_everything_else_of_the_schema_are_as_before(vault):
    def told() -> list[list[object]]:
        return [[tuple(map(_sorted, row)) for row in vault.premises.run(one)] for one in ASKED]

    before = told()
    vault.create()
    restore(vault.config, say=quiet)
    for was, now in zip(before, told(), strict=True):
        assert len(was) > 0
        assert now == was


def _sorted(value: object) -> object:
    """Rights as a set: the order in which they were given is of no weight."""
    is_rights = isinstance(value, str) and value.startswith("{") and "=" in value
    return sorted(value.strip("{}").split(",")) if is_rights else value


def test_doors_that_were_open_are_shut_and_ended_tokens_stay_ended(vault):
    vault.premises.run(SESSION)
    ended, lives = (vault.premises.one(TOKEN, name) for name in ("one", "two"))
    ticket = vault.premises.one("SELECT key FROM gate.secret WHERE name = 'ticket'")
    stamp = vault.premises.one("SELECT catalog FROM gate.stamp")
    vault.create()
    vault.premises.run("UPDATE gate.token SET ended_at = now() WHERE id = %s", ended)
    restore(vault.config, say=quiet)
    assert vault.premises.one("SELECT count(*) FROM gate.session WHERE ended_at IS NULL") == 0
    assert vault.premises.run("SELECT id FROM gate.token WHERE ended_at IS NULL") == [(lives,)]
    assert vault.premises.one("SELECT key FROM gate.secret WHERE name = 'ticket'") != ticket
    assert vault.premises.one("SELECT count(*) FROM gate.secret") == 2
    assert vault.premises.one("SELECT catalog FROM gate.stamp") > stamp


def test_no_key_of_the_database_is_in_a_backup(vault):
    with snapshot.snapshot(vault.config.as_process("backup")) as moment, moment.dump() as stream:
        names = [one for one in moment.tables() if one.startswith("gate.")]
        dump = b""
        while piece := stream.read(1 << 20):
            dump += piece
    assert "gate.secret" not in names
    assert b"secret" in dump  # the table itself is


def test_counts_belong_to_the_dump_though_people_go_on_writing(vault, monkeypatch):
    counted = snapshot.tables

    def late(connection):
        vault.premises.run("INSERT INTO company (code, name) SELECT 'L' || g, '晚' FROM generate_series(1, 50) g")
        return counted(connection)

    monkeypatch.setattr(snapshot, "tables", late)
    made = vault.create()
    monkeypatch.undo()
    assert vault.premises.one("SELECT count(*) FROM company") == made.tables["public.company"].count + 50
    restore(vault.config, say=quiet)
    assert vault.premises.one("SELECT count(*) FROM company") == made.tables["public.company"].count


def test_people_at_work_are_not_cut_off_without_the_word(vault):
    vault.create()
    oid = vault.premises.one(LIVE)
    with vault.premises.connect("web", autocommit=True) as working:
        with pytest.raises(Unusable, match="running"):
            restore(vault.config, say=quiet)
        assert working.execute("SELECT 1").fetchone() == (1,)
    assert vault.premises.one(LIVE) == oid
    assert vault.beside() == [vault.config.database]


def test_with_the_word_people_at_work_are_cut_off_once(vault):
    vault.create()
    oid = vault.premises.one(LIVE)
    with vault.premises.connect("worker", autocommit=True) as working:
        restore(vault.config, while_running=True, say=quiet)
        with pytest.raises(Exception, match=r"terminat|closed"):
            working.execute("SELECT 1")
    assert vault.premises.one(LIVE) != oid


def test_a_database_nobody_leaves_alone_is_not_switched(vault, monkeypatch):
    vault.create()
    oid = vault.premises.one(LIVE)
    monkeypatch.setattr(restoring, "_LEAVE", "SELECT %s::text[]")
    monkeypatch.setattr(restoring, "TRIES", 1)
    with vault.premises.connect("web", autocommit=True) as stays, pytest.raises(Unusable, match="untouched"):
        restore(vault.config, while_running=True, say=quiet)
    assert stays.closed
    assert vault.premises.one(LIVE) == oid
    assert vault.beside() == [vault.config.database]
    assert (vault.config.home / "checkpoints").exists()


def test_what_a_killed_restore_left_is_dropped_by_the_next(vault):
    vault.create()
    vault.premises.run(f'CREATE DATABASE "{vault.config.database}{restoring.MAKING}1"')
    restore(vault.config, say=quiet)
    assert not [name for name in vault.beside() if restoring.MAKING in name]


def test_backups_pruned_after_the_restored_one_was_made_are_no_losses(vault):
    first = vault.create()
    with ledger(vault.config) as book:
        book.made([first])
    last = vault.create()
    shutil.rmtree(vault.folder / first.name)
    restore(vault.config, say=quiet)
    with ledger(vault.config) as book:
        book.made([last])
        assert book.missed(shelf.named(vault.target)) == []
        known = dict(vault.premises.run("SELECT name, gone FROM work.backup"))  # both may be of one second
        assert known == {first.name: "pruned", last.name: None}
        assert book.missed([]) == [last.name]
