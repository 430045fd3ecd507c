"""What all field types share: their options, their refusals, and how they take text."""

from collections.abc import Mapping
from dataclasses import MISSING, dataclass, fields
from types import MappingProxyType
from typing import Any, ClassVar, Self

from app.core.errors import Doubtful, Unfit
from app.core.kind import Kind
from app.core.label import Label

BIGINT = 2**63 - 1
_EXACT = 2**53  # beyond it a float no longer holds every whole number

COMMON: Mapping[str, Label] = MappingProxyType(
    {
        "wrong_kind": Label(
            "这里填不了这类内容，请改填文字或数字。", "This kind of value does not fit here; give text or a number."
        ),
        "control_character": Label(
            "内容里有看不见的控制字符，请删除后重新输入。",
            "It contains invisible control characters; delete them and type it again.",
        ),
    }
)
_OPTIONS = Label("字段类型的设置不对：{what}。", "The field type's settings are wrong: {what}.")


def misfit(what: str) -> Unfit:
    """The refusal of a field type's options; `what` names the option and what it must be."""
    return Unfit("kind_options", _OPTIONS.format(what=what))


@dataclass(frozen=True)
class Parametric(Kind):
    """A field type whose options are its dataclass fields."""

    label: ClassVar[Label]  # what the studio calls it
    refusals: ClassVar[Mapping[str, Label]] = COMMON  # every code its `read` may raise, with its words

    def options(self) -> dict[str, Any]:
        """Its dataclass fields as JSON."""
        return {option.name: getattr(self, option.name) for option in fields(self)}

    @classmethod
    def restore(cls, options: Mapping[str, Any]) -> Self:
        """The type of which `options()` gave these; raises Unfit `kind_options`."""
        known = {option.name for option in fields(cls)}
        needed = {option.name for option in fields(cls) if option.default is MISSING}
        if stray := sorted(set(options) - known):
            raise misfit(f"{cls.code}: {', '.join(map(str, stray))}?")
        if absent := sorted(needed - set(options)):
            raise misfit(f"{cls.code}: {', '.join(absent)}")
        return cls(**options)

    def unfit(self, code: str, **values: object) -> Unfit:
        """The refusal of that code in this type's words."""
        return Unfit(code, self.refusals[code].format(**values))

    def doubtful(self, code: str, value: object) -> Doubtful:
        """The doubt of that code about a well-formed value."""
        return Doubtful(code, self.refusals[code], value)

    def written(self, raw: object) -> str | None:
        """What was given as text, or None for nothing; numbers as they are written; raises Unfit `wrong_kind`."""
        if raw is None:
            return None
        if isinstance(raw, str):
            return raw if raw.strip() else None
        if isinstance(raw, int) and not isinstance(raw, bool) and abs(raw) <= BIGINT:
            return str(raw)
        if isinstance(raw, float) and abs(raw) < _EXACT:
            return str(int(raw)) if raw.is_integer() else repr(raw)
        raise self.unfit("wrong_kind")


def must_be_whole(name: str, value: object, low: int, high: int) -> None:
    """Raises Unfit `kind_options` unless the option is a whole number within bounds."""
    if not isinstance(value, int) or isinstance(value, bool) or not low <= value <= high:
        raise misfit(f"{name} ({low}…{high})")


def must_be_switch(name: str, value: object) -> None:
    """Raises Unfit `kind_options` unless the option is true or false."""
    if not isinstance(value, bool):
        raise misfit(f"{name} (true / false)")


def must_be_range(low: object, high: object) -> None:
    """Raises Unfit `kind_options` unless both bounds are whole numbers or absent, and in order."""
    for name, bound in (("min", low), ("max", high)):
        if bound is not None:
            must_be_whole(name, bound, -BIGINT, BIGINT)
    if isinstance(low, int) and isinstance(high, int) and low > high:
        raise misfit("min > max")
