"""Who may not import, and files that cannot be: words in the person's language, and nothing half done."""

import io
import zipfile

import pytest

from tests.exchange.conftest import CSV, HEAD, lines


@pytest.mark.parametrize("part", ["consultant", "advisor", "technician", "auditor", "admin", "newcomer"])
@pytest.mark.parametrize("path", ["/import/", "/import/new"])
def test_the_wizard_is_for_importers(premises, part, path):
    assert premises.desk(part).get(path).status_code == 403


def test_nobody_is_sent_to_sign_in(premises):
    assert premises.desk("nobody").get("/import/new").headers["Location"].startswith("/sign-in?next=")
    assert premises.desk("nobody").post("/import/new", data={}).status_code == 401


def test_a_store_beyond_ones_scope_cannot_be_chosen(manager, premises):
    sent = manager.upload(lines("张三,,,,"), store="XH")
    assert sent.status_code == 422
    assert "请选择您可以导入的门店" in sent.text
    assert "徐汇店" not in sent.text
    assert premises.one("SELECT count(*) FROM import_batch") == 0


def test_an_import_of_another_store_does_not_exist(wizard, manager, premises):
    number = manager.through(lines("张三,,,,"))
    other = wizard("outsider")
    for path in ("", "/mapping", "/progress", "/failed.csv"):
        assert other.desk.get(f"/import/{number}{path}").status_code == 404, path
    for path in ("/run", "/rollback", "/mapping"):
        assert other.desk.post(f"/import/{number}{path}").status_code == 404, path
    assert "list.csv" not in other.desk.get("/import/").text


def test_anothers_file_is_not_to_be_read(wizard, manager, premises):
    number = manager.begun(lines("张三,1380013800,,,", "李四,13900139000,,,"))
    manager.check(number)
    boss = premises.desk("boss")
    assert boss.get(f"/import/{number}").status_code == 200
    assert boss.get(f"/import/{number}/mapping").status_code == 403
    assert boss.get(f"/import/{number}/failed.csv").status_code == 403
    assert boss.post(f"/import/{number}/run").status_code == 403


@pytest.mark.parametrize(
    ("content", "name", "words"),
    [
        (b"", "a.csv", "文件是空的"),
        (b"PK\x03\x04broken", "a.xlsx", "工作簿已损坏"),
        (b"%PDF-1.7 hello", "a.pdf", "这不是表格文件"),
        (b"\x00\x01\x02\x03" * 50, "a.bin", "请"),
    ],
    ids=["empty", "broken workbook", "pdf", "binary"],
)
def test_a_file_that_is_no_table_is_refused_with_words(manager, premises, content, name, words):
    sent = manager.upload(content, name)
    assert sent.status_code == 422
    assert words in sent.text
    assert premises.one("SELECT count(*) FROM import_batch") == 0
    folder = premises.config.home / "uploads"
    assert not folder.exists() or not list(folder.iterdir())


def test_a_workbook_bomb_is_refused(manager):
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as book:
        book.writestr("[Content_Types].xml", "<x/>")
        book.writestr("xl/workbook.xml", "<x/>" + " " * 50_000_000)
    sent = manager.upload(packed.getvalue(), "a.xlsx")
    assert sent.status_code == 422


def test_one_quote_far_down_stops_the_dry_run_with_its_line(manager, numbers):
    rows = "".join(f"客户{n},,,,\n" for n in range(1_000))
    number = manager.begun(
        HEAD + rows + '客户X,,,,"没有结束\n' + "".join(f"客户{n},,,,\n" for n in range(1_000, 3_000))
    )
    sent = manager.desk.post(f"/import/{number}/mapping", data={})
    assert sent.status_code == 303
    manager.run_due()
    assert manager.state(number) == "mapping"
    page = manager.desk.get(f"/import/{number}/mapping").text
    assert "1002" in page
    assert "引号" in page
    assert numbers() == (0, 0)


def test_a_file_over_the_limit_is_told_so(manager, premises):
    sent = manager.upload(b"a,b\n" + b"1,2\n" * (4 * 1024 * 1024), "a.csv")
    assert sent.status_code == 413
    assert "12 MB" in sent.text
    assert premises.one("SELECT count(*) FROM import_batch") == 0


