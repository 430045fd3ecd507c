"""What nobody may upload: things that are not what they say, run, burst or climb."""

import re

import pytest

from tests.appkit import Premises
from tests.web.papers import HTML, LIMIT, PDF, SVG, WORD, add, fetched, file, number, office, picture, problems, vast

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
