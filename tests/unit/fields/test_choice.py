"""Choices."""

import pytest

from app.core.errors import Unfit
from app.core.label import EN, ZH, Label
from app.fields import Choice, MultiChoice, Option, kind_of

LEVELS = (
    Option("high", Label("高", "High")),
    Option("mid", Label("中", "Middle")),
    Option("low", Label("低、或无", "Low, or none")),
)


@pytest.mark.parametrize("raw", ["high", " HIGH ", "高", "High", "ｈｉｇｈ"])
def test_code_and_either_label_are_read(raw):
    assert Choice(LEVELS).read(raw) == "high"


def test_a_stranger_is_refused_with_the_list():
    with pytest.raises(Unfit) as refused:
        Choice(LEVELS).read("最高")
    assert refused.value.code == "choice_unknown"
    assert "高、中" in refused.value.label.zh
    assert "High, Middle" in refused.value.label.en


def test_choices_are_shown_in_the_readers_language():
    assert Choice(LEVELS).show("high", ZH) == "高"
    assert MultiChoice(LEVELS).show(["high", "mid"], ZH) == "高、中"
    assert MultiChoice(LEVELS).show(["high", "mid"], EN) == "High, Middle"
    assert Choice(LEVELS).show("retired", ZH) == "retired"


@pytest.mark.parametrize(
    "raw", [["mid", "high"], "高、中", "high, Middle", ["高", "MID", "mid", ""], ("high", "mid"), "中；高"]
)
def test_several_are_read_in_the_lists_order(raw):
    assert MultiChoice(LEVELS).read(raw) == ["high", "mid"]


def test_none_chosen_is_nothing_given():
    assert MultiChoice(LEVELS).read([]) is None
    assert MultiChoice(LEVELS).read("、") is None


def test_a_label_with_a_separator_is_carried_by_its_code():
    kind = MultiChoice(LEVELS)
    assert kind.cell(["high", "low"]) == "高、low"
    assert kind.read(kind.cell(["high", "low"])) == ["high", "low"]
    assert kind.read("低、或无") == ["low"]


def test_a_code_wins_over_another_options_label():
    kind = Choice((Option("sold", Label("已售", "Delivered")), Option("delivered", Label("已交", "Handed over"))))
    assert kind.read("delivered") == "delivered"
    assert [kind.read(kind.cell(code)) for code in ("sold", "delivered")] == ["sold", "delivered"]


@pytest.mark.parametrize(
    "options",
    [
        (),
        (Option("a", Label("甲", "A")), Option("a", Label("乙", "B"))),
        (Option("a", Label("甲", "A")), Option("b", Label("甲", "B"))),
        (Option("a,b", Label("甲", "A")),),
        (Option(" ", Label("甲", "A")),),
    ],
)
def test_ambiguous_lists_are_refused(options):
    with pytest.raises(Unfit) as refused:
        Choice(options)
    assert refused.value.code == "kind_options"


def test_lists_compare_by_what_they_hold():
    assert Choice(options=LEVELS) == Choice(list(LEVELS)) != Choice(LEVELS[:2])
    assert hash(Choice(LEVELS)) == hash(kind_of("choice", Choice(LEVELS).options()))


def test_a_chinese_label_wins_over_anothers_english_one():
    kind = Choice((Option("top", Label("VIP", "Regular")), Option("usual", Label("普通", "VIP"))))
    assert kind.read("vip") == "top"
    assert kind.read(kind.cell("usual")) == "usual"
