"""A first mapping for a file nobody has seen: by what its columns are called and what stands in them."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise

from app.core.entity import Entity
from app.core.field import Field
from app.core.label import Label
from app.exchange.cells import Cell, text_of
from app.exchange.mapping import REPORTED, Column, Mapping, Target, Use
from app.exchange.raw import RawRow
from app.exchange.reading import EMPTY_MARKS, CellReader
from app.exchange.synonyms import NUMBERING, meaning, plain, reported

# A field type that takes none of these takes little but its own, so that contents alone tell its column.
_PROBES = ("张三", "备注", "abc", "是", "12", "18000", "44301", "20230701", "2023-07-01", "KH00001")
_BY_LABEL, _BY_MEANING, _BY_ENDING, _BY_CONTENT = 1.0, 0.95, 0.75, 0.7
NOTHING = EMPTY_MARKS | {""}
_FITS, _ENOUGH = 0.6, 3  # share of values, and number of values, from which contents alone decide

_NAMED = Label("列名与“{field}”一致", "Its name is that of “{field}”")
_MEANS = Label("列名的意思是“{field}”", "Its name means “{field}”")
_HOLDS = Label("内容多为“{field}”", "Most values are a “{field}”")
_SHARE = Label("{why}，{share}% 的内容可用", "{why}; {share}% of its values fit")
_UNFIT = Label("列名像“{field}”，但内容不符，先加密保存", "Its name suggests “{field}”, its values do not; kept sealed")
_TAKEN = Label("“{field}”已有更合适的列，先加密保存", "Another column suits “{field}” better; kept sealed")
_KEPT = Label("还没有对应的栏目，先加密保存", "No field fits yet; kept sealed")
_EMPTY = Label("整列为空", "The column is empty")
_NUMBERS = Label("只是行号", "Only numbers the rows")


@dataclass(frozen=True)
class _Wish:
    """A field that might be a column's, with how sure that is and why."""

    index: int
    target: Target
    field: Field
    score: float
    why: Label
    rank: int  # of the field among all, to settle ties as the entities stand

    @property
    def order(self) -> tuple[float, int, int]:
        return (-self.score, self.rank, self.index)


class _Candidate:
    """A field with its reader, its meaning and whether its contents are unmistakable."""

    def __init__(self, rank: int, entity: Entity, field: Field) -> None:
        self.rank, self.field, self.target = rank, field, Target(entity.name, field.name)
        self.reader = CellReader(field)
        self.labels = {plain(field.label.zh), plain(field.label.en), plain(field.name)}
        self.prefixes = {plain(entity.label.zh), plain(entity.label.en)}
        by_label = meaning(field.label.zh) or meaning(field.label.en) or meaning(field.name)
        self.meaning = by_label[0] if by_label else None

    @cached_property
    def telling(self) -> bool:
        """Whether a column of its values can be nothing else."""
        return not self.field.target and not any(map(self.reader.accepts, _PROBES))

    def named(self, label: str) -> tuple[float, Label] | None:
        """How sure the column's label alone makes us, and why."""
        word = plain(label)
        if word in self.labels or any(prefix + own == word for prefix in self.prefixes for own in self.labels):
            return _BY_LABEL, _NAMED
        found = meaning(label)
        if found and found[0] == self.meaning:
            return (_BY_MEANING if found[1] else _BY_ENDING), _MEANS
        return None

    def share(self, values: Sequence[Cell]) -> float:
        """Which part of the values the field takes."""
        return sum(map(self.reader.accepts, values)) / len(values) if values else 0.5


def propose(header: Sequence[str], sample: Sequence[RawRow], entities: Sequence[Entity]) -> Mapping:
    """The likeliest use of each column; a field gets at most one column, what fits nowhere is kept sealed."""
    values = [_values(sample, index) for index in range(len(header))]
    aside = {index: why for index in range(len(header)) if (why := _aside(index, header, values[index]))}
    candidates = list(_candidates(entities))
    wishes = sorted(
        (
            wish
            for index, label in enumerate(header)
            if index not in aside
            for wish in _wishes(index, label, values[index], candidates)
        ),
        key=lambda wish: wish.order,
    )
    chosen = _settle(wishes)
    return Mapping(
        tuple(
            Column(label, Use.SKIP, reason=aside[index]) if index in aside else _column(index, label, chosen, wishes)
            for index, label in enumerate(header)
        )
    )


def _candidates(entities: Sequence[Entity]) -> Iterator[_Candidate]:
    """Every field a file may fill; links between the imported entities are made by the import itself."""
    names = {entity.name for entity in entities}
    pairs = [(entity, field) for entity in entities for field in entity.fields]
    for rank, (entity, field) in enumerate(pairs):
        if not field.readonly and field.target not in names:
            yield _Candidate(rank, entity, field)


def _values(sample: Sequence[RawRow], index: int) -> list[Cell]:
    cells = (row.cells[index] for row in sample if index < len(row.cells))
    return [cell for cell in cells if text_of(cell).strip().casefold() not in NOTHING]


def _wishes(index: int, label: str, values: Sequence[Cell], candidates: Sequence[_Candidate]) -> Iterator[_Wish]:
    """The fields the column may belong to."""
    for one in candidates:
        sure, why = one.named(label) or (0.0, _HOLDS)
        if not sure and not one.telling:
            continue
        share = one.share(values)
        if not sure and (share < _FITS or len(values) < _ENOUGH):
            continue
        score = (sure or _BY_CONTENT) * (0.5 + share / 2) if share else 0.0
        yield _Wish(index, one.target, one.field, round(score, 3), _reason(why, one.field, share), one.rank)


def _reason(why: Label, field: Field, share: float) -> Label:
    if not share:
        return _UNFIT.format(field=field.label)
    return _SHARE.format(why=why.format(field=field.label), share=round(share * 100))


def _settle(wishes: Sequence[_Wish]) -> dict[int, _Wish]:
    """The surest wishes, each column and each field once."""
    chosen: dict[int, _Wish] = {}
    taken: set[Target] = set()
    for wish in wishes:
        if wish.score and wish.index not in chosen and wish.target not in taken:
            chosen[wish.index] = wish
            taken.add(wish.target)
    return chosen


def _aside(index: int, header: Sequence[str], values: Sequence[Cell]) -> Label | None:
    """Why a column is no data: empty, a report's, or the numbers of the rows."""
    if not values:
        return _EMPTY
    if index in reported(header):
        return REPORTED
    return _NUMBERS if plain(header[index]) in NUMBERING and _counts(values) else None


def _counts(values: Sequence[Cell]) -> bool:
    """Whether the values count rows: whole numbers that rise by about one."""
    texts = [text_of(value).strip() for value in values]
    if not all(text.isascii() and text.isdecimal() and len(text) < 8 for text in texts):  # noqa: PLR2004
        return False
    numbers = [int(text) for text in texts]
    rising = all(one < two for one, two in pairwise(numbers))
    return rising and numbers[-1] - numbers[0] <= 2 * len(numbers)


def _column(index: int, label: str, chosen: dict[int, _Wish], wishes: Sequence[_Wish]) -> Column:
    if index in chosen:
        wish = chosen[index]
        return Column(label, Use.FIELD, wish.target, wish.score, wish.why)
    return Column(label, Use.SEALED, confidence=0, reason=_passed(index, wishes))


def _passed(index: int, wishes: Sequence[_Wish]) -> Label:
    """Why a column with values goes to no field."""
    own = next((wish for wish in wishes if wish.index == index), None)
    if own is None:
        return _KEPT
    return _TAKEN.format(field=own.field.label) if own.score else own.why
