"""A lost or foreign key file is noticed before anything is sealed under it; the right one brings everything back."""

import json
import shutil
from base64 import b64encode
from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest

from app.access.key_file import KeyFile, sealer_of
from app.access.key_prints import demand_at_start
from app.access.keys import KeyFileError
from app.backup.keys import Escrow, bring_back
from app.db.embedded import Unusable
from app.db.engine import Database
from app.process import keys
from app.process.servers import Servers, migrate
from app.process.web import Server
from tests.keys.conftest import Ring, phone
from tests.make import Make

FOREIGN = json.dumps({"current": 1, "keys": {"1": b64encode(bytes(32)).decode()}}).encode()


@pytest.fixture(autouse=True)
def _kept(ring: Ring) -> Iterator[None]:
    """Each test begins with the right files."""
    folder = ring.config.secrets_dir
    kept = {name: (folder / name).read_bytes() for name in ("field_keys.json", "index_key", "password_pepper")}
    yield
    for name, data in kept.items():
        (folder / name).write_bytes(data)


def test_the_database_knows_its_keys_from_the_first_start(ring: Ring):
    found = dict(ring.premises.run("SELECT name, print FROM gate.known_keys()"))
    assert found == keys.read(ring.config).prints
    assert keys.admit(ring.config) == []


@pytest.mark.parametrize(("name", "content"), [("field_keys.json", FOREIGN), ("index_key", bytes(32))])
def test_a_foreign_key_stops_the_start_and_says_how_to_bring_the_right_one_back(ring: Ring, name: str, content: bytes):
    (ring.config.secrets_dir / name).write_bytes(content)
    with pytest.raises(Unusable, match="backup keys restore"):
        migrate(ring.config)


def test_a_file_that_lacks_a_key_stops_the_start(ring: Ring, make: Make):
    number = make.customer(phone="13800138111")
    old = ring.config.secret("field_keys.json")
    new = ring.rotate()
    whole = ring.config.secret("field_keys.json")
    (ring.config.secrets_dir / "field_keys.json").write_bytes(old)
    with pytest.raises(Unusable, match=f"#{new}"):
        migrate(ring.config)
    (ring.config.secrets_dir / "field_keys.json").write_bytes(whole)
    migrate(ring.config)
    assert phone(ring, number)[1] == "13800138111"


def test_web_processes_and_workers_do_not_begin_with_foreign_keys(ring: Ring):
    (ring.config.secrets_dir / "field_keys.json").write_bytes(FOREIGN)
    with pytest.raises(KeyFileError):
        Server(ring.config.as_process("web"), 0).load()
    with pytest.raises(KeyFileError):
        keys.hold(ring.config.as_process("worker"))


def test_a_database_that_does_not_answer_keeps_no_process_from_beginning(ring: Ring):
    away = replace(ring.config, database="nowhere")
    demand_at_start(Database(away.url("worker"), pool_size=1).engine, keys.read(ring.config))


@pytest.mark.parametrize("name", ["field_keys.json", "index_key", "password_pepper"])
def test_a_lost_key_is_not_made_anew_beside_an_installation(ring: Ring, name: str):
    Escrow.of(ring.config).root.mkdir(exist_ok=True)
    (Escrow.of(ring.config).root / "current").write_text("anything")
    lost = ring.config.secrets_dir / name
    lost.unlink()
    servers = Servers(replace(ring.config, database_url="postgresql://x", redis_url="redis://x"))
    with pytest.raises(Unusable, match=f"{name}.*backup keys restore"):
        servers.prepare()
    assert not lost.exists()


def test_values_that_do_not_open_stop_a_start_that_knows_no_keys_yet(ring: Ring, make: Make):
    make.customer(phone="13800138121")
    known = ring.premises.run("DELETE FROM gate.field_key RETURNING name, print, first_used, replaced_at, retired_at")
    (ring.config.secrets_dir / "field_keys.json").write_bytes(FOREIGN)
    try:
        with pytest.raises(Unusable, match="backup keys restore"):
            migrate(ring.config)
        assert ring.premises.run("SELECT * FROM gate.field_key") == []
    finally:
        for row in known:
            ring.premises.run("INSERT INTO gate.field_key VALUES (%s, %s, %s, %s, %s)", *row)


def test_the_escrow_brings_a_lost_file_back(ringed: Callable[[], Ring]):
    ring = ringed()
    number = Make(ring.premises).customer(phone="13800138131")
    ring.rotate(escrow=True)
    escrow, code = Escrow.of(ring.config), ring.config.secret("recovery_code").decode()
    kept = ring.config.home / "elsewhere.age"
    shutil.copy(escrow.file(escrow.current), kept)
    (ring.config.secrets_dir / "field_keys.json").write_bytes(FOREIGN)
    with pytest.raises(Unusable):
        migrate(ring.config)
    bring_back(ring.config, kept, code, replace=True)
    migrate(ring.config)
    assert phone(ring, number)[1] == "13800138131"
    ring.premises.house.database.dispose()


def test_a_running_process_takes_no_broken_and_no_foreign_file_up(ring: Ring, caplog: pytest.LogCaptureFixture):
    held = KeyFile(ring.config)
    current, path = held.now(), ring.config.secrets_dir / "field_keys.json"
    for content in (b"{", FOREIGN):
        path.write_bytes(content)
        assert held.now(9999) is current
    path.unlink()
    assert held.now(9999) is current
    assert "stay in use" in caplog.text
    with pytest.raises(FileNotFoundError):
        sealer_of(ring.config)
