"""One or several of a fixed list."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, ClassVar, Self

from app.core.label import ZH, Label
from app.fields.base import COMMON, Parametric, misfit
from app.fields.words import controls, folded

_SEPARATOR = re.compile(r"[、,，;；|\n]+")
_MOST = 500  # options of one list
_LONGEST = 100  # characters of a code or label

REFUSALS = {
    **COMMON,
    "choice_unknown": Label("请从列表中选择：{some}。", "Choose one of the list: {some}."),
}


@dataclass(frozen=True, slots=True)
class Option:
    """One choice: the code that is stored and the words people read."""

    code: str
    label: Label


def _key(text: str) -> str:
    return " ".join(folded(text).casefold().split())


def _named(text: object) -> bool:
    return isinstance(text, str) and text == text.strip() != "" and len(text) <= _LONGEST and not controls(text)


def _option(raw: object) -> Option:
    """An option from its JSON; raises Unfit `kind_options`."""
    match raw:
        case {"code": str(code), "zh": str(zh), "en": str(en)} if zh.strip() and en.strip():
            return Option(code, Label(zh, en))
    raise misfit("options: [{code, zh, en}]")


@dataclass(frozen=True, init=False)
class Listed(Parametric):
    """What Choice and MultiChoice share: the list, and how one of it is recognised."""

    refusals: ClassVar[Mapping[str, Label]] = REFUSALS

    choices: tuple[Option, ...]

    def __init__(self, options: Iterable[Option]) -> None:
        # `options` cannot be a dataclass field: it is every kind's method.
        object.__setattr__(self, "choices", tuple(options))
        self._check()

    def _check(self) -> None:
        if not 1 <= len(self.choices) <= _MOST:
            raise misfit(f"options (1…{_MOST})")
        for names in zip(*((o.code, o.label.zh, o.label.en) for o in self.choices), strict=True):
            if not all(map(_named, names)) or len({_key(name) for name in names}) != len(names):
                raise misfit("options: each code and each label once, at most 100 characters")
        if any(_SEPARATOR.search(option.code) for option in self.choices):
            raise misfit("options: no separators in codes")

    def options(self) -> dict[str, Any]:
        """The list as JSON."""
        return {"options": [{"code": o.code, "zh": o.label.zh, "en": o.label.en} for o in self.choices]}

    @classmethod
    def restore(cls, options: Mapping[str, Any]) -> Self:
        """The type of which `options()` gave these; raises Unfit `kind_options`."""
        match options:
            case {"options": [*raw]} if len(options) == 1:
                return cls(map(_option, raw))
        raise misfit("options: [{code, zh, en}]")

    @cached_property
    def labels(self) -> dict[str, Label]:
        """The labels by code."""
        return {option.code: option.label for option in self.choices}

    @cached_property
    def _codes(self) -> dict[str, str]:
        # A code wins over a label, and a Chinese label over an English one.
        english = {_key(option.label.en): option.code for option in self.choices}
        chinese = {_key(option.label.zh): option.code for option in self.choices}
        return english | chinese | {_key(option.code): option.code for option in self.choices}

    def pick(self, raw: object) -> str | None:
        """The code of which the code or either label was given; raises Unfit `choice_unknown`."""
        text = self.written(raw)
        if text is None:
            return None
        code = self._codes.get(_key(text))
        if code is None:
            raise self.unfit("choice_unknown", some=self._some())
        return code

    def _some(self) -> Label:
        labels = [option.label for option in self.choices[:8]]
        more = "…" if len(self.choices) > len(labels) else ""
        return Label("、".join(o.zh for o in labels) + more, ", ".join(o.en for o in labels) + more)

    def word(self, code: str, locale: str) -> str:
        """The label of a code, or the code itself when the list no longer has it."""
        label = self.labels.get(code)
        return code if label is None else label.text(locale)

    def written_word(self, code: str) -> str:
        """What a file carries for a code: its Chinese label where that reads back, else the code."""
        word = self.word(code, ZH)
        return word if self._codes.get(_key(word)) == code and not _SEPARATOR.search(word) else code


@dataclass(frozen=True, init=False)
class Choice(Listed):
    """One code of a fixed list."""

    code: ClassVar[str] = "choice"
    widget: ClassVar[str] = "select"
    label: ClassVar[Label] = Label("单选", "Choice")

    def read(self, raw: object) -> str | None:
        """The code, from the code or either label; raises Unfit `choice_unknown`."""
        return self.pick(raw)

    def show(self, value: Any, locale: str) -> str:
        """The label in the reader's language."""
        return "" if value is None else self.word(value, locale)

    def cell(self, value: Any) -> str | None:
        """The Chinese label."""
        return None if value is None else self.written_word(value)

    def schema(self) -> dict[str, Any]:
        """A string, one of the codes."""
        return {"type": "string", "enum": list(self.labels)}

    def example(self, n: int) -> str:
        """The n-th code, over and over."""
        return self.choices[n % len(self.choices)].code


@dataclass(frozen=True, init=False)
class MultiChoice(Listed):
    """Several codes of a fixed list, in the list's order."""

    code: ClassVar[str] = "multi_choice"
    sql: ClassVar[str] = "text[]"
    widget: ClassVar[str] = "multiselect"
    sortable: ClassVar[bool] = False
    label: ClassVar[Label] = Label("多选", "Choices")

    def read(self, raw: object) -> list[str] | None:
        """The codes, from a list or a text with separators; None for none; raises Unfit `choice_unknown`."""
        if isinstance(raw, list | tuple | set | frozenset):
            given: Iterable[object] = raw
        else:
            text = self.written(raw)
            given = [] if text is None else [text] if _key(text) in self._codes else _SEPARATOR.split(text)
        picked = {self.pick(one) for one in given}
        return [code for code in self.labels if code in picked] or None

    def show(self, value: Any, locale: str) -> str:
        """The labels in the reader's language, joined."""
        if value is None:
            return ""
        return ("、" if locale.startswith("zh") else ", ").join(self.word(code, locale) for code in value)

    def cell(self, value: Any) -> str | None:
        """The Chinese labels joined with 、."""
        return None if value is None else "、".join(map(self.written_word, value))

    def schema(self) -> dict[str, Any]:
        """An array of distinct codes."""
        return {"type": "array", "items": {"type": "string", "enum": list(self.labels)}, "uniqueItems": True}

    def example(self, n: int) -> list[str]:
        """The n-th non-empty selection of the first options."""
        few = self.choices[:16]
        chosen = n % (2 ** len(few) - 1) + 1
        return [option.code for at, option in enumerate(few) if chosen >> at & 1]
