"""How the API answers: JSON, in the words of one request."""

from typing import Any

import orjson
from flask import Response

JSON = "application/json"


def answer(data: Any, status: int = 200, version: int | None = None) -> Response:
    """`data` as JSON, with the record's version as its ETag where there is one."""
    response = Response(orjson.dumps(data), status, mimetype=JSON)
    if version is not None:
        response.headers["ETag"] = f'"{version}"'
    return response


def nothing() -> Response:
    """Done, and nothing to tell."""
    return Response(status=204)
