"""How much one file may ask of the machine before it is refused."""

from dataclasses import dataclass

MIB = 1 << 20
CELL_CHARACTERS = 131_072  # also the csv module's own default
CELL_LINES = 1_000  # a quoted cell over more lines is a quote that was never closed
LINE_BYTES = 4 * MIB


@dataclass(frozen=True, slots=True)
class Limits:
    """Bounds on one file; the row bound holds for workbooks alone, text files are streamed."""

    rows: int = 50_000
    columns: int = 200
    members: int = 500
    unpacked: int = 200 * MIB
    ratio: int = 100  # unpacked to packed
    output: int = 512 * MIB  # what a workbook may unfold to as text
    memory: int = 1024 * MIB
    cpu: int = 30  # seconds
    wall: int = 60  # seconds


STAFF = Limits()
