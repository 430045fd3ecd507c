"""What may be uploaded: a name, bytes that are what the name says, pictures drawn anew."""

import codecs
import re
import unicodedata
import warnings
from io import BytesIO
from pathlib import Path, PurePosixPath
from threading import Lock
from typing import IO
from zipfile import BadZipFile, ZipFile, is_zipfile

import puremagic
from PIL import Image, ImageOps

from app.core.errors import Unfit
from app.core.label import Label

TYPES = {
    "pdf": "application/pdf",
    "jpg": "image/jpeg",
    "png": "image/png",
    "webp": "image/webp",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "csv": "text/csv",
    "txt": "text/plain",
}
PICTURES = {"jpg": "JPEG", "png": "PNG", "webp": "WEBP"}
SAME = {"jpeg": "jpg", "jpe": "jpg"}
OFFICE = {"docx": "word/document.xml", "xlsx": "xl/workbook.xml"}
PIXELS = 25_000_000
SMALL = (240, 160)
LONGEST = 120  # characters of a name
MEMBERS, UNPACKED = 5_000, 200 * 1024 * 1024
HEAD = 4_096
RUNS = frozenset(
    [
        "php",
        "phtml",
        "phar",
        "asp",
        "aspx",
        "jsp",
        "cgi",
        "sh",
        "bash",
        "bat",
        "cmd",
        "com",
        "exe",
        "dll",
        "msi",
        "scr",
        "ps1",
        "py",
        "pl",
        "rb",
        "js",
        "mjs",
        "vbs",
        "wsf",
        "hta",
        "jar",
        "svg",
        "svgz",
        "html",
        "htm",
        "xhtml",
        "shtml",
        "mht",
        "xml",
        "xsl",
        "swf",
        "lnk",
        "url",
        "htaccess",
        "docm",
        "xlsm",
    ]
)
MARKUP = re.compile(
    rb"<\s*(!doctype|html|head|body|script|svg|iframe|\?php|\?xml|%|object|embed|meta|img)|^\s*#!|javascript:",
    re.IGNORECASE,
)
CONTROLS = re.compile("[\x00-\x08\x0e-\x1a\x1c-\x1f]")

KIND = Label("不支持这种文件；请上传 {kinds}。", "This kind of file is not taken; upload one of {kinds}.")
OTHER = Label(
    "文件内容与扩展名 .{kind} 不符，或文件已损坏；请重新导出后再上传。",
    "The content is not what .{kind} says, or the file is damaged; save it anew and upload that.",
)
EMPTY = Label("文件是空的，请重新选择。", "The file is empty; choose another.")
PIXEL = Label(
    "图片太大，最多 2500 万像素；请缩小后再上传。", "The picture is larger than 25 megapixels; make it smaller."
)
ACTIVE = Label(
    "文件里含有宏或程序，不能上传；请另存为普通文件。", "The file holds macros or programs; save it without them."
)
_DRAWING = Lock()  # a picture of 25 megapixels takes 200 MB while it is drawn: one at a time in a process


def kinds(*, image: bool) -> tuple[str, ...]:
    """The extensions a file field takes, or one for pictures."""
    return tuple(PICTURES if image else TYPES)


def safe_name(raw: str, *, image: bool) -> tuple[str, str]:
    """A name fit to be shown and downloaded, and its kind; raises Unfit for one that is not taken."""
    last = re.split(r"[/\\]", unicodedata.normalize("NFC", raw))[-1]
    clean = "".join(sign for sign in last if unicodedata.category(sign)[0] != "C")
    stem, dot, extension = clean.rstrip(". ").rpartition(".")
    kind = SAME.get(extension.lower(), extension.lower())
    allowed = kinds(image=image)
    if not dot or kind not in allowed or RUNS.intersection(part.strip().lower() for part in stem.split(".")[1:]):
        raise Unfit("file_kind", KIND.format(kinds=" ".join(allowed)))
    words = re.sub(r'[<>:"|?*]', "_", stem).strip(". ")[:LONGEST] or "file"
    return f"{words}.{kind}", kind


def check(path: Path, kind: str) -> None:
    """Raises Unfit when the file at `path` is not what its kind says; pictures are checked by drawing them."""
    with path.open("rb") as file:
        if kind in OFFICE:
            check_office(path, kind)
        elif kind == "pdf":
            check_pdf(path, file)
        else:
            check_text(file, kind)


