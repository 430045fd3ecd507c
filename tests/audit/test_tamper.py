"""Each tamper a superuser can try on the trail, and the first damaged entry that verification names."""

import re
from dataclasses import replace

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from app.audit.digest import COLUMNS, SQL_DIGEST, Stored, entry_digest
from app.audit.note import Batch
from app.audit.verdict import Damage, Verdict
from tests.audit.conftest import Trail


def sealed(trail: Trail, rounds: int = 3) -> list[int]:
    """Three batches of five entries each; answers all entry ids."""
    for _ in range(rounds):
        trail.write()
        trail.seal()
    return trail.ids()


def first(verdict: Verdict) -> tuple[int | None, Damage]:
    assert verdict.first is not None
    return verdict.first.entry_id, verdict.first.damage


def test_a_clean_trail_is_sound(trail: Trail):
    ids = sealed(trail)
    verdict = trail.verify()
    assert verdict.first is None
    assert (verdict.entries, verdict.batches, verdict.pending, verdict.exit_code) == (len(ids), 3, 0, 0)


def test_python_and_the_database_agree_on_every_digest(trail: Trail):
    trail.write(20)
    trail.run("SELECT trail.note('export', 'thing', NULL, 3, '{\"filter\": \"\\u00e9\\u0001|𠮷\"}', 77)")
    query = f"SELECT {COLUMNS} FROM trail.entry e LEFT JOIN trail.value v ON v.entry_id = e.id AND v.at = e.at"
    stored = [Stored(*row) for row in trail.run(query)]
    assert len(stored) == 23
    assert all(entry_digest(entry) == entry.digest and entry.values_agree for entry in stored)


def test_an_altered_column_is_named(trail: Trail):
    ids = sealed(trail)
    trail.tamper(f"UPDATE trail.entry SET actor_name = 'another' WHERE id IN ({ids[7]}, {ids[9]})")
    assert first(trail.verify()) == (ids[7], Damage.ALTERED)


def test_every_column_of_an_entry_is_sealed(trail: Trail):
    ids = sealed(trail, 1)
    changes = {
        "at": "at + interval '1 microsecond'",
        "tx": "'7'::xid8",
        "actor_id": "7",
        "actor_kind": "'person'",
        "actor_name": "'x'",
        "db_role": "'x'",
        "request_id": "'x'",
        "action": "'x'",
        "entity": "'x'",
        "record_id": "record_id + 1",
        "store_id": "7",
        "version": "77",
        "count": "7",
        "values_digest": "'\\x00'",
        "digest": "'\\x00'",
    }
    columns = {
        row[0]
        for row in trail.run("SELECT attname FROM pg_attribute WHERE attrelid = 'trail.entry'::regclass AND attnum > 0")
    }
    assert columns == {*changes, "id"}
    for column, value in changes.items():
        kept = f"SELECT * FROM trail.entry WHERE id = {ids[2]}"
        trail.tamper(f"CREATE TABLE kept AS {kept}", f"UPDATE trail.entry SET {column} = {value} WHERE id = {ids[2]}")
        assert first(trail.verify())[0] == ids[2], column
        trail.tamper(f"UPDATE trail.entry e SET {column} = k.{column} FROM kept k WHERE e.id = k.id", "DROP TABLE kept")
        assert trail.verify().first is None, column


def test_altered_values_are_named(trail: Trail):
    ids = sealed(trail)
    trail.tamper(f"UPDATE trail.value SET after = replace(after, '张', '李') WHERE entry_id = {ids[5]}")
    assert first(trail.verify()) == (ids[5], Damage.ALTERED)


DIGEST = (
    "UPDATE trail.entry e SET {change} WHERE id = {id};"
    f"UPDATE trail.entry e SET digest = {SQL_DIGEST} WHERE id = {{id}}"
)
RESEAL = (
    "UPDATE trail.seal s SET leaf = sha256('\\x00'::bytea || e.digest)"
    " FROM trail.entry e WHERE e.id = s.entry_id AND e.id = {id}"
)
COPY = (
    "INSERT INTO trail.entry OVERRIDING SYSTEM VALUE SELECT {id}, at, tx, actor_id, actor_kind, actor_name, db_role,"
    " request_id, action, entity, record_id, store_id, version, count, NULL, digest FROM trail.entry WHERE id = 3"
)


def test_a_digest_made_to_fit_is_named(trail: Trail):
    ids = sealed(trail)
    trail.tamper(DIGEST.format(id=ids[6], change="actor_name = 'x'"))
    assert first(trail.verify()) == (ids[6], Damage.ALTERED)


def test_digest_and_leaf_made_to_fit_are_named_even_without_checkpoints(trail: Trail):
    ids = sealed(trail)
    trail.tamper(DIGEST.format(id=ids[6], change="actor_name = 'x'"), RESEAL.format(id=ids[6]))
    assert first(trail.verify(anchored=False)) == (ids[6], Damage.ALTERED)


