"""Exports: no formulas, nothing lost, and what goes out comes back in."""

import csv
import io
from datetime import date
from decimal import Decimal
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import load_workbook

from app.core.errors import Refusal
from app.exchange import csv_out, failed_rows, xlsx_out
from app.exchange.mapping import Use
from app.exchange.proposal import propose
from app.exchange.read_row import reader
from app.exchange.source import Choices, open_source
from app.fields import Choice, Date, DateTime, IdCard, Integer, Money, Phone, Plate, Text, Vin
from tests.unit.exchange.world import CHANNELS, CUSTOMER, ENTITIES, VEHICLE, read, write

DANGERS = ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "＝1", "＋1", "－1", "＠x", '=HYPERLINK("http://x","y")',
           "=cmd|'/c calc'!A0", "-2+3+cmd|' /C calc'!A0", "+86 138", "'=1", "''=1", "'+86"]  # fmt: skip
HARMLESS = ["'quoted", "O'Neil", "", " =1", "１", "a=1", "张三"]
# what XML and PostgreSQL can hold; a workbook's line end is \n
TEXT = st.text(st.characters(blacklist_categories=["Cs", "Cc"], blacklist_characters="\ufffe\uffff"), max_size=12)
RISKY = st.builds(lambda mark, rest: mark + rest, st.sampled_from(["", *"=+-@'＝＋－＠\t\n"]), TEXT)
TABLE = st.lists(st.tuples(RISKY, RISKY), min_size=1, max_size=8)


def through_csv(rows, width=3):
    header = [f"c{index}" for index in range(width)]
    with TemporaryDirectory() as folder:
        path = write(Path(folder), b"".join(csv_out.stream(header, rows)))
        with open_source(path, "x", Choices(header_line=1, separator=",")) as source:
            return [row.cells for row in source.rows()]


def through_xlsx(rows, width=3):
    with TemporaryDirectory() as folder:
        path = Path(folder) / "x.xlsx"
        assert xlsx_out.write(path, [f"c{index}" for index in range(width)], rows) == len(rows)
        with open_source(path, "x", Choices(header_line=1)) as source:
            return [row.cells for row in source.rows()]


@pytest.mark.parametrize("text", DANGERS)
def test_no_cell_of_a_csv_begins_like_a_formula_and_the_text_comes_back(text):
    written = b"".join(csv_out.stream(["名", "b"], [["k", text]])).decode("utf-8-sig")
    (_, (_, cell)) = csv.reader(io.StringIO(written, newline=""))
    assert cell[0] == "'"
    assert through_csv([("k", text, "x")]) == [("k", text, "x")]


@pytest.mark.parametrize("text", HARMLESS)
def test_harmless_text_is_left_alone(text):
    written = b"".join(csv_out.stream(["名", "b"], [["k", text]])).decode("utf-8-sig")
    assert next(csv.reader(io.StringIO(written.split("\r\n", 1)[1], newline=""))) == ["k", text]


@pytest.mark.parametrize("text", DANGERS)
def test_no_cell_of_a_workbook_is_a_formula_and_the_text_comes_back(tmp_path, text):
    path = tmp_path / "x.xlsx"
    xlsx_out.write(path, ["a", "b"], [["k", text]])
    assert load_workbook(path).active["B2"].data_type == "s"
    assert through_xlsx([("k", text, "x")]) == [("k", text, "x")]


@settings(max_examples=150, deadline=None)
@given(TABLE)
def test_any_text_survives_a_csv(rows):
    table = [("k", *row) for row in rows]
    assert through_csv(table) == table


@settings(max_examples=40, deadline=None)
@given(TABLE)
def test_any_text_survives_a_workbook(rows):
    table = [("k", *row[:-1], row[-1] or "x") for row in rows]
    assert through_xlsx(table) == table


def test_numbers_days_and_long_digits_keep_what_they_are_in_a_workbook():
    row = [
        "110105194912310021",
        12,
        Decimal("1.25"),
        date(2024, 1, 2),
        10**17,
        Decimal("12345678901234.567"),
        True,
        None,
        "z",
    ]
    (found,) = through_xlsx([row], width=9)
    assert found == ("110105194912310021", 12, 1.25, date(2024, 1, 2), str(10**17), "12345678901234.567", True, "", "z")


