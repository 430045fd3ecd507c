"""The wizard's other pages, filled: upload, progress, dry run, result, the list of imports."""

from typing import Any

from flask import request

from app import outbox
from app.core.action import Action
from app.core.label import Label
from app.exchange import batch as batches
from app.exchange import report
from app.exchange.batch import Batch, Owner, State
from app.exchange.mapping import Use
from app.exchange.report import Offer
from app.exchange.steps import CUSTOMER, IMPORTED
from app.heads import door
from app.heads.frame import frame, local
from app.heads.pages import Batch as Row
from app.heads.pages import (
    BatchesPage,
    Button,
    Control,
    Count,
    DryRunPage,
    Empty,
    FailingRow,
    JoinOffer,
    Link,
    Option,
    Progress,
    ProgressPage,
    ProgressPart,
    ResultPage,
    Spared,
    Tag,
    UploadPage,
)
from app.heads.pages.frame import State as Colour
from app.heads.words import texts
from app.records.context import Context

TITLE = Label("导入客户和车辆", "Import customers and cars")
STEPS = (Label("上传", "Upload"), Label("对应", "Mapping"), Label("试运行", "Dry run"), Label("导入", "Import"))
LIMIT = Label("CSV、TXT、XLSX，最大 {most} MB", "CSV, TXT or XLSX, up to {most} MB")
STORE, OWNER = Label("门店", "Store"), Label("归属", "Owner")
NO_STORE = Label("请选择您可以导入的门店。", "Choose a store you may import into.")
OWNERS = {
    Owner.NOBODY: Label("暂不归属任何人", "Nobody for now"),
    Owner.ME: Label("归我", "Me"),
    Owner.EMPLOYEE: Label("归一位员工（下一步选择）", "One employee (chosen in the next step)"),
    Owner.COLUMN: Label("按文件中的顾问", "As named in a column of the file"),
}
OWNER_HELP = Label(
    "按文件归属时，找不到的顾问会留空，并在试运行里计数。",
    "Names that are not found are left empty and counted in the dry run.",
)
STATES: dict[State, tuple[Label, Colour]] = {
    State.MAPPING: (Label("待对应", "To be mapped"), "neutral"),
    State.CHECKING: (Label("试运行中", "Being checked"), "info"),
    State.CHECKED: (Label("待确认", "To be confirmed"), "warn"),
    State.IMPORTING: (Label("导入中", "Importing"), "info"),
    State.DONE: (Label("已完成", "Done"), "ok"),
    State.UNDOING: (Label("撤销中", "Being rolled back"), "info"),
    State.UNDONE: (Label("已撤销", "Rolled back"), "neutral"),
    State.FAILED: (Label("已中断", "Stopped"), "bad"),
    State.EXPIRED: (Label("已过期", "Expired"), "neutral"),
}
PHASES = {
    State.CHECKING: Label("正在试运行：逐行读取、核对", "Dry run: reading and checking every row"),
    State.IMPORTING: Label("正在写入客户和车辆", "Writing customers and cars"),
    State.UNDOING: Label("正在撤销导入", "Rolling the import back"),
}
NEW = {"customer": Label("新客户", "New customers"), "vehicle": Label("新车辆", "New cars")}
MATCHED = {
    "customer": Label("本店已有客户", "Customers here already"),
    "vehicle": Label("本店已有车辆", "Cars here already"),
}
FAILING, ROWS = Label("不能导入的行", "Failing rows"), Label("读到的行", "Rows read")
REPEATED, LEFT_OUT = Label("文件内重复的行", "Repeated in the file"), Label("跳过的行", "Left out")
NO_STAFF = Label("找不到的顾问", "Unknown consultants")
TITLES_SKIPPED = Label("标题、合计等跳过 {n} 行", "{n} title, total and blank rows passed over")
SUBMIT = Label("导入 {n} 行", "Import {n} rows")
NOTHING = Label(
    "没有可以导入的行。请更正文件或返回修改对应。",
    "No row can be imported. Correct the file or go back to the mapping.",
)
NOT_YOURS = Label("只有上传人可以确认导入。", "Only who uploaded the file can confirm the import.")
MORE_ROWS, MORE_OFFERS = (
    Label("另有 {n} 行", "{n} more rows"),
    Label(
        "另有 {n} 行与本店已有记录相符，将按“全部按此处理”或合并处理。",
        "{n} more rows match; they follow “do this for all”, or are joined.",
    ),
)
WHY = {
    "number": Label("客户编号相同", "same customer number"),
    "id_card": Label("身份证号相同", "same identity number"),
    "person": Label("手机和姓名相同", "same mobile and name"),
    "car": Label("同名车主的同一辆车", "same car and owner's name"),
    "vin": Label("车架号相同", "same VIN"),
}
ANSWERS = {
    "join": Label("合并（只补空白）", "Join (fill gaps only)"),
    "new": Label("仍新建客户", "Add as a new customer"),
    "skip": Label("跳过这一行", "Leave the row out"),
}
REMOVED = Label(
    "已撤销：删除 {removed} 条，还原 {restored} 条，保留 {spared} 条。",
    "Rolled back: {removed} removed, {restored} restored, {spared} spared.",
)
CHANGED_BY = Label("{by} 于 {at} 修改过", "changed by {by} on {at}")
USED = Label("已有其他记录引用它", "other records refer to it")
WHO, WHEN = Label("操作人", "Who"), Label("时间", "When")
NEW_IMPORT = Label("导入文件", "Import a file")
NO_BATCH, NO_BATCH_ADVICE = (
    Label("还没有导入过", "Nothing was imported yet"),
    Label("上传旧系统导出的客户名单即可开始。", "Upload a list of customers from the old system to begin."),
)
AND = Label("、", ", ")
FIRST, A_PAGE = 50, 30  # rows shown, imports a page