def test_a_removed_entry_is_named(trail: Trail):
    ids = sealed(trail)
    trail.tamper(f"DELETE FROM trail.entry WHERE id = {ids[8]}")
    assert first(trail.verify()) == (ids[8], Damage.REMOVED)


def test_an_entry_removed_with_its_seal_and_value_is_named(trail: Trail):
    ids = sealed(trail)
    trail.tamper(
        f"DELETE FROM trail.entry WHERE id = {ids[8]}",
        f"DELETE FROM trail.value WHERE entry_id = {ids[8]}",
        f"DELETE FROM trail.seal WHERE entry_id = {ids[8]}",
        "UPDATE trail.seal SET position = position - 1 WHERE batch_no = 2 AND position > 3",
        "UPDATE trail.batch SET entries = entries - 1, size = size - 1 WHERE no = 2",
    )
    assert first(trail.verify()) == (ids[8], Damage.REMOVED)
    assert first(trail.verify(anchored=False)) == (ids[8], Damage.REMOVED)


def test_an_inserted_entry_is_named(trail: Trail):
    sealed(trail)
    trail.tamper(
        "INSERT INTO trail.entry (id, at, tx, actor_kind, db_role, action, digest) OVERRIDING SYSTEM VALUE"
        " VALUES (1000, now(), '9', 'person', 'forecourt_web', 'insert', '\\x00')"
    )
    assert first(trail.verify()) == (1000, Damage.INSERTED)


def test_an_inserted_entry_with_a_fitting_digest_and_seal_is_named(trail: Trail):
    sealed(trail)
    trail.tamper(
        COPY.format(id=1000),
        DIGEST.format(id=1000, change="version = 9"),
        "INSERT INTO trail.seal SELECT id, at, 2, 5, sha256('\\x00'::bytea || digest) FROM trail.entry WHERE id = 1000",
        "UPDATE trail.batch SET entries = entries + 1, size = size + 1 WHERE no = 2",
    )
    assert first(trail.verify()) == (1000, Damage.INSERTED)
    assert first(trail.verify(anchored=False)) == (1000, Damage.INSERTED)


def test_swapped_entries_are_named(trail: Trail):
    ids = sealed(trail)
    a, b = ids[5], ids[7]
    trail.run("ALTER TABLE trail.entry ALTER id DROP IDENTITY")
    trail.tamper(*(f"UPDATE trail.entry SET id = {new} WHERE id = {old}" for old, new in ((a, -1), (b, a), (-1, b))))
    assert first(trail.verify()) == (a, Damage.SWAPPED)


def test_swapped_values_are_named(trail: Trail):
    ids = sealed(trail)
    a, b = ids[5], ids[6]
    trail.tamper(
        *(f"UPDATE trail.value SET entry_id = {new} WHERE entry_id = {old}" for old, new in ((a, -1), (b, a), (-1, b)))
    )
    assert first(trail.verify()) == (a, Damage.SWAPPED)


def test_swapped_seals_are_named(trail: Trail):
    ids = sealed(trail)
    trail.tamper(
        *(
            f"UPDATE trail.seal SET position = {new} WHERE batch_no = 2 AND position = {old}"
            for old, new in ((0, 9), (2, 0), (9, 2))
        )
    )
    assert first(trail.verify()) == (ids[5], Damage.SWAPPED)


def test_dropped_seals_are_named(trail: Trail):
    ids = sealed(trail)
    trail.tamper(f"DELETE FROM trail.seal WHERE entry_id IN ({ids[7]}, {ids[8]})")
    assert first(trail.verify()) == (ids[7], Damage.SEAL_REMOVED)


def test_a_truncated_tail_is_named_by_the_checkpoint(trail: Trail):
    ids = sealed(trail)
    trail.tamper(
        f"DELETE FROM trail.entry WHERE id >= {ids[10]}", f"DELETE FROM trail.value WHERE entry_id >= {ids[10]}",
        f"DELETE FROM trail.seal WHERE entry_id >= {ids[10]}", "DELETE FROM trail.batch WHERE no = 3",
    )  # fmt: skip
    assert first(trail.verify()) == (ids[10], Damage.TRUNCATED)
    assert trail.verify(anchored=False).exit_code == 3, "without an anchor it cannot be seen, and the verdict says so"


def test_a_batch_cut_out_of_the_middle_is_named(trail: Trail):
    ids = sealed(trail)
    trail.tamper("DELETE FROM trail.batch WHERE no = 2")
    assert first(trail.verify()) == (ids[5], Damage.CHAIN_BROKEN)
    assert first(trail.verify(anchored=False)) == (ids[5], Damage.CHAIN_BROKEN)


