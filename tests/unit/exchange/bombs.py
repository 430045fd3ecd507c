"""Workbooks that mean harm, each a few kilobytes."""

import io
import struct
import zipfile

TYPES = (
    '<?xml version="1.0"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
    '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    '<Default Extension="xml" ContentType="application/xml"/></Types>'
)
RELS = (
    '<?xml version="1.0"?><Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
    '<Relationship Id="r1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/{kind}" '
    'Target="{target}"/></Relationships>'
)
BOOK = (
    '<?xml version="1.0"?><workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" '
    'xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships">'
    '<sheets><sheet name="A" sheetId="1" r:id="r1"/></sheets></workbook>'
)
SHEET = (
    '<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>{}</sheetData></worksheet>'
)


def book(rows: str, *, head: str = "", extra: dict[str, bytes] | None = None) -> bytes:
    """A workbook whose sheet holds `rows` as XML, with `head` before the root element."""
    members = {
        "[Content_Types].xml": TYPES,
        "_rels/.rels": RELS.format(kind="officeDocument", target="xl/workbook.xml"),
        "xl/workbook.xml": BOOK,
        "xl/_rels/workbook.xml.rels": RELS.format(kind="worksheet", target="worksheets/sheet1.xml"),
        "xl/worksheets/sheet1.xml": f'<?xml version="1.0"?>{head}{SHEET.format(rows)}',
        **(extra or {}),
    }
    return archive(members)


