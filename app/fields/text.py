"""Single lines and prose."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, ClassVar

from app.core.kind import PRESENCE, Operator
from app.core.label import Label
from app.fields.base import COMMON, Parametric, must_be_switch, must_be_whole
from app.fields.words import controls, line, lines, name_words, normalise

LONGEST_LINE = 10_000
LONGEST_PROSE = 1_000_000
_REFUSALS = {
    **COMMON,
    "text_too_long": Label(
        "最多 {limit} 个字，现在有 {count} 个，请缩短。",
        "At most {limit} characters; there are {count}. Please shorten it.",
    ),
}
_NAMES = ("陈伟", "王芳", "李娜", "张敏", "刘洋", "赵磊", "黄静", "周杰", "吴秀英", "欧阳娜娜", "徐强", "孙丽")


@dataclass(frozen=True)
class Text(Parametric):
    """One line of text; with `names` a person's or company's name, found by its beginning and its pinyin too."""

    code: ClassVar[str] = "text"
    label: ClassVar[Label] = Label("单行文字", "Text")
    refusals = _REFUSALS

    max: int = 200
    names: bool = False

    def __post_init__(self) -> None:
        must_be_whole("max", self.max, 1, LONGEST_LINE)
        must_be_switch("names", self.names)

    def read(self, raw: object) -> str | None:
        """One trimmed line; breaks and tabs become spaces; raises Unfit `text_too_long` or `control_character`."""
        text = self.written(raw)
        if text is None:
            return None
        if controls(text):
            raise self.unfit("control_character")
        text = line(text)
        if len(text) > self.max:
            raise self.unfit("text_too_long", limit=self.max, count=len(text))
        return text or None

    def mask(self, value: Any) -> str:
        """Its first character and two stars: 张**."""
        if value is None:
            return ""
        masked = f"{value[0]}**" if len(value) > 1 else "**"
        return "••••" if value in masked else masked

    def schema(self) -> dict[str, Any]:
        """A string of at most `max` characters."""
        return {"type": "string", "maxLength": self.max}

    def tokens(self, value: Any) -> Iterable[str]:
        """The whole, or for names also its beginnings, pinyin and initials."""
        if value is None:
            return ()
        return name_words(value) if self.names else [word for word in [normalise(value)] if word]

    def example(self, n: int) -> str:
        """A sample line that carries its number."""
        if self.names:
            turn, at = divmod(n, len(_NAMES))
            return (_NAMES[at] + (str(turn) if turn else ""))[-self.max :]
        return f"样例 {n}"[-self.max :].strip()


@dataclass(frozen=True)
class LongText(Parametric):
    """Prose with line breaks; neither sorted nor compared."""

    code: ClassVar[str] = "long_text"
    operators: ClassVar[tuple[Operator, ...]] = PRESENCE
    widget: ClassVar[str] = "textarea"
    sortable: ClassVar[bool] = False
    label: ClassVar[Label] = Label("多行文字", "Long text")
    refusals = _REFUSALS

    max: int = 10_000

    def __post_init__(self) -> None:
        must_be_whole("max", self.max, 1, LONGEST_PROSE)

    def read(self, raw: object) -> str | None:
        """Trimmed prose, breaks as newlines; raises Unfit `text_too_long` or `control_character`."""
        text = self.written(raw)
        if text is None:
            return None
        if controls(text):
            raise self.unfit("control_character")
        text = lines(text)
        if len(text) > self.max:
            raise self.unfit("text_too_long", limit=self.max, count=len(text))
        return text or None

    def schema(self) -> dict[str, Any]:
        """A string of at most `max` characters."""
        return {"type": "string", "maxLength": self.max}

    def example(self, n: int) -> str:
        """Two sample lines, or one where they do not fit."""
        text = f"第 {n} 条备注\n客户希望周末保养。"
        return text if len(text) <= self.max else str(n)[-self.max :]
