"""How cars are known: VIN and number plate."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from app.core.kind import Operator
from app.core.label import Label
from app.fields.base import COMMON, Parametric, must_be_switch
from app.fields.words import compact, normalise

_VIN = re.compile(r"[A-HJ-NPR-Z0-9]{17}")
_VIN_VALUES = dict(
    zip(
        "0123456789ABCDEFGHJKLMNPRSTUVWXYZ", [*range(10), *range(1, 9), 1, 2, 3, 4, 5, 7, 9, *range(2, 10)], strict=True
    )
)
_VIN_WEIGHTS = (8, 7, 6, 5, 4, 3, 2, 10, 0, 9, 8, 7, 6, 5, 4, 3, 2)
_CHECK = 8  # where the check digit stands
_VIN_LENGTH = 17

_PROVINCES = "京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼"
_BLUE = re.compile(f"[{_PROVINCES}][A-HJ-NP-Z][A-HJ-NP-Z0-9]{{4}}[A-HJ-NP-Z0-9挂学警港澳]")
# Small new-energy cars carry their letter first (D A B C E electric, F G H J K others), large ones last.
_NEV = re.compile(f"[{_PROVINCES}][A-HJ-NP-Z](?:[A-HJK][A-HJ-NP-Z0-9][0-9]{{4}}|[0-9]{{5}}[A-HJK])")
# Plates of the army, of police, consulates and passage, and temporary ones: marks alone tell them from anything else.
_MARKS = re.compile(r"[A-Z0-9一-龥]{5,10}")
_LONGEST = 60


def check_digit(vin: str) -> str:
    """The check digit GB 16735 and 49 CFR 565 ask for at the ninth place of these 17 characters."""
    total = sum(_VIN_VALUES[mark] * weight for mark, weight in zip(vin, _VIN_WEIGHTS, strict=True))
    return "0123456789X"[total % 11]


@dataclass(frozen=True)
class Vin(Parametric):
    """A vehicle identification number; `check_digit` may be waived for cars of markets without one."""

    code: ClassVar[str] = "vin"
    operators: ClassVar[tuple[Operator, ...]] = (Operator.EQ, Operator.HAS, Operator.TAIL)
    widget: ClassVar[str] = "vin"
    doubts: ClassVar[frozenset[str]] = frozenset({"vin_check_digit"})
    label: ClassVar[Label] = Label("车架号（VIN）", "VIN")
    refusals: ClassVar[Mapping[str, Label]] = {
        **COMMON,
        "vin_form": Label(
            "车架号应为 17 位，只有数字和字母，且没有 I、O、Q，请对照行驶证核对。",
            "A VIN has 17 digits and letters, never I, O or Q; compare it with the vehicle licence.",
        ),
        "vin_check_digit": Label(
            "车架号第 9 位校验不符，可能有一位写错；请核对。",
            "The VIN's ninth character does not fit; one character may be wrong; check it.",
        ),
    }

    check_digit: bool = True

    def __post_init__(self) -> None:
        must_be_switch("check_digit", self.check_digit)

    def read(self, raw: object) -> str | None:
        """The 17 characters in capitals; raises Unfit `vin_form`, Doubtful `vin_check_digit`."""
        text = self.written(raw)
        if text is None:
            return None
        vin = compact(text[:_LONGEST])
        if not _VIN.fullmatch(vin) or len(text) > _LONGEST:
            raise self.unfit("vin_form")
        if self.check_digit and check_digit(vin) != vin[_CHECK]:
            raise self.doubtful("vin_check_digit", vin)
        return vin

    def mask(self, value: Any) -> str:
        """The maker and the last three: LVG***********456."""
        if value is None:
            return ""
        return f"{value[:3]}{'*' * (_VIN_LENGTH - 6)}{value[-3:]}" if len(value) == _VIN_LENGTH else "••••"

    def schema(self) -> dict[str, Any]:
        """A string of 17 characters."""
        return {"type": "string", "pattern": f"^{_VIN.pattern}$", "minLength": _VIN_LENGTH, "maxLength": _VIN_LENGTH}

    def tokens(self, value: Any) -> Iterable[str]:
        """The whole VIN."""
        return () if value is None else (normalise(value),)

    def tail(self, value: Any) -> str | None:
        """The last six characters, by which workshops ask."""
        return None if value is None else str(value[-6:])

    def example(self, n: int) -> str:
        """The n-th car of one maker, with its check digit."""
        body = f"LVGBE40K0{'ABCDEFGHJKLMNPRSTVWXY123456789'[n // 10**6 % 30]}G{n % 10**6:06d}"
        return body[:_CHECK] + check_digit(body) + body[_CHECK + 1 :]


@dataclass(frozen=True)
class Plate(Parametric):
    """A mainland plate: ordinary ones of seven characters, new-energy ones of eight; others for a reason."""

    code: ClassVar[str] = "plate"
    operators: ClassVar[tuple[Operator, ...]] = (Operator.EQ, Operator.HAS, Operator.TAIL)
    widget: ClassVar[str] = "plate"
    doubts: ClassVar[frozenset[str]] = frozenset({"plate_form"})
    label: ClassVar[Label] = Label("车牌号", "Plate")
    refusals: ClassVar[Mapping[str, Label]] = {
        **COMMON,
        "plate_form": Label(
            "车牌号应像 粤A12345 或 粤AD12345（新能源），没有字母 I 和 O；军警、使领馆、临时等号牌须注明原因。",
            "A plate looks like 粤A12345 or 粤AD12345, without I and O; a special one needs a reason.",
        ),
        "plate_marks": Label(
            "车牌号由 5 至 10 个汉字、字母和数字组成，请核对。",
            "A plate has 5 to 10 Chinese characters, letters and digits; check it.",
        ),
    }

    def read(self, raw: object) -> str | None:
        """The plate in capitals without separators; raises Unfit `plate_marks`, Doubtful `plate_form`."""
        text = self.written(raw)
        if text is None:
            return None
        plate = compact(text[:_LONGEST])
        if len(text) > _LONGEST or not _MARKS.fullmatch(plate):
            raise self.unfit("plate_marks")
        if self.family(plate) == "other":
            raise self.doubtful("plate_form", plate)
        return plate

    @staticmethod
    def family(value: str) -> str:
        """`nev` for a new-energy plate, `blue` for an ordinary one, `other` for one saved with a reason."""
        if _NEV.fullmatch(value):
            return "nev"
        return "blue" if _BLUE.fullmatch(value) else "other"

    def show(self, value: Any, locale: str) -> str:  # noqa: ARG002
        """With its dot: 沪A·8K2D7."""
        if value is None:
            return ""
        return str(value) if self.family(value) == "other" else f"{value[:2]}·{value[2:]}"

    def mask(self, value: Any) -> str:
        """Its place and last three: 粤A·**345."""
        if value is None:
            return ""
        other = self.family(value) == "other"
        return "••••" if other else f"{value[:2]}·{'*' * (len(value) - 5)}{value[-3:]}"

    def schema(self) -> dict[str, Any]:
        """A string of a plate's marks; one of other than the two usual forms was saved with a reason."""
        return {"type": "string", "pattern": f"^{_MARKS.pattern}$", "minLength": 5, "maxLength": 10}

    def tokens(self, value: Any) -> Iterable[str]:
        """The whole plate."""
        return () if value is None else (normalise(value),)

    def tail(self, value: Any) -> str | None:
        """The last four characters."""
        return None if value is None else str(value[-4:])

    def example(self, n: int) -> str:
        """Ordinary and new-energy plates of 广州 in turn."""
        turn, other = divmod(n, 2)
        letter = "ABCDEFGHJK"[turn // 10**5 % 10]
        return f"粤A{letter if other else ''}{turn % 10**5:05d}"
