"""Writing records: read each value through its kind, check, one statement under the policy, search tokens."""

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any
from uuid import UUID, uuid4

from app.core.action import Action
from app.core.entity import Entity
from app.core.errors import Conflict, Difference, Invalid, Malformed, NotFound, Unfit
from app.core.field import Field, State
from app.core.label import Label
from app.core.rules import Derive
from app.core.scope import Belongs
from app.fields.sorting import sort_key
from app.models.table import index_column, key_column
from app.records import files, override
from app.records.context import Context
from app.records.demands import demand_unguessed, demand_visible
from app.records.plan import plan_of, within
from app.records.present import Presenter
from app.records.query import natural, unknown
from app.records.read import fetch
from app.records.refusals import worded
from app.records.row import Record
from app.records.rulebook import RULEBOOK
from app.records.search import tokens_of
from app.records.where import sealable

MISSING = Unfit("required", Label("请填写。", "Please fill this in."))
MASKED = Unfit(
    "mask",
    Label(
        "这里显示的是掩码，不能作为内容保存；请输入完整的新内容。",
        "This is a mask, not a value; enter the whole new value.",
    ),
)
READ_ONLY = Unfit("readonly", Label("这一项由系统填写，不能修改。", "The system fills this in; it cannot be changed."))
NOTHING: Mapping[str, Any] = MappingProxyType({})
CHOOSE_STORE = Unfit("store", Label("请选择您范围内的一家门店。", "Choose a store within your scope."))


def insert(
    context: Context, entity: Entity, given: Mapping[str, object], reasons: Mapping[str, str] = override.NONE
) -> int:
    """Adds a record from raw values by field name (and `store`), doubted ones for `reasons`; answers its id."""
    context.demand(Action.CREATE, entity)
    rest = dict(given)
    store = chosen_store(context, entity, rest.pop("store", None))
    values, wrong = read(context, entity, rest)
    used = override.settle(values, wrong, reasons)
    filled = {field.name: values.get(field.name) for field in entity.fields}
    for field in entity.fields:
        if filled[field.name] is None:
            filled[field.name] = default(context, field)
    demand_whole(entity, filled, wrong)
    demand_visible(context, entity, values)
    demand_unguessed(context, entity, values)
    RULEBOOK.run(context, entity, filled, None)
    uuid = uuid4()
    columns = {"uuid": uuid} | ({"store_id": store} if store else {}) | stored(context, entity, filled, uuid)
    names, marks = ", ".join(f'"{name}"' for name in columns), ", ".join(["%s"] * len(columns))
    with worded(entity):
        derived = derived_words(entity)
        sql = f"INSERT INTO {plan_of(entity).table} ({names}) VALUES ({marks}) RETURNING {answered('id', derived)}"
        with override.recorded(context.connection, entity, used):
            number, *words = context.connection.exec_driver_sql(sql, tuple(columns.values())).one()
        filled |= zip(derived, words, strict=True)
        index(context, entity, number, store or (number if entity.belongs is Belongs.SELF else 0), filled)
        files.claim(context, entity, number, filled)
    return int(number)


