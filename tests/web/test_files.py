"""Files of records: what comes back, what is kept, who may fetch them."""

import io
import re
import stat
from typing import Any
from urllib.parse import quote

import psycopg
import pytest
from PIL import Image
from werkzeug.test import TestResponse

from app.records import write
from tests.appkit import Premises
from tests.web.papers import PDF, SVG, WORD, add, fetched, file, located, number, office, picture


# Taken ----------------------------------------------------------------------------------------------------------------
def test_a_file_comes_back_as_it_was_sent_with_its_chinese_name(place: Premises) -> None:
    answer = fetched(place, number(add(place, scan=file(PDF, "张三 行驶证𠮷.pdf"))))
    assert (answer.status_code, answer.data, answer.mimetype) == (200, PDF, "application/pdf")
    disposition = answer.headers["Content-Disposition"]
    assert disposition.startswith("attachment;")
    assert f"filename*=UTF-8''{quote('张三 行驶证𠮷.pdf')}" in disposition
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in answer.headers["Content-Security-Policy"]


@pytest.mark.parametrize(
    ("data", "name"),
    [
        (office(*WORD), "合同.docx"),
        (office("[Content_Types].xml", "xl/workbook.xml"), "表.xlsx"),
        ("姓名,电话\n张三,1".encode("gb18030"), "旧系统.csv"),
        ("姓名\t张三".encode("utf-16"), "说明.txt"),
        (b"plain words", "README.TXT"),
        (picture("PNG"), "图.png"),
    ],
)
def test_the_usual_kinds_are_taken(data: bytes, name: str, place: Premises) -> None:
    assert fetched(place, number(add(place, scan=file(data, name)))).status_code == 200


def test_bytes_lie_once_by_content_for_nobody_else_to_read(place: Premises) -> None:
    first, second = (number(add(place, scan=file(PDF + b"%once", name))) for name in ("a.pdf", "b.pdf"))
    hashes = {place.one("SELECT sha256 FROM upload WHERE record_id = %s", pk) for pk in (first, second)}
    path = place.config.home / "files" / (digest := hashes.pop())[:2] / digest
    assert not hashes
    assert path.read_bytes() == PDF + b"%once"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert not list((place.config.home / "files").glob(".new-*"))


def test_a_picture_is_drawn_anew_upright_and_without_its_place(place: Premises) -> None:
    pk = number(add(place, photo=file(located(), "车.jpeg")))
    answer = fetched(place, pk, "photo")
    assert answer.headers["Content-Disposition"].startswith("inline;")
    drawn = Image.open(io.BytesIO(answer.data))
    assert (drawn.size, dict(drawn.getexif()), b"GPS-SECRET" in answer.data) == ((200, 300), {}, False)
    small = fetched(place, pk, "photo", query="?small=1")
    assert small.mimetype == "image/webp"
    assert Image.open(io.BytesIO(small.data)).size[1] <= 160


def test_code_hidden_behind_a_picture_is_gone(place: Premises) -> None:
    answer = fetched(place, number(add(place, photo=file(picture() + SVG + b"<?php x(); ?>", "x.jpg"))), "photo")
    assert answer.status_code == 200
    assert b"<script" not in answer.data
    assert b"<?php" not in answer.data


# Nothing is lost ------------------------------------------------------------------------------------------------------
def test_a_file_need_not_be_chosen_again_when_another_field_is_wrong(place: Premises) -> None:
    failed = add(place, title="", scan=file(PDF, "保留.pdf"))
    assert failed.status_code == 422
    assert "保留.pdf" in failed.text
    (kept,) = re.findall(r'name="scan__kept" value="(\d+)"', failed.text)
    pk = number(add(place, scan__kept=kept))
    assert fetched(place, pk).data == PDF


