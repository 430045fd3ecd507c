"""The process that prints: it limits itself, draws charts or sets pages, and writes one file; it knows no secrets.

Called as `python -I paper_child.py` with `{"act": "charts" | "pages", "out": …, "limits": {…}, …}` on its input;
prints one JSON object: what it made, or `{"refused": code}`.
"""

import ctypes
import json
import resource
import sys
from collections.abc import Iterator
from contextlib import suppress
from io import BytesIO
from pathlib import Path
from typing import Any

SEPARATE = 0x10000000 | 0x40000000  # CLONE_NEWUSER | CLONE_NEWNET
FORBIDDEN = ("socket.", "subprocess.", "os.exec", "os.fork", "os.posix_spawn", "os.system", "urllib.", "ftplib.")


class RefusedError(BaseException):
    """What is not printed; its argument is the refusal's code. No library swallows it."""


def limit(act: str, limits: dict[str, int]) -> None:
    """Bound this process before it touches what it was given."""
    # Chart drawing reserves address space by the gigabyte and fills little of it.
    memory = resource.RLIMIT_AS if act == "pages" else resource.RLIMIT_DATA
    for what, most in (
        (memory, limits["memory"]),
        (resource.RLIMIT_CPU, limits["cpu"]),
        (resource.RLIMIT_FSIZE, limits["output"]),
        (resource.RLIMIT_CORE, 0),
    ):
        resource.setrlimit(what, (most, most))


def part_from_network() -> None:
    """Leave the machine's network where the system lets a process do so; the watch below stands everywhere."""
    with suppress(OSError, AttributeError):
        ctypes.CDLL(None).unshare(SEPARATE)


def watch(out: str) -> None:
    """Refuse, from now on, connections, programs, and writing anywhere but to `out`."""

    def judge(event: str, given: tuple[Any, ...]) -> None:
        writing = event == "open" and isinstance(given[1], str) and any(one in given[1] for one in "wxa+")
        if event.startswith(FORBIDDEN) or (writing and str(given[0]) != out):
            raise RefusedError("forbidden")

    sys.addaudithook(judge)


def charts(task: dict[str, Any]) -> dict[str, Any]:
    """The SVG of each Vega-Lite description; none of them may name an address."""
    import vl_convert  # noqa: PLC0415  # only what an act needs is loaded

    vl_convert.register_font_directory(task["fonts"])
    watch(task["out"])
    drawn = [vl_convert.vegalite_to_svg(one, vl_version="5.21", allowed_base_urls=[]) for one in task["specs"]]
    Path(task["out"]).write_text(json.dumps(drawn), encoding="utf-8")
    return {"charts": len(drawn)}


def pages(task: dict[str, Any]) -> dict[str, Any]:
    """The PDF of a document that fetches nothing; how many pages it has, and which characters have no glyph."""
    from weasyprint import HTML  # noqa: PLC0415
    from weasyprint.urls import URLFetcher  # noqa: PLC0415

    class Nothing(URLFetcher):
        def fetch(self, url: str, headers: object = None) -> Any:  # noqa: ARG002
            raise ValueError("reports fetch nothing")

    sys.setrecursionlimit(1_500)
    watch(task["out"])
    document = HTML(string=task["html"], url_fetcher=Nothing()).render()
    bare: set[str] = set()
    document.write_pdf(task["out"], finisher=lambda made, _pdf: bare.update(without_glyph(made.fonts.values())))
    return {"pages": len(document.pages), "bare": sorted(bare)}


def without_glyph(fonts: Any) -> Iterator[str]:
    """The characters that the fonts, as they are embedded, draw as nothing or as a box."""
    from fontTools.pens.boundsPen import ControlBoundsPen  # noqa: PLC0415
    from fontTools.ttLib import TTFont  # noqa: PLC0415

    for font in fonts:
        yield from map(chr, font.missing)
        embedded = TTFont(BytesIO(font.file_content), fontNumber=0, lazy=True)
        glyphs, names = embedded.getGlyphSet(), embedded.getGlyphOrder()
        for number, shown in font.to_unicode.items():
            pen = ControlBoundsPen(glyphs)
            if shown.strip() and number < len(names):
                glyphs[names[number]].draw(pen)
                if number == 0 or pen.bounds is None:
                    yield shown


def answer(task: dict[str, Any]) -> dict[str, Any]:
    """What was made, or the code of the refusal."""
    try:
        return {"charts": charts, "pages": pages}[task["act"]](task)
    except RefusedError as refused:
        return {"refused": str(refused)}
    except MemoryError:
        return {"refused": "too_large"}
    except RecursionError:
        return {"refused": "too_deep"}


if __name__ == "__main__":
    asked = json.load(sys.stdin)
    part_from_network()
    limit(asked["act"], asked["limits"])
    sys.stdout.write(json.dumps(answer(asked)))