def test_an_administrator_who_imports_may_send_more(wizard, premises):
    premises.run(
        "INSERT INTO ab_user_role (user_id, role_id) SELECT %s, id FROM ab_role WHERE name = 'administrator'",
        premises.users["manager"],
    )
    at = wizard("manager")
    sent = at.upload(HEAD.encode() + "张三,,,,\n".encode() * 1_000_000, "a.csv")
    assert sent.status_code == 303
    assert "500 MB" in at.desk.get("/import/new").text


def test_an_importer_who_lost_the_right_stops_with_words(manager, premises, numbers):
    number = manager.begun(lines("张三,,,,"))
    manager.check(number)
    assert manager.desk.post(f"/import/{number}/run").status_code == 303
    premises.run("UPDATE role_grant SET actions = array_remove(actions, 'create') WHERE entity = 'customer'")
    manager.run_due()
    assert manager.state(number) == "failed"
    assert "权限已变化" in manager.problem(number)[0]
    assert numbers() == (0, 0)


def test_a_second_confirmation_is_a_conflict(manager):
    number = manager.begun(lines("张三,,,,"))
    manager.check(number)
    manager.run(number)
    assert manager.desk.post(f"/import/{number}/run").status_code == 409


def test_a_table_role_cannot_write_the_stage_of_another_store(premises):
    """What an injected statement could try with the worker's connection, announced as 王经理."""
    other = premises.stores["XH"]
    premises.run(
        "INSERT INTO import_batch (store_id, file_name, file_hash, file_size, owner_rule)"
        " VALUES (%s, 'x', sha256(''), 1, 'nobody')",
        other,
    )
    number = premises.one("SELECT id FROM import_batch")
    with premises.connect("worker") as connection:
        connection.execute("SELECT gate.announce_job(%s, 't')", (premises.users["manager"],))
        with (
            pytest.raises(Exception, match="not granted"),
            connection.cursor().copy("COPY import_row_dock (batch_id, line, store_id, state) FROM STDIN") as copy,
        ):
            copy.write_row((number, 1, other, "ready"))


@pytest.mark.parametrize("table", ["import_batch", "import_row", "import_link", "import_progress"])
def test_who_is_not_announced_reads_no_import(manager, premises, table):
    number = manager.begun(lines("张三,,,,"))
    manager.check(number)
    with premises.connect("web") as connection:
        assert connection.execute(f"SELECT count(*) FROM {table}").fetchone() == (0,)


def test_the_dock_cannot_be_read(premises):
    for role in ("web", "worker"):
        with premises.connect(role) as connection, pytest.raises(Exception, match="permission denied"):
            connection.execute("SELECT * FROM import_row_dock")


def test_progress_asks_the_page_to_draw_itself_anew_when_it_ended(manager):
    number = manager.begun(CSV.read_bytes())
    manager.desk.post(f"/import/{number}/mapping")
    assert "HX-Refresh" not in manager.desk.get(f"/import/{number}/progress").headers
    assert 'hx-get="/import/' in manager.desk.get(f"/import/{number}").text
    manager.run_due()
    assert manager.desk.get(f"/import/{number}/progress").headers["HX-Refresh"] == "true"


def test_answers_about_lines_there_are_not_change_nothing(manager, numbers):
    number = manager.begun(lines("张三,13800138000,,,"))
    manager.check(number)
    manager.run(number, **{"join__99999999999": "skip", "join__x": "skip", "join__2": "burn", "join__-1": "new"})
    assert numbers() == (1, 0)


@pytest.mark.parametrize(
    "form", [{"header_line": "99999"}, {"encoding": "klingon"}, {"separator": "ab"}, {"sheet": "没有"}]
)
def test_a_way_of_reading_there_is_not_is_told(manager, form):
    number = manager.begun(lines("张三,13800138000,,,"))
    sent = manager.desk.post(f"/import/{number}/mapping", data=form)
    assert sent.status_code in (303, 400, 422)
    assert manager.desk.get(f"/import/{number}/mapping").status_code == 200