def test_a_file_stays_until_it_is_replaced_or_removed(place: Premises) -> None:
    pk = number(add(place, scan=file(PDF, "一.pdf")))
    desk = place.desk("consultant")

    def edit(version: int, **data: Any) -> TestResponse:
        return desk.post(f"/data/paper/{pk}/edit", data={"title": "改", "version": str(version)} | data)

    assert edit(1).status_code == 303
    assert fetched(place, pk).data == PDF
    assert edit(2, scan=file(b"two", "二.txt")).status_code == 303
    assert fetched(place, pk).data == b"two"
    assert edit(3, scan__clear="1").status_code == 303
    assert fetched(place, pk).status_code == 404
    assert place.one("SELECT count(*) FROM upload WHERE record_id = %s", pk) == 2


def test_the_second_editor_keeps_his_file_through_the_comparison(place: Premises) -> None:
    pk = number(add(place, scan=file(PDF, "一.pdf")))
    desk = place.desk("consultant")
    desk.post(f"/data/paper/{pk}/edit", data={"title": "先", "version": "1"})
    second = desk.post(
        f"/data/paper/{pk}/edit", data={"title": "后", "version": "1", "scan": file(b"mine", "我的.txt")}
    )
    assert second.status_code == 409
    assert "我的.txt" in second.text
    assert "一.pdf" in second.text
    (kept,) = re.findall(r'name="scan__kept" value="(\d+)"', second.text)
    data = {"title": "后", "version": "2", "scan__kept": kept, "choose__scan": "yours"}
    assert desk.post(f"/data/paper/{pk}/edit", data=data).status_code == 303
    assert fetched(place, pk).data == b"mine"


def test_pages_name_the_file_and_lead_to_it(place: Premises) -> None:
    pk = number(add(place, scan=file(PDF, "名字.pdf"), photo=file(picture(), "车.jpg")))
    desk = place.desk("consultant")
    for address in (f"/data/paper/{pk}", f"/data/paper/{pk}/edit", "/data/paper/"):
        page = desk.get(address).text
        assert "名字.pdf" in page
        assert f'href="/data/paper/{pk}/file/scan"' in page


def test_a_picture_in_a_list_is_a_small_one_that_leads_to_its_record(place: Premises) -> None:
    pk = number(add(place, photo=file(picture(), "车.jpg")))
    page = place.desk("consultant").get("/data/paper/").text
    link = rf'<a href="/data/paper/{pk}"><img src="(/data/paper/{pk}/file/photo\?small=1)" alt="车.jpg"'
    (small,) = re.findall(link, page)
    drawn = Image.open(io.BytesIO(place.desk("consultant").get(small).data))
    assert (drawn.format, max(drawn.size) <= 240) == ("WEBP", True)


# Whose ----------------------------------------------------------------------------------------------------------------
def test_another_stores_files_do_not_exist(place: Premises) -> None:
    pk = number(add(place, scan=file(PDF, "a.pdf")))
    assert fetched(place, pk, part="outsider").status_code == 404
    assert place.desk("nobody").get(f"/data/paper/{pk}/file/scan").status_code == 302
    assert place.desk("newcomer").get(f"/data/paper/{pk}/file/scan").status_code == 403


@pytest.mark.parametrize("field", ["closed", "title", "nothing", "id", "photo"])
def test_a_field_that_is_hidden_empty_or_no_file_gives_nothing(field: str, place: Premises) -> None:
    pk = number(add(place, scan=file(PDF, "a.pdf")))
    place.run("UPDATE paper SET closed = (SELECT id FROM upload WHERE record_id = %s) WHERE id = %s", pk, pk)
    assert fetched(place, pk, field).status_code == 404


def fresh(place: Premises, part: str = "consultant") -> int:
    """An upload of somebody that no record holds yet."""
    failed = add(place, part, title="", scan=file(PDF, "fresh.pdf"))
    return int(re.findall(r'name="scan__kept" value="(\d+)"', failed.text)[0])


def test_a_guessed_upload_is_refused_in_forms(place: Premises) -> None:
    saved = number(add(place, scan=file(PDF, "a.pdf")))
    held = place.one("SELECT id FROM upload WHERE record_id = %s", saved)
    for guess in (held, fresh(place, "outsider"), fresh(place, "manager"), 10**9):
        pk = number(add(place, scan__kept=str(guess), scan=str(guess)))
        assert place.one("SELECT scan FROM paper WHERE id = %s", pk) is None


