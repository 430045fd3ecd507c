"""Workbooks: typed cells come through, and no file harms the reader or its machine."""

from contextlib import suppress
from datetime import date, datetime, time
from pathlib import Path
from time import monotonic

import pytest
import xlsxwriter
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.exchange.limits import Limits
from app.exchange.refusals import Unreadable
from app.exchange.source import Choices, open_source
from tests.unit.exchange import bombs
from tests.unit.exchange.world import cells, code_of, write


def opened(folder, content, limits=None, **choices):
    return open_source(write(folder, content, "book.xlsx"), "book.xlsx", Choices(**choices), limits or Limits())


def made(folder: Path, fill) -> Path:
    path = folder / "made.xlsx"
    with xlsxwriter.Workbook(path) as workbook:
        fill(workbook, workbook.add_worksheet("表"))
    return path


def test_numbers_days_moments_and_formula_results_keep_their_type(tmp_path):
    def fill(workbook, sheet):
        sheet.write_row(0, 0, ["姓名", "电话", "购车日期", "时间", "是否", "公式", "钟点"])
        day, moment = (
            workbook.add_format({"num_format": "yyyy-mm-dd"}),
            workbook.add_format({"num_format": "yyyy-mm-dd hh:mm"}),
        )
        sheet.write(1, 0, "张三")
        sheet.write_number(1, 1, 13800138000)
        sheet.write_datetime(1, 2, date(2024, 1, 2), day)
        sheet.write_datetime(1, 3, datetime(2024, 1, 2, 3, 4), moment)  # noqa: DTZ001
        sheet.write_boolean(1, 4, True)
        sheet.write_formula(1, 5, "=1+1", None, 2)
        sheet.write_datetime(1, 6, time(3, 4), workbook.add_format({"num_format": "hh:mm"}))

    with open_source(made(tmp_path, fill), "x") as source:
        moment = datetime(2024, 1, 2, 3, 4)  # noqa: DTZ001
        assert cells(source) == [("张三", 13800138000, date(2024, 1, 2), moment, True, 2, "03:04:00")]


def test_a_value_merged_over_rows_stands_in_each_and_row_numbers_are_the_spreadsheets(tmp_path):
    def fill(_, sheet):
        sheet.merge_range(2, 1, 2, 3, "客户档案")
        sheet.write_row(3, 1, ["姓名", "电话", "车架号"])
        sheet.merge_range(4, 1, 5, 1, "张三")
        sheet.write_row(4, 2, ["138", "V1"])
        sheet.write_row(5, 2, ["138", "V2"])
        sheet.write_row(8, 1, ["李四", "139", "V3"])

    with open_source(made(tmp_path, fill), "x") as source:
        assert [(row.line, row.cells[0], row.cells[2]) for row in source.rows()] == [
            (5, "张三", "V1"), (6, "张三", "V2"), (9, "李四", "V3"),
        ]  # fmt: skip


def test_the_largest_visible_sheet_is_proposed_and_another_can_be_chosen(tmp_path):
    def fill(workbook, sheet):
        sheet.write_row(0, 0, ["说明", "由旧系统导出"])
        for name, count in (("客户", 5), ("隐藏", 50)):
            page = workbook.add_worksheet(name)
            page.write_row(0, 0, ["姓名", "电话"])
            for row in range(count):
                page.write_row(row + 1, 0, [name, "138"])
        page.hide()

    path = made(tmp_path, fill)
    with open_source(path, "x") as source, open_source(path, "x", Choices(sheet="隐藏")) as hidden:
        assert (source.sheet, len(cells(source)), len(cells(hidden))) == ("客户", 5, 50)
        assert [(sheet.name, sheet.visible) for sheet in source.sheets] == [
            ("表", True),
            ("客户", True),
            ("隐藏", False),
        ]
    with pytest.raises(Unreadable) as refused:
        open_source(path, "x", Choices(sheet="没有"))
    assert code_of(refused) == "no_sheet"


def test_a_workbook_is_known_by_its_content_not_its_name(tmp_path):
    with open_source(write(tmp_path, bombs.small(), "list.csv"), "list.csv") as source:
        assert cells(source) == [("张三", "138")]


