"""Paper and charts, made by a process that may not harm this one."""

import json
import signal
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from app.core.errors import Refusal
from app.core.label import Label

MIB = 1 << 20
FAMILY = "Noto Sans CJK SC"
_CHILD = Path(__file__).with_name("paper_child.py")
_FONTS = """<?xml version="1.0"?><!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig><dir>{fonts}</dir><cachedir>{cache}</cachedir></fontconfig>"""
WORDS = {
    "too_slow": Label("排版超过 {wall} 秒，已停止。", "Printing took longer than {wall} s and was stopped."),
    "too_large": Label("排版所需内存或文件过大，已停止。", "Printing took too much memory or room and was stopped."),
    "too_deep": Label("文档嵌套过深，无法排版。", "The document is nested too deeply to be printed."),
    "forbidden": Label("排版程序试图做不允许的事，已停止。", "The printer tried what it may not do and was stopped."),
    "broken": Label("排版失败，请联系管理员。", "Printing failed; tell an administrator."),
    "glyphs": Label("字体缺少这些字：{characters}", "The font lacks these characters: {characters}"),
}


class Unprintable(Refusal):
    """Nothing was printed; its words say why."""

    status = 422


@dataclass(frozen=True, slots=True)
class Limits:
    """What one printing may ask of the machine."""

    memory: int = 2048 * MIB
    cpu: int = 90  # seconds
    wall: int = 110  # seconds
    output: int = 64 * MIB


@dataclass(frozen=True, slots=True)
class Paper:
    """A printed document."""

    data: bytes
    pages: int


def print_pages(html: str, limits: Limits | None = None) -> Paper:
    """The PDF of an HTML document with its styles inside; Unprintable otherwise, also when a character has no glyph."""
    found, data = _made("pages", {"html": html}, limits or Limits())
    if found["bare"]:
        raise unprintable("glyphs", characters=" ".join(found["bare"][:20]))
    return Paper(data, found["pages"])


def draw_charts(specs: Sequence[Mapping[str, Any]], limits: Limits | None = None) -> list[str]:
    """The SVG of each Vega-Lite description, in their order."""
    drawn: list[str] = json.loads(_made("charts", {"specs": list(specs)}, limits or Limits())[1])
    return drawn


def unprintable(code: str, **values: object) -> Unprintable:
    """The refusal of that code."""
    refusal = Unprintable(WORDS[code].format(**values))
    refusal.code = f"paper_{code}"
    return refusal


def fonts() -> Path:
    """The folder of the type all paper is set in."""
    found = find_spec("noto_cjk_sans_otc")
    if found is None or not found.submodule_search_locations:
        raise unprintable("broken")
    return Path(found.submodule_search_locations[0])


def _made(act: str, what: Mapping[str, Any], limits: Limits) -> tuple[dict[str, Any], bytes]:
    """What the child said, and the file it wrote; everything else of it is gone."""
    with tempfile.TemporaryDirectory(prefix="forecourt-paper-") as folder:
        out, conf = Path(folder, "out"), Path(folder, "fonts.conf")
        conf.write_text(_FONTS.format(fonts=fonts(), cache=folder), encoding="utf-8")
        task = {"act": act, "out": str(out), "fonts": str(fonts()), "limits": asdict(limits), **what}
        try:
            done = subprocess.run(  # our own file, no shell, and no environment to leak
                [sys.executable, "-I", str(_CHILD)], input=json.dumps(task).encode(), capture_output=True,
                timeout=limits.wall, check=False, cwd=folder,
                env={"FONTCONFIG_FILE": str(conf), "HOME": folder, "TMPDIR": folder, "LC_ALL": "C.UTF-8"},
            )  # fmt: skip
        except subprocess.TimeoutExpired:
            raise unprintable("too_slow", wall=limits.wall) from None
        if done.returncode:
            raise unprintable(_ending(done.returncode, done.stderr), wall=limits.wall)
        found: dict[str, Any] = json.loads(done.stdout)
        if "refused" in found:
            raise unprintable(found["refused"])
        return found, out.read_bytes()


def _ending(code: int, stderr: bytes) -> str:
    """Why a child that gave no answer ended."""
    if code in (-signal.SIGXCPU, -signal.SIGKILL):
        return "too_slow"
    words = (b"MemoryError", b"memory allocation", b"Cannot allocate", b"File too large", b"out of memory")
    return "too_large" if code == -signal.SIGXFSZ or any(word in stderr for word in words) else "broken"