def test_a_guessed_upload_is_refused_in_records_and_the_api(place: Premises) -> None:
    saved = number(add(place, scan=file(PDF, "a.pdf")))
    held = place.one("SELECT id FROM upload WHERE record_id = %s", saved)
    caller = place.caller("consultant")
    for guess in (held, fresh(place, "outsider"), 10**9):
        answer = caller.post("/api/v1/data/paper/", json={"title": "猜", "scan": guess})
        assert (answer.status_code, answer.json["errors"][0]["code"]) == (422, "upload")
        change = {"scan": guess, "version": 1, "title": "换"}
        other = number(add(place))
        assert caller.put(f"/api/v1/data/paper/{other}", json=change).status_code == 422
        assert place.one("SELECT title FROM paper WHERE id = %s", other) == "行驶证"
    wrong_field = caller.post("/api/v1/data/paper/", json={"title": "猜", "photo": fresh(place)})
    assert wrong_field.status_code == 422
    own = caller.post("/api/v1/data/paper/", json={"title": "自己的", "scan": fresh(place)})
    assert own.status_code == 201


def test_a_record_that_names_a_foreign_upload_by_sql_shows_nothing(place: Premises) -> None:
    theirs = number(add(place, "outsider", scan=file(PDF + b"%theirs", "theirs.pdf")))
    mine = number(add(place))
    place.run("UPDATE paper SET scan = (SELECT id FROM upload WHERE record_id = %s) WHERE id = %s", theirs, mine)
    assert fetched(place, mine).status_code == 404
    assert "theirs.pdf" not in place.desk("consultant").get(f"/data/paper/{mine}").text


def test_the_database_itself_keeps_uploads_apart(place: Premises) -> None:
    saved = number(add(place, "outsider", scan=file(PDF, "a.pdf")))
    waiting = fresh(place, "outsider")
    with place.acting("consultant") as context:
        seen = "SELECT count(*) FROM upload WHERE record_id = %s OR id = %s"
        assert context.connection.exec_driver_sql(seen, (saved, waiting)).scalar_one() == 0
        stolen = context.connection.exec_driver_sql("UPDATE upload SET record_id = 1 WHERE id = %s", (waiting,))
        assert stolen.rowcount == 0
    with place.connect("web") as connection:
        assert connection.execute("SELECT count(*) FROM upload").fetchone() == (0,)
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            connection.execute("DELETE FROM upload")


def test_an_upload_is_bound_once(place: Premises) -> None:
    held = number(add(place, scan=file(PDF, "a.pdf")))
    other = number(add(place))
    with pytest.raises(Exception, match="bound once"), place.acting("consultant") as context:
        context.connection.exec_driver_sql("UPDATE upload SET record_id = %s WHERE record_id = %s", (other, held))


def test_uploads_stand_in_the_trail(place: Premises) -> None:
    pk = number(add(place, scan=file(PDF, "a.pdf")))
    upload = place.one("SELECT id FROM upload WHERE record_id = %s", pk)
    actions = place.run("SELECT action FROM trail.entry WHERE entity = 'upload' AND record_id = %s ORDER BY id", upload)
    assert [action for (action,) in actions] == ["insert", "update"]


def test_entities_without_files_pay_nothing(place: Premises) -> None:
    desk = place.desk("consultant")
    with place.statements() as sent:
        desk.get("/data/customer/")
        desk.post("/data/customer/add", data={"name": "李雷"})
    assert not [one for one in sent if "upload" in one]


def test_a_removed_record_takes_its_file_out_of_sight(place: Premises) -> None:
    pk = number(add(place, scan=file(PDF, "a.pdf")))
    with place.acting("consultant") as context:
        write.delete(context, context.entity("paper"), pk)
    with place.acting("consultant") as context:
        seen = context.connection.exec_driver_sql(
            "SELECT count(*) FROM upload WHERE record_id = %s", (pk,)
        ).scalar_one()
    assert seen == 0
    assert place.one("SELECT count(*) FROM upload WHERE record_id = %s", pk) == 1
