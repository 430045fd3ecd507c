"""Adding a key: everything stays readable and findable, comes under it, and the trail says so without noise."""

import json
import time

import pytest

from app.access.key_file import sealer_of
from app.access.key_prints import known_keys
from app.access.keys import KeyFileError
from app.access.seal import SealBroken, key_id
from app.backup.keys import Escrow
from app.process import keys
from app.process.keys import administrator
from tests.keys.conftest import AGED, PHONE, Ring, files, phone
from tests.make import Make

ENTRIES = (
    "SELECT action, count, v.after FROM trail.entry e LEFT JOIN trail.value v ON v.entry_id = e.id WHERE e.id > %s"
)
LAST = "SELECT coalesce(max(id), 0) FROM trail.entry"


def test_a_value_reads_and_is_found_before_during_and_after(ring: Ring, make: Make):
    number = make.customer(phone=PHONE)
    old, _ = phone(ring, number)
    for act in (lambda: None, ring.rotate, ring.work):
        act()
        assert PHONE in ring.reveal(number)
        assert number in ring.found("phone", "eq", PHONE)
        assert number in ring.found("phone", "tail", PHONE[-4:])
    assert phone(ring, number) == (old + 1, PHONE)
    assert ring.under(old) == {}


def test_nobody_who_writes_is_told_that_the_record_changed_and_the_trail_names_every_record(ring: Ring, make: Make):
    numbers = [make.customer(phone=f"1380013802{n}", email=f"a{n}@example.cn") for n in range(3)]
    row = "SELECT version, updated_at, updated_by, phone_bidx FROM customer WHERE id = ANY (%s) ORDER BY id"
    before, last = ring.premises.run(row, numbers), ring.premises.one(LAST)
    ring.rotate()
    ring.work()
    assert ring.premises.run(row, numbers) == before
    entries = ring.premises.run(f"{ENTRIES} AND entity = 'customer'", last)
    assert {action for action, _, _ in entries} == {"reseal"}
    told = {(json.loads(after)["field"], one) for _, _, after in entries for one in json.loads(after)["records"]}
    assert {(field, one) for field in ("phone", "email") for one in numbers} <= told
    assert sum(count for _, count, _ in entries) == len(told)
    assert not any("138001380" in after for _, _, after in entries)
    trail = ring.premises.run("SELECT action FROM trail.entry WHERE id > %s AND entity IS NULL", last)
    assert ("key_added",) in trail


def test_a_form_that_was_open_meanwhile_is_still_taken(ring: Ring, make: Make):
    number = make.customer(phone="13800138031")
    path = f"/api/v1/data/customer/{number}"
    etag = ring.premises.caller("manager").get(path).headers["ETag"]
    ring.rotate()
    ring.work()
    answer = ring.premises.caller("manager").patch(path, json={"note": "约了周六"}, headers={"If-Match": etag})
    assert answer.status_code == 200, answer.text


def test_what_somebody_is_writing_in_waits_for_the_next_pass(ring: Ring, make: Make):
    number = make.customer(phone="13800138041")
    new = ring.rotate()
    with ring.premises.connect() as writer:
        writer.execute("SELECT FROM customer WHERE id = %s FOR UPDATE", (number,))
        ring.one_pass()
        assert phone(ring, number)[0] == new - 1
        writer.rollback()
    ring.work()
    assert phone(ring, number) == (new, "13800138041")


def test_a_deleted_record_comes_back_under_the_new_key(ring: Ring, make: Make):
    number = make.customer(phone="13800138051")
    assert ring.premises.caller("manager").delete(f"/api/v1/data/customer/{number}?version=1").status_code < 300
    new = ring.rotate()
    assert ring.under(new - 1)["bin: customer.phone"] == 1
    ring.work()
    assert ring.under(new - 1) == {}
    with ring.premises.connect("worker") as system:
        system.execute("SELECT gate.announce_system('test')")
        kept = system.execute("SELECT id FROM gate.binned('customer', 500)").fetchall()
        for (one,) in kept:
            system.execute("SELECT * FROM bring_back('customer', %s)", (one,))
        system.commit()
    assert phone(ring, number) == (new, "13800138051")