def test_a_workbook_refuses_what_it_cannot_hold_whole(tmp_path, monkeypatch):
    with pytest.raises(Refusal) as refused:
        xlsx_out.write(tmp_path / "x.xlsx", ["a"], [["x" * 32_768]])
    assert refused.value.code == "xlsx_cell"
    monkeypatch.setattr(xlsx_out, "ROWS", 2)
    with pytest.raises(Refusal) as refused:
        xlsx_out.write(tmp_path / "x.xlsx", ["a"], [["x"]] * 3)
    assert refused.value.code == "xlsx_full"


def test_a_csv_begins_with_its_mark_and_heading_before_any_row_is_asked_for():
    def rows():
        raise AssertionError("asked too early")
        yield

    assert next(csv_out.stream(["姓名"], rows())) == "\ufeff姓名\r\n".encode()


KINDS = [Text(50), Phone(), Vin(), Plate(), Date(), DateTime(), IdCard(), Integer(), Money(), Choice(CHANNELS)]


@pytest.mark.parametrize("through", [through_csv, through_xlsx])
@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.code)
def test_every_type_reads_back_what_it_wrote(through, kind):
    from app.core.field import Field
    from app.core.label import Label
    from app.exchange.reading import CellReader

    values = [kind.example(n) for n in range(20)]
    back = through([("k", kind.cell(value), "x") for value in values])
    cell_reader = CellReader(Field(name="x", kind=kind, label=Label("甲", "A")))
    assert [cell_reader(cells[1]) for cells in back] == values


def examples(entity, n):
    return {f.name: f.kind.example(n) for f in entity.fields if not f.target and not f.readonly}


def test_an_export_of_an_entity_is_proposed_and_imported_as_itself(tmp_path):
    for entity in (CUSTOMER, VEHICLE):
        fields = [field for field in entity.fields if not field.target and not field.readonly]
        values = [examples(entity, n) for n in range(30)]
        rows = [[field.kind.cell(one[field.name]) for field in fields] for one in values]
        path = write(tmp_path, b"".join(csv_out.stream([field.label.zh for field in fields], rows)))
        with open_source(path, "x") as source:
            mapping = propose(source.header, source.sample(), (entity,))
            read_row = reader(mapping, (entity,))
            assert [read_row(row).values[entity.name] for row in source.rows()] == values


@pytest.mark.parametrize("locale", ["zh_Hans_CN", "en"])
def test_failed_rows_come_back_with_reasons_and_can_be_imported_once_corrected(tmp_path, locale):
    source = read(tmp_path, f"姓名,电话,车架号,备注\n张三,123,LVG,'=1+1\n,13800138000,{VIN},好\n")
    mapping = propose(source.header, source.sample(), ENTITIES)
    mapping = mapping.put(1, Use.FIELD, target("customer", "phone")).put(2, Use.FIELD, target("vehicle", "vin"))
    rows = list(source.rows())
    failed = [(row, reader(mapping, ENTITIES)(row).failures) for row in rows]
    report = b"".join(failed_rows.stream(source.header, failed, locale)).decode()
    assert report.startswith("\ufeff姓名,电话,车架号,备注,")
    table = list(csv.reader(io.StringIO(report.removeprefix("\ufeff"), newline="")))
    assert [row[4] for row in table] == ["行号" if locale != "en" else "Line", "2", "3"]
    assert table[1][3] == "'=1+1"
    assert [row[5] for row in table[1:]] == ["电话、车架号" if locale != "en" else "电话, 车架号", "姓名"]
    corrected = report.replace(",123,", ",13900139000,").replace("LVG,", f"{VIN},").replace("\n,138", "\n李四,138")
    again = read(tmp_path, corrected)
    fitted = mapping.fit(again.header)
    fixed = [reader(fitted, ENTITIES)(row) for row in again.rows()]
    assert [one.failures for one in fixed] == [(), ()]
    assert fixed[0].values["customer"]["note"] == "=1+1"
    assert [column.use for column in fitted.columns[4:]] == [Use.SKIP] * 3


VIN = "LVGBE40K5L4315728"


def target(entity, name):
    from app.exchange.mapping import Target

    return Target(entity, name)
