"""Text as it is stored, compared and searched."""

import re
import unicodedata
from collections.abc import Iterator
from functools import lru_cache

# Marks that no person types on purpose: zero-width spaces, soft hyphens, and the direction marks that phones put
# around copied numbers. The joiners of emoji and of Indic and Arabic script stay.
_INVISIBLE = dict.fromkeys(
    [0x00AD, 0x061C, 0x200B, 0x200E, 0x200F, 0x2060, 0xFEFF, *range(0x202A, 0x202F), *range(0x2066, 0x206A)]
)
_DASHES = dict.fromkeys(map(ord, "‐‑‒–—―−⁃﹘﹣－ー"), "-")
_WIDE = {code: code - 0xFEE0 for code in (*range(0xFF10, 0xFF1A), *range(0xFF21, 0xFF3B), *range(0xFF41, 0xFF5B))}
_BREAKS = re.compile(r"\r\n?|[\u0085\u2028\u2029]")
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ud800-\udfff]")
_JOINERS = "\u200c\u200d"

DOTS = "·•‧・∙⋅･●．。"
_APART = re.compile(rf"[\s{re.escape(DOTS)}\-{_JOINERS}]+|(?<![0-9])\.|\.(?![0-9])")
_SPACE = re.compile(r"\s+")
_PLAIN = re.compile(r"[\u4e00-\u9fff]+|[a-z]+")  # what every normalisation leaves as it is
_CODE = re.compile(r"\+?[0-9A-Za-z]+")  # and what it but writes small, a mobile number apart
_SHORT = re.compile(r"[\u4e00-\u9fff]{1,4}")
_MOBILE = re.compile(r"(?:\+86|0086|86|0)?(1[3-9][0-9]{9})")

# Surnames read otherwise than their characters usually are.
_READINGS = (
    "单于:chan.yu 尉迟:yu.chi 万俟:mo.qi 长孙:zhang.sun 宿:su 仇:qiu 单:shan 区:ou 召:shao 员:yun 曾:zeng 朴:piao "
    "查:zha 洗:xian 盖:ge 种:chong 秘:bi 繁:po 缪:miao 翟:zhai 覃:qin 解:xie 祭:zhai 乐:yue 黑:he 折:she 宓:fu "
    "隗:wei 郇:xun 藏:zang 尉:yu 燕:yan 应:ying 纪:ji 哈:ha 车:che 曲:qu 过:guo 逄:pang 幺:yao 卜:bu 柏:bai"
)
_SURNAMES = dict(pair.split(":") for pair in _READINGS.split())
_PERSON = 4  # a longer name is a company's


def controls(text: str) -> bool:
    """Whether the text holds characters that are no writing: NUL, other controls, broken surrogates."""
    return bool(_CONTROL.search(text))


def lines(text: str) -> str:
    """Prose as it is stored: composed, without invisible marks, line breaks as newlines, trimmed."""
    plain = unicodedata.normalize("NFC", _BREAKS.sub("\n", text).translate(_INVISIBLE)).replace("\t", " ")
    whole = "\n".join(line.rstrip() for line in plain.split("\n")).strip()
    return whole if whole.strip(_JOINERS) else ""


def line(text: str) -> str:
    """One line as it is stored: like `lines`, breaks and runs of space as one space, full-width letters as plain ones.

    Full-width punctuation stays: Chinese prose and registered company names are written with it.
    """
    return " ".join(lines(text.translate(_WIDE)).split())


def folded(text: str) -> str:
    """A code as it is read: NFKC, dashes as hyphens, no invisible marks, trimmed."""
    if text.isascii():
        return text.strip()
    return unicodedata.normalize("NFKC", text.translate(_INVISIBLE).translate(_DASHES)).strip()


def compact(text: str) -> str:
    """A code without space, dots and dashes, in capitals."""
    return re.sub(rf"[\s.\-{re.escape(DOTS)}]+", "", folded(text)).upper()


def normalise(text: str) -> str:
    """The form in which search compares words, of a stored value and of a query alike.

    Case, width, spaces, dots and dashes do not count; a Chinese mobile number becomes +86 and eleven digits.
    """
    if _PLAIN.fullmatch(text):
        return text
    plain = text.lower() if _CODE.fullmatch(text) else _joined(text)
    mobile = _MOBILE.fullmatch(plain)
    return f"+86{mobile[1]}" if mobile else plain


def _joined(text: str) -> str:
    """The text without what does not count."""
    wide = unicodedata.normalize("NFKC", folded(text).casefold()).translate(_INVISIBLE).translate(_DASHES)
    # Dots and dashes tell e-mail addresses apart.
    apart = _SPACE if "@" in wide else _APART
    return unicodedata.normalize("NFKC", apart.sub("", wide).casefold())


def _surname(name: str) -> tuple[str, list[str]] | None:
    """A person's surname and its own reading, where it differs from the usual one."""
    if len(name) > _PERSON:
        return None
    starts = (name[:2], name[:1])
    return next(((start, _SURNAMES[start].split(".")) for start in starts if start in _SURNAMES), None)


@lru_cache(maxsize=16)  # a name is written and sorted in one go
def syllables(name: str) -> tuple[str, ...]:
    """A name's usual reading, a syllable for each character; what is not Chinese stays together."""
    from pypinyin import lazy_pinyin  # noqa: PLC0415  its dictionary takes 58 MB, which only writing a name needs
    from pypinyin.constants import PHRASES_DICT  # noqa: PLC0415

    parts = (name[start:end] for start in range(len(name) - 1) for end in range(start + 2, len(name) + 1))
    if _SHORT.fullmatch(name) and not any(part in PHRASES_DICT for part in parts):
        return tuple(map(_reading, name))
    return tuple(lazy_pinyin(name))


@lru_cache(maxsize=21_000)  # as many as there are characters
def _reading(character: str) -> str:
    """The usual reading of one character outside any phrase, as `lazy_pinyin` gives it, without its preparations."""
    from pypinyin import lazy_pinyin  # noqa: PLC0415

    return str(lazy_pinyin(character)[0])


def spellings(name: str) -> Iterator[str]:
    """A name's pinyin and its initials: in the usual reading, and in its surname's own."""
    readings = [syllables(name)]
    if surname := _surname(name):
        readings.append((*surname[1], *syllables(name[len(surname[0]) :])))
    for reading in readings:
        yield "".join(reading)
        yield "".join(syllable[:1] for syllable in reading)


def name_words(name: str) -> list[str]:
    """The words that find a name, at most eight: the whole, its first one to four characters, its spellings."""
    whole = normalise(name)
    starts = [whole[:length] for length in range(1, 5)]
    return [word for word in dict.fromkeys([whole, *starts, *map(normalise, spellings(whole))]) if word][:8]
