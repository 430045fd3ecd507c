"""A profile may fill every entity that anybody may import: also ledgers, and what a sealed value names."""

from collections.abc import Iterator, Mapping
from typing import Any

import pytest

from app.core.action import Action
from app.core.entity import Entity
from app.core.errors import Forbidden, Invalid
from app.core.scope import Belongs
from app.exchange.feeds import undo
from app.exchange.steps import context_of
from app.models import ENTITIES
from tests.exchange.conftest import VIN
from tests.exchange.feeds.brands import table
from tests.make import Make

IMPORTED = [name for name, entity in ENTITIES.items() if any(Action.IMPORT in grant.actions for grant in entity.grants)]
READINGS: Mapping[str, Any] = {
    "code": "readings",
    "to": ["PD"],
    "entity": "odometer_reading",
    "name": "KM_{day}.csv",
    "keys": {"odometer_reading": ["vehicle", "read_at"]},
    "missing": {"vehicle": "make"},
    "columns": [
        {"label": "底盘号", "entity": "odometer_reading", "field": "vehicle", "by": "vin"},
        {"label": "时间", "entity": "odometer_reading", "field": "read_at"},
        {"label": "里程", "entity": "odometer_reading", "field": "km"},
    ],
}
CONTACTS: Mapping[str, Any] = {
    "code": "contacts",
    "to": ["PD"],
    "entity": "contact_point",
    "name": "TEL_{day}.csv",
    "keys": {"contact_point": ["customer", "kind", "value"]},
    "columns": [
        {"label": "客户", "entity": "contact_point", "field": "customer", "by": "number"},
        {"label": "方式", "entity": "contact_point", "field": "kind", "words": {"手机": "mobile"}},
        {"label": "号码", "entity": "contact_point", "field": "value"},
        {"label": "备注", "entity": "contact_point", "field": "note"},
    ],
}


def columns(entity: Entity, names: list[str]) -> Iterator[dict[str, str]]:
    """A column for each field, references by something the other record is called by."""
    for name in names:
        column = {"label": name, "entity": entity.name, "field": name}
        target = ENTITIES.get(entity.by_name[name].target or "")
        yield column | ({"by": next(one.name for one in target.fields if not one.target)} if target else {})


def least(entity: Entity) -> dict[str, Any]:
    """The smallest profile that fills an entity: its natural key, or else all it needs, and what it needs."""
    needed = [one.name for one in entity.fields if one.required and one.default is None]
    alone = [one.name for one in entity.fields if one.unique][:1]
    key = [*(entity.unique[0] if entity.unique else alone or needed)]
    names = list(dict.fromkeys([*key, *needed]))
    return {
        "code": f"the-{entity.name.replace('_', '-')}",
        "to": [] if entity.belongs is Belongs.GROUP else ["PD"],
        "entity": entity.name,
        "keys": {entity.name: key},
        "columns": list(columns(entity, names)),
    }


def test_every_entity_anybody_may_import_takes_a_profile_and_nobody_elses(feeds):
    refused = []
    for name in IMPORTED:
        spec = least(ENTITIES[name])
        roles = {grant.role for grant in ENTITIES[name].grants if Action.IMPORT in grant.actions}
        part = "boss" if "general_manager" in roles else "admin"
        try:
            feeds.save(spec, part=part)
        except (Invalid, Forbidden) as why:
            refused.append((name, part, why))
        with pytest.raises(Forbidden):
            feeds.save(spec | {"code": "else"}, part="technician")
    assert len(IMPORTED) > 60
    assert refused == []


def km(*rows: tuple[str, str, int]) -> bytes:
    return table(["底盘号", "时间", "里程"], rows)


def test_a_ledger_takes_each_line_once_and_none_that_says_otherwise(feeds):
    feeds.save(READINGS, part="boss")
    one, two = (VIN[0], "2026-11-05 10:00", 10_000), (VIN[1], "2026-11-05 11:00", 500)
    first = feeds.take("readings", "KM_20261105.csv", km(one), part="boss")
    assert (first.state, first.counts["created"], first.left) == ("done", 1, 0), feeds.failing(first.id)
    later = feeds.take("readings", "KM_20261106.csv", km(one, two), part="boss")
    assert (later.counts["created"], later.counts["unchanged"], later.left) == (1, 1, 0), feeds.failing(later.id)
    otherwise = feeds.take("readings", "KM_20261107.csv", km((VIN[0], "2026-11-05 10:00", 12_000)), part="boss")
    [(line, state, _, [[column, _, code, zh, _]])] = feeds.failing(otherwise.id)
    assert (line, state, column, code) == (2, "refused", "底盘号", "ledger")
    assert "更正" in zh
    assert feeds.premises.run("SELECT km FROM odometer_reading ORDER BY 1") == [(500,), (10_000,)]


