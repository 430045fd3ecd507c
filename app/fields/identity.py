"""Numbers of persons and companies."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, ClassVar

from stdnum.cn import ric, uscc

from app.core.kind import Operator
from app.core.label import Label
from app.fields.base import COMMON, Parametric
from app.fields.words import compact, normalise

_ID = re.compile(r"[1-9][0-9]{16}[0-9X]")
_USCC = re.compile(r"[0-9A-HJ-NPQRTUWXY]{2}[0-9]{6}[0-9A-HJ-NPQRTUWXY]{10}")
_LENGTH = 18
_LONGEST = 60
_FIRST_YEAR, _LAST_YEAR = 1800, 2100


@dataclass(frozen=True)
class IdCard(Parametric):
    """A resident's identity number (GB 11643): 18 places, ISO 7064 MOD 11-2, a real date of birth."""

    code: ClassVar[str] = "id_card"
    identifies: ClassVar[bool] = True
    operators: ClassVar[tuple[Operator, ...]] = (Operator.EQ, Operator.HAS)
    widget: ClassVar[str] = "idcard"
    sortable: ClassVar[bool] = False
    doubts: ClassVar[frozenset[str]] = frozenset({"id_checksum"})
    label: ClassVar[Label] = Label("身份证号", "ID card")
    refusals: ClassVar[Mapping[str, Label]] = {
        **COMMON,
        "id_length": Label("身份证号应为 18 位，请核对。", "An ID card number has 18 characters; check it."),
        "id_form": Label(
            "身份证号前 17 位是数字，最后一位是数字或 X，请核对。",
            "An ID card number has 17 digits and then a digit or X; check it.",
        ),
        "id_date": Label(
            "身份证号里的出生日期不存在，请核对第 7 至 14 位。",
            "Its date of birth does not exist; check characters 7 to 14.",
        ),
        "id_checksum": Label(
            "身份证号校验不符，可能有一位写错，请核对。", "Its check digit does not fit; one character may be wrong."
        ),
    }

    def read(self, raw: object) -> str | None:
        """The 18 characters, X in capitals; raises Unfit `id_…`, Doubtful for the check digit alone."""
        text = self.written(raw)
        if text is None:
            return None
        number = compact(text[:_LONGEST])
        if len(number) != _LENGTH or len(text) > _LONGEST:
            raise self.unfit("id_length")
        if not _ID.fullmatch(number):
            raise self.unfit("id_form")
        if self.birth(number) is None:
            raise self.unfit("id_date")
        if ric.calc_check_digit(number) != number[-1]:
            raise self.doubtful("id_checksum", number)
        return number

    @staticmethod
    def birth(value: str) -> date | None:
        """The date of birth in the number, or None when there is no such day."""
        if not _FIRST_YEAR <= int(value[6:10]) <= _LAST_YEAR:
            return None
        try:
            return date(int(value[6:10]), int(value[10:12]), int(value[12:14]))
        except ValueError:
            return None

    @staticmethod
    def male(value: str) -> bool:
        """Whether the number is a man's: its 17th digit is odd."""
        return int(value[16]) % 2 == 1

    def mask(self, value: Any) -> str:
        """First and last character only: more of it and the date of birth would give the whole."""
        return _starred(value, 1)

    def schema(self) -> dict[str, Any]:
        """A string of 18 characters."""
        return {"type": "string", "pattern": f"^{_ID.pattern}$", "minLength": _LENGTH, "maxLength": _LENGTH}

    def tokens(self, value: Any) -> Iterable[str]:
        """The whole number."""
        return () if value is None else (normalise(value),)

    def example(self, n: int) -> str:
        """The n-th number of 广州越秀 by birth from 1950 and order."""
        days, order = divmod(n, 999)
        born = date(1950, 1, 1) + timedelta(days=days % 20_000)
        body = f"440104{born:%Y%m%d}{order + 1:03d}"
        return body + ric.calc_check_digit(f"{body}0")


