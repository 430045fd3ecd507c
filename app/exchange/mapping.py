"""Which column of a file becomes which field: proposed, corrected by a person, saved as JSON."""

from collections import Counter
from collections.abc import Iterator, Sequence
from collections.abc import Mapping as Dict
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any

from app.core.entity import Entity
from app.core.errors import Malformed
from app.core.field import Field
from app.core.label import Label
from app.exchange.synonyms import plain, reported


class Use(StrEnum):
    """What happens to a column."""

    FIELD = "field"
    SEALED = "sealed"  # kept with the batch, encrypted, until somebody gives it a field
    SKIP = "skip"


@dataclass(frozen=True, slots=True)
class Target:
    """A field of an entity, by name."""

    entity: str
    field: str


@dataclass(frozen=True, slots=True)
class Column:
    """One column's fate; `confidence` runs from 0 to 1 and `reason` tells a person why."""

    label: str
    use: Use
    target: Target | None = None
    confidence: float = 1.0
    reason: Label | None = None


@dataclass(frozen=True, slots=True)
class Problem:
    """What stands in the way of importing by a mapping; `column` is an index or None."""

    code: str
    label: Label
    column: int | None = None
    target: Target | None = None


_REQUIRED = Label(
    "“{entity}”的“{field}”是必填项，请为它选一列。", "“{field}” of “{entity}” is required; choose a column for it."
)
_TWICE = Label("有两列都对应“{field}”，请只保留一列。", "Two columns go to “{field}”; keep one of them.")
_UNKNOWN = Label(
    "“{column}”对应的栏目已不存在，请重新选择。", "The field chosen for “{column}” does not exist; choose again."
)
_NOTHING = Label("还没有任何一列对应到栏目，请至少选一列。", "No column goes to a field yet; choose at least one.")
_BROKEN = Label("保存的对应关系无法读取，请重新建立。", "The saved mapping cannot be read; make it again.")
REPORTED = Label("上次导入附加的说明", "Added by an earlier import's report")
_NEW_COLUMN = Label("保存的对应关系里没有这一列。", "The saved mapping does not know this column.")


@dataclass(frozen=True, slots=True)
class Mapping:
    """A use for each column of a file, in the file's order."""

    columns: tuple[Column, ...]

    def targets(self) -> Iterator[tuple[int, Column, Target]]:
        """The columns that become fields: index, column, target."""
        for index, column in enumerate(self.columns):
            if column.use is Use.FIELD and column.target:
                yield index, column, column.target

    def put(self, index: int, use: Use, target: Target | None = None) -> "Mapping":
        """The mapping with one column's use chosen by a person."""
        chosen = Column(self.columns[index].label, use, target if use is Use.FIELD else None)
        return replace(self, columns=(*self.columns[:index], chosen, *self.columns[index + 1 :]))

    def fit(self, header: Sequence[str]) -> "Mapping":
        """The same uses for another file, found by the columns' labels; new columns are kept sealed."""
        known = {plain(column.label): column for column in self.columns}
        report = reported(header)
        return Mapping(
            tuple(
                _fitted(label, None if index in report else known.get(plain(label)), index in report)
                for index, label in enumerate(header)
            )
        )

    def problems(self, entities: Sequence[Entity]) -> tuple[Problem, ...]:
        """Everything that has to be put right before an import; empty when it may begin."""
        described = {entity.name: entity for entity in entities}
        chosen = [target for _, _, target in self.targets()]
        if not chosen:
            return (Problem("nothing_mapped", _NOTHING),)
        return (*self._strangers(described), *self._twice(described), *_missing(entities, set(chosen)))

    def _strangers(self, described: Dict[str, Entity]) -> Iterator[Problem]:
        for index, column, target in self.targets():
            if field_of(described, target) is None:
                yield Problem("unknown_field", _UNKNOWN.format(column=column.label), index, target)

    def _twice(self, described: Dict[str, Entity]) -> Iterator[Problem]:
        counts = Counter(target for _, _, target in self.targets())
        for index, _, target in self.targets():
            field = field_of(described, target)
            if counts[target] > 1 and field:
                yield Problem("mapped_twice", _TWICE.format(field=field.label), index, target)

    def to_json(self) -> dict[str, Any]:
        """The mapping as JSON; `from_json` gives an equal one."""
        return {"version": 1, "columns": [_dump(column) for column in self.columns]}

    @classmethod
    def from_json(cls, stored: object) -> "Mapping":
        """The mapping of which `to_json` gave this; raises Malformed."""
        match stored:
            case {"version": 1, "columns": list(columns)}:
                return cls(tuple(_load(column) for column in columns))
        raise Malformed(_BROKEN, "mapping")


def _fitted(label: str, known: Column | None, report: bool) -> Column:
    """A column of another file: used as the known one, skipped when a report added it, else kept sealed."""
    if known:
        return replace(known, label=label)
    return Column(label, Use.SKIP if report else Use.SEALED, confidence=0, reason=REPORTED if report else _NEW_COLUMN)


def field_of(described: Dict[str, Entity], target: Target) -> Field | None:
    """The field a target names, or None when there is none."""
    entity = described.get(target.entity)
    return entity.field(target.field) if entity else None


def _missing(entities: Sequence[Entity], chosen: set[Target]) -> Iterator[Problem]:
    """A problem for each required field without a column, of the entities the file is about."""
    about = {target.entity for target in chosen}
    for entity in entities:
        for field in entity.fields if entity.name in about else ():
            target = Target(entity.name, field.name)
            if field.required and field.default is None and target not in chosen:
                label = _REQUIRED.format(entity=entity.label, field=field.label)
                yield Problem("required_unmapped", label, None, target)


def _dump(column: Column) -> dict[str, Any]:
    return {
        "label": column.label,
        "use": column.use.value,
        "target": [column.target.entity, column.target.field] if column.target else None,
        "confidence": column.confidence,
        "reason": [column.reason.zh, column.reason.en] if column.reason else None,
    }


def _load(stored: object) -> Column:
    try:
        match stored:
            case {
                "label": str(label),
                "use": str(use),
                "target": target,
                "confidence": float() | int() as sure,
                "reason": why,
            }:
                words = Label(*map(str, why)) if why else None
                return Column(label, Use(use), Target(*map(str, target)) if target else None, float(sure), words)
    except (TypeError, ValueError):
        pass
    raise Malformed(_BROKEN, "mapping")