def test_rolling_back_leaves_a_ledgers_lines_but_for_those_of_what_it_made_itself_and_says_so(feeds):
    feeds.save(READINGS)
    Make(feeds.premises).vehicle(store="PD", vin=VIN[0])
    rows = [(VIN[0], "2026-11-05 10:00", 10_000), (VIN[1], "2026-11-05 11:00", 500)]
    run = feeds.take("readings", "KM_20261105.csv", km(*rows))
    feeds.premises.run("UPDATE feed_run SET state = 'undoing' WHERE id = %s", run.id)
    undo.undo(feeds.hands, feeds.tools, run.id)
    assert feeds.premises.run("SELECT km FROM odometer_reading WHERE source = 'manual'") == [(10_000,)]
    assert feeds.run(run.id).counts["undone"] == {"ledger": 1, "removed": 2}
    with feeds.hands.transaction() as connection:
        told = undo.spared(context_of(connection, feeds.tools.sealer), run, 10)
    assert ("odometer_reading", "ledger") in {(entity, why) for entity, _, _, why, _, _ in told}
    page = feeds.premises.desk("boss").get(f"/feeds/runs/{run.id}")
    assert "这类记录只增不改" in page.text


def test_a_sealed_value_names_a_record_as_itself(feeds):
    customer = Make(feeds.premises).customer(store="PD")
    number = feeds.premises.one("SELECT number FROM customer WHERE id = %s", customer)
    feeds.save(CONTACTS, part="boss")

    def row(note: str, value: str = "13800138009") -> bytes:
        return table(["客户", "方式", "号码", "备注"], [(number, "手机", value, note)])

    first = feeds.take("contacts", "TEL_20261105.csv", row("司机"), part="boss")
    assert (first.counts["created"], first.left) == (1, 0), feeds.failing(first.id)
    again = feeds.take("contacts", "TEL_20261106.csv", row("司机", "+86 138 0013 8009"), part="boss")
    assert (again.counts["created"], again.counts["unchanged"]) == (0, 1)
    changed = feeds.take("contacts", "TEL_20261107.csv", row("配偶"), part="boss")
    assert (changed.counts["created"], changed.counts["updated"]) == (0, 1)
    assert feeds.premises.one("SELECT count(*) FROM contact_point WHERE customer_id = %s", customer) == 1


def test_a_line_of_a_ledger_told_twice_in_one_file_is_refused(feeds):
    feeds.save(READINGS)
    rows = [(VIN[0], "2026-11-05 10:00", 10_000), (VIN[1], "2026-11-05 11:00", 5), (VIN[0], "2026-11-05 10:00", 12_000)]
    run = feeds.take("readings", "KM_20261105.csv", km(*rows, rows[1]))
    assert (run.counts["created"], run.left) == (1, 1)
    assert {(line, why[0][2]) for line, _, _, why in feeds.failing(run.id)} == {(2, "partner"), (4, "twice")}
    assert feeds.premises.run("SELECT km FROM odometer_reading") == [(5,)]


def test_a_key_that_several_share_changes_none_and_means_nobody_put_away(feeds):
    make, phone = Make(feeds.premises), "13800138019"
    one, two = make.customer(phone=phone, name="甲"), make.customer(phone=phone, name="乙")
    spec = {
        "code": "people", "to": ["PD"], "entity": "customer", "keys": {"customer": ["phone"]}, "name": "C_{day}.csv",
        "columns": [{"label": name, "entity": "customer", "field": name} for name in ("phone", "name")],
    }  # fmt: skip
    feeds.save(spec)
    run = feeds.take("people", "C_20261105.csv", table(["phone", "name"], [(phone, "丙")]))
    [(_, state, _, [[_, _, code, _, _]])] = feeds.failing(run.id)
    assert (state, code) == ("refused", "several")
    names = "SELECT name FROM customer WHERE id = ANY (%s) ORDER BY id"
    assert feeds.premises.run(names, [one, two]) == [("甲",), ("乙",)]
    feeds.premises.run("UPDATE customer SET merged_into_id = %s WHERE id = %s", one, two)
    run = feeds.take("people", "C_20261106.csv", table(["phone", "name"], [(phone, "丁")]))
    assert run.counts["updated"] == 1
    assert feeds.premises.run(names, [one, two]) == [("丁",), ("乙",)]


def test_rolling_back_spares_what_somebody_added_to_since(feeds):
    feeds.save(READINGS)
    run = feeds.take("readings", "KM_20261105.csv", km((VIN[0], "2026-11-05 10:00", 10_000)))
    car = feeds.premises.one("SELECT id FROM vehicle WHERE vin = %s", VIN[0])
    Make(feeds.premises).record("odometer_reading", vehicle=str(car), km="5000", read_at="2026-01-05T09:00:00+08:00")
    feeds.premises.run("UPDATE feed_run SET state = 'undoing' WHERE id = %s", run.id)
    undo.undo(feeds.hands, feeds.tools, run.id)
    assert feeds.premises.run("SELECT km FROM odometer_reading ORDER BY 1") == [(5_000,), (10_000,)]
    assert feeds.run(run.id).counts["undone"] == {"ledger": 1, "used": 1}