def update(  # what a change is made of
    context: Context,
    entity: Entity,
    number: int,
    version: int | None,
    given: Mapping[str, object],
    *,
    reasons: Mapping[str, str] = override.NONE,
    fixed: Mapping[str, Any] = NOTHING,
) -> int:
    """Changes the given fields of a record that stands at `version` (None: whichever); answers its new version.

    A record somebody else changed since is a Conflict that compares field by field. Doubted values need `reasons`,
    unless they stand there already. `fixed` are values a rule decides, past what the writer may write himself.
    """
    context.demand(Action.UPDATE, entity)
    values, wrong = read(context, entity, given)
    values |= fixed
    before = fetch(context, entity, number)
    presenter = Presenter(context, entity, masked=False)
    states = presenter.states(before)
    if hidden := next((name for name in (*values, *wrong) if states[name] is State.HIDDEN), None):
        raise unknown(hidden)
    used = override.settle(values, wrong, reasons, lambda name, value: not differing(presenter, before, {name: value}))
    if version is not None and before.version != version:
        raise conflict(context, entity, before, values)
    whole = {field.name: presenter.plain(before, field) for field in entity.fields} | values
    demand_whole(entity, whole, wrong)
    RULEBOOK.run(context, entity, whole, before)
    changed = differing(presenter, before, values)
    if not changed:
        return before.version
    demand_visible(context, entity, changed)
    demand_unguessed(context, entity, changed)
    columns = stored(context, entity, changed, before.row[1])
    sets = ", ".join(f'"{name}" = %s' for name in columns)
    extent = within(entity, context.actor.extent(entity.name))
    sql = f"UPDATE {plan_of(entity).table} t SET {sets} WHERE id = %s AND version = %s AND {extent}"
    derived = derived_words(entity)
    sql += f" RETURNING {answered('version', derived)}"
    with worded(entity):
        told = {name: reason for name, reason in used.items() if name in changed}
        with override.recorded(context.connection, entity, told):
            row = context.connection.exec_driver_sql(sql, (*columns.values(), number, before.version)).one_or_none()
        if row is None:
            raise conflict(context, entity, fetch(context, entity, number), values)
        words = dict(zip(derived, row[1:], strict=True))
        searched = (field for field in entity.fields if field.name in changed)
        if words != {name: whole[name] for name in words} or any(
            field.search or field.kind.tail(changed[field.name]) for field in searched
        ):
            context.connection.exec_driver_sql(
                "DELETE FROM search_token WHERE record_id = %s AND entity = %s", (number, entity.name)
            )
            index(context, entity, number, before.store or 0, whole | words)
        files.claim(context, entity, number, changed)
    return int(row[0])


def derived_words(entity: Entity) -> list[str]:
    """The fields by which records are found and which rules fill in: a paper's number."""
    names = (name for rule in RULEBOOK.of(entity.name, Derive) for name in rule.values)
    return [name for name in names if entity.by_name[name].search and not entity.by_name[name].sealed]


def answered(first: str, names: Sequence[str]) -> str:
    """What a write answers, as SQL; columns of derived fields bear their names."""
    return ", ".join([first, *(f'"{name}"' for name in names)])


def delete(context: Context, entity: Entity, number: int, version: int | None = None) -> None:
    """Removes a record that stands at `version` (None: whichever) and that no other refers to."""
    context.demand(Action.DELETE, entity)
    before = fetch(context, entity, number)
    if version is not None and before.version != version:
        raise conflict(context, entity, before, {})
    extent = within(entity, context.actor.extent(entity.name))
    with worded(entity):
        context.connection.exec_driver_sql(
            "DELETE FROM search_token WHERE record_id = %s AND entity = %s", (number, entity.name)
        )
        sql = f"DELETE FROM {plan_of(entity).table} t WHERE id = %s AND version = %s AND {extent} RETURNING id"
        if context.connection.exec_driver_sql(sql, (number, before.version)).scalar_one_or_none() is None:
            raise NotFound


def read(context: Context, entity: Entity, given: Mapping[str, object]) -> tuple[dict[str, Any], dict[str, Unfit]]:
    """Raw values by name through their kinds, and what is wrong with the others; unknown names are Malformed."""
    policy = context.policy(entity)
    values: dict[str, Any] = {}
    wrong: dict[str, Unfit] = {}
    for name, raw in given.items():
        field = entity.field(name)
        if field is None or name not in policy.visible:
            raise unknown(name)
        try:
            values[name] = read_one(field, raw, writable=name in policy.writable)
        except Unfit as unfit:
            wrong[name] = unfit
    return values, wrong


def read_one(field: Field, raw: object, *, writable: bool) -> Any:
    """One raw value through its kind; refuses what may not be written, and masks."""
    if not writable:
        raise READ_ONLY
    if field.sealed and isinstance(raw, str) and ("**" in raw or "••" in raw):
        raise MASKED
    return field.kind.read(raw)


def default(context: Context, field: Field) -> Any:
    """What a new record has where nothing was given: the default, and its adder as owner where he owns what he adds."""
    if field.default is not None:
        return field.kind.read(field.default)
    return context.actor.employee if not context.actor.roles.isdisjoint(field.claimed_by) else None