def rebuild(trail: Trail, *changes: str) -> None:
    """Throws all seals away and seals again, as somebody would who has stolen the sealing key."""
    trail.tamper(
        *changes,
        "INSERT INTO trail.queue (at, entries) SELECT at, array_agg(id) FROM trail.entry GROUP BY at ORDER BY min(id)",
        "DELETE FROM trail.seal",
        "DELETE FROM trail.batch",
    )
    kept, trail.folder = trail.folder, trail.folder.with_name("elsewhere")
    trail.seal()
    trail.folder = kept


def test_a_trail_rebuilt_with_the_stolen_key_is_named_to_the_entry(trail: Trail):
    ids = sealed(trail)
    rebuild(trail, DIGEST.format(id=ids[7], change="actor_name = 'x'"))
    assert trail.verify(anchored=False).first is None, "only an exported checkpoint can tell"
    assert first(trail.verify()) == (ids[7], Damage.ALTERED), "though one batch now holds what three held"


def test_a_trail_rebuilt_without_other_changes_is_told(trail: Trail):
    ids = sealed(trail)
    rebuild(trail)
    assert first(trail.verify()) == (ids[0], Damage.REBUILT)


def test_an_entry_slipped_into_a_rebuilt_trail_is_named(trail: Trail):
    ids = sealed(trail)
    gone = f"DELETE FROM trail.{{}} WHERE {{}} = {ids[4]}"
    trail.tamper(gone.format("entry", "id"), gone.format("value", "entry_id"))
    rebuild(
        trail,
        COPY.format(id=-3),
        DIGEST.format(id=-3, change="version = 9"),
    )
    verdict = trail.verify()
    assert (first(verdict), verdict.findings) == ((-3, Damage.INSERTED), 2)


def test_batches_rebuilt_alike_with_the_stolen_key_name_the_altered_entry(trail: Trail):
    ids = sealed(trail)
    starts = [row[0] for row in trail.run("SELECT min(entry_id) FROM trail.seal GROUP BY batch_no ORDER BY 1")]
    assert starts == [ids[0], ids[5], ids[10]]
    trail.tamper(
        DIGEST.format(id=ids[7], change="actor_name = 'x'"), "DELETE FROM trail.seal", "DELETE FROM trail.batch"
    )
    kept, trail.folder = trail.folder, trail.folder.with_name("elsewhere")
    for part in (ids[:5], ids[5:10], ids[10:]):
        trail.run(
            "INSERT INTO trail.queue (at, entries)"
            " SELECT at, array_agg(id) FROM trail.entry WHERE id = ANY (%s) GROUP BY at",
            part,
        )
        trail.seal()
    assert trail.verify().exit_code == 0
    trail.folder = kept
    assert first(trail.verify()) == (ids[7], Damage.ALTERED)


def test_a_trail_rebuilt_with_another_key_has_wrong_signatures(trail: Trail):
    ids = sealed(trail)
    own, trail.key = trail.key, Ed25519PrivateKey.generate()
    rebuild(trail)
    trail.key = own
    assert first(trail.verify(anchored=False)) == (ids[0], Damage.SIGNATURE_WRONG)


def test_a_wrong_signature_is_named(trail: Trail):
    ids = sealed(trail)
    trail.tamper("UPDATE trail.batch SET signature = sha512(signature) WHERE no = 2")
    assert first(trail.verify(anchored=False)) == (ids[5], Damage.SIGNATURE_WRONG)


def test_a_broken_chain_is_named(trail: Trail):
    ids = sealed(trail)
    trail.tamper("UPDATE trail.batch SET size = -1 WHERE no = 2")
    assert first(trail.verify()) == (ids[5], Damage.CHAIN_BROKEN)


def test_a_signed_batch_of_another_history_does_not_fit(trail: Trail):
    ids = sealed(trail)
    batch = Batch.read(trail.run("SELECT note FROM trail.batch WHERE no = 2")[0][0])
    other = replace(batch, previous=bytes(32))
    with trail.connect() as connection:
        connection.execute("ALTER TABLE trail.batch DISABLE TRIGGER refuse")
        connection.execute(
            "UPDATE trail.batch SET previous = %s, head = %s, note = %s, signature = %s WHERE no = 2",
            (other.previous, other.head, other.text, trail.key.sign(other.text.encode())),
        )
    assert first(trail.verify(anchored=False)) == (ids[5], Damage.CHAIN_BROKEN)


def test_values_removed_without_an_erasure_are_named(trail: Trail):
    ids = sealed(trail)
    trail.tamper(f"UPDATE trail.value SET salt = NULL, before = NULL, after = NULL WHERE entry_id = {ids[6]}")
    assert first(trail.verify()) == (ids[6], Damage.VALUES_MISSING)


