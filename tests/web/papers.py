"""Papers: an entity with files, and what people send for them."""

import io
import re
import struct
import zipfile
import zlib
from typing import Any

from PIL import Image
from werkzeug.test import TestResponse

from app.core.action import Action
from app.core.entity import Entity, Grant
from app.core.field import Field, State
from app.core.label import Label
from app.core.scope import Belongs, Reach
from app.fields import File, Text
from tests.appkit import Premises

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