def test_a_value_that_does_not_open_is_left_and_keeps_its_key(ring: Ring, make: Make):
    one, two = make.customer(phone="13800138061"), make.customer(phone="13800138062")
    whole = ring.premises.one("SELECT phone FROM customer WHERE id = %s", two)
    ring.premises.run("UPDATE customer SET phone = (SELECT phone FROM customer WHERE id = %s) WHERE id = %s", one, two)
    stolen = ring.premises.one("SELECT phone FROM customer WHERE id = %s", two)
    new = ring.rotate()
    ring.work()
    assert ring.under(new - 1) == {"customer.phone": 1}
    assert ring.premises.one("SELECT phone FROM customer WHERE id = %s", two) == stolen
    ring.premises.run(AGED)
    with pytest.raises(KeyFileError, match=r"customer\.phone 1"):
        ring.retire(new - 1)
    ring.premises.run("UPDATE customer SET phone = %s WHERE id = %s", whole, two)
    ring.ask()
    ring.work()
    assert ring.under(new - 1) == {}


def test_ciphertexts_of_another_row_field_entity_or_key_stay_shut(ring: Ring, make: Make):
    number = make.customer(phone="13800138071")
    [(uuid, blob)] = ring.premises.run("SELECT uuid, phone FROM customer WHERE id = %s", number)
    blob, sealer = bytes(blob), sealer_of(ring.config)
    flipped = [blob[:n] + bytes((blob[n] ^ 1,)) + blob[n + 1 :] for n in range(len(blob))]
    relabelled = blob[:1] + ring.rotate().to_bytes(2, "big") + blob[3:]
    other = ring.premises.one("SELECT gen_random_uuid()")
    for place in (("customer", "email", uuid), ("lead", "phone", uuid), ("customer", "phone", other)):
        with pytest.raises(SealBroken):
            sealer.open(blob, *place)
    for bad in (*flipped, relabelled):
        with pytest.raises(SealBroken):
            sealer.open(bad, "customer", "phone", uuid)


def test_a_running_process_takes_a_new_key_up_by_itself(ring: Ring):
    running, uuid = sealer_of(ring.config), ring.premises.one("SELECT gen_random_uuid()")
    new = ring.rotate()
    ahead = sealer_of(ring.config).seal("x", "customer", "note", uuid)
    assert key_id(ahead) == new
    assert running.open(ahead, "customer", "note", uuid) == "x"  # at once: the key is read where it is missed
    deadline = time.monotonic() + 3
    while running.current != new:
        assert time.monotonic() < deadline
        time.sleep(0.05)


def test_each_set_of_keys_is_in_escrow_before_it_seals(ring: Ring):
    Escrow.of(ring.config).keep(ring.config)
    before = files(Escrow.of(ring.config).root)
    ring.rotate(escrow=True)
    code = ring.config.secret("recovery_code").decode()
    opened = Escrow.of(ring.config).open(Escrow.of(ring.config).current, code)
    assert opened["field_keys.json"] == ring.config.secret("field_keys.json")
    assert before < files(Escrow.of(ring.config).root)


def test_a_key_is_retired_a_day_later_when_nothing_is_under_it(ring: Ring, make: Make):
    number = make.customer(phone="13800138081")
    old = ring.rotate() - 1
    with pytest.raises(KeyFileError, match="a day after"):
        ring.retire(old)
    ring.premises.run(AGED)
    with pytest.raises(KeyFileError, match="still under"):
        ring.retire(old)
    ring.work()
    ring.retire(old)
    assert str(old) not in json.loads(ring.config.secret("field_keys.json"))["keys"]
    assert phone(ring, number)[1] == "13800138081"
    with administrator(ring.config) as connection:
        assert known_keys(connection)[str(old)].retired_at is not None
    keys.admit(ring.config)
    with pytest.raises(KeyFileError):
        ring.retire(old + 1)
