"""Words as search compares them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.fields.words import name_words, normalise, syllables


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (" 粤a·12345 ", "粤A12345"),
        ("粤A-12345", "粤A12345"),
        ("138 0013 8000", "+8613800138000"),
        ("８６-138-0013-8000", "13800138000"),
        ("Ｌｉ Lei", "lilei"),
        ("欧阳・娜娜", "欧阳·娜娜"),
        ("张\u3000三", "张三"),
        ("STRASSE", "straße"),
    ],
)
def test_forms_people_take_for_the_same_are_one_word(one, other):
    assert normalise(one) == normalise(other)


def test_what_differs_stays_apart():
    assert len({normalise(text) for text in ("1.5L", "15L", "a.b@x.com", "ab@x.com", "李", "季")}) == 6


@given(st.text())
def test_a_normalised_word_stays_as_it_is(text):
    assert normalise(normalise(text)) == normalise(text)


def test_a_name_is_found_by_beginning_pinyin_and_initials():
    assert {"曾", "曾国", "曾国藩", "zengguofan", "zgf"} <= set(name_words("曾国藩"))


def test_a_company_is_found_by_its_first_characters_and_its_words_reading():
    words = name_words("重庆长安汽车有限公司")
    assert {"重庆长安", "chongqingchanganqicheyouxiangongsi"} <= set(words)


@given(st.text(max_size=30))
def test_a_name_has_at_most_eight_words_and_none_empty(text):
    words = name_words(text)
    assert len(words) <= 8
    assert all(words)
    assert len(set(words)) == len(words)


def test_rare_characters_are_words_too():
    assert "𠮷野家" in name_words("𠮷野家")
    assert "㛃" in name_words("㛃")


@pytest.mark.parametrize("name", ["陈晓明", "曾参", "重阳", "长孙无忌", "单于", "㛃", "𠮷野", "Anna 王", "长", ""])
def test_a_name_reads_as_the_dictionary_reads_it(name):
    from pypinyin import lazy_pinyin

    assert list(syllables(name)) == lazy_pinyin(name)
