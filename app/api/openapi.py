"""The API's own description, OpenAPI 3.1: the entities, fields and operations of whoever asks, and no others."""

from collections.abc import Hashable
from typing import Any

import orjson
from flask import Blueprint, Response

from app.api import find, schemas
from app.api.answers import JSON
from app.api.operations import paths, refusals, token_paths
from app.api.past_operations import past_paths
from app.heads import door
from app.heads.door import context, signed_in, through_door
from app.records.claim import may_ask
from app.records.context import Context

BASE = "/api/v1/data"
KEPT = 64  # documents a process remembers
SECURITY = {
    "bearer": {"type": "http", "scheme": "bearer", "description": "an API token, `dlr_…`"},
    "session": {
        "type": "apiKey",
        "in": "cookie",
        "name": "sid",
        "description": "a browser's session; writes also carry X-CSRFToken",
    },
}

openapi = Blueprint("openapi", __name__)
_documents: dict[Hashable, bytes] = {}


@openapi.get("/api/v1/openapi.json")
@through_door
def document() -> Response:
    """The description for this actor."""
    signed_in()
    return Response(cached(context(), door.locale()), mimetype=JSON)


def cached(context: Context, locale: str) -> bytes:
    """The description as JSON; made once for all who stand alike while no description changes."""
    seen = [entity for entity in context.snapshot.entities.values() if context.policy(entity).visible]
    rights = tuple((context.policy(entity), context.actor.extent(entity.name).actions) for entity in seen)
    key = (context.snapshot.stamp, locale, rights, context.actor.kind, may_ask(context.actor))
    found = _documents.get(key)
    if found is None:
        if len(_documents) >= KEPT:
            _documents.clear()
        found = _documents[key] = orjson.dumps(described(context, locale))
    return found


def described(context: Context, locale: str) -> dict[str, Any]:
    """The description as data."""
    found = schemas.SHARED | find.SCHEMAS
    routes = token_paths(context.actor.kind) | find.paths(context)
    for entity in context.snapshot.entities.values():
        policy, actions = context.policy(entity), context.actor.extent(entity.name).actions
        if policy.visible:
            found |= schemas.of_entity(entity, policy, locale)
            routes |= paths(entity, policy, actions, BASE, locale) | past_paths(entity, actions, BASE, locale)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Forecourt",
            "version": "1",
            "description": "What your grants allow.",
        },
        "servers": [{"url": "/"}],
        "paths": routes,
        "components": {"schemas": found, "responses": refusals(), "securitySchemes": SECURITY},
    }
