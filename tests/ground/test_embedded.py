"""Embedded servers: private, durable after a kill, whole in any path."""

import os
import shutil
import signal
import stat
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import psycopg
import pytest
import redis
from redis.backoff import NoBackoff
from redis.retry import Retry

from app.db.embedded import Place, Postgres, Unusable, Valkey
from app.db.embedded.place import Account
from app.db.embedded.postgres import FAST
from app.db.embedded.spawn import inhabited, stop
from app.db.embedded.valkey import GRACEFUL


@pytest.fixture(scope="module")
def home() -> Iterator[Path]:
    above = Path(tempfile.mkdtemp(prefix="fc t "))  # a space in the path, on purpose
    above.chmod(0o711)
    yield above / "home"
    for record in above.rglob("run.path"):
        shutil.rmtree(record.read_text().strip(), ignore_errors=True)
    shutil.rmtree(above, ignore_errors=True)


@pytest.fixture(scope="module")
def postgres(home: Path) -> Postgres:
    made = Postgres(Place.prepare(home), memory_mb=32, durable=False)
    made.create("right")
    return made


@pytest.fixture
def server(postgres: Postgres) -> Iterator[subprocess.Popen[bytes]]:
    process = postgres.start()
    postgres.wait(process)
    yield process
    stop(process, FAST)


def connect(postgres: Postgres, password: str = "right") -> psycopg.Connection:
    return psycopg.connect(
        host=str(postgres.place.sockets), user="postgres", password=password, dbname="postgres", autocommit=True
    )


def kill_all(process: subprocess.Popen[bytes], data: Path) -> None:
    for entry in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            if (entry / "cwd").readlink() == data:
                os.kill(int(entry.name), signal.SIGKILL)
    process.wait()


@pytest.mark.usefixtures("server")
def test_a_wrong_or_missing_password_is_refused_even_to_local_users(postgres: Postgres) -> None:
    for password in ("wrong", ""):
        with pytest.raises(psycopg.OperationalError, match=r"password"):
            connect(postgres, password)


@pytest.mark.usefixtures("server")
def test_it_listens_on_a_private_socket_alone(postgres: Postgres) -> None:
    with connect(postgres) as connection:
        assert connection.execute("SHOW listen_addresses").fetchone() == ("",)
    assert stat.S_IMODE(postgres.place.sockets.stat().st_mode) == 0o700
    assert stat.S_IMODE(postgres.data.stat().st_mode) == 0o700


@pytest.mark.usefixtures("server")
def test_pages_carry_checksums_and_text_is_utf8(postgres: Postgres) -> None:
    with connect(postgres) as connection:
        row = connection.execute(
            "SELECT current_setting('data_checksums'), current_setting('server_encoding'), lower('ÄЖ'), length('𠮷')"
        ).fetchone()
    assert row == ("on", "UTF8", "äж", 1)


@pytest.mark.faults
@pytest.mark.skipif(not Path("/proc").is_dir(), reason="finds the server's processes in /proc")
def test_a_committed_row_outlives_the_kill_of_every_process(postgres: Postgres) -> None:
    postgres = replace(postgres, durable=True)
    process = postgres.start()
    postgres.wait(process)
    with connect(postgres) as connection:
        connection.execute("CREATE TABLE kept (n int); INSERT INTO kept VALUES (7)")
    kill_all(process, postgres.data)
    again = postgres.start()
    postgres.wait(again)
    with connect(postgres) as connection:
        assert connection.execute("SELECT n FROM kept").fetchone() == (7,)
    stop(again, FAST)


def test_an_orphan_server_is_ended_before_the_next_start(postgres: Postgres) -> None:
    orphan = postgres.start()
    postgres.wait(orphan)
    following = postgres.start()
    postgres.wait(following)
    assert orphan.wait(5) == 0
    stop(following, FAST)


def test_a_lock_file_with_another_processs_number_does_not_stop_the_start(postgres: Postgres) -> None:
    other = subprocess.Popen(["sleep", "60"])
    postgres.place.write(postgres.data / "postmaster.pid", f"{other.pid}\n{postgres.data}\n")
    process = postgres.start()
    postgres.wait(process)
    assert other.poll() is None
    other.kill()
    other.wait()
    stop(process, FAST)