def raw(fields: Mapping[str, Field], values: Mapping[str, Any]) -> dict[str, object]:
    """Values as they are stored, in the form in which a write takes them; empty ones are left out."""
    return {name: fields[name].kind.dump(value) for name, value in values.items() if value is not None}


def demand_whole(entity: Entity, values: Mapping[str, Any], wrong: Mapping[str, Unfit]) -> None:
    """Refuses, all at once, what is wrong and what is required and stands empty."""
    missing = {field.name: MISSING for field in entity.fields if field.required and values.get(field.name) is None}
    if missing or wrong:
        raise Invalid(missing | dict(wrong))


def chosen_store(context: Context, entity: Entity, raw: object) -> int | None:
    """The store a new record goes to: the one given, else the actor's own; one outside his scope is Invalid."""
    if entity.belongs is not Belongs.STORE:
        if raw is not None:
            raise unknown("store")
        return None
    chosen = context.actor.store if raw in (None, "") else natural(raw)
    extent = context.actor.extent(entity.name)
    own = extent.owner is not None and chosen == context.actor.store
    if chosen is None or not (chosen in extent.stores or (chosen in context.actor.stores and extent.everywhere) or own):
        raise Invalid({"store": CHOOSE_STORE})
    return chosen


def stored(context: Context, entity: Entity, values: Mapping[str, Any], uuid: UUID) -> dict[str, Any]:
    """Values by field as columns: sealed ones sealed and blind-indexed, names with their sort keys."""
    columns: dict[str, Any] = {}
    for name, value in values.items():
        field = entity.by_name[name]
        if field.sealed:
            text = None if value is None else sealable(field, value)
            columns[name] = None if text is None else context.sealer.seal(text, entity.name, name, uuid)
            if blind := index_column(field):
                columns[blind] = None if text is None else context.sealer.index(field.kind.code, text)
        else:
            columns[field.column] = list(value) if isinstance(value, tuple) else value
            if key := key_column(field):
                columns[key] = None if value is None else sort_key(value)
    return columns


def index(context: Context, entity: Entity, number: int, store: int, values: Mapping[str, Any]) -> None:
    """Makes a record findable by its words."""
    tokens = tokens_of(context.sealer, entity, dict(values))
    if tokens:
        sql = (
            "INSERT INTO search_token (store_id, token, record_id, entity)"
            " SELECT %s, token, %s, %s FROM unnest(%s::bigint[]) AS token"
            " ON CONFLICT DO NOTHING"
        )
        context.connection.exec_driver_sql(sql, (store, number, entity.name, list(tokens)))


def differing(presenter: Presenter, record: Record, values: Mapping[str, Any]) -> dict[str, Any]:
    """The values that differ from what the record holds.

    What the actor does not see in clear always does: to be told that it does not would tell him that he guessed it.
    """
    states, by_name = presenter.states(record), presenter.entity.by_name
    return {
        name: value
        for name, value in values.items()
        if states[name] is not State.CLEAR or value != presenter.plain(record, by_name[name])
    }


def conflict(context: Context, entity: Entity, now: Record, mine: Mapping[str, Any]) -> Conflict:
    """The comparison of what one wanted to save with what stands there now."""
    theirs = Presenter(context, entity).values(now)
    differences = tuple(
        Difference(name, entity.by_name[name].label, value, theirs.get(name))
        for name, value in differing(Presenter(context, entity, masked=False), now, mine).items()
    )
    sql = (
        "SELECT coalesce(e.name, u.username) FROM ab_user u LEFT JOIN employee e ON e.user_id = u.id"
        " WHERE u.id = %s LIMIT 1"
    )
    by = context.connection.exec_driver_sql(sql, (now.row[7],)).scalar_one_or_none() if now.row[7] is not None else None
    return Conflict(now.version, differences, by, now.row[6].isoformat())


def parse_version(raw: object) -> int | None:
    """The version a client says it read; None when it says nothing, Malformed when it is no number."""
    if raw in (None, ""):
        return None
    text = str(raw).strip().removeprefix("W/").strip('"')
    version = natural(text, 2**31 - 1)
    if version is None:
        raise Malformed(
            Label("版本号无效，请刷新页面后再保存。", "The version is not valid; reload and save again."), "version"
        )
    return version
