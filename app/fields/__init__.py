"""Field types, a file a family; each reads, shows, masks, searches and documents its own values."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from app.core.errors import Unfit
from app.core.kind import Kind
from app.core.label import Label
from app.fields.base import Parametric
from app.fields.choice import Choice, MultiChoice, Option
from app.fields.contact import Contact, Email, Phone
from app.fields.date import Date, DateTime
from app.fields.file import File
from app.fields.identity import IdCard, IdentityNumber, Uscc
from app.fields.money import Money
from app.fields.number import Boolean, Decimal, Integer
from app.fields.reference import Reference
from app.fields.text import LongText, Text
from app.fields.vehicle import Plate, Vin

_ALL: tuple[type[Parametric], ...] = (
    Text,
    LongText,
    Integer,
    Decimal,
    Money,
    Boolean,
    Date,
    DateTime,
    Choice,
    MultiChoice,
    Phone,
    Email,
    Contact,
    IdCard,
    Uscc,
    IdentityNumber,
    Vin,
    Plate,
    Reference,
    File,
)
KINDS: Mapping[str, type[Parametric]] = MappingProxyType({kind.code: kind for kind in _ALL})

__all__ = [
    "KINDS",
    "Boolean",
    "Choice",
    "Contact",
    "Date",
    "DateTime",
    "Decimal",
    "Email",
    "File",
    "IdCard",
    "IdentityNumber",
    "Integer",
    "LongText",
    "Money",
    "MultiChoice",
    "Option",
    "Phone",
    "Plate",
    "Reference",
    "Text",
    "Uscc",
    "Vin",
    "kind_of",
]


def kind_of(code: str, options: Mapping[str, Any]) -> Kind:
    """The field type of which `code` and `options()` gave these; raises Unfit `kind_unknown` or `kind_options`."""
    kind = KINDS.get(code)
    if kind is None:
        raise Unfit(
            "kind_unknown",
            Label("没有这种字段类型，请从列表中选择。", "There is no such field type; choose one of the list."),
        )
    return kind.restore(options)