CORPUS = {
    bombs.million_rows: {"too_many_rows"},
    bombs.wide_and_tall: {"too_large"},
    bombs.many_columns: {"columns"},
    bombs.giant_cell: {"bomb"},
    bombs.dense: {"bomb", "too_many_rows"},
    bombs.shared_text: {"too_large"},
    bombs.many_members: {"unsafe"},
    bombs.climbing: {"unsafe"},
    bombs.linked: {"unsafe"},
    bombs.forged_size: {"broken"},
    bombs.cut: {"broken"},
    bombs.garbage: {"broken"},
    bombs.broken_xml: {"broken"},
    bombs.spreadsheet_of_another_kind: {"workbook_kind"},
    bombs.only_an_archive: {"workbook_kind"},
}


@pytest.mark.parametrize("bomb", CORPUS, ids=lambda bomb: bomb.__name__)
def test_each_bomb_is_refused_by_name_in_good_time_and_leaves_nothing(tmp_path, monkeypatch, bomb):
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(scratch))
    begun = monotonic()
    with pytest.raises(Unreadable) as refused:
        opened(tmp_path, bomb())
    assert code_of(refused) in CORPUS[bomb]
    assert monotonic() - begun < 60
    assert list(scratch.iterdir()) == []


@pytest.mark.parametrize("trick", [bombs.laughs, bombs.outside_entity])
def test_entities_are_never_expanded(tmp_path, trick):
    try:
        with opened(tmp_path, trick()) as source:
            found = "".join(str(cell) for row in source.rows() for cell in row.cells)
    except Unreadable as refused:
        found = refused.code
    assert "root:" not in found
    assert "haha" not in found


@pytest.mark.parametrize(("name", "code"), [("EncryptedPackage", "encrypted"), ("Nonsense", "broken")])
def test_an_encrypted_or_unknown_compound_file_is_refused_by_name(tmp_path, name, code):
    with pytest.raises(Unreadable) as refused:
        opened(tmp_path, bombs.compound(name))
    assert code_of(refused) == code


def test_a_reader_that_takes_too_long_is_stopped(tmp_path):
    with pytest.raises(Unreadable) as refused:
        opened(tmp_path, bombs.small(), Limits(wall=0))
    assert code_of(refused) == "too_slow"


def test_memory_beyond_the_limit_ends_the_reader_and_not_this_process(tmp_path):
    content = bombs.small(f'<row r="50000">{bombs.cell("GR50000", "x")}</row>')  # a rectangle of ten million cells
    with opened(tmp_path, content) as source:
        assert len(cells(source)) == 2
    with pytest.raises(Unreadable) as refused:
        opened(tmp_path, content, Limits(memory=200 << 20))
    assert code_of(refused) == "too_large"


def test_an_old_xls_is_read(tmp_path):
    content = bombs.xls([["姓名", "电话"], ["张三", 13800138000.0]])
    with open_source(write(tmp_path, content, "old.xls"), "old.xls") as source:
        assert (source.header, cells(source)) == (("姓名", "电话"), [("张三", 13800138000.0)])


def test_rows_beyond_a_raised_limit_are_read(tmp_path):
    content = bombs.small("".join(bombs.row(number, "x", "y") for number in range(3, 300)))
    with pytest.raises(Unreadable) as refused:
        opened(tmp_path, content, Limits(rows=100))
    assert code_of(refused) == "too_many_rows"
    with opened(tmp_path, content, Limits(rows=300)) as source:
        assert len(cells(source)) == 298


def test_the_reader_knows_none_of_this_process_environment(tmp_path, monkeypatch):
    seen = {}
    real = __import__("subprocess").run
    monkeypatch.setattr("subprocess.run", lambda *given, **named: seen.update(named) or real(*given, **named))
    opened(tmp_path, bombs.small()).close()
    assert seen["env"] == {}


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(st.integers(0, 10**6), st.integers(0, 255)), min_size=1, max_size=30))
def test_a_damaged_workbook_is_read_or_refused_and_nothing_else(tmp_path, hits):
    content = bytearray(bombs.small())
    for at, value in hits:
        content[at % len(content)] = value
    with suppress(Unreadable), opened(tmp_path, bytes(content)) as source:
        list(source.rows())