@dataclass(frozen=True)
class Uscc(Parametric):
    """A unified social credit code (GB 32100): 18 places, the last a check character."""

    code: ClassVar[str] = "uscc"
    operators: ClassVar[tuple[Operator, ...]] = (Operator.EQ, Operator.HAS)
    widget: ClassVar[str] = "uscc"
    doubts: ClassVar[frozenset[str]] = frozenset({"uscc_checksum"})
    label: ClassVar[Label] = Label("统一社会信用代码", "USCC")
    refusals: ClassVar[Mapping[str, Label]] = {
        **COMMON,
        "uscc_length": Label(
            "统一社会信用代码应为 18 位，请核对。", "A unified social credit code has 18 characters; check it."
        ),
        "uscc_form": Label(
            "统一社会信用代码只用数字和大写字母（没有 I、O、S、V、Z），第 3 至 8 位是数字，请核对。",
            "A unified social credit code has digits and letters (never I, O, S, V, Z), digits at 3 to 8; check it.",
        ),
        "uscc_checksum": Label(
            "统一社会信用代码校验不符，可能有一位写错，请核对。", "Its check character does not fit; one may be wrong."
        ),
    }

    def read(self, raw: object) -> str | None:
        """The 18 characters in capitals; raises Unfit `uscc_…`, Doubtful for the check character alone."""
        text = self.written(raw)
        if text is None:
            return None
        number = compact(text[:_LONGEST])
        if len(number) != _LENGTH or len(text) > _LONGEST:
            raise self.unfit("uscc_length")
        if not _USCC.fullmatch(number):
            raise self.unfit("uscc_form")
        if uscc.calc_check_digit(number[:-1]) != number[-1]:
            raise self.doubtful("uscc_checksum", number)
        return number

    def mask(self, value: Any) -> str:
        """Its first and last two characters."""
        return _starred(value, 2)

    def schema(self) -> dict[str, Any]:
        """A string of 18 characters."""
        return {"type": "string", "pattern": f"^{_USCC.pattern}$", "minLength": _LENGTH, "maxLength": _LENGTH}

    def tokens(self, value: Any) -> Iterable[str]:
        """The whole code."""
        return () if value is None else (normalise(value),)

    def example(self, n: int) -> str:
        """The n-th company of 广州越秀."""
        body = f"91440104MA{n % 10**7:07d}"
        return body + uscc.calc_check_digit(body)


def _starred(value: str | None, kept: int) -> str:
    """The value with only `kept` characters at each end; nothing of one that is not 18 long."""
    if value is None:
        return ""
    return f"{value[:kept]}{'*' * (_LENGTH - 2 * kept)}{value[-kept:]}" if len(value) == _LENGTH else "••••"


_PAPER = re.compile(r"[A-Z0-9\u4e00-\u9fff()]{5,30}")


@dataclass(frozen=True)
class IdentityNumber(Parametric):
    """The number of any identity paper; one that looks like an ID card or a credit code is checked as such."""

    code: ClassVar[str] = "identity_number"
    identifies: ClassVar[bool] = True
    operators: ClassVar[tuple[Operator, ...]] = (Operator.EQ, Operator.HAS)
    sortable: ClassVar[bool] = False
    doubts: ClassVar[frozenset[str]] = IdCard.doubts | Uscc.doubts
    label: ClassVar[Label] = Label("证件号码", "Identity number")
    refusals: ClassVar[Mapping[str, Label]] = {
        **IdCard.refusals,
        **Uscc.refusals,
        "identity_form": Label(
            "证件号码为 5 至 30 位数字、字母或汉字，请照证件填写。",
            "An identity number has 5 to 30 digits, letters or Chinese characters; copy it from the paper.",
        ),
    }

    def read(self, raw: object) -> str | None:
        """Its characters in capitals without spaces; raises Unfit, Doubtful for a check digit alone."""
        text = self.written(raw)
        if text is None:
            return None
        number = compact(text[:_LONGEST])
        if len(text) > _LONGEST or not _PAPER.fullmatch(number):
            raise self.unfit("identity_form")
        match IdentityNumber.family(number):
            case "id_card":
                return IdCard().read(number)
            case "uscc":
                return Uscc().read(number)
        return number

    @staticmethod
    def family(value: str) -> str:
        """`id_card`, `uscc` or `other`, by the form of a value."""
        if _ID.fullmatch(value) and IdCard.birth(value):
            return "id_card"
        return "uscc" if _USCC.fullmatch(value) else "other"

    def mask(self, value: Any) -> str:
        """First and last character only."""
        return f"{value[0]}{'*' * (len(value) - 2)}{value[-1]}" if value and len(value) > 2 else ""  # noqa: PLR2004

    def schema(self) -> dict[str, Any]:
        """A string of 5 to 30 characters."""
        return {"type": "string", "minLength": 5, "maxLength": 30}

    def tokens(self, value: Any) -> Iterable[str]:
        """The whole number."""
        return () if value is None else (normalise(value),)

    def example(self, n: int) -> str:
        """The n-th ID card number."""
        return IdCard().example(n)
