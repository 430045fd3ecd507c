"""The records that rows refer to, found by what the brand says of them; bare ones made where a profile asks for it."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from app.core.entity import Entity
from app.core.field import Field
from app.core.label import Label
from app.core.scope import Belongs
from app.exchange.feeds.bare import Bare
from app.exchange.feeds.marks import Row, Stamp
from app.exchange.feeds.prepare import Why
from app.exchange.feeds.profile import Profile
from app.exchange.feeds.run import Run
from app.exchange.feeds.spec import Missing
from app.models.table import index_column
from app.records.context import Context

UNKNOWN = Label("没有找到{what}“{told}”。", "No {what} “{told}” was found.")
HIDDEN = Label("没有找到这一行所说的{what}。", "The {what} of this row was not found.")
SEVERAL = Label("有不止一个{what}符合，请在文件里写得更明确。", "Several {what} fit; say more exactly which.")


@dataclass(slots=True)
class Told:
    """What one row says of one reference."""

    name: str  # our field
    line: int
    store: int | None
    stamp: Stamp
    by: list[list[str]]
    also: list[list[str]]
    bare: dict[str, Any] | None
    tokens: list[int]
    unfit: list[str] | None


@dataclass(slots=True)
class Known:
    """What is there of one target: ids by store, field and value."""

    found: dict[tuple[int | None, str, str], list[int]] = field(default_factory=dict)

    def add(self, store: int | None, name: str, value: str, record: int) -> None:
        """One record under one of its values."""
        ids = self.found.setdefault((store, name, value), [])
        if record not in ids:
            ids.append(record)

    def ids(self, store: int | None, name: str, value: str) -> list[int]:
        """The records under a value."""
        return self.found.get((store, name, value), [])


class Resolver:
    """Finds the references of one entity's rows within one transaction."""

    def __init__(self, context: Context, entity: Entity, profile: Profile, run: Run) -> None:
        self._context, self._entity, self._profile, self._run = context, entity, profile, run
        self._spec = spec = profile.spec
        self.links: list[dict[str, Any]] = []  # of the bare records
        self._labels = {one.field: one.label for _, one in reversed(list(spec.of(entity.name))) if one.by}

    def __call__(
        self, rows: Iterable[tuple[int, Row, Mapping[str, Any]]]
    ) -> tuple[dict[int, dict[str, int | None]], dict[int, tuple[bool, Why]]]:
        """By number, the columns of what was found, and why a row cannot be (True: it may wait for what is missing)."""
        asked: dict[str, list[Told]] = {}
        patches: dict[int, dict[str, int | None]] = {}
        for number, row, refs in rows:
            patches[number] = {}
            for name, one in refs.items():
                told = Told(
                    name, number, row.store, row.stamp, one["by"], one.get("also", []), one.get("bare"),
                    one.get("tokens", []), one.get("unfit"),
                )  # fmt: skip
                asked.setdefault(name, []).append(told)
        wrong: dict[int, tuple[bool, Why]] = {}
        for name, all_told in asked.items():
            self._field(self._entity.by_name[name], all_told, patches, wrong)
        return patches, wrong

    def _field(
        self,
        known: Field,
        asked: Sequence[Told],
        patches: dict[int, dict[str, int | None]],
        wrong: dict[int, tuple[bool, Why]],
    ) -> None:
        target = self._context.entity(known.target or "")
        there = self._look(target, asked)
        policy = self._spec.missing.get(known.name, Missing.WAIT)
        if policy is Missing.MAKE and self._make(target, asked, there):
            there = self._look(target, asked)
        for told in asked:
            ids = self._ids(target, told, there) if told.by else []
            column = known.column
            if len(ids) == 1 or not told.by:
                patches[told.line][column] = ids[0] if ids else None
            elif ids:
                wrong[told.line] = (False, self._why(known, "several", SEVERAL.format(what=target.label)))
            elif policy is Missing.EMPTY:
                patches[told.line][column] = None
            elif told.unfit:
                wrong[told.line] = (False, self._why(known, told.unfit[0], Label(*told.unfit[1:])))
            else:
                wrong[told.line] = (True, self._why(known, "missing", self._missing(target, told)))

    def _why(self, known: Field, code: str, label: Label) -> Why:
        return Why(self._labels.get(known.name, ""), known.name, code, label.zh, label.en)

    def _missing(self, target: Entity, told: Told) -> Label:
        """Words about what is missing; a sealed value is not repeated in them."""
        shown = [value for name, value in told.by if not target.by_name[name].sealed]
        return UNKNOWN.format(what=target.label, told=shown[0]) if shown else HIDDEN.format(what=target.label)

    def _ids(self, target: Entity, told: Told, there: Known) -> list[int]:
        """The records one row means: by the first of its keys that finds any; a key others share needs the rest too."""
        store = told.store if target.belongs is Belongs.STORE else None
        for name, value in told.by:
            ids = there.ids(store, name, value)
            if ids and not sole(target, name):
                for other, wanted in told.also:
                    if not target.by_name[other].sealed:
                        ids = [one for one in ids if one in there.ids(store, other, wanted)]
            if ids:
                return ids
        return []

    def _look(self, target: Entity, asked: Sequence[Told]) -> Known:
        """What is there under any of the values asked for, in one statement a field."""
        there = Known()
        names = dict.fromkeys(name for told in asked for name, _ in told.by)
        beside = dict.fromkeys(name for told in asked for name, _ in told.also if not target.by_name[name].sealed)
        placed = target.belongs is Belongs.STORE
        for name in names:
            values = list({value for told in asked for one, value in told.by if one == name})
            column = index_column(target.by_name[name]) or target.by_name[name].column
            shown = f"encode(t.\"{column}\", 'hex')" if target.by_name[name].sealed else f't."{column}"::text'
            cast = "decode(v, 'hex')" if target.by_name[name].sealed else f"v::{target.by_name[name].kind.sql}"
            more = "".join(f', t."{target.by_name[one].column}"::text' for one in beside)
            where = " AND t.store_id = ANY (%s)" if placed else ""
            sql = (
                f'SELECT t.id, {"t.store_id" if placed else "NULL::bigint"}, {shown}{more} FROM "{target.name}" t'
                f' WHERE t."{column}" = ANY (SELECT {cast} FROM unnest(%s::text[]) AS v){where} ORDER BY t.id'
            )
            given = (values, list({told.store for told in asked})) if placed else (values,)
            for number, store, value, *rest in self._context.connection.exec_driver_sql(sql, given):
                there.add(store, name, value, number)
                for one, told_of in zip(beside, rest, strict=True):
                    there.add(store, one, told_of, number)
        return there

    def _make(self, target: Entity, asked: Sequence[Told], there: Known) -> bool:
        """Makes bare records of what is missing, each once, and keeps up those that feeds made; whether it did any."""
        able = [told for told in asked if told.by and told.bare]
        missing: dict[tuple[object, ...], Told] = {}
        for told in able:
            if not sole(target, told.by[0][0]) and not self._ids(target, told, there):
                missing.setdefault((told.store, tuple(told.by[0]), tuple(map(tuple, told.also))), told)
        newest: dict[tuple[object, ...], Told] = {}
        for told in able:
            if sole(target, told.by[0][0]) and (self._profile.of_record or not self._ids(target, told, there)):
                newest[told.store, told.by[0][1]] = told
        bare = Bare(self._context, self._profile, self._run, target)
        self.links += bare.add(list(missing.values())) + bare.keep(list(newest.values()))
        return bool(missing or newest)


def sole(entity: Entity, name: str) -> bool:
    """Whether a value of the field is one record's alone, within its store."""
    return entity.by_name[name].unique or (name,) in entity.unique