def test_value_rows_deleted_are_named(trail: Trail):
    ids = sealed(trail)
    trail.tamper(f"DELETE FROM trail.value WHERE entry_id = {ids[6]}")
    assert first(trail.verify()) == (ids[6], Damage.VALUES_MISSING)


def test_erased_values_do_not_alarm(trail: Trail):
    sealed(trail)
    record = trail.run("SELECT record_id FROM trail.entry WHERE action = 'update' LIMIT 1")[0][0]
    erased = trail.run("SELECT trail.erase('thing', %s, 'asked by the person')", record)[0][0]
    assert erased == 3
    assert trail.verify().exit_code == 0, "before the erasure is sealed"
    trail.seal()
    verdict = trail.verify()
    assert (verdict.exit_code, verdict.erased) == (0, 3)
    assert not trail.run("SELECT FROM trail.value WHERE concat(before, after) LIKE '%%𠮷%%' AND entry_id IN"
                         " (SELECT id FROM trail.entry WHERE record_id = %s)", record)  # fmt: skip


def test_values_erased_before_their_entry_was_sealed_do_not_alarm(trail: Trail):
    trail.write()
    trail.run("SELECT trail.erase('thing', 2, 'asked')")
    assert trail.seal() == 6
    assert trail.verify().exit_code == 0


def test_an_erasure_that_is_no_entry_of_the_trail_excuses_nothing(trail: Trail):
    ids = sealed(trail)
    trail.tamper(
        f"UPDATE trail.value SET salt = NULL, before = NULL, after = NULL WHERE entry_id = {ids[6]}",
        "INSERT INTO trail.entry (id, at, tx, actor_kind, db_role, action, digest) OVERRIDING SYSTEM VALUE"
        " VALUES (1000, now(), '9', 'person', 'forecourt_worker', 'erase', '\\x00')",
        f"INSERT INTO trail.value SELECT 1000, at, '\\x00', NULL, '{{\"entries\": [{ids[6]}]}}' FROM trail.entry"
        " WHERE id = 1000",
    )
    assert first(trail.verify()) == (1000, Damage.INSERTED)


def test_an_entry_altered_before_it_was_sealed_is_refused_and_named(trail: Trail):
    trail.write()
    ids = trail.ids()
    trail.tamper(
        f"UPDATE trail.entry SET action = 'open' WHERE id = {ids[1]}", f"DELETE FROM trail.entry WHERE id = {ids[3]}"
    )
    assert trail.verify().first is not None
    assert trail.seal() == 3
    verdict = trail.verify()
    assert first(verdict) == (ids[1], Damage.ALTERED)
    assert verdict.findings == 2


def test_a_forged_checkpoint_is_told(trail: Trail):
    sealed(trail)
    file = next(trail.folder.glob("*.notes"))
    text = file.read_text(encoding="utf-8")
    file.write_text(text.replace("\n10\n", "\n11\n"), encoding="utf-8")
    verdict = trail.verify()
    assert first(verdict) == (None, Damage.CHECKPOINT_FORGED)
    assert verdict.exit_code == 2


def test_a_checkpoint_signed_by_somebody_else_is_told(trail: Trail):
    sealed(trail)
    own, trail.key = trail.key, Ed25519PrivateKey.generate()
    assert trail.verify().exit_code == 2
    trail.key = own
    assert trail.verify().exit_code == 0


def test_nonsense_in_tampered_columns_is_a_finding_and_not_a_crash(trail: Trail):
    ids = sealed(trail)
    trail.tamper(
        f"UPDATE trail.entry SET at = 'infinity' WHERE id = {ids[5]}",
        f"UPDATE trail.seal SET at = 'infinity' WHERE entry_id = {ids[5]}",
        f"UPDATE trail.seal SET leaf = '' WHERE entry_id = {ids[6]}",
        "UPDATE trail.batch SET note = 'x', root = '', no = -5 WHERE no = 3",
    )
    assert first(trail.verify())[0] == ids[5]
    assert first(trail.verify(anchored=False))[0] is not None


def test_a_trail_emptied_altogether_is_told_by_its_checkpoints(trail: Trail):
    ids = sealed(trail)
    trail.tamper(*(f"DELETE FROM trail.{table}" for table in ("entry", "value", "seal", "batch", "queue")))
    assert first(trail.verify()) == (ids[0], Damage.TRUNCATED)


def test_missing_notes_are_said(trail: Trail):
    sealed(trail)
    file = next(trail.folder.glob("*.notes"))
    _, one, _, three = re.split(r"(?m)^(?=forecourt/trail$)", file.read_text(encoding="utf-8"))
    file.write_text(one + three, encoding="utf-8")
    verdict = trail.verify()
    assert (verdict.exit_code, len(verdict.incomplete)) == (3, 1)
