"""A description on its way in: written by whoever proposes it, published by the job that names its row."""

import json
from dataclasses import replace

from sqlalchemy import Connection

from app.catalog import spec
from app.core.action import Action
from app.core.entity import Entity
from app.core.errors import Forbidden, NotFound
from app.core.label import Label
from app.outbox import enqueue
from app.studio.check import Problem, Unpublishable
from app.studio.install import CATALOG
from app.studio.publish import publish, remove

PUBLISH = "studio.publish"
BROKEN = Label("这份草稿读不出来，请重新编辑后再发布。", "This draft cannot be read; edit it again, then publish.")


def propose(connection: Connection, entity: Entity, *, removes: bool = False) -> int:
    """Asks for a description to be published, or its entity removed, in the actor's name; answers the work's id."""
    sql = "INSERT INTO catalog_draft (name, spec, removes) VALUES (%s, %s::jsonb, %s) RETURNING id"
    text = json.dumps(spec.dump(entity), ensure_ascii=False)
    draft = int(connection.exec_driver_sql(sql, (entity.name, text, removes)).scalar_one())
    return enqueue(connection, PUBLISH, {"draft": draft}, queue="schema")


def apply(connection: Connection, draft: int) -> int:
    """Publishes a draft with the announced actor's rights; answers the version, and raises what `publish` raises."""
    sql = (
        "SELECT d.name, d.spec, d.removes, e.name IS NOT NULL AS known FROM catalog_draft d"
        " LEFT JOIN catalog_entity e ON e.name = d.name AND e.removed_at IS NULL WHERE d.id = %s"
    )
    row = connection.exec_driver_sql(sql, (draft,)).one_or_none()
    if row is None:
        raise NotFound
    if row.removes:
        demand(connection, Action.DELETE)
        return remove(connection, row.name)
    demand(connection, Action.UPDATE if row.known else Action.CREATE)
    try:
        entity = replace(spec.load(row.spec), name=row.name)
    except (ValueError, KeyError, TypeError) as error:
        raise Unpublishable([Problem("", BROKEN)]) from error
    return publish(connection, entity)


def demand(connection: Connection, action: Action) -> None:
    """Refuses when the announced actor may not do this to the catalog."""
    if not connection.exec_driver_sql("SELECT gate.may(%s, %s)", (CATALOG, action.value)).scalar_one():
        raise Forbidden
