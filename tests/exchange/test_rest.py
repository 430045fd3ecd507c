"""Business rules, the command line, what is left lying, and the migration's way back."""

from datetime import UTC, datetime, timedelta

import pytest

from app.core.errors import Invalid, Unfit
from app.core.label import Label
from app.db.migrate import downgrade, upgrade
from app.exchange.upload import Uploads
from app.jobs import import_command
from app.jobs.importing import tools_of
from app.records.rulebook import RULEBOOK
from tests.exchange.conftest import CSV, VIN, lines


@pytest.fixture
def rule():
    """A business rule of customers, for one test."""

    def refuse(context, entity, values, before):
        if values.get("name") == "坏名":
            raise Invalid({"name": Unfit("bad_name", Label("这个名字不行。", "Not this name."))})

    RULEBOOK.test("customer")(refuse)
    yield
    RULEBOOK.tests["customer"].remove(refuse)


@pytest.mark.usefixtures("rule")
def test_business_rules_hold_for_imports(manager, numbers):
    number = manager.begun(lines("坏名,,,,", "好名,,,,"))
    page = manager.check(number)
    assert "这个名字不行" in page
    manager.run(number)
    assert numbers() == (1, 0)


def test_the_command_imports_in_a_persons_name(premises, numbers, capsys):
    config = premises.config.as_process("worker")
    words = [str(CSV), "--store", "PD", "--owner", "李顾问", "--as", "manager"]
    assert import_command.main(config, [*words, "--dry-run"]) == 0
    assert numbers() == (0, 0)
    assert import_command.main(config, [*words, "--yes"]) == 0
    assert numbers() == (1913, 1913)
    assert "1913" in capsys.readouterr().out
    assert premises.one("SELECT DISTINCT e.name FROM customer c JOIN employee e ON e.id = c.sales_owner_id") == "李顾问"
    assert premises.one("SELECT DISTINCT actor_name FROM trail.entry WHERE action = 'import'") == "王经理"


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (["--store", "XH", "--as", "manager"], 1),
        (["--store", "PD", "--as", "consultant"], 1),
        (["--store", "PD", "--as", "nobody"], 1),
        (["--store", "PD", "--owner", "没这人"], 1),
        (["--store", "ZZ"], 1),
        ([], 2),
    ],
)
def test_the_command_refuses_what_the_wizard_refuses(premises, words, code, numbers):
    assert import_command.main(premises.config.as_process("worker"), [str(CSV), "--yes", *words]) == code
    assert numbers() == (0, 0)
    assert premises.one("SELECT count(*) FROM import_batch") == 0


def test_an_import_nobody_came_back_to_expires(manager, premises):
    number = manager.begun(lines("张三,13800138000,,,"))
    manager.check(number)
    premises.run("INSERT INTO work.outbox (kind, requested_by) VALUES ('import.tidy', NULL)")
    manager.run_due()
    assert manager.state(number) == "checked"
    premises.run("ALTER TABLE import_batch DISABLE TRIGGER stamp_row")
    long_ago = datetime.now(UTC) - timedelta(days=8)
    premises.run("UPDATE import_batch SET updated_at = %s", long_ago)
    premises.run("ALTER TABLE import_batch ENABLE ALWAYS TRIGGER stamp_row")
    premises.run("INSERT INTO work.outbox (kind, requested_by) VALUES ('import.tidy', NULL)")
    manager.run_due()
    assert manager.state(number) == "expired"
    assert premises.one("SELECT count(*) FROM import_row") == 0
    assert list((premises.config.home / "uploads").iterdir()) == []
    assert "已过期" in manager.desk.get(f"/import/{number}").text


def test_a_damaged_or_moved_upload_does_not_open(manager, premises):
    number = manager.begun(lines("张三,,,,"))
    (file,) = (premises.config.home / "uploads").iterdir()
    content = bytearray(file.read_bytes())
    content[-1] ^= 1
    file.write_bytes(content)
    manager.desk.post(f"/import/{number}/mapping")
    manager.run_due()
    assert manager.state(number) == "mapping"
    assert "请重新上传" in manager.problem(number)[0]


def test_a_plain_copy_of_a_killed_reader_is_swept(premises, manager):
    number = manager.begun(lines("张三,,,,"))
    left = premises.config.home / "uploads" / ".open-killed"
    left.write_bytes(b"plain")
    manager.check(number)
    assert not left.exists()


def test_a_cut_upload_does_not_open(premises, tmp_path):
    from io import BytesIO
    from uuid import uuid4

    uploads: Uploads = tools_of(premises.config).uploads
    uuid = uuid4()
    stored = uploads.keep(BytesIO(b"x" * 3_000_000), uuid, 10_000_000)
    with uploads.opened(stored.hash, uuid) as path:
        assert path.read_bytes() == b"x" * 3_000_000
    (file,) = (premises.config.home / "uploads").iterdir()
    file.write_bytes(file.read_bytes()[: 14 + 2 * (1024 * 1024 + 16)])
    with pytest.raises(Exception, match="no longer kept"), uploads.opened(stored.hash, uuid):
        pass


def test_the_migration_goes_down_and_up_again(premises):
    url = premises.config.url("administrator")
    premises.house.database.dispose()
    downgrade(url, "0005_kernel")
    assert premises.one("SELECT to_regclass('import_batch')") is None
    upgrade(url)
    assert premises.one("SELECT to_regclass('import_batch')") is not None
    assert premises.one("SELECT count(*) FROM trail.gaps()") == 0


def test_a_car_twice_in_the_file_is_one_car(manager, numbers, premises):
    manager.through(lines(f"张三,13800138000,{VIN[0]},,", f"李四,13900139000,{VIN[0]},沪A12345,"))
    assert numbers() == (2, 1)
    assert premises.run("SELECT c.name, v.plate FROM vehicle v JOIN customer c ON c.id = v.customer_id") == [
        ("张三", "沪A12345")
    ]
