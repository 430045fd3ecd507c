"""Reading: a file's rows laid ready in the stage, grouped by the record they are about."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime, time
from itertools import islice
from typing import Any

import orjson
from sqlalchemy import Connection

from app.core.clock import SHANGHAI
from app.core.errors import Invalid, Unfit
from app.core.label import Label
from app.core.scope import Belongs
from app.exchange.feeds import day as days
from app.exchange.feeds import run as runs
from app.exchange.feeds.day import WrongFile
from app.exchange.feeds.prepare import Made, Preparer, Ready, Why
from app.exchange.feeds.profile import Profile, by_id, demand
from app.exchange.feeds.run import Run, State
from app.exchange.feeds.spec import Spec, Use
from app.exchange.hands import in_order
from app.exchange.raw import RawRow
from app.exchange.source import Choices, Source, open_source
from app.exchange.steps import Steps, Tools, context_of
from app.exchange.synonyms import plain
from app.records.context import Context
from app.records.rulebook import RULEBOOK

COPY = (
    "COPY feed_row_dock (run_id, grp, line, level, ordinal, store_id, at, record, tokens, refs, state, failures)"
    " FROM STDIN"
)
NO_COLUMN = Label(
    "文件里没有“{label}”这一列。请核对是否换了格式；确实换了，请修改导入方案。",
    "The file has no column “{label}”. If its form has changed, change the profile.",
)
OTHER_STORE = Unfit(
    "other_store", Label("门店代码“{code}”不在这个导入方案里。", "The profile has no store for the code “{code}”.")
)
TWICE = Unfit(
    "twice",
    Label("同一单里这一行的主键出现了两次，内容不同。", "The key of this line stands twice with other content."),
)
CLASH = Unfit("clash", Label("同一单的门店不一致。", "The lines of one record name different stores."))
PARTNER = Label(
    "同一单里第 {line} 行有问题，整单未导入。", "Line {line} of the same record failed, so all of it waits."
)
NO_DAY = Unfit("no_day", Label("这一行没有业务日期。", "The row tells no business day."))


def read(steps: Steps, tools: Tools, number: int) -> None:
    """Lays the run's file in the stage; starts over when it is run again; raises Refusal for the file as a whole."""
    with steps.transaction() as connection:
        run = runs.get(connection, number, lock=True)
        if run.state is not State.READING:
            return
        profile = by_id(connection, run.profile)
        context = context_of(connection, tools.sealer)
        demand(context, profile)
        connection.exec_driver_sql("DELETE FROM feed_row WHERE run_id = %s", (number,))
        stores = store_codes(connection, profile)
    spec = profile.spec
    with (
        tools.uploads.opened(run.hash, run.uuid) as path,
        open_source(path, run.file, Choices(spec.sheet, spec.encoding, spec.separator), tools.limits) as source,
    ):
        days.demand(days.Named(run.day, run.sequence), told_above(source), run.day)
        prepare = Preparer(context, spec, placed(spec, source.header))
        stage = Stage(context, run, profile, stores)
        for ready in in_order(prepare, _chunks(source.rows(), tools.rows), tools.hands):
            with steps.transaction() as connection:
                stage.lay(connection, ready)
            steps.progress(stage.rows)
        header = list(source.header)
    with steps.transaction() as connection:
        stage.close(connection)
        counts = {"rows": stage.rows, "records": stage.records, "failing": stage.failing}
        runs.change(connection, number, state=State.WRITING.value, header=header, reached=0, counts=counts)


def _chunks(rows: Iterator[RawRow], size: int) -> Iterator[list[RawRow]]:
    while chunk := list(islice(rows, size)):
        yield chunk


def told_above(source: Source) -> Any:
    """The day that the lines above the heading tell, or None."""
    return days.titled(islice((row for row in source.table if row.line < source.header_line), 20))


def placed(spec: Spec, header: Sequence[str]) -> dict[str, int]:
    """Where each column of the spec stands in the file; WrongFile for one that is not there."""
    at = {plain(label): place for place, label in reversed(list(enumerate(header)))}
    for one in spec.columns:
        if one.use is not Use.SKIP and plain(one.label) not in at:
            raise WrongFile(NO_COLUMN.format(label=one.label), "no_column")
    return {one.label: at[plain(one.label)] for one in spec.columns if one.use is not Use.SKIP}


def store_codes(connection: Connection, profile: Profile) -> dict[str, int]:
    """The stores a file may name, by the brand's code and by ours; the only one also by no name."""
    rows = connection.exec_driver_sql("SELECT code, id FROM store WHERE id = ANY (%s)", (list(profile.stores),))
    ours: dict[str, int] = dict(map(tuple, rows))
    found = ours | {code: ours[one] for code, one in profile.spec.stores.items() if one in ours}
    if profile.spec.used(Use.STORE) is None and len(profile.stores) == 1:
        found[""] = profile.stores[0]
    return found