def test_an_unfinished_initdb_leaves_no_cluster(home: Path) -> None:
    half = Postgres(Place.prepare(home.parent / "half"))
    half.place.folder("postgres.new")
    assert not half.exists
    half.create("word")
    assert half.exists
    assert not (half.place.sockets / "password").exists()


def test_a_server_of_another_major_version_is_refused_in_words(postgres: Postgres) -> None:
    version = postgres.data / "PG_VERSION"
    version.write_text("17\n")
    with pytest.raises(Unusable, match="made by PostgreSQL 17"):
        postgres.start()
    version.write_text("18\n")


def test_the_sockets_folder_is_kept_and_a_foreign_one_is_not_trusted(home: Path) -> None:
    place = Place.prepare(home.parent / "moved")
    assert Place.prepare(home.parent / "moved").sockets == place.sockets
    place.sockets.chmod(0o777)
    changed = Place.prepare(home.parent / "moved").sockets
    assert stat.S_IMODE(changed.stat().st_mode) == 0o700


@pytest.mark.skipif(os.geteuid() != 0, reason="only root starts servers as another account")
def test_servers_of_root_run_as_another_account(server: subprocess.Popen[bytes]) -> None:
    assert Path(f"/proc/{server.pid}").stat().st_uid != 0


@pytest.mark.skipif(os.geteuid() != 0, reason="only root starts servers as another account")
def test_a_home_the_account_cannot_reach_is_refused_and_nothing_is_opened(tmp_path: Path) -> None:
    closed = tmp_path / "closed"
    closed.mkdir(mode=0o700)
    with pytest.raises(Unusable, match=r"may not enter"):
        Place.prepare(closed / "home")
    assert stat.S_IMODE(closed.stat().st_mode) == 0o700


def test_a_barrier_is_the_outermost_closed_folder(tmp_path: Path) -> None:
    (tmp_path / "a" / "b").mkdir(parents=True)
    (tmp_path / "a").chmod(0o700)
    stranger = Account("stranger", 4_000_000, 4_000_000)
    outermost = stranger.barrier(tmp_path / "a" / "b" / "c")
    assert outermost is not None
    assert (tmp_path / "a").is_relative_to(outermost)


@pytest.fixture
def queue(home: Path) -> Iterator[Valkey]:
    valkey = Valkey(Place.prepare(home.parent / "queue"))
    valkey.admit("right")
    process = valkey.start()
    valkey.wait(process)
    yield valkey
    stop(process, GRACEFUL)


def client(valkey: Valkey, password: str = "right", user: str = "forecourt") -> redis.Redis:
    return redis.Redis(
        unix_socket_path=str(valkey.socket), username=user, password=password, retry=Retry(NoBackoff(), 0)
    )


def test_the_queue_lets_in_only_its_user(queue: Valkey) -> None:
    assert client(queue).ping()
    for password, user in (("wrong", "forecourt"), ("right", "default")):
        with pytest.raises(redis.AuthenticationError):
            client(queue, password, user).ping()


@pytest.mark.parametrize("command", ["FLUSHALL", "CONFIG GET dir", "SHUTDOWN", "ACL LIST", "SET other 1"])
def test_the_application_cannot_rule_the_queue(queue: Valkey, command: str) -> None:
    with pytest.raises(redis.exceptions.NoPermissionError):
        client(queue).execute_command(*command.split())


def test_the_queue_never_evicts_and_keeps_a_log(queue: Valkey) -> None:
    known = client(queue).info()
    assert (known["maxmemory_policy"], known["aof_enabled"]) == ("noeviction", 1)


@pytest.mark.faults
def test_what_was_queued_outlives_a_kill(home: Path) -> None:
    valkey = Valkey(Place.prepare(home.parent / "killed"))
    valkey.admit("right")
    process = valkey.start()
    valkey.wait(process)
    client(valkey).set("rq:kept", "1")
    time.sleep(1.2)  # the log is written every second
    process.kill()
    process.wait()
    again = valkey.start()
    valkey.wait(again)
    assert client(valkey).get("rq:kept") == b"1"
    stop(again, GRACEFUL)


@pytest.mark.skipif(not Path("/proc").is_dir(), reason="looks into /proc")
def test_a_folder_is_inhabited_while_a_process_works_in_it(tmp_path: Path) -> None:
    process = subprocess.Popen(["sleep", "60"], cwd=tmp_path)
    assert inhabited(tmp_path)
    process.kill()
    process.wait()
    assert not inhabited(tmp_path)
