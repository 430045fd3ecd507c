"""Settings: read once, all errors at once, secrets only for those who need them."""

from dataclasses import replace
from pathlib import Path

import pytest

from config import READABLE, Config, ConfigError


def wrong(environ: dict[str, str]) -> list[str]:
    with pytest.raises(ConfigError) as caught:
        Config.from_env(environ)
    return caught.value.errors


def test_everything_wrong_is_told_at_once() -> None:
    errors = wrong(
        {
            "FORECOURT_PORT": "many",
            "FORECOURT_WEB_THREADS": "0",
            "FORECOURT_TIME_ZONE": "Mars/Base",
            "FORECOURT_LOCALE": "fr",
        }
    )
    assert [error.partition(":")[0] for error in errors] == [
        "FORECOURT_PORT",
        "FORECOURT_WEB_THREADS",
        "FORECOURT_TIME_ZONE",
        "FORECOURT_LOCALE",
    ]


def test_a_misspelt_setting_is_an_error() -> None:
    assert wrong({"FORECOURT_PROT": "8000"}) == ["FORECOURT_PROT: no such setting"]


def test_an_empty_variable_says_nothing() -> None:
    assert Config.from_env({"FORECOURT_PORT": "", "DATABASE_URL": ""}).database_url is None


@pytest.mark.parametrize("accepted", [{"FORECOURT_ALLOW_PLAIN_HTTP": "yes"}, {"FORECOURT_TRUSTED_PROXIES": "1"}])
def test_plain_http_for_other_machines_must_be_asked_for(accepted: dict[str, str]) -> None:
    open_to_all = {"FORECOURT_HOST": "0.0.0.0"}
    assert "plain HTTP" in wrong(open_to_all)[0]
    assert Config.from_env(open_to_all | accepted).host == "0.0.0.0"


@pytest.mark.parametrize("host", ["127.0.0.1", "127.8.8.8", "::1", "localhost"])
def test_loopback_needs_no_leave_for_plain_http(host: str) -> None:
    assert Config.from_env({"FORECOURT_HOST": host}).is_loopback


def test_an_address_may_stand_in_a_file(tmp_path: Path) -> None:
    (tmp_path / "url").write_text("postgresql://root:word@db/shop\n")
    config = Config.from_env({"DATABASE_URL_FILE": str(tmp_path / "url")})
    assert config.url("administrator") == "postgresql+psycopg://root:word@db/shop"


def test_an_address_and_a_file_contradict() -> None:
    assert (
        "either DATABASE_URL or DATABASE_URL_FILE"
        in wrong({"DATABASE_URL": "postgresql://a@b/c", "DATABASE_URL_FILE": "/x"})[0]
    )


def test_only_the_administrator_keeps_the_servers_password() -> None:
    config = Config.from_env({"DATABASE_URL": "postgresql://root:word@db/shop"})
    assert config.as_process("administrator").database_url == "postgresql://root:word@db/shop"
    assert config.as_process("web").database_url == "postgresql://root@db/shop"
    assert "word" not in repr(config)


def test_a_role_signs_in_with_its_own_password_on_an_external_server(tmp_path: Path) -> None:
    (tmp_path / "password_web").write_text("p@ss/word")
    config = replace(Config(database_url="postgresql://root:word@db:5433/shop", secrets=tmp_path)).as_process("web")
    assert config.url("web") == "postgresql+psycopg://forecourt_web:p%40ss%2Fword@db:5433/shop"


@pytest.mark.parametrize("process", READABLE)
def test_a_process_reads_its_own_secrets_and_no_others(process: str, tmp_path: Path) -> None:
    everything = frozenset().union(*READABLE.values())
    for name in everything:
        (tmp_path / name).write_text("x")
    config = Config(secrets=tmp_path).as_process(process)
    readable = set()
    for name in everything:
        try:
            config.secret(name)
            readable.add(name)
        except PermissionError:
            continue
    assert readable == READABLE[process]


def test_nobody_but_the_sealer_reads_the_key_of_the_seals() -> None:
    assert {process for process, names in READABLE.items() if "seal_key" in names} == {"sealer"}


def test_the_parent_reads_nothing_and_is_the_default() -> None:
    assert Config().process == "parent"
    assert READABLE["parent"] == frozenset()


def test_a_machine_may_run_a_part_of_it() -> None:
    shared = {"DATABASE_URL": "postgresql://root:word@db/shop", "REDIS_URL": "redis://queue/0"}
    config = Config.from_env(shared | {"FORECOURT_RUN": "workers, sealer"})
    assert [config.runs(name) for name in ("web", "worker-default", "worker-report", "relay", "sealer")] == [
        False,
        True,
        True,
        False,
        True,
    ]
    assert all(Config.from_env({}).runs(name) for name in ("web", "worker-backup", "ticker"))


def test_a_part_needs_servers_that_are_shared_and_a_name_there_is() -> None:
    assert wrong({"FORECOURT_RUN": "web"}) == [
        "FORECOURT_RUN: machines that share the work share DATABASE_URL and REDIS_URL; give both"
    ]
    shared = {"DATABASE_URL": "postgresql://root:word@db/shop", "REDIS_URL": "redis://queue/0"}
    assert wrong(shared | {"FORECOURT_RUN": "web,wrokers"}) == ["FORECOURT_RUN: there is no 'wrokers'"]
