"""Lines and prose."""

import pytest

from app.core.errors import Unfit
from app.fields import LongText, Text


@pytest.mark.parametrize(
    ("raw", "value"),
    [
        ("  张三 ", "张三"),
        ("张\t三\r\n", "张 三"),
        ("\u3000李\u3000\u3000四", "李 四"),
        ("ＶＩＰ１２", "VIP12"),
        ("上海某某（集团）有限公司", "上海某某（集团）有限公司"),
        ("𠮷㛃👨‍👩‍👧", "𠮷㛃👨‍👩‍👧"),
        ("\u202a138\u202c\u200b", "138"),
        ("e\u0301", "é"),
        ("ｅ\u0301", "é"),
        (123, "123"),
        (13800138000.0, "13800138000"),
        ("", None),
        (" \u3000\n", None),
        ("\u200d", None),
        (None, None),
    ],
)
def test_a_line_is_cleaned_and_trimmed(raw, value):
    assert Text().read(raw) == value


@pytest.mark.parametrize("raw", ["a\x00b", "\x07a", "a\x1b[31m", "a\x7f", "a\ud800"])
@pytest.mark.parametrize("kind", [Text(), LongText()])
def test_control_characters_are_refused(kind, raw):
    with pytest.raises(Unfit) as refused:
        kind.read(raw)
    assert refused.value.code == "control_character"


@pytest.mark.parametrize("raw", [[], {}, ["a"], True, b"a", object(), float("nan"), 10**30])
def test_other_kinds_of_value_are_refused(raw):
    with pytest.raises(Unfit) as refused:
        Text().read(raw)
    assert refused.value.code == "wrong_kind"


def test_the_limit_counts_characters_and_says_how_many_there_are():
    assert Text(max=3).read("𠮷㛃🚗") == "𠮷㛃🚗"
    with pytest.raises(Unfit) as refused:
        Text(max=3).read("一二三四")
    assert refused.value.code == "text_too_long"
    assert refused.value.label.zh == "最多 3 个字，现在有 4 个，请缩短。"
    assert "At most 3" in refused.value.label.en


def test_prose_keeps_its_lines():
    assert LongText().read(" 第一行\r\n\r\n第二行\t。 \u2028第三行 ") == "第一行\n\n第二行 。\n第三行"


@pytest.mark.parametrize(
    ("value", "mask"), [("张三丰", "张**"), ("李", "**"), ("𠮷野", "𠮷**"), ("**", "••••"), (None, "")]
)
def test_a_masked_name_shows_its_first_character(value, mask):
    assert Text(names=True).mask(value) == mask


def test_prose_is_masked_whole():
    assert LongText().mask("客户很急") == "••••"


def test_plain_text_is_found_by_its_whole_only():
    assert list(Text().tokens("展厅 A-1")) == ["展厅a1"]
    assert list(LongText().tokens("展厅")) == []
