"""Text files as tables: what is detected, what is passed over, what is refused."""

from contextlib import suppress
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.core.errors import Malformed
from app.exchange.raw import Why
from app.exchange.refusals import Unreadable
from app.exchange.source import Choices, Format, open_source
from tests.unit.exchange.world import DATA, cells, code_of, read, write

TABLE = "姓名,电话,车架号\n张三,13800138000,LVGBE40K8G2123456\n李四,13900139000,LVGBE40K8G2123457\n"


def test_the_legacy_csv_is_read_whole_and_its_title_and_total_are_passed_over():
    skipped = []
    with open_source(DATA / "legacy_customers.csv", "legacy_customers.csv") as source:
        rows = list(source.rows(skipped.append))
    assert (source.format, source.encoding, source.separator, source.header_line) == (Format.TEXT, "gb18030", ",", 3)
    assert source.header[:3] == ("客户编号", "姓名", "联系电话")
    assert [(one.line, one.why) for one in skipped] == [(1, Why.TITLE), (3, Why.HEADING), (2047, Why.TOTAL)]
    assert (len(rows), rows[0].line, rows[-1].line) == (2043, 4, 2046)


def test_the_legacy_workbook_gives_the_same_records_as_the_csv():
    with (
        open_source(DATA / "legacy_customers.csv", "a") as text,
        open_source(DATA / "legacy_customers.xlsx", "b") as book,
    ):
        assert book.header == text.header
        assert cells(book) == cells(text)
    assert (book.format, book.sheet, book.header_line) == (Format.WORKBOOK, "客户档案", 2)
    assert [sheet.name for sheet in book.sheets] == ["客户档案", "说明"]


def test_a_source_is_read_again_from_the_start_and_leaves_no_file_behind(tmp_path):
    with open_source(DATA / "legacy_customers.xlsx", "b") as book:
        assert len(book.sample(5)) == 5
        assert book.sample(5) == book.sample(5)
        assert book.table.rows.exists()
    assert not book.table.rows.exists()


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "gb18030", "gbk"])
def test_each_encoding_is_recognised_by_the_whole_file(tmp_path, encoding):
    mark = "\ufeff" if encoding in ("utf-16-le", "utf-16-be") else ""
    assert cells(read(tmp_path, (mark + TABLE).encode(encoding)))[0][0] == "张三"


def test_traditional_chinese_in_big5_is_not_taken_for_gb18030(tmp_path):
    source = read(
        tmp_path, "姓名,電話,地址\n陳國華,0912345678,臺北市信義區\n林美麗,0987654321,高雄市左營區\n".encode("big5")
    )
    assert (source.encoding, source.header) == ("cp950", ("姓名", "電話", "地址"))
    assert cells(source)[0] == ("陳國華", "0912345678", "臺北市信義區")


def test_rare_characters_of_gb18030_survive(tmp_path):
    assert cells(read(tmp_path, "姓名,电话\n张𠮷㛃,13800138000\n".encode("gb18030"))) == [("张𠮷㛃", "13800138000")]


def test_a_late_chinese_byte_decides_against_ascii(tmp_path):
    body = b"name,phone\n" + b"John,13800138000\n" * 400_000
    source = read(tmp_path, body + "张三,13800138000\n".encode("gb18030"))
    assert source.encoding == "gb18030"
    assert list(source.rows())[-1].cells == ("张三", "13800138000")


@pytest.mark.parametrize("separator", [",", ";", "\t", "|", "，"])
def test_each_separator_is_recognised(tmp_path, separator):
    source = read(tmp_path, TABLE.replace(",", separator))
    assert (source.separator, source.header) == (separator, ("姓名", "电话", "车架号"))


def test_a_separator_inside_prose_does_not_win(tmp_path):
    text = "姓名;备注\n" + "张三;a,b,c，d\n李四;来过，走了, 又来\n" * 5
    assert read(tmp_path, text).separator == ";"


def test_a_declared_separator_and_single_quotes_are_obeyed(tmp_path):
    declared = read(tmp_path, "sep=;\r\n姓名;电话\r\n张三;13800138000\r\n")
    assert (declared.separator, declared.header_line, cells(declared)) == (";", 2, [("张三", "13800138000")])
    quoted = read(tmp_path, "'姓名','备注'\n'张三','a,b'\n'李四','c'\n")
    assert cells(quoted) == [("张三", "a,b"), ("李四", "c")]


def test_a_quoted_cell_may_hold_lines_and_the_next_row_keeps_its_line_number(tmp_path):
    source = read(tmp_path, '姓名,备注\r\n张三,"一\r\n二\n三"\r\n李四,四\r\n')
    assert [(row.line, row.cells[1]) for row in source.rows()] == [(2, "一\r\n二\n三"), (5, "四")]


def test_old_mac_line_ends_are_line_ends(tmp_path):
    assert [row.line for row in read(tmp_path, TABLE.replace("\n", "\r")).rows()] == [2, 3]


def test_titles_blank_rows_repeated_headings_totals_and_footers_are_reported(tmp_path):
    text = (
        "某某公司客户表,,\n,,\n姓名,电话,金额\n张三,138,1\n , ,\n姓名,电话,金额\n李四,139,2\n"
        "小计,,3\n合计：2,,3\n制表人：王五,,\n第 1 页,,\n"
    )
    skipped = []
    rows = list(read(tmp_path, text).rows(skipped.append))
    assert [row.cells[0] for row in rows] == ["张三", "李四"]
    assert [(one.line, one.why) for one in skipped] == [
        (1, Why.TITLE), (2, Why.BLANK), (3, Why.HEADING), (5, Why.BLANK), (6, Why.REPEATED),
        (8, Why.TOTAL), (9, Why.TOTAL), (10, Why.FOOTER), (11, Why.FOOTER),
    ]  # fmt: skip


