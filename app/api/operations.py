"""The operations of the API as OpenAPI describes them: those an actor's grants allow."""

from collections.abc import Iterable
from typing import Any

from app.access.state import FieldPolicy
from app.api.schemas import ID, closed, ref
from app.api.upload import MULTIPART, NAME, PART, RAW
from app.core.action import Action
from app.core.actor import ActorKind
from app.core.entity import Entity
from app.records.deeds import deeds
from app.records.files import file_fields
from app.records.query import operators
from app.records.rulebook import Deed

Operation = dict[str, Any]

REFUSALS = {
    400: "The request cannot be read: an unknown field, parameter or operator, or a wrong form",
    401: "Nobody is signed in, or the token has ended",
    403: "No grant allows this",
    404: "No such record, or none within your scope",
    405: "This address does not take this method",
    409: "Somebody else saved first, or others refer to it",
    413: "The content is too large",
    415: "The content is not of a kind this address takes",
    422: "Values do not fit; `errors` says which and why",
    428: "Say which version you change",
    429: "Too many requests; see Retry-After",
    503: "Busy; trying again is safe",
}
TAKING = (413, 415, 422)  # what may be wrong with content
EVERY = (400, 401, 403, 404, 405, 429, 503)
PK = {"name": "id", "in": "path", "required": True, "schema": ID}
IF_MATCH = {
    "name": "If-Match",
    "in": "header",
    "description": "the version you read, as its ETag",
    "schema": {"type": "string", "pattern": '^"[1-9][0-9]{0,8}"$'},
}
KEY = {
    "name": "Idempotency-Key",
    "in": "header",
    "description": "one key for one creation: sent again within a day it answers the first record",
    "schema": {"type": "string", "pattern": "^[!-~]{1,200}$"},
}
WORDS = {"name": "q", "in": "query", "schema": {"type": "string", "maxLength": 100}}
SIZE = {"name": "size", "in": "query", "schema": {"type": "integer", "minimum": 1, "maximum": 200, "default": 25}}
PAST = {"name": "past", "in": "query", "description": "`1`: also what is no longer offered", "schema": {"enum": ["1"]}}
COUNT = {"name": "count", "in": "query", "schema": {"type": "boolean", "default": True}}
AFTER = {"name": "after", "in": "query", "description": "`next` or `previous` of a page", "schema": {"type": "string"}}
BEARER: list[dict[str, list[str]]] = [{"bearer": []}, {"session": []}]


def operation(  # what OpenAPI asks of an operation
    name: str,
    summary: str,
    tag: str,
    *,
    answer: Operation,
    status: int = 200,
    takes: str | None = None,
    parameters: Iterable[Operation] = (),
    refuses: Iterable[int] = (),
) -> Operation:
    """One operation; what every operation may refuse is added."""
    failing = sorted({*EVERY, *refuses, *(TAKING if takes else ())})
    answers = {str(code): {"$ref": f"#/components/responses/{code}"} for code in failing}
    made: Operation = {
        "operationId": name,
        "summary": summary,
        "tags": [tag],
        "responses": {str(status): answer} | answers,
        "security": BEARER,
    }
    if parameters:
        made["parameters"] = list(parameters)
    if takes:
        made["requestBody"] = {"required": True, "content": {"application/json": {"schema": ref(takes)}}}
    return made


def json(description: str, schema: str, **headers: str) -> Operation:
    """An answer in JSON."""
    told = {name: {"description": text, "schema": {"type": "string"}} for name, text in headers.items()}
    made: Operation = {"description": description, "content": {"application/json": {"schema": ref(schema)}}}
    return made | ({"headers": told} if told else {})


def refusals() -> dict[str, Operation]:
    """The refusals operations share, as problem JSON."""
    content = {"application/problem+json": {"schema": ref("problem")}}
    return {str(code): {"description": text, "content": content} for code, text in REFUSALS.items()}


