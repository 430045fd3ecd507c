"""A file for a record: taken as a form takes it, told as the id that its field is given."""

from typing import Any

from flask import request

from app.access.state import FieldPolicy
from app.api.asked import STRAY
from app.api.body import Unsupported
from app.core.action import Action
from app.core.entity import Entity
from app.core.errors import Forbidden, Invalid, Malformed, NotFound, Unfit
from app.core.field import Field
from app.core.label import Label
from app.heads.house import house
from app.records import files
from app.records.context import Context
from app.records.write import READ_ONLY

PART, NAME = "file", "name"
MULTIPART, RAW = "multipart/form-data", "application/octet-stream"
MEDIA = Label(
    "请以 multipart/form-data 或 application/octet-stream 发送文件。",
    "Send the file as multipart/form-data or application/octet-stream.",
)
ONE = Label("请发送一个文件，部分名为 file。", "Send one file, as the part `file`.")
NAMELESS = Label("请用参数 name 给出文件名。", "Give the file's name in the parameter `name`.")


def upload(context: Context, entity: Entity, policy: FieldPolicy, name: str) -> dict[str, Any]:
    """The sent file, kept as the actor's own until a record holds it: its id, and what is known of it."""
    field = field_of(context, entity, policy, name)
    try:
        taken = files.take(context, house().shelf, entity, field, sent())
    except Unfit as unfit:
        raise Invalid({name: unfit}) from None
    return {"id": taken.id, "name": taken.name, "media_type": taken.media_type, "size": taken.size}


def field_of(context: Context, entity: Entity, policy: FieldPolicy, name: str) -> Field:
    """The file field of that name, which the actor may fill in; NotFound for any other."""
    if not any(context.actor.may(action, entity.name) for action in (Action.CREATE, Action.UPDATE)):
        raise Forbidden
    field = next((one for one in files.file_fields(entity) if one.name == name), None)
    if field is None or name not in policy.visible:
        raise NotFound
    if name not in policy.writable:
        raise Invalid({name: READ_ONLY})
    return field


def sent() -> files.Sent:
    """What the request carries: one part of a form, or the bytes alone with their name in the address."""
    stray = next((one for one in request.args if one != NAME or request.mimetype != RAW), None)
    if stray is not None:
        raise Malformed(STRAY.format(name=stray[:30]), "unknown_parameter")
    if request.mimetype == RAW:
        if not request.args.get(NAME, "").strip():
            raise Malformed(NAMELESS, "file_name")
        return files.Sent(request.stream, request.args[NAME])
    if request.mimetype != MULTIPART:
        raise Unsupported(MEDIA)
    parts = [(key, part) for key, part in request.files.items(multi=True) if part.filename]
    if [key for key, _ in parts] != [PART]:
        raise Malformed(ONE, "file_part")
    return files.Sent(parts[0][1].stream, parts[0][1].filename or "")
