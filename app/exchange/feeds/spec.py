"""What a profile says: which column becomes what, in whose words, by which key, and what if something is missing."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from dataclasses import field as attribute
from enum import StrEnum
from typing import Any

from app.core.errors import Malformed
from app.core.label import Label

BROKEN = Label("导入方案的内容无法读取：{what}。", "The profile cannot be read: {what}.")


class Use(StrEnum):
    """What a column is for."""

    FIELD = "field"
    STORE = "store"  # the brand's code of the store a row belongs to
    CHANGED = "changed"  # when the brand system last changed the row
    DAY = "day"  # the business day the row says it is of
    SKIP = "skip"


class Unit(StrEnum):
    """What an amount is counted in."""

    YUAN = "yuan"
    FEN = "fen"
    WAN = "wan"  # ten thousand yuan


class Missing(StrEnum):
    """What becomes of a row whose reference is not there."""

    MAKE = "make"  # a bare record of what the row says about it
    WAIT = "wait"  # the row waits until it is there
    EMPTY = "empty"  # the row goes without


@dataclass(frozen=True, slots=True)
class Column:
    """One column: the field it fills or, of a reference, the field of the other record by which that is found.

    `also` marks what a row tells about a referred record without being found by it. `words` turn the brand's words
    into ours, `date` reads days and times that are written in a form of the brand's own.
    """

    label: str
    use: Use = Use.FIELD
    entity: str = ""
    field: str = ""
    by: str = ""
    also: bool = False
    words: Mapping[str, str] = attribute(default_factory=dict)
    unit: Unit = Unit.YUAN
    date: str = ""


@dataclass(frozen=True, slots=True)
class Constant:
    """A value that no column carries: the same in every row."""

    entity: str
    field: str
    value: str
    by: str = ""


@dataclass(frozen=True, slots=True)
class Spec:
    """How files of one kind are read; `part` is the entity of an order's lines, `within` the reference to their order.

    With `entity` empty the file holds parts alone, whose wholes are found by reference. `counted` is the field of a
    part that no column fills: its place within its whole.
    """

    entity: str
    columns: tuple[Column, ...]
    part: str = ""
    within: str = ""
    counted: str = ""
    constants: tuple[Constant, ...] = ()
    keys: Mapping[str, tuple[str, ...]] = attribute(default_factory=dict)
    missing: Mapping[str, Missing] = attribute(default_factory=dict)
    stores: Mapping[str, str] = attribute(default_factory=dict)  # the brand's store codes and ours
    name: str = "{day}"  # how files are named: {day}, {seq}, * for the rest
    sheet: str | None = None
    encoding: str | None = None
    separator: str | None = None

    @property
    def entities(self) -> tuple[str, ...]:
        """The entities it writes, the whole before its parts."""
        return tuple(one for one in (self.entity, self.part) if one)

    def of(self, entity: str) -> Iterator[tuple[int, Column]]:
        """The columns that fill fields of an entity, with their places."""
        return ((n, one) for n, one in enumerate(self.columns) if one.use is Use.FIELD and one.entity == entity)

    def used(self, use: Use) -> Column | None:
        """The column of that use, or None."""
        return next((one for one in self.columns if one.use is use), None)

    def to_json(self) -> dict[str, Any]:
        """The spec as JSON; `from_json` gives an equal one."""
        return {
            "entity": self.entity,
            "part": self.part,
            "within": self.within,
            "counted": self.counted,
            "columns": [_lean(one, Column(one.label)) for one in self.columns],
            "constants": [_lean(one, None) for one in self.constants],
            "keys": {name: list(fields) for name, fields in self.keys.items()},
            "missing": {name: one.value for name, one in self.missing.items()},
            "stores": dict(self.stores),
            "name": self.name,
            "sheet": self.sheet,
            "encoding": self.encoding,
            "separator": self.separator,
        }

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> "Spec":
        """The spec of which `to_json` gave this; raises Malformed."""
        try:
            return cls(
                entity=str(stored.get("entity", "")),
                part=str(stored.get("part", "")),
                within=str(stored.get("within", "")),
                counted=str(stored.get("counted", "")),
                columns=tuple(_column(one) for one in stored["columns"]),
                constants=tuple(Constant(**one) for one in stored.get("constants", ())),
                keys={str(name): tuple(map(str, fields)) for name, fields in stored["keys"].items()},
                missing={str(name): Missing(one) for name, one in stored.get("missing", {}).items()},
                stores={str(code): str(ours) for code, ours in stored.get("stores", {}).items()},
                name=str(stored.get("name") or "{day}"),
                sheet=stored.get("sheet"),
                encoding=stored.get("encoding"),
                separator=stored.get("separator"),
            )
        except (AttributeError, KeyError, TypeError, ValueError) as error:
            raise Malformed(BROKEN.format(what=error), "profile") from error


def _column(stored: Mapping[str, Any]) -> Column:
    given = dict(stored)
    words = {str(word): str(ours) for word, ours in given.pop("words", {}).items()}
    return Column(use=Use(given.pop("use", "field")), unit=Unit(given.pop("unit", "yuan")), words=words, **given)


def _lean(one: Column | Constant, usual: Column | None) -> dict[str, Any]:
    """The attributes that say something."""
    found = {name: getattr(one, name) for name in one.__slots__}
    told = {name: value for name, value in found.items() if usual is None or value != getattr(usual, name)}
    told |= {"label": usual.label} if usual else {}
    return {name: dict(value) if name == "words" else value for name, value in told.items()}