def archive(members: dict[str, str | bytes]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, content in members.items():
            packed.writestr(name, content)
    return buffer.getvalue()


def cell(at: str, text: str) -> str:
    return f'<c r="{at}" t="inlineStr"><is><t>{text}</t></is></c>'


def row(number: int, *texts: str) -> str:
    cells = "".join(cell(f"{chr(65 + index)}{number}", text) for index, text in enumerate(texts))
    return f'<row r="{number}">{cells}</row>'


def small(rows: str = "") -> bytes:
    return book(row(1, "姓名", "电话") + row(2, "张三", "138") + rows)


def million_rows() -> bytes:
    """4 KiB that claim a value in row 1,048,576."""
    return small(row(1_048_576, "x", "y"))


def wide_and_tall() -> bytes:
    """Two cells whose rectangle holds 17,000,000,000 more."""
    return small(f'<row r="1048576">{cell("XFD1048576", "x")}</row>')


def many_columns() -> bytes:
    return small(f'<row r="3">{cell("XFD3", "x")}</row>')


def giant_cell() -> bytes:
    """30 KiB that unpack to a cell of 30 MiB."""
    return book(row(1, "x" * (30 << 20)))


def dense() -> bytes:
    """Cells that repeat so well that they pack 400 to 1."""
    return book("".join(f'<row r="{n}"><c r="A{n}"><v>1</v></c></row>' for n in range(1, 400_000)))


def laughs() -> bytes:
    """The billion laughs."""
    entities = '<!ENTITY a0 "ha">' + "".join(f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' for n in range(1, 10))
    return book(row(1, "姓名", "电话") + row(2, "&a9;", "138"), head=f"<!DOCTYPE w [{entities}]>")


def outside_entity() -> bytes:
    """An entity that names a file of the machine."""
    head = '<!DOCTYPE w [<!ENTITY x SYSTEM "file:///etc/passwd">]>'
    return book(row(1, "姓名", "电话") + row(2, "&x;", "138"), head=head)


def many_members() -> bytes:
    return book(row(1, "a", "b"), extra={f"xl/media/{n}.png": b"x" for n in range(600)})


def climbing() -> bytes:
    return book(row(1, "a", "b"), extra={"../../evil.xml": b"x"})


def linked() -> bytes:
    """A member that is a symbolic link."""
    buffer = io.BytesIO(small())
    with zipfile.ZipFile(buffer, "a") as packed:
        link = zipfile.ZipInfo("xl/link")
        link.external_attr = 0o120777 << 16
        packed.writestr(link, "/etc/passwd")
    return buffer.getvalue()


def forged_size() -> bytes:
    """A member that is longer than the directory says."""
    whole = book(row(1, "x" * (1 << 20)))
    real = struct.pack("<L", len(zipfile.ZipFile(io.BytesIO(whole)).read("xl/worksheets/sheet1.xml")))
    return whole.replace(real, struct.pack("<L", 1000))


def cut() -> bytes:
    return small()[:-40]


def garbage() -> bytes:
    return b"PK\x03\x04" + bytes(range(256)) * 20


def broken_xml() -> bytes:
    return book("<row r='1'><c r='A1' t='inlineStr'><is><t>x</t>")


def spreadsheet_of_another_kind() -> bytes:
    return archive({"mimetype": "application/vnd.oasis.opendocument.spreadsheet", "content.xml": "<x/>"})


def only_an_archive() -> bytes:
    return archive({"readme.txt": "hello"})


def shared_text() -> bytes:
    """One text of 30,000 characters to which 40,000 cells point: 1.2 GB once unfolded."""
    space = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    shared = f"<sst xmlns='{space}'><si><t>{'x' * 30_000}</t></si></sst>"
    rows = "".join(f'<row r="{n}"><c r="A{n}" t="s"><v>0</v></c></row>' for n in range(1, 40_001))
    links = RELS.format(kind="worksheet", target="worksheets/sheet1.xml").replace(
        "</Relationships>",
        '<Relationship Id="r2" Target="sharedStrings.xml" '
        'Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/sharedStrings"/></Relationships>',
    )
    noise = bytes((n * 7919 + n // 3) % 251 for n in range(60_000))  # keeps the ratio below the bound
    return book(
        rows, extra={"xl/sharedStrings.xml": shared, "xl/_rels/workbook.xml.rels": links, "xl/noise.bin": noise}
    )


def compound(name: str, content: bytes = b"") -> bytes:
    """A compound file (the shell of xls and of encrypted workbooks) whose one stream is called `name`."""
    fat, end, free = 0xFFFFFFFD, 0xFFFFFFFE, 0xFFFFFFFF
    sectors = -(-len(content) // 512)
    header = struct.pack(
        "<8s16sHHHHH6xLLLLLLLLLL",
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", b"", 0x3E, 3, 0xFFFE, 9, 6, 0, 1, 1, 0, 4096, end, 0, end, 0, 0,
    ).ljust(512, b"\xff")  # fmt: skip
    chain = [fat, end, *range(3, 2 + sectors), end][: 2 + sectors]
    table = struct.pack(f"<{len(chain)}L", *chain).ljust(512, b"\xff")
    stream = _entry(name, 2, free, 2 if content else end, len(content))
    directory = b"".join((_entry("Root Entry", 5, 1, end, 0), stream, bytes(128), bytes(128)))
    return header + table + directory + content.ljust(512 * sectors, b"\0")


def _entry(name: str, kind: int, child: int, start: int, size: int) -> bytes:
    wide = name.encode("utf-16-le")
    free = 0xFFFFFFFF
    return struct.pack("<64sHBBLLL36xLLL", wide, len(wide) + 2, kind, 1, free, free, child, start, size, 0)


def xls(table: list[list[str | float]]) -> bytes:
    """A workbook of the old kind with one sheet."""
    cells = b"".join(
        _record(0x0203, struct.pack("<HHHd", r, c, 0, value))
        if isinstance(value, float)
        else _record(0x0204, struct.pack("<HHHHB", r, c, 0, len(value), 1) + value.encode("utf-16-le"))
        for r, row in enumerate(table)
        for c, value in enumerate(row)
    )
    begin, close = _record(0x0809, struct.pack("<HHHHLL", 0x0600, 0x0005, 0, 0, 0, 0)), _record(0x000A, b"")
    name = struct.pack("<BBB", 1, 0, ord("A"))
    at = len(begin) + 4 + 6 + len(name) + len(close)
    bound = _record(0x0085, struct.pack("<LH", at, 0) + name)
    sheet = _record(0x0809, struct.pack("<HHHHLL", 0x0600, 0x0010, 0, 0, 0, 0)) + cells + close
    return compound("Workbook", (begin + bound + close + sheet).ljust(4096, b"\0"))


def _record(code: int, body: bytes) -> bytes:
    return struct.pack("<HH", code, len(body)) + body
