"""Files of records: what is taken, what is refused, who may fetch them."""

import io
import re
import stat
import struct
import zipfile
import zlib
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import quote

import psycopg
import pytest
from PIL import Image
from sqlalchemy import create_engine, pool
from werkzeug.test import TestResponse

from app.core.action import Action
from app.core.entity import Entity, Grant
from app.core.field import Field, State
from app.core.label import Label
from app.core.scope import Belongs, Reach
from app.fields import File, Text
from app.records import write
from app.studio.publish import publish
from config import Config
from tests.appkit import Premises, install

ALL = frozenset(set(Action))
LIMIT = 200_000


def described() -> Entity:
    """Papers of a store: a document, a picture, and a document only its owner's description would show."""
    return Entity(
        name="paper",
        label=Label("资料", "Paper"),
        plural=Label("资料", "Papers"),
        title="title",
        fields=(
            Field(name="title", kind=Text(), label=Label("标题", "Title"), required=True),
            Field(name="scan", kind=File(max_bytes=LIMIT), label=Label("扫描件", "Scan")),
            Field(name="annex", kind=File(), label=Label("附件", "Annex")),
            Field(name="photo", kind=File(image=True), label=Label("照片", "Photo")),
            Field(name="closed", kind=File(), label=Label("密件", "Closed"), mine=State.HIDDEN, scope=State.HIDDEN),
        ),
        belongs=Belongs.STORE,
        list=("title", "scan", "photo"),
        grants=(
            Grant("sales_consultant", ALL, Reach.STORE),
            Grant("sales_manager", ALL, Reach.STORE),
            Grant("administrator", ALL, Reach.GROUP),
        ),
    )


@pytest.fixture(scope="module")
def place(clone: Callable[[], Config], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Premises]:
    """An installation of this module's own, with papers."""
    config = clone()
    made = install(replace(config, home=_home(config, tmp_path_factory.mktemp("files"))))
    engine = create_engine(made.config.url("owner"), poolclass=pool.NullPool)
    with engine.begin() as connection:
        publish(connection, described())
    yield made
    made.house.database.dispose()


def _home(config: Config, home: Path) -> Path:
    """A home whose files are this module's alone."""
    for part in config.home.iterdir():
        if part.name != "files":
            (home / part.name).symlink_to(part)
    return home


# What is sent ---------------------------------------------------------------------------------------------------------
PDF = b"%PDF-1.7\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n"
SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'
HTML = b"<!doctype html><html><script>alert(1)</script></html>"


def picture(form: str = "JPEG", size: tuple[int, int] = (300, 200), **options: Any) -> bytes:
    """A small picture."""
    made = io.BytesIO()
    Image.new("RGB", size, (200, 30, 30)).save(made, form, **options)
    return made.getvalue()


def located() -> bytes:
    """A photo that lies on its side and says where it was taken."""
    exif = Image.Exif()
    exif[0x0112] = 6
    exif[0x8825] = {1: "N", 2: (31.0, 13.0, 48.0), 3: "E", 4: (121.0, 28.0, 12.0)}
    exif[0x010E] = "GPS-SECRET"
    return picture(exif=exif)


def office(*members: str, start: bytes = b"") -> bytes:
    """An archive with those members."""
    made = io.BytesIO(start)
    made.seek(0, io.SEEK_END)
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        for member in members:
            archive.writestr(member, "<x/>")
    return made.getvalue()


WORD = ("[Content_Types].xml", "word/document.xml")


def vast() -> bytes:
    """A PNG of 20,000 by 20,000 pixels in a few hundred bytes of header."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    head = struct.pack(">IIBBBBB", 20_000, 20_000, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", head)
        + chunk(b"IDAT", zlib.compress(b"\0" * 60_000))
        + chunk(b"IEND", b"")
    )


def add(place: Premises, part: str = "consultant", language: str = "zh_Hans_CN", **data: Any) -> TestResponse:
    """The answer to a new paper's form."""
    desk = place.desk(part, language=language)
    body = {"title": "行驶证"} | data
    return desk.post("/data/paper/add", data=body, content_type="multipart/form-data")


def number(response: TestResponse) -> int:
    """The id of the paper that was made."""
    assert response.status_code == 303, problems(response)
    return int(response.headers["Location"].rsplit("/", 1)[1])


def problems(response: TestResponse) -> list[str]:
    """The errors a page shows at its fields."""
    return re.findall(r'<p class="error"[^>]*>(?:<svg.*?</svg>)?(.*?)</p>', response.text, re.DOTALL)


def file(data: bytes, name: str) -> tuple[io.BytesIO, str]:
    """A file as a form sends it."""
    return io.BytesIO(data), name


def fetched(place: Premises, pk: int, field: str = "scan", part: str = "consultant", query: str = "") -> TestResponse:
    """The answer to a download."""
    return place.desk(part).get(f"/data/paper/{pk}/file/{field}{query}")


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