def recognised(head: bytes, kind: str) -> bool:
    """Whether the first bytes are those of the kind."""
    try:
        return f".{kind}" in {match.extension for match in puremagic.magic_string(head, f"a.{kind}")}
    except (puremagic.PureError, ValueError):
        return False


def check_pdf(path: Path, file: IO[bytes]) -> None:
    """A PDF from its first byte, and not an archive as well."""
    head = file.read(HEAD)
    if not head.startswith(b"%PDF-") or not recognised(head, "pdf") or is_zipfile(path):
        raise unlike("pdf")


def check_office(path: Path, kind: str) -> None:
    """An Office document without macros, of a reasonable size when unpacked."""
    try:
        with ZipFile(path) as archive, path.open("rb") as file:
            members = archive.infolist()
            whole = file.read(HEAD).startswith(b"PK\x03\x04")
    except (BadZipFile, OSError, ValueError, NotImplementedError):
        raise unlike(kind) from None
    names = {member.filename for member in members}
    if not whole or not {"[Content_Types].xml", OFFICE[kind]} <= names or len(members) > MEMBERS:
        raise unlike(kind)
    if sum(member.file_size for member in members) > UNPACKED or any(map(strays, names)):
        raise unlike(kind)
    if any(name.lower().endswith((".bin", ".exe", ".dll", ".js")) and "vba" in name.lower() for name in names):
        raise Unfit("file_active", ACTIVE)


def strays(name: str) -> bool:
    """Whether a member of an archive would land outside of it."""
    return name.startswith(("/", "\\")) or ".." in PurePosixPath(name.replace("\\", "/")).parts or ":" in name


def check_text(file: IO[bytes], kind: str) -> None:
    """Text in UTF-8, UTF-16 or GB18030 that no browser would take for a page or a shell for a script."""
    head = file.read(HEAD)
    encodings = ["utf-16"] if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)) else ["utf-8", "gb18030"]
    readable = any(is_text(file, encoding) for encoding in encodings)
    if not readable or MARKUP.search(head.replace(b"\x00", b"")):
        raise unlike(kind)


def is_text(file: IO[bytes], encoding: str) -> bool:
    """Whether the whole file is text in that encoding."""
    file.seek(0)
    decoder = codecs.getincrementaldecoder(encoding)()
    try:
        while piece := file.read(1024 * 1024):
            if CONTROLS.search(decoder.decode(piece)):
                return False
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return True


def redraw(path: Path, kind: str) -> tuple[bytes, bytes]:
    """A picture drawn anew, upright and bare of all but its pixels, and a small one (WebP); else raises Unfit."""
    with path.open("rb") as file:
        if not recognised(file.read(HEAD), kind):
            raise unlike(kind)
    with _DRAWING, warnings.catch_warnings():
        warnings.simplefilter("ignore", Image.DecompressionBombWarning)
        try:
            return drawn(path, kind)
        except Image.DecompressionBombError:
            raise Unfit("file_pixels", PIXEL) from None
        except Unfit:
            raise
        except (OSError, SyntaxError, ValueError, EOFError):
            raise unlike(kind) from None


def drawn(path: Path, kind: str) -> tuple[bytes, bytes]:
    """The picture and the small one, as bytes."""
    with Image.open(path, formats=[PICTURES[kind]]) as opened:
        if opened.width * opened.height > PIXELS:
            raise Unfit("file_pixels", PIXEL)
        opened.load()
        plain = bare(ImageOps.exif_transpose(opened), kind)
    picture = encoded(plain, PICTURES[kind])
    plain.thumbnail(SMALL)
    return picture, encoded(plain, "WEBP")


def bare(image: Image.Image, kind: str) -> Image.Image:
    """The pixels alone, in a mode every browser draws."""
    if image.mode.startswith("I"):  # 16 bits of grey, which a plain conversion would turn white
        image = image.convert("I").point(lambda value: value * (1 / 256)).convert("L")
    clear = kind != "jpg" and (image.mode in ("LA", "PA", "RGBA") or "transparency" in image.info)
    pixels = image.convert("RGBA" if clear else "RGB")
    pixels.info.clear()
    return pixels


def encoded(image: Image.Image, form: str) -> bytes:
    """The picture as a file of that form."""
    made = BytesIO()
    quality = {} if form == "PNG" else {"quality": 90}
    image.save(made, form, **quality)
    return made.getvalue()


def unlike(kind: str) -> Unfit:
    """The refusal of content that is not what its name says."""
    return Unfit("file_content", OTHER.format(kind=kind))