def asking(entity: Entity, policy: FieldPolicy) -> list[Operation]:
    """The parameters that choose records: conditions, words, order, fields."""
    allowed = [
        f"`{field.name}`: {', '.join(operators(policy, field))}" for field in entity.fields if operators(policy, field)
    ]
    where = {
        "name": "where",
        "in": "query",
        "description": "`field~operator~value`, repeated for more conditions. " + "; ".join(allowed),
        "schema": {"type": "array", "items": {"type": "string"}, "maxItems": 20},
        "explode": True,
    }
    sorted_by = ["id", *sorted(policy.sortable)]
    order = {
        "name": "order",
        "in": "query",
        "schema": {"type": "string", "enum": [*sorted_by, *(f"-{name}" for name in sorted_by)]},
    }
    fields = {
        "name": "fields",
        "in": "query",
        "schema": {"type": "array", "items": {"type": "string", "enum": sorted(policy.visible)}},
        "style": "form",
        "explode": False,
    }
    rison = "words; or, when it begins with `(`, a whole question in Flask-AppBuilder's Rison and no other parameter"
    return [where, order, fields, WORDS | {"schema": {"type": "string"}, "description": rison}]


def paths(entity: Entity, policy: FieldPolicy, actions: frozenset[Action], base: str, locale: str) -> dict[str, Any]:
    """The paths of an entity with the operations these actions allow."""
    name, tag = entity.name, entity.plural.text(locale)
    stem = f"{base}/{name}"
    found: dict[str, dict[str, Operation]] = {
        f"{stem}/": listing(entity, policy, actions, tag),
        f"{stem}/{{id}}": one(name, actions, tag),
        f"{stem}/_info": {
            "get": operation(f"{name}.info", "What you may see and do", tag, answer=json("The entity", "info"))
        },
        f"{stem}/lookup": lookup(name, actions, tag),
        f"{stem}/export.csv": export(entity, policy, actions, tag),
        f"{stem}/file/{{field}}": upload(entity, policy, actions, tag),
        f"{stem}/{{id}}/reveal/{{field}}": reveal(entity, policy, actions, tag),
    } | {f"{stem}/{{id}}/do/{deed.code}": doing(name, deed, actions, tag, locale) for deed in deeds(entity)}
    return {path: operations for path, operations in found.items() if operations}


def listing(entity: Entity, policy: FieldPolicy, actions: frozenset[Action], tag: str) -> dict[str, Operation]:
    """List and create."""
    name, made = entity.name, {}
    if Action.LIST in actions:
        parameters = [*asking(entity, policy), SIZE, AFTER, COUNT]
        page = json("A page of records", f"{name}.list")
        made["get"] = operation(f"{name}.list", "List", tag, answer=page, parameters=parameters, refuses=(422,))
    if Action.CREATE in actions:
        saved = json("Made", "saved", Location="where the record stands", ETag="its version")
        made["post"] = operation(
            f"{name}.create", "Create", tag, answer=saved, status=201, takes=f"{name}.new", parameters=[KEY]
        )
    return made


def one(name: str, actions: frozenset[Action], tag: str) -> dict[str, Operation]:
    """Read, change and remove one record."""
    made = {}
    if Action.READ in actions:
        record = json("The record", f"{name}.one", ETag="its version")
        made["get"] = operation(f"{name}.get", "Read", tag, answer=record, parameters=[PK])
    if Action.UPDATE in actions:
        saved = json("Saved", "saved", ETag="its new version")
        for method in ("put", "patch"):
            made[method] = operation(
                f"{name}.{method}",
                "Change the given fields",
                tag,
                answer=saved,
                takes=f"{name}.change",
                parameters=[PK, IF_MATCH],
                refuses=(409, 428),
            )
    if Action.DELETE in actions:
        gone = {"description": "Removed"}
        made["delete"] = operation(
            f"{name}.delete", "Remove", tag, answer=gone, status=204, parameters=[PK, IF_MATCH], refuses=(409,)
        )
    return made