# Refused --------------------------------------------------------------------------------------------------------------
REFUSED = {
    "nothing": (b"", "空.pdf"),
    "html": (HTML, "page.html"),
    "html as text": (HTML, "page.txt"),
    "html as csv after spaces": (b"\n\n   " + HTML, "page.csv"),
    "html in utf-16 as text": (HTML.decode().encode("utf-16"), "page.txt"),
    "svg": (SVG, "x.svg"),
    "svg as png": (SVG, "x.png"),
    "svg as text": (SVG, "x.txt"),
    "php": (b"<?php phpinfo();", "x.php"),
    "php as text": (b"<?php phpinfo();", "x.txt"),
    "double extension": (picture(), "shell.php.jpg"),
    "double extension of a script": (PDF, "invoice.exe.pdf"),
    "extension after a NUL": (HTML, "page.html\x00.pdf"),
    "shell script as text": (b"#!/bin/sh\nrm -rf /\n", "x.txt"),
    "program": (b"MZ\x90\x00\x03" + b"\x00" * 60, "setup.exe"),
    "program as pdf": (b"MZ\x90\x00\x03" + b"\x00" * 60, "setup.pdf"),
    "program as csv": (b"MZ\x90\x00\x03" + b"\x00" * 60, "setup.csv"),
    "no extension": (PDF, "pdf"),
    "only an extension": (HTML, ".html"),
    "pdf that is an archive too": (office("a.txt", start=PDF), "both.pdf"),
    "html before the pdf": (HTML + PDF, "late.pdf"),
    "gif": (b"GIF89a\x01\x00\x01\x00\x00\x00\x00;", "x.gif"),
    "gif as png": (b"GIF89a\x01\x00\x01\x00\x00\x00\x00;", "x.png"),
    "png as jpg": (picture("PNG"), "x.jpg"),
    "vast picture": (vast(), "bomb.png"),
    "picture cut short": (picture()[:300], "half.jpg"),
    "picture of 26 megapixels": (picture("PNG", (6500, 4000)), "large.png"),
    "archive as document": (office("a.txt"), "a.docx"),
    "table as document": (office("[Content_Types].xml", "xl/workbook.xml"), "a.docx"),
    "document with macros": (office(*WORD, "word/vbaProject.bin"), "macro.docx"),
    "document that climbs out": (office(*WORD, "../../etc/cron.d/x"), "slip.docx"),
    "document at an absolute place": (office(*WORD, "/etc/passwd"), "slip.docx"),
    "something before the document": (office(*WORD, start=HTML), "a.docx"),
    "broken document": (office(*WORD)[:-30], "a.docx"),
    "document with a macro extension": (office(*WORD), "a.docm"),
    "over the field's limit": (PDF + b" " * LIMIT, "long.pdf"),
    "binary as text": (bytes(range(256)), "a.txt"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_what_is_not_a_harmless_document_is_refused_at_its_field(case: str, place: Premises) -> None:
    before = place.one("SELECT count(*) FROM upload")
    answer = add(place, title="仍在", scan=file(*REFUSED[case]))
    assert answer.status_code == 422
    assert len(problems(answer)) == 1
    assert 'value="仍在"' in answer.text
    assert place.one("SELECT count(*) FROM upload") == before
    assert not list((place.config.home / "files").glob(".new-*"))


@pytest.mark.parametrize(
    "name",
    [
        "../../../etc/passwd.txt",
        "..\\..\\boot.txt",
        "/abs/olute.txt",
        "C:\\x\\y.txt",
        "a\tb\x7f.txt",
        "\u202efdp.txt",
        "..txt",
        "x" * 400 + ".txt",
    ],
)
def test_a_name_never_leads_anywhere(name: str, place: Premises) -> None:
    pk = number(add(place, scan=file(b"plain", name)))
    stored = place.one("SELECT name FROM upload WHERE record_id = %s", pk)
    assert re.fullmatch(r"[^/\\\x00-\x1f\u202e:]{1,120}\.txt", stored)
    assert not stored.startswith(".")
    answer = fetched(place, pk)
    assert answer.data == b"plain"
    assert "X" not in answer.headers


def test_refusals_speak_the_readers_language(place: Premises) -> None:
    (zh,) = problems(add(place, scan=file(b"", "a.pdf")))
    (en,) = problems(add(place, language="en", scan=file(b"", "a.pdf")))
    assert "文件是空的" in zh
    assert "The file is empty" in en


def test_over_the_request_limit_the_page_tells_the_limit(place: Premises) -> None:
    answer = add(place, scan=file(b"x" * (13 * 1024 * 1024), "a.pdf"))
    assert answer.status_code == 413
    assert "12 MB" in answer.text


def test_an_administrator_may_send_more_than_others(place: Premises) -> None:
    large = b"%PDF-1.7\n" + bytes(13 * 1024 * 1024)
    pk = number(add(place, "admin", store=str(place.stores["PD"]), annex=file(large, "a.pdf")))
    assert place.one("SELECT size FROM upload WHERE record_id = %s", pk) == len(large)


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
    assert f'src="/data/paper/{pk}/file/photo?small=1"' in desk.get("/data/paper/").text


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
