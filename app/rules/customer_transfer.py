"""A customer who moves to another store, and one in the pool whom somebody takes."""

from collections.abc import Mapping
from typing import Any
from uuid import uuid4

import orjson

from app.core.entity import Entity
from app.core.field import Field
from app.core.label import Label
from app.fields import Text
from app.models import ENTITIES
from app.records import write
from app.records.context import Context
from app.records.present import Presenter
from app.records.refusals import worded
from app.records.row import Record, as_json
from app.records.rulebook import RULEBOOK, Outcome
from app.records.search import tokens_of

OWN = frozenset(ENTITIES["customer"].owners) | {"number", "merged_into", "archived_at", "pooled_at"}
GONE = Label(
    "已转到 {store}；本店档案已归档，历史保留。",
    "Transferred to {store}; the record here is archived and keeps its history.",
)
MINE = Label("已认领，请尽快联系客户。", "The customer is yours; call soon.")
FRONT = ("sales_consultant", "dcc", "sales_manager")

for refused, words in {
    "nowhere": Label("没有这个门店编码，请核对。", "No store has this code; check it."),
    "here": Label("他已是这家门店的客户，请填另一家。", "He is this store's customer; give another store."),
    "gone": Label("这份档案已归档，不能再转。", "This record is archived and goes nowhere."),
    "company": Label(
        "那家门店属于另一公司，转出个人信息须先取得客户“集团内共享”的同意。",
        "That store belongs to another company; the customer's consent to sharing within the group comes first.",
    ),
}.items():
    RULEBOOK.say(f"transfer_{refused}", "store", words)


@RULEBOOK.deed(
    "customer",
    code="transfer",
    label=Label("转到其他门店", "Transfer to another store"),
    icon="building-store",
    fields=(Field(name="store", kind=Text(20), label=Label("门店编码", "The store's code"), required=True),),
    by=("sales_manager", "service_manager", "general_manager"),
    applies=lambda _context, record: record["merged_into"] is None and record["archived_at"] is None,
    danger=True,
)
def transfer(context: Context, entity: Entity, record: Record, values: Mapping[str, Any]) -> Outcome:
    """Opens the customer at the other store, sealed anew, and closes him here; what happened here stays here."""
    presenter, uuid = Presenter(context, entity, masked=False), uuid4()
    plain = {f.name: presenter.plain(record, f) for f in entity.fields if f.name not in OWN and f.kind.code != "file"}
    sealed = write.stored(context, entity, plain, uuid)
    columns = {"uuid": str(uuid)} | {name: as_json(value) for name, value in sealed.items()}
    sql = "SELECT transfer_customer(%s, %s, %s::jsonb, %s::bigint[])"
    tokens = list(tokens_of(context.sealer, entity, plain))
    with worded(entity):
        context.connection.exec_driver_sql(sql, (record.id, values["store"], orjson.dumps(columns).decode(), tokens))
    return Outcome(GONE.format(store=values["store"]), f"/data/{entity.name}/")


@RULEBOOK.deed(
    "customer",
    code="claim",
    label=Label("认领", "Claim"),
    icon="user-check",
    by=FRONT,
    applies=lambda context, record: (
        record["pooled_at"] is not None and record["sales_owner"] is None and record.store == context.actor.store
    ),
)
def claim(context: Context, entity: Entity, record: Record, _values: Mapping[str, Any]) -> Outcome:
    """Makes the actor the sales consultant of a customer in the pool; of two who claim him the second is told."""
    mine = {"sales_owner": context.actor.employee, "pooled_at": None}
    write.update(context, entity, record.id, record.version, {}, fixed=mine)
    return Outcome(MINE)
