"""The child that prints: it fetches nothing, stops at its limits and tells so, proves each glyph (R18, F5)."""

import socket
import threading
import time
from pathlib import Path

import pytest

from app.reports.paper import FAMILY, MIB, Limits, Unprintable, draw_charts, print_pages
from tests.reports.pdf import Pdf

pytestmark = pytest.mark.pdf
SHORT = Limits(wall=6, cpu=5)
TYPE = f'<style>* {{ font-family: "{FAMILY}" }}</style>'


def page(words: str) -> str:
    """A document in the type of reports."""
    return f'<html lang="zh-Hans">{TYPE}<p>{words}</p></html>'


def test_rare_characters_are_drawn_by_the_font_in_the_file() -> None:
    words = "月报𠮷㛃—÷▲▼●1,234.5%仅限: 张三"
    paper = print_pages(page(words))
    read = Pdf(paper.data)
    assert paper.pages == 1
    assert read.text() == words
    assert read.bare() == set()


def test_what_the_font_lacks_is_refused_and_named() -> None:
    with pytest.raises(Unprintable) as refused:
        print_pages(page("好\U0001f600"))
    assert refused.value.code == "paper_glyphs"
    assert "\U0001f600" in refused.value.label.zh


def test_the_same_document_is_the_same_text() -> None:
    assert Pdf(print_pages(page("同样的字")).data).text() == Pdf(print_pages(page("同样的字")).data).text()


@pytest.mark.parametrize(
    ("name", "html", "code"),
    [
        ("boxes in boxes", "<div style='display:flex'>" * 14 + "x" + "</div>" * 14, "paper_too_slow"),
        ("tables in tables", "<table><tr><td>" * 300 + "x", "paper_too_deep"),
        ("fifty thousand rows", "<table>" + "<tr><td>1<td>2</tr>" * 50_000 + "</table>", "paper_too_slow"),
    ],
)
def test_a_document_that_asks_for_too_much_is_stopped(name: str, html: str, code: str) -> None:
    began = time.monotonic()
    with pytest.raises(Unprintable) as refused:
        print_pages(html, SHORT)
    assert refused.value.code == code, name
    assert time.monotonic() - began < SHORT.wall + 5


def test_memory_and_room_are_bounded() -> None:
    for limits in (Limits(memory=120 * MIB), Limits(output=1_000)):
        with pytest.raises(Unprintable) as refused:
            print_pages(page("大"), limits)
        assert refused.value.code in {"paper_too_large", "paper_broken"}


def test_nothing_is_fetched(tmp_path: Path) -> None:
    secret = tmp_path / "secret.txt"
    secret.write_text("GEHEIM")
    hits = []
    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))
        server.listen()
        server.settimeout(0.2)
        stop = threading.Event()

        def listen() -> None:
            while not stop.is_set():
                try:
                    hits.append(server.accept())
                except TimeoutError:
                    continue

        thread = threading.Thread(target=listen)
        thread.start()
        port = server.getsockname()[1]
        places = [
            f"http://127.0.0.1:{port}/x",
            f"file://{secret}",
            f"ftp://127.0.0.1:{port}/x",
            "data:text/plain,GEHEIM",
        ]
        parts = [
            f'<img src="{at}"><link rel="stylesheet" href="{at}"><link rel="attachment" href="{at}">'
            f'<object data="{at}"></object><embed src="{at}"><style>@import "{at}";'
            f'@font-face {{ font-family: f; src: url("{at}") }}'
            f' p {{ background: url("{at}"); font-family: f, "{FAMILY}"; content: url("{at}") }}'
            f' li {{ list-style-image: url("{at}") }}</style><ul><li>字</ul><svg><image href="{at}"/></svg>'
            for at in places
        ]
        paper = print_pages(page("字") + "".join(parts))
        stop.set()
        thread.join()
    assert hits == []
    assert b"GEHEIM" not in paper.data
    assert "GEHEIM" not in Pdf(paper.data).text()


def test_charts_name_no_address_and_the_bad_ones_are_told() -> None:
    good = {
        "data": {"values": [{"x": "一", "y": 1}]},
        "mark": "bar",
        "encoding": {"x": {"field": "x", "type": "nominal"}},
    }
    assert "<svg" in draw_charts([good])[0]
    with pytest.raises(Unprintable):
        draw_charts([{**good, "data": {"url": "http://127.0.0.1:9/x.json"}}])
