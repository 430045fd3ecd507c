"""Merging two records of one person, and taking that back within thirty days."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from app.core.action import Action
from app.core.entity import Entity
from app.core.errors import Invalid, Unfit
from app.core.field import Field
from app.core.kind import Operator
from app.core.label import Label
from app.fields import MultiChoice, Option, Reference
from app.models import ENTITIES
from app.records import read, write
from app.records.context import Context
from app.records.present import Presenter
from app.records.query import Condition, Query
from app.records.read import fetch
from app.records.refusals import worded
from app.records.reindex import reindex
from app.records.row import Record
from app.records.rulebook import RULEBOOK, Beside, Outcome
from app.rules.quality import SAME_PERSON

DAYS = 30
CUSTOMER = ENTITIES["customer"]
SELF = Unfit("merge_self", Label("请选择另一位客户。", "Choose another customer."))
AGAIN = Unfit(
    "merged",
    Label("这位客户已并入别的档案，请选那份档案。", "This customer was merged already; choose the record he is in."),
)
ELSEWHERE = Unfit("merge_store", Label("只能合并同一门店的客户。", "Only customers of one store are merged."))
MERGED = Label(
    "已合并；{n} 条记录转到本档案，30 天内可撤销。", "Merged; {n} records moved here. It can be taken back for 30 days."
)
MERGED_BUT = Label(
    "已合并；{n} 条记录转到本档案，{left} 条因这里已有相同内容留在原档案。30 天内可撤销。",
    "Merged; {n} records moved here, {left} stayed: this record has the same. It can be taken back for 30 days.",
)
UNDONE = Label("已撤销合并，两份档案都已恢复。", "Taken back; both records stand again.")
COMES = Label("对方名下的记录转到本档案：{what}", "The other's records come here: {what}")
NOTHING_COMES = Label("对方名下没有其他记录", "The other has no further records")
POINTS = Label("对方的档案不再出现在列表里，旧地址会转到本档案", "The other leaves the lists; its address leads here")
BACK = Label("30 天内可以撤销，两份档案都会恢复", "It can be taken back for 30 days; both records stand again")
# What stands only once stays with the one merged in, who keeps it.
TAKEN = tuple(Option(field.name, field.label) for field in CUSTOMER.fields if not (field.readonly or field.unique))
OTHER = Field(
    name="other",
    kind=Reference("customer"),
    target="customer",
    label=Label("合并进来的客户", "Merge in"),
    required=True,
)
TAKE = Field(
    name="take",
    kind=MultiChoice(TAKEN),
    label=Label("采用对方的内容", "Take over from the other"),
    help=Label("本档案空着的项目会自动补上。", "What is blank here is filled in anyway."),
)


def likely(context: Context, record: Record) -> list[int]:
    """Customers of the store within reach who may be the same person (see SAME_PERSON); at most five."""
    sql = (
        "SELECT t.id FROM customer t JOIN customer m ON m.store_id = t.store_id AND m.id = %s"
        f" WHERE t.id <> m.id AND t.merged_into_id IS NULL AND ({' OR '.join(SAME_PERSON)})"
        " ORDER BY t.id_card_bidx IS DISTINCT FROM m.id_card_bidx, t.id LIMIT 5"
    )
    return list(context.connection.exec_driver_sql(sql, (record.id,)).scalars())


def follows(context: Context, entity: Entity, record: Record, other: Record) -> tuple[Label, ...]:
    """What a merge would do; Invalid when the two cannot be merged."""
    if wrong := unfit(record, other):
        raise Invalid({"other": wrong})
    asked = [
        (child, Query(conditions=(Condition(field, Operator.EQ, other.id),)))
        for child, field in context.snapshot.children[entity.name]
        if child.name not in ("customer", "customer_merge")
        and context.actor.may(Action.LIST, child.name)
        and field.name in context.policy(child).queryable
    ]
    held: dict[str, tuple[Label, int]] = {}
    for (child, _), n in zip(asked, read.counts(context, asked), strict=True):
        if n:
            held[child.name] = (child.plural, held.get(child.name, (child.plural, 0))[1] + n)
    if not held:
        return NOTHING_COMES, POINTS, BACK
    what = Label(
        "、".join(f"{label.zh} {n}" for label, n in held.values()),
        ", ".join(f"{label.en} {n}" for label, n in held.values()),
    )
    return COMES.format(what=what), POINTS, BACK


RULEBOOK.say("customer_merge", "other", AGAIN.label)
RULEBOOK.say("customer_unmerge", "name", Label("这次合并已不能撤销。", "This merge can no longer be taken back."))


@RULEBOOK.deed(
    "customer",
    code="merge",
    label=Label("合并客户", "Merge"),
    icon="link",
    fields=(OTHER, TAKE),
    action=Action.DELETE,
    applies=lambda _context, record: record["merged_into"] is None,
    danger=True,
    beside=Beside(other="other", take="take", likely=likely, follows=follows),
)
def merge(context: Context, entity: Entity, record: Record, values: Mapping[str, Any]) -> Outcome:
    """Makes the other customer part of this one: his records come here, his own becomes a pointer to this."""
    other = fetch(context, entity, values["other"])
    if wrong := unfit(record, other):
        raise Invalid({"other": wrong})
    presenter = Presenter(context, entity, masked=False)
    mine, theirs = ({f.name: presenter.plain(one, f) for f in entity.fields} for one in (record, other))
    wanted = set(values.get("take") or ())
    names = [one.code for one in TAKEN if one.code in wanted or mine[one.code] is None]
    taken = {name: theirs[name] for name in names if theirs[name] is not None and theirs[name] != mine[name]}
    columns = list(write.stored(context, entity, taken, record.row[1]))
    with worded(entity):
        sql = "SELECT merge_customer(%s, %s, %s)"
        number = context.connection.exec_driver_sql(sql, (record.id, other.id, columns)).scalar_one()
    if taken:
        write.update(context, entity, record.id, record.version, {}, fixed=taken)
    sql = "SELECT moved, stayed FROM customer_merge WHERE id = %s"
    moved, stayed = context.connection.exec_driver_sql(sql, (number,)).one()
    return Outcome((MERGED_BUT if stayed else MERGED).format(n=moved, left=stayed))


def unfit(record: Record, other: Record) -> Unfit | None:
    """Why the two cannot be merged, or None."""
    if other.id == record.id:
        return SELF
    if other["merged_into"] is not None:
        return AGAIN
    return ELSEWHERE if other.store != record.store else None


@RULEBOOK.deed(
    "customer_merge",
    code="undo",
    label=Label("撤销合并", "Take back"),
    icon="arrow-back-up",
    action=Action.READ,
    applies=lambda context, record: (
        record["undone_at"] is None and record["merged_at"] > context.clock.now() - timedelta(days=DAYS)
    ),
    danger=True,
)
def undo(context: Context, entity: Entity, record: Record, _values: Mapping[str, Any]) -> Outcome:
    """Takes a merge back: both customers stand again, each with what was his."""
    customer = context.entity("customer")
    context.demand(Action.DELETE, customer)
    kept = fetch(context, customer, record["survivor"])
    if kept["merged_into"] is not None:
        raise Invalid({entity.title: LATER})
    with worded(entity):
        context.connection.exec_driver_sql("SELECT unmerge_customer(%s)", (record.id,))
    reindex(context.connection, context.sealer, customer, [record["survivor"], record["loser"]])
    return Outcome(UNDONE, f"/data/customer/{record['loser']}")


LATER = Unfit(
    "merged_since",
    Label(
        "保留的客户后来又被合并，请先撤销那一次。", "The customer who stayed was merged since; take that back first."
    ),
)
