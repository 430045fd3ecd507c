"""What a client sends: a JSON object, and the version of the record it read."""

from typing import Any

import orjson
from flask import request

from app.core.errors import Malformed, Refusal
from app.core.label import Label
from app.records.write import parse_version

LARGEST = 1024 * 1024  # bytes of a body
MEDIA = Label("请以 application/json 发送内容。", "Send the content as application/json.")
OBJECT = Label("内容应是一个 JSON 对象。", "The content must be one JSON object.")
BROKEN = Label("内容不是有效的 JSON（UTF-8）。", "The content is not valid JSON in UTF-8.")
WHICH = Label(
    "请说明您读到的版本：If-Match 头或内容里的 version。",
    "Say which version you read: an If-Match header, or version in the content.",
)


class Unsupported(Refusal):
    """Content in a form that is not read here."""

    status = 415
    code = "media_type"


class Unconditional(Refusal):
    """A change that does not say which version it changes."""

    status = 428
    code = "precondition_required"


def content() -> dict[str, Any]:
    """The JSON object that was sent; raises Unsupported for another form, Malformed for anything else."""
    if request.mimetype != "application/json":
        raise Unsupported(MEDIA)
    request.max_content_length = LARGEST
    try:
        found = orjson.loads(request.get_data())
    except orjson.JSONDecodeError:
        raise Malformed(BROKEN) from None
    if not isinstance(found, dict):
        raise Malformed(OBJECT)
    return found


def matched() -> int | None:
    """The version the If-Match header names, or None."""
    return parse_version(request.headers.get("If-Match"))


def version_of(given: dict[str, Any]) -> int:
    """The version the client changes, from If-Match or taken out of the content; raises Unconditional for none."""
    told = given.pop("version", None)
    version = matched()
    if version is None:
        version = parse_version(told)
    if version is None:
        raise Unconditional(WHICH)
    return version
