"""Writing: the stage into tables, a chunk of whole records a transaction, so that it may die anywhere and go on."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import orjson
from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError

from app.core.entity import Entity
from app.core.errors import Busy, Forbidden, Invalid
from app.exchange.feeds import run as runs
from app.exchange.feeds.marks import ONE_WRITER, Row, Stamp, keep_links, mark
from app.exchange.feeds.parts import write_parts
from app.exchange.feeds.prepare import Why, mapped
from app.exchange.feeds.profile import Profile, by_id, demand
from app.exchange.feeds.resolve import Resolver
from app.exchange.feeds.run import Run, State
from app.exchange.feeds.stage import partner, why
from app.exchange.feeds.target import Target
from app.exchange.feeds.upsert import Refused, upsert
from app.exchange.steps import Steps, Tools, context_of
from app.records.context import Context
from app.records.refusals import refusal_of

GROUPS = 500  # records with their parts in one transaction
CORRECTS = "SELECT set_config('forecourt.of_record', %s, true)"


@dataclass(slots=True)
class Group:
    """A record and its parts as the stage holds them."""

    number: int
    whole: Row | None = None
    parts: list[Row] = field(default_factory=list)
    refs: dict[int, Mapping[str, Any]] = field(default_factory=dict)  # of parts by line, of the whole under 0
    refused: Why | None = None
    line: int = 0  # that is to blame
    waits: bool = False

    def refuse(self, why_not: Why, line: int, *, waits: bool = False) -> None:
        """Takes the group out for a reason; the first one stays."""
        if self.refused is None:
            self.refused, self.line, self.waits = why_not, line, waits


def write(steps: Steps, tools: Tools, number: int) -> bool:
    """Writes what is not yet written of a staged run; a second call writes nothing twice. True when it wrote."""
    done = 0
    while True:
        with steps.transaction() as connection:
            connection.exec_driver_sql("SELECT pg_advisory_xact_lock(%s)", (ONE_WRITER,))
            run = runs.get(connection, number, lock=True)
            if run.state is not State.WRITING:
                return False
            context = context_of(connection, tools.sealer)
            profile = by_id(connection, run.profile)
            demand(context, profile)
            reached = _chunk(context, run, profile)
        if reached is None:
            return True
        done = reached
        steps.progress(done, max(int(run.counts.get("rows", 0)), done))


def _chunk(context: Context, run: Run, profile: Profile) -> int | None:
    """Writes the next groups of a run; answers how far it came, None when nothing was left."""
    groups = list(_staged(context.connection, run))
    if not groups:
        return None
    context.connection.exec_driver_sql(CORRECTS, ("on" if profile.of_record else "",))
    writing = Writing(context, run, profile)
    writing.attempt(groups)
    _tell(context.connection, run, groups)
    reached = groups[-1].number
    counts = dict(run.counts)
    for name, count in writing.counts.items():
        counts[name] = counts.get(name, 0) + count
    runs.change(context.connection, run.id, reached=reached, counts=counts)
    return reached


def _staged(connection: Connection, run: Run) -> Iterator[Group]:
    """The next groups in the file's order."""
    sql = """
        SELECT r.grp, r.line, r.level, r.ordinal, r.store_id, r.at::text, r.record::text, r.tokens, r.refs::text
          FROM feed_row r
         WHERE r.run_id = %s AND r.state = 'ready' AND r.grp > %s AND r.grp <= (
               SELECT max(c.grp) FROM (SELECT DISTINCT d.grp FROM feed_row d WHERE d.run_id = %s AND d.grp > %s
                                          AND d.state = 'ready' ORDER BY d.grp LIMIT %s) c)
         ORDER BY r.grp, r.line, r.level"""
    group: Group | None = None
    given = (run.id, run.reached, run.id, run.reached, GROUPS)
    for number, line, level, ordinal, store, at, record, tokens, refs in connection.exec_driver_sql(sql, given):
        if group is None or group.number != number:
            if group:
                yield group
            group = Group(number)
        stamp = Stamp(at, run.hash[:8] + line.to_bytes(4, "big"))
        row = Row(line, store, stamp, orjson.loads(record), tokens or ())
        if level == 0:
            group.whole = row
        else:
            row.ordinal = ordinal
            group.parts.append(row)
        group.refs[0 if level == 0 else line] = orjson.loads(refs) if refs else {}
    if group:
        yield group


