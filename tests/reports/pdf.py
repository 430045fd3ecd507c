"""A PDF read without the libraries that made it: its text layer, and the outlines of what it embeds."""

import re
import zlib
from collections.abc import Iterator
from io import BytesIO

from fontTools.pens.boundsPen import BoundsPen
from fontTools.ttLib import TTFont

_OBJECT = re.compile(rb"(?m)^(\d+) 0 obj\s(.*?)\sendobj", re.DOTALL)
_STREAM = re.compile(rb"stream\r?\n(.*)\r?\nendstream", re.DOTALL)
_SHOWN = re.compile(rb"/(\S+) [\d.]+ Tf|<([0-9a-fA-F]+)>")
_MAPPED = re.compile(rb"<([0-9a-fA-F]{4})> <([0-9a-fA-F]+)>")


class Pdf:
    """One document."""

    def __init__(self, data: bytes) -> None:
        self.objects = {int(number): body for number, body in _OBJECT.findall(data)}
        for number in [number for number, body in self.objects.items() if b"/ObjStm" in body[:200]]:
            self._unfold(number)
        self.fonts = dict(self._fonts())

    def _unfold(self, number: int) -> None:
        """Takes the objects out of one that holds many."""
        first = int(re.search(rb"/First (\d+)", self.objects[number])[1])
        held = self.stream(number)
        places = list(map(int, held[:first].split()))
        starts = dict(zip(places[::2], places[1::2], strict=True))
        ends = [*sorted(starts.values()), len(held)]
        for one, start in starts.items():
            end = next(end for end in ends if end > start)
            self.objects[one] = held[first + start : first + end]

    def stream(self, number: int) -> bytes:
        """An object's bytes, unpacked."""
        body = self.objects[number]
        found = _STREAM.search(body)
        assert found, number
        return zlib.decompress(found[1]) if b"/FlateDecode" in body else found[1]

    def _fonts(self) -> Iterator[tuple[bytes, tuple[dict[int, str], TTFont]]]:
        """Each font by the name pages use: what its glyphs stand for, and the font that lies in the file."""
        names = {}
        for body in self.objects.values():
            for name, number in re.findall(rb"/([A-Za-z0-9_+-]+) (\d+) 0 R", body):
                if b"/Type0" in self.objects.get(int(number), b""):
                    names[name] = int(number)
        for name, number in names.items():
            body = self.objects[number]
            below = int(re.search(rb"/DescendantFonts \[?(\d+) 0 R", body)[1])
            descriptor = int(re.search(rb"/FontDescriptor (\d+) 0 R", self.objects[below])[1])
            embedded = re.search(rb"/FontFile3 (\d+) 0 R", self.objects[descriptor])
            assert embedded, "a font that is not in the file"
            mapped = _MAPPED.findall(self.stream(int(re.search(rb"/ToUnicode (\d+) 0 R", body)[1])))
            stands = {int(glyph, 16): bytes.fromhex(shown.decode()).decode("utf-16-be") for glyph, shown in mapped}
            yield name, (stands, TTFont(BytesIO(self.stream(int(embedded[1])))))

    def glyphs(self) -> Iterator[tuple[bytes, int]]:
        """Every glyph the pages draw, in their order, with its font."""
        for number, body in self.objects.items():
            if not _STREAM.search(body) or b"/FontFile" in body or b"/Length1" in body:
                continue
            font = b""
            content = self.stream(number)
            if b" Tf" not in content:
                continue
            for name, shown in _SHOWN.findall(content):
                font = name or font
                for at in range(0, len(shown), 4):
                    yield font, int(shown[at : at + 4], 16)

    def text(self) -> str:
        """The text layer."""
        return "".join(self.fonts[font][0][glyph] for font, glyph in self.glyphs())

    def bare(self) -> set[str]:
        """The characters whose glyph in the file draws nothing, or the box of none."""
        found = set()
        for font, glyph in set(self.glyphs()):
            stands, embedded = self.fonts[font]
            pen = BoundsPen(embedded.getGlyphSet())
            embedded.getGlyphSet()[embedded.getGlyphName(glyph)].draw(pen)
            if stands[glyph].strip() and (glyph == 0 or pen.bounds is None):
                found.add(stands[glyph])
        return found