def steps(batch: Batch | None, current: int) -> dict[str, Any]:
    """The wizard's steps; those behind can be gone back to while nothing is written."""
    locale = door.locale()
    hrefs = ["/import/new", f"/import/{batch.id}/mapping" if batch else "", f"/import/{batch.id}" if batch else "", ""]
    return {
        "steps": tuple(
            Link(text=word.text(locale), href=hrefs[n] if n < current < 3 else "", current=n == current)  # noqa: PLR2004
            for n, word in enumerate(STEPS)
        ),
        "batches_href": "/import/",
    }


def upload(context: Context, most: int, problem: Label | None = None) -> UploadPage:
    """The first step's form; what was chosen before stands again."""
    locale, form = door.locale(), request.form
    chosen = form.get("store", str(context.actor.store or ""))
    stores = tuple(
        Option(value=str(number), text=name, selected=str(number) == chosen)
        for number, name in _stores(context).items()
    )
    rule = form.get("owner", Owner.NOBODY.value)
    rules = tuple(Option(value=one.value, text=word.text(locale), selected=one == rule) for one, word in OWNERS.items())
    return UploadPage(
        frame=frame(),
        title=TITLE.text(locale),
        **steps(None, 0),
        action="/import/new",
        controls=(
            Control(name="file", label=texts(locale).file, widget="file", accept=".csv,.txt,.tsv,.xlsx", required=True),
            Control(name="store", label=STORE.text(locale), widget="select", options=stores, required=True),
            Control(
                name="owner", label=OWNER.text(locale), widget="select", options=rules, required=True,
                help=OWNER_HELP.text(locale),
            ),
        ),
        limit=LIMIT.format(most=most // 1024 // 1024).text(locale),
        problem=problem.text(locale) if problem else None,
    )  # fmt: skip


def _stores(context: Context) -> dict[int, str]:
    """The stores the actor may import into."""
    sql = "SELECT id, name FROM store WHERE id = ANY (gate.my_stores('customer')) ORDER BY code"
    return dict(map(tuple, context.connection.exec_driver_sql(sql)))


def store_of(context: Context) -> int | None:
    """The posted store, when the actor may import into it."""
    chosen = request.form.get("store", "")
    return next((number for number in _stores(context) if str(number) == chosen), None)


def owner_of() -> Owner:
    """The posted owner rule."""
    chosen = request.form.get("owner", "")
    return Owner(chosen) if chosen in set(Owner) else Owner.NOBODY


def progress(context: Context, batch: Batch) -> Progress:
    """How far the work in the background is."""
    locale = door.locale()
    work = outbox.get(context.connection, batch.work) if batch.work else None
    done, total = (work.progress or 0, work.total or 0) if work else (0, 0)
    ended = batch.state not in batches.RUNNING
    percent = 100 if ended else min(99, done * 100 // total) if total else 0
    phase = PHASES.get(batch.state) or STATES[batch.state][0]
    return Progress(
        href=f"/import/{batch.id}/progress",
        phase=phase.text(locale),
        done=f"{done:,}",
        total=f"{total:,}" if total else "…",
        percent=percent,
        running=not ended,
    )


def running(context: Context, batch: Batch) -> ProgressPage:
    """The page of an import at work."""
    current = 2 if batch.state is State.CHECKING else 3
    title = TITLE.text(door.locale())
    told = progress(context, batch)
    return ProgressPage(frame=frame(), title=title, **steps(batch, 3) | _at(current), progress=told, file=batch.file)


def _at(current: int) -> dict[str, Any]:
    """The steps with one marked and none to go back to: the work is under way."""
    locale = door.locale()
    return {"steps": tuple(Link(text=w.text(locale), href="", current=n == current) for n, w in enumerate(STEPS))}


def part(context: Context, batch: Batch) -> ProgressPart:
    """The progress alone."""
    return ProgressPart(frame=frame(), progress=progress(context, batch))


def dry_run(context: Context, batch: Batch, *, own: bool) -> DryRunPage:
    """The third step: what an import would do."""
    locale, counts = door.locale(), batch.counts
    offers = report.offers(context, batch, FIRST)
    more = counts["offers"] - len(offers)
    blocked = None if own and counts["ready"] else NOT_YOURS if not own else NOTHING
    return DryRunPage(
        frame=frame(),
        title=TITLE.text(locale),
        **steps(batch, 2),
        **failing(context, batch, own=own),
        action=f"/import/{batch.id}/run",
        submit=SUBMIT.format(n=f"{counts['ready']:,}").text(locale),
        back_href=f"/import/{batch.id}/mapping",
        counts=tuple(planned(batch, locale)),
        offers=tuple(offer(one, locale) for one in offers),
        offers_more=MORE_OFFERS.format(n=f"{more:,}").text(locale) if more > 0 else None,
        join_all=tuple(Option(value=code, text=word.text(locale)) for code, word in ANSWERS.items()),
        kept=kept(batch),
        blocked=blocked.text(locale) if blocked else None,
    )


def planned(batch: Batch, locale: str) -> list[Count]:
    """What the dry run counted."""
    counts = batch.counts
    skipped = sum(counts["skipped"].values())
    told = TITLES_SKIPPED.format(n=skipped).text(locale) if skipped else None
    made = [Count(text=ROWS.text(locale), value=f"{counts['rows']:,}", note=told)]
    for name in batch.entities:
        made.append(Count(text=NEW[name].text(locale), value=f"{counts['new'].get(name, 0):,}", state="ok"))
    for name in batch.entities:
        if number := counts["matched"].get(name):
            made.append(Count(text=MATCHED[name].text(locale), value=f"{number:,}", state="info"))
    rest: list[tuple[Label, int, Colour]] = [
        (REPEATED, counts["duplicates"], "neutral"),
        (NO_STAFF, counts["unknown_staff"], "warn"),
        (FAILING, counts["failing"], "bad"),
    ]
    made += [Count(text=word.text(locale), value=f"{number:,}", state=state) for word, number, state in rest if number]
    return made


def offer(one: Offer, locale: str) -> JoinOffer:
    """A line the store knows already, with what may be done about it."""
    allowed = ("join", "new", "skip") if one.may_add else ("join", "skip")
    chosen = one.answer or "join"
    return JoinOffer(
        key=str(one.line),
        line=str(one.line),
        incoming=one.incoming,
        existing=one.existing,
        href=f"/data/{one.entity}/{one.record}",
        why=WHY[one.why].text(locale),
        options=tuple(Option(value=code, text=ANSWERS[code].text(locale), selected=code == chosen) for code in allowed),
    )


def failing(context: Context, batch: Batch, *, own: bool) -> dict[str, Any]:
    """The first failing rows, how many more there are, and where all of them are a file."""
    locale, total = door.locale(), int(batch.counts.get("failing", 0))
    rows = list(report.failing(context, batch, FIRST))
    told = tuple(
        FailingRow(
            line=str(raw.line), column=one.column or "—", reason=one.label.text(locale), value=report.shown_value(one)
        )
        for raw, failures in rows
        for one in failures
    )
    more = total - len(rows)
    return {
        "failing": told,
        "failing_more": MORE_ROWS.format(n=f"{more:,}").text(locale) if rows and more > 0 else None,
        "failed_href": f"/import/{batch.id}/failed.csv" if rows and own else None,
    }


def kept(batch: Batch) -> tuple[str, ...]:
    """The columns that are kept sealed."""
    return tuple(one.label for one in batch.mapping.columns if one.use is Use.SEALED) if batch.mapping else ()


def result(context: Context, batch: Batch) -> ResultPage:
    """What an import did, or why it stopped, and its undoing."""
    locale, actor = door.locale(), context.actor
    undoable = batch.state in (State.DONE, State.FAILED) and all(
        actor.may(Action.DELETE, entity.name) for entity in IMPORTED if entity.name in batch.entities
    )
    word, colour = STATES[batch.state]
    own = batch.by == actor.id
    return ResultPage(
        frame=frame(),
        title=TITLE.text(locale),
        **steps(batch, 3),
        **failing(context, batch, own=own),
        file=batch.file,
        tag=Tag(text=word.text(locale), state=colour),
        counts=tuple(done(batch, locale)),
        records_href="/data/customer/?order=-id" if batch.state is State.DONE else None,
        rollback_action=f"/import/{batch.id}/rollback" if undoable else None,
        retry_action=f"/import/{batch.id}/run" if own and batch.state is State.FAILED else None,
        rolled_back=undone(batch, locale),
        spared=spared(context, batch, locale) if batch.state is State.UNDONE else (),
        kept=kept(batch),
        facts=facts(context, batch, locale),
        problem=batch.problem.text(locale) if batch.problem else None,
    )


def done(batch: Batch, locale: str) -> list[Count]:
    """What was written."""
    written = batch.counts.get("written")
    if written is None:
        return planned(batch, locale) if batch.counts else []
    made = [
        Count(text=NEW[name].text(locale), value=f"{written['created'].get(name, 0):,}", state="ok")
        for name in batch.entities
    ]
    for name in batch.entities:
        joined = written["joined"].get(name, 0)
        if number := joined + written["matched"].get(name, 0):
            note = Label("其中补全 {n}", "{n} of them completed").format(n=joined).text(locale) if joined else None
            made.append(Count(text=MATCHED[name].text(locale), value=f"{number:,}", state="info", note=note))
    rest: list[tuple[Label, int, Colour]] = [
        (LEFT_OUT, batch.counts["left_out"], "neutral"),
        (FAILING, batch.counts["failing"], "bad"),
    ]
    made += [Count(text=word.text(locale), value=f"{number:,}", state=state) for word, number, state in rest if number]
    return made


def undone(batch: Batch, locale: str) -> str | None:
    """What a rolling back did, in one sentence."""
    fates = batch.counts.get("undone")
    if fates is None:
        return None
    sums = {
        fate: sum(one.get(fate, 0) for one in fates.values()) for fate in ("removed", "restored", "changed", "used")
    }
    told = REMOVED.format(removed=sums["removed"], restored=sums["restored"], spared=sums["changed"] + sums["used"])
    return told.text(locale)


def spared(context: Context, batch: Batch, locale: str) -> tuple[Spared, ...]:
    """Records a rolling back left alone."""
    made = []
    for one in report.spared(context.connection, batch, FIRST):
        at = f"{local(one.at):%Y-%m-%d %H:%M}"
        why = USED if one.why == "used" else CHANGED_BY.format(by=one.by or "—", at=at)
        made.append(Spared(text=one.title, href=f"/data/{one.entity}/{one.record}", why=why.text(locale)))
    return tuple(made)


def facts(context: Context, batch: Batch, locale: str) -> tuple[Count, ...]:
    """Who imported what, when and where."""
    store = report.store_names(context.connection, [batch.store]).get(batch.store, "—")
    who = report.people_names(context.connection, [batch.by]).get(batch.by or 0, "SYSTEM")
    told = (
        (WHO, who),
        (WHEN, f"{local(batch.finished or batch.at):%Y-%m-%d %H:%M}"),
        (STORE, store),
        (OWNER, OWNERS[batch.owner].text(locale)),
    )
    return tuple(Count(text=word.text(locale), value=value) for word, value in told)


def listing(context: Context, before: int | None) -> BatchesPage:
    """The imports within reach, a page of them."""
    locale = door.locale()
    found = batches.newest(context.connection, before, A_PAGE + 1)
    shown = found[:A_PAGE]
    stores = report.store_names(context.connection, {one.store for one in shown})
    people = report.people_names(context.connection, {one.by for one in shown})
    empty = Empty(text=NO_BATCH.text(locale), advice=NO_BATCH_ADVICE.text(locale)) if not found and not before else None
    return BatchesPage(
        frame=frame(),
        title=texts(locale).batches,
        batches=tuple(row(one, stores, people, locale) for one in shown),
        buttons=(Button(text=NEW_IMPORT.text(locale), href="/import/new", icon="upload", main=True),),
        next_href=f"/import/?before={shown[-1].id}" if len(found) > A_PAGE else None,
        previous_href="/import/" if before else None,
        empty=empty,
    )


def row(one: Batch, stores: dict[int, str], people: dict[int, str], locale: str) -> Row:
    """An import in the list."""
    word, colour = STATES[one.state]
    names = [entity.label.text(locale) for entity in IMPORTED if entity.name in one.entities]
    return Row(
        file=one.file,
        href=f"/import/{one.id}",
        tag=Tag(text=word.text(locale), state=colour),
        entity=AND.text(locale).join(names) or CUSTOMER.label.text(locale),
        store=stores.get(one.store, "—"),
        who=people.get(one.by or 0, "SYSTEM"),
        when=f"{local(one.at):%m-%d %H:%M}",
        exact=local(one.at).isoformat(timespec="seconds"),
        counts=tuple(done(one, locale)) if one.state in (State.DONE, State.UNDONE, State.CHECKED) else (),
    )