class Writing:
    """Writes groups of one run within one transaction."""

    def __init__(self, context: Context, run: Run, profile: Profile) -> None:
        self._context, self._run, self._profile = context, run, profile
        spec = profile.spec
        self._spec = spec
        self._whole = target_of(context, profile, spec.entity) if spec.entity else None
        self._part = target_of(context, profile, spec.part) if spec.part else None
        self.counts: dict[str, int] = {}

    def attempt(self, groups: Sequence[Group]) -> None:
        """Writes the groups; where the database refuses one, halves find it, and it alone stays out."""
        groups = [one for one in groups if one.refused is None]
        if not groups:
            return
        counts: dict[str, int] = {}
        try:
            with self._context.connection.begin_nested():
                left = self._resolved(groups)
                counts = self._write(left)
        except Refused as refused:
            self._blame(groups, refused.lines)
            self.attempt(groups)
            return
        except DBAPIError as error:
            self._part_in_two(groups, error)
            return
        for name, count in counts.items():
            self.counts[name] = self.counts.get(name, 0) + count

    def _part_in_two(self, groups: Sequence[Group], error: DBAPIError) -> None:
        """Tries the halves; a single group is refused in the database's words. What is nobody's fault is raised."""
        entity = (self._whole or self._part or _nothing()).entity
        refusal = refusal_of(error.orig, entity)
        if refusal is None or isinstance(refusal, Busy | Forbidden):
            raise error
        if len(groups) > 1:
            middle = len(groups) // 2
            self.attempt(groups[:middle])
            self.attempt(groups[middle:])
            return
        name, code, label = "", refusal.code, refusal.label
        if isinstance(refusal, Invalid):
            name, unfit = next(iter(refusal.fields.items()))
            code, label = unfit.code, unfit.label
        groups[0].refuse(Why(self._label(name), name, code, label.zh, label.en), groups[0].number)

    def _label(self, name: str) -> str:
        """The file's column of a field."""
        return next((one.label for one in self._spec.columns if name and one.field == name), "")

    def _blame(self, groups: Iterable[Group], lines: Mapping[int, Why]) -> None:
        for group in groups:
            for row in (*([group.whole] if group.whole else ()), *group.parts):
                if row.line in lines:
                    why_not = lines[row.line]
                    told = Why(self._label(why_not.field), why_not.field, why_not.code, why_not.zh, why_not.en)
                    group.refuse(told, row.line)

    def _resolved(self, groups: Sequence[Group]) -> list[Group]:
        """The groups whose references are all found, these filled in; the others wait or are refused."""
        if self._whole:
            self._fill(self._whole, {one.number: (one, one.whole, one.refs[0]) for one in groups if one.whole})
        if self._part:
            parts = ((row.line, (group, row, group.refs[row.line])) for group in groups for row in group.parts)
            self._fill(self._part, dict(parts))
        return [one for one in groups if one.refused is None]

    def _fill(self, target: Target, rows: Mapping[int, tuple[Group, Row, Mapping[str, Any]]]) -> None:
        resolve = Resolver(self._context, target.entity, self._profile, self._run)
        patches, wrong = resolve((number, row, refs) for number, (_, row, refs) in rows.items())
        keep_links(self._context, self._run.id, resolve.links)
        for number, patch in patches.items():
            rows[number][1].record.update(patch)
        for number, (waits, why_not) in wrong.items():
            group, row, _ = rows[number]
            group.refuse(why_not, row.line, waits=waits)

    def _write(self, groups: Sequence[Group]) -> dict[str, int]:
        """One upsert of the wholes, one of their parts, and what is remembered of both."""
        context, run = self._context, self._run
        counts: dict[str, int] = {}
        links: list[dict[str, Any]] = []
        if self._whole:
            rows = [one.whole for one in groups if one.whole]
            written = upsert(context, self._whole, rows, run.sequence)
            mark(context, self._whole.entity.name, rows, run.sequence, run.id)
            links += written.links
            counts |= written.counts
        if self._part:
            of_parts = write_parts(context, self._part, self._spec, groups, run)
            links += of_parts.links
            counts |= {f"parts_{name}": count for name, count in of_parts.counts.items()}
        keep_links(context, run.id, links)
        return counts


def target_of(context: Context, profile: Profile, name: str) -> Target:
    """An entity as the profile fills it."""
    entity: Entity = context.entity(name)
    key = [entity.by_name[one] for one in profile.spec.keys.get(name, ())]
    if name == profile.spec.part and entity.by_name[profile.spec.within] not in key:
        key.insert(0, entity.by_name[profile.spec.within])
    return Target(entity, tuple(mapped(entity, profile.spec)), tuple(key), profile.of_record)


def _nothing() -> Target:
    raise RuntimeError("a profile writes nothing")


def _tell(connection: Connection, run: Run, groups: Sequence[Group]) -> None:
    """Notes on the staged rows which groups were refused or wait, and why."""
    out = [(one, one.refused) for one in groups if one.refused]
    sql = """
        UPDATE feed_row r SET state = p.state,
               failures = CASE WHEN r.line = p.line THEN p.told::jsonb ELSE p.other::jsonb END
          FROM unnest(%s::int[], %s::int[], %s::text[], %s::text[], %s::text[]) AS p (grp, line, state, told, other)
         WHERE r.run_id = %s AND r.grp = p.grp"""
    if out:
        given = (
            [one.number for one, _ in out],
            [one.line for one, _ in out],
            ["waiting" if one.waits else "refused" for one, _ in out],
            [why([reason]) for _, reason in out],
            [why([partner(one.line)]) for one, _ in out],
        )
        connection.exec_driver_sql(sql, (*given, run.id))