def lookup(name: str, actions: frozenset[Action], tag: str) -> dict[str, Operation]:
    """Find records for a picker."""
    if Action.LIST not in actions:
        return {}
    found = json("The records found", "found")
    return {"get": operation(f"{name}.lookup", "Find by words", tag, answer=found, parameters=[WORDS, SIZE, PAST])}


def export(entity: Entity, policy: FieldPolicy, actions: frozenset[Action], tag: str) -> dict[str, Operation]:
    """All chosen records as a file."""
    if Action.EXPORT not in actions:
        return {}
    file = {"description": "CSV in UTF-8", "content": {"text/csv": {"schema": {"type": "string"}}}}
    parameters = asking(entity, policy)
    name = f"{entity.name}.export"
    return {"get": operation(name, "Export as CSV", tag, answer=file, parameters=parameters, refuses=(422,))}


def upload(entity: Entity, policy: FieldPolicy, actions: frozenset[Action], tag: str) -> dict[str, Operation]:
    """Send a file for a field of a record."""
    names = [field.name for field in file_fields(entity) if field.name in policy.visible & policy.writable]
    if not names or actions.isdisjoint({Action.CREATE, Action.UPDATE}):
        return {}
    which = {"name": "field", "in": "path", "required": True, "schema": {"type": "string", "enum": names}}
    called = {
        "name": NAME,
        "in": "query",
        "description": "the file's name, of bytes alone",
        "schema": {"type": "string"},
    }
    kept = json("Kept for you: give the field this id", "uploaded")
    made = operation(
        f"{entity.name}.upload", "Send a file", tag, answer=kept, status=201, parameters=[which, called], refuses=TAKING
    )
    part = closed({PART: {"type": "string", "contentMediaType": RAW}}, [PART])
    content = {MULTIPART: {"schema": part}, RAW: {"schema": {"type": "string", "format": "binary"}}}
    return {"post": made | {"requestBody": {"required": True, "content": content}}}


def reveal(entity: Entity, policy: FieldPolicy, actions: frozenset[Action], tag: str) -> dict[str, Operation]:
    """Open a protected value."""
    sealed = [field.name for field in entity.fields if field.sealed and field.name in policy.visible]
    if Action.REVEAL not in actions or not sealed:
        return {}
    which = {"name": "field", "in": "path", "required": True, "schema": {"type": "string", "enum": sealed}}
    told = json("The value; the trail holds who saw it and why", "revealed")
    name = f"{entity.name}.reveal"
    return {"post": operation(name, "Reveal", tag, answer=told, takes="reason", parameters=[PK, which])}


def doing(name: str, deed: Deed, actions: frozenset[Action], tag: str, locale: str) -> dict[str, Operation]:
    """A named action on one record."""
    if deed.action not in actions:
        return {}
    made = operation(
        f"{name}.do.{deed.code}",
        deed.label.text(locale),
        tag,
        answer=json("Done", "done"),
        takes=f"{name}.do.{deed.code}",
        parameters=[PK, IF_MATCH],
        refuses=(409, 428),
    )
    return {"post": made}


def token_paths(kind: ActorKind) -> dict[str, Any]:
    """The paths of one's own tokens; a token makes no other."""
    base, tag = "/api/v1/tokens", "tokens"
    listed = operation("tokens.list", "Your tokens", tag, answer=json("Your living tokens", "tokens"))
    made = operation(
        "tokens.create", "Make a token", tag, answer=json("Made", "token.made"), status=201, takes="token.new"
    )
    gone = {"description": "Ended"}
    ended = operation("tokens.end", "End a token", tag, answer=gone, status=204, parameters=[PK])
    makes = {"post": made} if kind is ActorKind.PERSON else {}
    return {base: {"get": listed} | makes, f"{base}/{{id}}": {"delete": ended}}