def test_a_person_called_total_with_a_full_row_is_a_record(tmp_path):
    source = read(tmp_path, "name,phone,model,note\nTotal,13800138000,Camry,vip\nBob,13900139000,Corolla,\n")
    assert [row.cells[0] for row in source.rows()] == ["Total", "Bob"]


def test_the_lower_of_two_heading_rows_names_the_columns(tmp_path):
    source = read(tmp_path, "客户信息,,车辆信息,\n姓名,电话,车架号,车型\n张三,138,LVGBE40K8G2123456,凯美瑞\n")
    assert (source.header_line, source.header) == (2, ("姓名", "电话", "车架号", "车型"))


def test_a_file_without_a_heading_numbers_its_columns(tmp_path):
    source = read(tmp_path, "13800138000,2024-01-02,LVGBE40K8G2123456\n13900139000,2024-01-03,LVGBE40K8G2123457\n")
    assert (source.header_line, source.header) == (0, ("第1列", "第2列", "第3列"))
    assert len(cells(source)) == 2


def test_labels_are_distinct_and_never_empty(tmp_path):
    source = read(tmp_path, "姓名,电话,电话,\n张三,138,139,x\n")
    assert source.header == ("姓名", "电话", "电话 (2)", "第4列")


def test_a_person_corrects_heading_encoding_and_separator(tmp_path):
    text = "A;x,y\nB;x,y\nC;x,y\n".encode("gb18030")
    source = read(tmp_path, text, header_line=2, encoding="gb18030", separator=",")
    assert (source.header, cells(source)) == (("B;x", "y"), [("C;x", "y")])
    assert len(cells(read(tmp_path, text, header_line=0))) == 3


def refusal(tmp_path, content, **choices):
    with pytest.raises(Unreadable) as refused:
        list(read(tmp_path, content, **choices).rows())
    return code_of(refused), refused.value.label.zh


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "empty"),
        (b"\n\n  \n", "empty"),
        (b",,\n,,\n", "no_table"),
        (b"name,phone\nBob,1\0002\n", "nul"),
        (b"%PDF-1.7 x", "binary"),
        (b"<html><table><tr><td>x</td></tr></table></html>", "html"),
        (b"name\n\xff\xff\xfe\n", "encoding"),
        (("姓名,电话\n" + "张三李四,1\n" * 10).encode() + b"\xe5\n", "encoding"),
        (b"name,phone\n" + b"x," * 5_000_000, "line_too_long"),
        (b"name,phone\n" + b"x," * 300 + b"\n", "columns"),
        (b"name,phone\nBob," + b"x" * 140_000 + b"\n", "cell_too_long"),
    ],
)  # fmt: skip
def test_what_is_no_table_is_refused_by_name(tmp_path, content, code):
    assert refusal(tmp_path, content)[0] == code


@pytest.mark.parametrize(
    "rest",
    ["", '李四,"vip",x\n' * 50, "李四,x,y\n" * 50_000, '李四,"",x\n' * 3],
    ids=["end of file", "before a quoted cell", "before many rows", "before empty quoted cells"],
)
def test_an_unclosed_quote_is_named_with_its_line_and_nothing_is_swallowed(tmp_path, rest):
    text = '姓名,备注,来源\n张三,好,展厅\n王五,"没关上,展厅\n' + rest
    with pytest.raises(Unreadable) as refused:
        list(read(tmp_path, text).rows())
    assert code_of(refused) == "quote"
    assert "第 3 行" in refused.value.label.zh


def test_a_quote_inside_an_unquoted_cell_is_text(tmp_path):
    assert cells(read(tmp_path, '姓名,备注\n张三,19"轮毂\n')) == [("张三", '19"轮毂')]


@pytest.mark.parametrize(
    "wrong", [{"encoding": "rot13"}, {"separator": ""}, {"separator": '"'}, {"header_line": -1}, {"header_line": 10**9}]
)
def test_a_choice_no_file_can_be_read_by_is_malformed(wrong):
    with pytest.raises(Malformed):
        Choices(**wrong)


def test_a_source_names_the_choices_that_open_it_again(tmp_path):
    for name in ("legacy_customers.csv", "legacy_customers.xlsx"):
        with open_source(DATA / name, name) as source, open_source(DATA / name, name, source.choices) as again:
            assert (again.heading, again.sample()) == (source.heading, source.sample())


TABLES = st.lists(st.lists(st.text(st.sampled_from("张a1,;\t|\"' \n\r，=合计"), max_size=6), max_size=4), max_size=6)


@settings(max_examples=200, deadline=None)
@given(st.one_of(st.binary(max_size=300), TABLES.map(lambda rows: "\n".join(map(",".join, rows)).encode("gb18030"))))
def test_any_bytes_are_read_or_refused_and_nothing_else(content):
    with TemporaryDirectory() as folder, suppress(Unreadable):
        list(read(Path(folder), content).rows())


def test_a_wrong_choice_of_encoding_is_refused(tmp_path):
    with pytest.raises(Unreadable) as refused:
        open_source(write(tmp_path, "姓名,电话\n张,1\n".encode("gb18030")), "x", Choices(encoding="utf-8"))
    assert code_of(refused) == "encoding"
