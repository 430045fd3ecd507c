"""How people are reached: telephone numbers and e-mail addresses."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

import phonenumbers
from phonenumbers import NumberParseException, PhoneNumber, PhoneNumberFormat

from app.core.kind import EQUALITY, Operator
from app.core.label import Label
from app.fields.base import COMMON, Parametric
from app.fields.words import folded, normalise

_CAPTION = re.compile(
    r"(?:(?:我的|客户|联系|移动|手机|固定|办公|家庭|公司)*(?:电话|手机|号码|手机号|电话号|座机|固话|联系方式)+码?"
    r"|tel(?:ephone)?|phone|mobile|cell|mob|t|m)\.?\s*[:：]?\s*",
    re.IGNORECASE,
)
_EXTENSION = re.compile(
    r"[0-9]\s*(?:转|分机|ext\.?|x|#)\s*[0-9]+$|^[0-9()\s]{3,6}-?\s?[0-9]{7,8}-[0-9]{1,6}$", re.IGNORECASE
)
_DIGITS = re.compile(r"\+?[0-9()\s./\-]+")
_MOBILE = re.compile(r"(?:\+86|0086|86|0)?(1[3-9][0-9]{9})")
_ALMOST = re.compile(r"(?:\+86|0086|86)?1[0-9]{6,14}")
_STORED_MOBILE = re.compile(r"\+861[3-9][0-9]{9}")
_E164 = re.compile(r"\+[1-9][0-9]{3,14}")
_CHINA = 86
_LONGEST = 60


@dataclass(frozen=True)
class Phone(Parametric):
    """A telephone number in E.164; Chinese mobiles follow 1[3-9] and nine digits, others their numbering plan."""

    code: ClassVar[str] = "phone"
    operators: ClassVar[tuple[Operator, ...]] = (Operator.EQ, Operator.HAS, Operator.TAIL)
    widget: ClassVar[str] = "tel"
    sortable: ClassVar[bool] = False
    label: ClassVar[Label] = Label("电话", "Phone")
    refusals: ClassVar[Mapping[str, Label]] = {
        **COMMON,
        "phone_mobile": Label(
            "手机号应为 11 位，以 13 至 19 开头，请核对。",
            "A mobile number has 11 digits and starts with 13 to 19; check it.",
        ),
        "phone_form": Label(
            "电话号码不对：手机填 11 位，固定电话加区号，国外号码以 + 和国家码开头。",
            "Mobiles have 11 digits, landlines need the area code, foreign numbers start with + and the country code.",
        ),
        "phone_extension": Label(
            "请只填总机号码，分机号写在备注里。", "Give the main number only; put the extension in the notes."
        ),
    }

    def read(self, raw: object) -> str | None:
        """The number in E.164, whatever its spacing, width or caption; raises Unfit `phone_…`."""
        text = self.written(raw)
        if text is None:
            return None
        if len(text) > _LONGEST:
            raise self.unfit("phone_form")
        plain = _bare(text)
        digits = re.sub(r"[^0-9+]", "", plain)
        mobile = _MOBILE.fullmatch(digits)
        if mobile and _DIGITS.fullmatch(plain):
            return f"+86{mobile[1]}"
        return self._tel(plain, digits)

    def _tel(self, plain: str, digits: str) -> str:
        if _EXTENSION.search(plain):
            raise self.unfit("phone_extension")
        if not _DIGITS.fullmatch(plain):
            raise self.unfit("phone_form")
        if _ALMOST.fullmatch(digits):
            raise self.unfit("phone_mobile")
        number = _parsed(digits)
        if number is None or not phonenumbers.is_valid_number(number):
            raise self.unfit("phone_form")
        return phonenumbers.format_number(number, PhoneNumberFormat.E164)

    @staticmethod
    def family(value: str) -> str:
        """`mobile` for a Chinese mobile number, `tel` for landlines, service numbers and foreign ones."""
        return "mobile" if _STORED_MOBILE.fullmatch(value) else "tel"

    def show(self, value: Any, locale: str) -> str:  # noqa: ARG002
        """138 0013 8000, 021-66006600, +852 9123 4567."""
        if value is None:
            return ""
        if _STORED_MOBILE.fullmatch(value):
            return f"{value[3:6]} {value[6:10]} {value[10:]}"
        number = _parsed(value) if _E164.fullmatch(value) else None
        if number is None:
            return str(value)
        if number.country_code != _CHINA:
            return phonenumbers.format_number(number, PhoneNumberFormat.INTERNATIONAL)
        area, rest = _split(number)
        return f"{area}-{rest}" if area else phonenumbers.format_number(number, PhoneNumberFormat.NATIONAL)

    def mask(self, value: Any) -> str:
        """138****8000; a landline keeps its area code, a foreign number its country code, all their last four."""
        if value is None:
            return ""
        if _STORED_MOBILE.fullmatch(value):
            return f"{value[3:6]}****{value[-4:]}"
        number = _parsed(value) if _E164.fullmatch(value) else None
        if number is None or len(str(number.national_number)) < 7:  # noqa: PLR2004  too short to keep four digits
            return "••••"
        area = _split(number)[0] if number.country_code == _CHINA else f"+{number.country_code}"
        return f"{area}-****{value[-4:]}" if area else f"****{value[-4:]}"

    def cell(self, value: Any) -> str | None:
        """As people type it: eleven digits, or area code and number; foreign numbers in E.164."""
        if value is None or not value.startswith("+86"):
            return None if value is None else str(value)
        return str(value[3:]) if _STORED_MOBILE.fullmatch(value) else self.show(value, "en")

    def schema(self) -> dict[str, Any]:
        """A string in E.164."""
        return {"type": "string", "format": "phone", "pattern": r"^\+[1-9][0-9]{3,14}$"}

    def tokens(self, value: Any) -> Iterable[str]:
        """The whole number, a Chinese landline also as dialled within the country."""
        if value is None:
            return ()
        whole = normalise(value)
        if Phone.family(value) == "mobile" or not value.startswith("+86"):
            return (whole,)
        return (whole, normalise(self.show(value, "en")))

    def tail(self, value: Any) -> str | None:
        """The last four digits."""
        return None if value is None else str(value[-4:])

    def example(self, n: int) -> str:
        """The n-th number from 138 0000 0000."""
        return f"+86138{n % 10**8:08d}"


def _bare(text: str) -> str:
    """The number without its caption and without a space before what follows."""
    plain = folded(text)
    caption = _CAPTION.match(plain)
    return plain[caption.end() :].strip() if caption else plain


def _parsed(digits: str) -> PhoneNumber | None:
    try:
        return phonenumbers.parse(digits, "CN")
    except NumberParseException:
        return None


def _split(number: PhoneNumber) -> tuple[str, str]:
    """The area code with its 0 and the rest; no area code for service numbers."""
    national = phonenumbers.national_significant_number(number)
    length = phonenumbers.length_of_geographical_area_code(number)
    return (f"0{national[:length]}", national[length:]) if length else ("", national)


_ADDRESS = re.compile(
    r"[a-z0-9!#$%&'*+/=?^_`{|}~-]+(?:\.[a-z0-9!#$%&'*+/=?^_`{|}~-]+)*"
    r"@(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z](?:[a-z0-9-]{0,61}[a-z0-9])"
)
_LONGEST_LOCAL, _LONGEST_ADDRESS = 64, 254


@dataclass(frozen=True)
class Email(Parametric):
    """An e-mail address in lower case."""

    code: ClassVar[str] = "email"
    operators: ClassVar[tuple[Operator, ...]] = EQUALITY
    widget: ClassVar[str] = "email"
    label: ClassVar[Label] = Label("电子邮箱", "E-mail")
    refusals: ClassVar[Mapping[str, Label]] = {
        **COMMON,
        "email_form": Label(
            "邮箱应像 name@example.com，请核对。", "An e-mail address looks like name@example.com; check it."
        ),
    }

    def read(self, raw: object) -> str | None:
        """The address in lower case; raises Unfit `email_form`."""
        text = self.written(raw)
        if text is None:
            return None
        address = folded(text).lower().removeprefix("mailto:")
        fits = len(address) <= _LONGEST_ADDRESS and _ADDRESS.fullmatch(address)
        if not fits or address.index("@") > _LONGEST_LOCAL:
            raise self.unfit("email_form")
        return address

    def mask(self, value: Any) -> str:
        """Its first letter and its domain: a***@example.com."""
        if value is None:
            return ""
        local, at, domain = value.partition("@")
        return f"{local[:1]}***@{domain}" if local and at and domain else "••••"

    def schema(self) -> dict[str, Any]:
        """A string in e-mail form."""
        return {"type": "string", "format": "email", "maxLength": _LONGEST_ADDRESS}

    def tokens(self, value: Any) -> Iterable[str]:
        """The whole address."""
        return () if value is None else (normalise(value),)

    def example(self, n: int) -> str:
        """The n-th guest of example.com."""
        return f"guest{n}@example.com"


_WECHAT = re.compile(r"[a-z_][a-z0-9_-]{5,19}")


@dataclass(frozen=True)
class Contact(Parametric):
    """Any way to reach a person: a telephone number, an e-mail address or a WeChat name, each in its own form."""

    code: ClassVar[str] = "contact"
    operators: ClassVar[tuple[Operator, ...]] = (Operator.EQ, Operator.HAS, Operator.TAIL)
    sortable: ClassVar[bool] = False
    label: ClassVar[Label] = Label("联系方式", "Contact")
    refusals: ClassVar[Mapping[str, Label]] = {
        **Phone.refusals,
        **Email.refusals,
        "contact_form": Label(
            "请填写手机或固定电话、邮箱，或微信号（字母开头，6 至 20 位字母、数字、下划线、减号）。",
            "Give a telephone number, an e-mail address, or a WeChat name (a letter first, 6 to 20 characters).",
        ),
    }

    def read(self, raw: object) -> str | None:
        """The number in E.164, the address or name in lower case; raises Unfit `phone_…`, `email_…`, `contact_form`."""
        text = self.written(raw)
        if text is None:
            return None
        plain = folded(text)
        if "@" in plain:
            return Email().read(text)
        if _WECHAT.fullmatch(plain.lower()):
            return plain.lower()
        if any(one.isdigit() for one in plain):
            return Phone().read(text)
        raise self.unfit("contact_form")

    @staticmethod
    def family(value: str) -> str:
        """`mobile`, `tel`, `email` or `wechat`, by the form of a stored value."""
        if value.startswith("+"):
            return Phone.family(value)
        return "email" if "@" in value else "wechat"

    def show(self, value: Any, locale: str) -> str:
        """A number as people group it, the rest as stored."""
        return _like(value).show(value, locale) if value else ""

    def mask(self, value: Any) -> str:
        """138****8000, a***@example.com, z*** for a WeChat name."""
        if not value:
            return ""
        return f"{value[0]}***" if Contact.family(value) == "wechat" else _like(value).mask(value)

    def cell(self, value: Any) -> str | None:
        """As people type it."""
        found: str | None = _like(value).cell(value) if value else None
        return found

    def schema(self) -> dict[str, Any]:
        """A string: E.164, an address or a WeChat name."""
        return {"type": "string", "maxLength": _LONGEST_ADDRESS}

    def tokens(self, value: Any) -> Iterable[str]:
        """The whole, a Chinese landline also as dialled within the country."""
        return _like(value).tokens(value) if value else ()

    def tail(self, value: Any) -> str | None:
        """The last four digits of a number."""
        return _like(value).tail(value) if value else None

    def example(self, n: int) -> str:
        """The n-th number from 138 0000 0000."""
        return Phone().example(n)


def _like(value: str) -> Parametric:
    """The kind that shows and searches a value of its form."""
    return Phone() if value.startswith("+") else Email()