class Stage:
    """Groups the rows of one file by record and lays them ready, a chunk a transaction."""

    def __init__(self, context: Context, run: Run, profile: Profile, stores: Mapping[str, int]) -> None:
        self._context, self._run, self._profile, self._stores = context, run, profile, stores
        spec = profile.spec
        self._entities = [context.entity(name) for name in spec.entities]
        self._placed = any(entity.belongs is Belongs.STORE for entity in self._entities)
        self._groups: dict[str, tuple[int, int | None]] = {}
        self._parts: dict[tuple[int, str], str] = {}
        self._counts: dict[int, int] = {}
        self._midnight = datetime.combine(run.day, time(), SHANGHAI).isoformat()
        self._dated = spec.used(Use.DAY)
        self._wholes: dict[int, str] = {}  # what each record of a ledger was told to be
        self._ledger = bool(spec.entity) and context.entity(spec.entity).ledger
        self._bad: dict[int, int] = {}  # groups that fail, and the first line that made them
        self.rows = self.failing = 0

    @property
    def records(self) -> int:
        """How many records the rows were about."""
        return len(self._groups)

    def lay(self, connection: Connection, rows: Sequence[Ready]) -> None:
        """Stores one chunk."""
        self._obey(connection, rows)
        _copy(connection, (made for one in rows for made in self._lines(one)))

    def _obey(self, connection: Connection, rows: Iterable[Ready]) -> None:
        """Fails the rows that business rules in code refuse."""
        ruled = [entity for entity in self._entities if RULEBOOK.tests.get(entity.name)]
        if not ruled:
            return
        context = Context(connection, self._context.actor, self._context.snapshot, self._context.sealer)
        for one in rows:
            for entity in ruled:
                made = one.whole if entity.name == self._profile.spec.entity else one.part
                try:
                    if made and made.values:
                        RULEBOOK.run(context, entity, made.values, None)
                except Invalid as invalid:
                    one.failures += [Why.of("", name, unfit) for name, unfit in invalid.fields.items()]

    def _lines(self, one: Ready) -> Iterator[tuple[object, ...]]:
        self.rows += 1
        store = self._store(one)
        if self._dated:
            self._of_day(one)
        key = f"{store}|{one.key}" if one.key else f"line {one.line}"
        group, place = self._groups.setdefault(key, (one.line, store))
        if place != store:
            one.failures.append(Why.of("", "", CLASH))
        if one.whole and self._ledger and self._wholes.setdefault(group, said(one.whole)) != said(one.whole):
            one.failures.append(Why.of("", "", TWICE))
        ordinal = self._counts.get(group, 0)
        part = one.part if one.part and not self._repeated(group, one) else None
        self._counts[group] = ordinal + (one.part is not None)
        if one.failures:
            self.failing += 1
            self._bad.setdefault(group, one.line)
            yield self._row(group, one, 0, ordinal, store, None)
            return
        if one.whole:
            yield self._row(group, one, 0, ordinal, store, one.whole)
        if part:
            yield self._row(group, one, 1, ordinal + 1, store, part)

    def _repeated(self, group: int, one: Ready) -> bool:
        """Whether the very same part stood before; another of its key fails the line."""
        if one.part is None or self._profile.spec.counted:
            return False
        told = said(one.part)
        before = self._parts.setdefault((group, one.part.key), told)
        if before == told:
            return before is not told
        one.failures.append(Why.of("", "", TWICE))
        return False

    def _store(self, one: Ready) -> int | None:
        """The store the row goes to; one the profile does not name fails the row."""
        if not self._placed:
            return None
        found = self._stores.get(one.store)
        if found is None:
            label = OTHER_STORE.label.format(code=one.store or "—")
            one.failures.append(Why.of(self._label(Use.STORE), "store", Unfit(OTHER_STORE.code, label)))
        return found

    def _of_day(self, one: Ready) -> None:
        """Refuses the file when a row says it is of another day."""
        if one.day is None:
            one.failures.append(Why.of(self._label(Use.DAY), "", NO_DAY))
        elif one.day != self._run.day.isoformat():
            raise WrongFile(days.OTHER_DAY.format(named=self._run.day, told=one.day), "other_day")

    def _label(self, use: Use) -> str:
        column = self._profile.spec.used(use)
        return column.label if column else ""

    def _row(  # noqa: PLR0917  # what a staged row is made of
        self, group: int, one: Ready, level: int, ordinal: int, store: int | None, made: Made | None
    ) -> tuple[object, ...]:
        at = one.changed or self._midnight
        head = (self._run.id, group, one.line, level, ordinal, store, at)
        if made is None:
            return (*head, None, None, None, "refused", why(one.failures))
        tokens = "{" + ",".join(map(str, made.tokens)) + "}"
        return (*head, made.record, tokens, made.refs, "ready", None)

    def close(self, connection: Connection) -> None:
        """Refuses what belongs to a record of which a line failed."""
        if not self._bad:
            return
        groups, lines = list(self._bad), list(self._bad.values())
        told = [why([partner(line)]) for line in lines]
        sql = (
            "UPDATE feed_row r SET state = 'refused', failures = coalesce(r.failures, p.told::jsonb)"
            " FROM unnest(%s::int[], %s::text[]) AS p (grp, told) WHERE r.run_id = %s AND r.grp = p.grp"
        )
        connection.exec_driver_sql(sql, (groups, told, self._run.id))


def partner(line: int) -> Why:
    """Why a good line stays out: another of its record failed."""
    label = PARTNER.format(line=line)
    return Why("", "", "partner", label.zh, label.en)


def why(failures: Iterable[Why]) -> str:
    """Failures as JSON, without what was written there."""
    return orjson.dumps([[one.column, one.field, one.code, one.zh, one.en] for one in failures]).decode()


def _copy(connection: Connection, rows: Iterable[tuple[object, ...]]) -> None:
    driver = connection.connection.driver_connection
    if driver is None:
        raise RuntimeError("the connection is closed")
    with driver.cursor() as cursor, cursor.copy(COPY) as copy:
        for row in rows:
            copy.write_row(row)


def said(made: Made) -> str:
    """What a row says of a record, by which the same content is known."""
    record = {name: value for name, value in orjson.loads(made.record).items() if name != "uuid"}
    return repr((record, made.refs))
