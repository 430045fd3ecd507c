"""The operations on what was: histories, undoing, the recycle bin."""

from typing import Any

from app.api.operations import IF_MATCH, PK, SIZE, Operation, json, operation
from app.api.schemas import ID
from app.core.action import Action
from app.core.entity import Entity


def past_paths(entity: Entity, actions: frozenset[Action], base: str, locale: str) -> dict[str, Any]:
    """The paths of an entity's past with the operations these actions allow."""
    name, tag, stem = entity.name, entity.plural.text(locale), f"{base}/{entity.name}"
    found = {
        f"{stem}/{{id}}/history": past(name, actions, tag),
        f"{stem}/{{id}}/undo": undo(name, actions, tag),
        f"{stem}/undo": undo_all(name, actions, tag),
        f"{stem}/bin": binned(name, actions, tag),
        f"{stem}/bin/{{number}}/restore": restore(name, actions, tag),
    }
    return {path: operations for path, operations in found.items() if operations}


def past(name: str, actions: frozenset[Action], tag: str) -> dict[str, Operation]:
    """What happened to a record."""
    if Action.READ not in actions:
        return {}
    begins = {"name": "before", "in": "query", "description": "`next` of the page before", "schema": ID}
    told = json("Its acts, newest first", "history")
    return {"get": operation(f"{name}.history", "What happened to it", tag, answer=told, parameters=[PK, begins])}


def undo(name: str, actions: frozenset[Action], tag: str) -> dict[str, Operation]:
    """Take a record back."""
    if Action.UPDATE not in actions:
        return {}
    done = json("What went back, and what stayed and why", "undone", ETag="its new version")
    made = operation(
        f"{name}.undo",
        "Undo an act, or go back to the moment after it",
        tag,
        answer=done,
        takes="undo",
        parameters=[PK, IF_MATCH],
        refuses=(409, 428),
    )
    return {"post": made}


def undo_all(name: str, actions: frozenset[Action], tag: str) -> dict[str, Operation]:
    """Take back what one act did to many records."""
    if Action.UPDATE not in actions:
        return {}
    done = json("Which went back, and why the others did not", "undone.all")
    return {
        "post": operation(
            f"{name}.undo_all", "Undo an act in every record", tag, answer=done, takes="undo.all", refuses=(409,)
        )
    }


def binned(name: str, actions: frozenset[Action], tag: str) -> dict[str, Operation]:
    """What was deleted."""
    if Action.DELETE not in actions:
        return {}
    parameters: list[Operation] = [
        {"name": "by", "in": "query", "description": "part of a name", "schema": {"type": "string", "maxLength": 60}},
        *({"name": one, "in": "query", "schema": {"type": "string", "format": "date-time"}} for one in ("from", "to")),
        {"name": "before", "in": "query", "description": "`next` of the page before", "schema": ID},
        SIZE,
    ]
    told = json("What can be brought back, newest first", f"{name}.bin")
    return {"get": operation(f"{name}.bin", "The recycle bin", tag, answer=told, parameters=parameters)}


def restore(name: str, actions: frozenset[Action], tag: str) -> dict[str, Operation]:
    """Bring a deleted record back."""
    if Action.DELETE not in actions:
        return {}
    which = {"name": "number", "in": "path", "required": True, "schema": ID}
    back = json("Back under its id, with its parts", "restored")
    made = operation(f"{name}.restore", "Bring back", tag, answer=back, parameters=[which], refuses=(409,))
    return {"post": made}
