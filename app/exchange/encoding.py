"""Which encoding a text file is written in, decided by its whole content."""

import codecs
import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from itertools import chain
from pathlib import Path

from app.exchange.limits import LINE_BYTES
from app.exchange.refusals import unreadable

MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
KNOWN = ("utf-8", "utf-8-sig", "utf-16", "gb18030", "cp950")
_HAN = re.compile(r"[\u4e00-\u9fff]")
_SAMPLE = 1 << 18
_SURELY_UTF8 = 30  # so many characters are never valid UTF-8 by accident


@dataclass(frozen=True, slots=True)
class _Break:
    """Where strict decoding stopped: the line, and how many characters beyond ASCII were good before it."""

    line: int
    wide: int


def detect(path: Path) -> str:
    """The codec that decodes the whole file without an error; refuses NUL, endless lines and unknown encodings."""
    with path.open("rb") as stream:
        start = stream.read(4)
    for mark, codec in MARKS:
        if start.startswith(mark):
            return require(path, codec)
    broken = _decode(path, "utf-8")
    if broken is None:
        return "utf-8"
    if broken.wide >= _SURELY_UTF8:
        raise unreadable("encoding", line=broken.line)
    return _chinese(path)


def require(path: Path, codec: str) -> str:
    """`codec` when the whole file decodes by it; refuses otherwise."""
    broken = _decode(path, codec)
    if broken is not None:
        raise unreadable("encoding", line=broken.line)
    return codec


def _chinese(path: Path) -> str:
    """GB18030 or Big5: the one that decodes the file, and where both do, the one that makes it common words."""
    breaks = {codec: _decode(path, codec) for codec in ("gb18030", "cp950")}
    able = [codec for codec, broken in breaks.items() if broken is None]
    if not able:
        raise unreadable("encoding", line=max(broken.line for broken in breaks.values() if broken))
    with path.open("rb") as stream:
        sample = stream.read(_SAMPLE)
    return max(able, key=lambda codec: _commonness(sample, codec))


def _commonness(sample: bytes, codec: str) -> float:
    """The share of Chinese characters that belong to the encoding's everyday level."""
    han = _HAN.findall(codecs.getincrementaldecoder(codec)("ignore").decode(sample))
    common: Callable[[bytes], bool] = _gb_common if codec == "gb18030" else _big5_common
    return sum(common(char.encode(codec)) for char in han) / max(1, len(han))


def _gb_common(code: bytes) -> bool:
    return len(code) == 2 and 0xB0 <= code[0] <= 0xD7 and code[1] >= 0xA1  # noqa: PLR2004 (GB 2312 level 1)


def _big5_common(code: bytes) -> bool:
    return 0xA4 <= code[0] <= 0xC6  # noqa: PLR2004 (Big5 level 1)


def _decode(path: Path, codec: str) -> _Break | None:
    """Decode the whole file piece by piece; where it breaks, or None."""
    decoder = codecs.getincrementaldecoder(codec)("strict")
    lines, wide = 1, 0
    with path.open("rb") as stream:
        for chunk in chain(iter(partial(stream.read, LINE_BYTES), b""), (b"",)):
            try:
                text = decoder.decode(chunk, final=not chunk)
            except UnicodeDecodeError as error:
                good = chunk[: error.start].decode(codec, "ignore")
                return _Break(lines + _breaks(good), wide + _wide(good))
            _check(text, lines)
            lines += _breaks(text)
            wide = wide or _wide(text[:_SAMPLE])
    return None


def _check(text: str, line: int) -> None:
    if (at := text.find("\0")) >= 0:
        raise unreadable("nul", line=line + _breaks(text[:at]))
    if len(text) * 4 >= LINE_BYTES and "\n" not in text and "\r" not in text:
        raise unreadable("line_too_long", line=line)


def _breaks(text: str) -> int:
    """How many lines end in the text, whichever way they end."""
    return text.count("\n") or text.count("\r")


def _wide(text: str) -> int:
    return sum(not char.isascii() for char in text)
