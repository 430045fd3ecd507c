"""The JSON Schemas of an entity as one field policy shows it."""

from typing import Any

from app.access.state import FieldPolicy
from app.core.action import Action
from app.core.entity import Entity
from app.core.field import Field, State
from app.core.scope import Belongs
from app.records.deeds import deeds
from app.records.override import LONGEST, doubting
from app.records.rulebook import Deed

Schema = dict[str, Any]

ID: Schema = {"type": "integer", "format": "int64", "minimum": 1, "maximum": 2**63 - 1}
VERSION: Schema = {"type": "integer", "minimum": 1, "maximum": 2**31 - 1}
MOMENT: Schema = {"type": "string", "format": "date-time"}
CURSOR: Schema = {"type": ["string", "null"], "description": "give it as `after` for the page there; null for none"}
MASK = "a mask: the value itself is told by reveal alone, and a mask is never taken back"


def ref(name: str) -> Schema:
    """A pointer to a schema of the document."""
    return {"$ref": f"#/components/schemas/{name}"}


def closed(properties: Schema, required: list[str]) -> Schema:
    """An object of these properties and no others."""
    made: Schema = {"type": "object", "properties": properties, "additionalProperties": False}
    return made | ({"required": required} if required else {})


def record(entity: Entity, policy: FieldPolicy, locale: str) -> Schema:
    """A record as it is told; a field that is hidden in some records is not required."""
    fields = {name: told(entity.by_name[name], (mine, scope), locale) for name, mine, scope in policy.states}
    always = [name for name, mine, scope in policy.states if mine and scope]
    store = {"store": ID} if entity.belongs is Belongs.STORE else {}
    around = {"id": ID, "version": VERSION} | store
    moments = {"created_at": MOMENT, "updated_at": MOMENT}
    return closed(around | fields | moments, [*around, *always, *moments])


def part(entity: Entity, policy: FieldPolicy, locale: str) -> Schema:
    """A record of a list, where `fields` may have left some out."""
    whole = record(entity, policy, locale)
    return whole | {"required": [name for name in whole["required"] if name not in entity.by_name]}


def told(field: Field, states: tuple[State, State], locale: str) -> Schema:
    """A field's value as it is told: null where it is empty, a mask where it is protected."""
    label = {"title": field.label.text(locale)}
    if field.sealed or max(states) is State.MASKED:
        return {"type": ["string", "null"], "description": MASK} | label
    known = [field.kind.schema()] + ([{"type": "string", "description": MASK}] if State.MASKED in states else [])
    return {"anyOf": [*known, {"type": "null"}]} | label


def given(field: Field, locale: str) -> Schema:
    """A field's value as a client may give it: in the form it is told in; null empties it."""
    words = {"title": field.label.text(locale)} | ({"description": field.help.text(locale)} if field.help else {})
    if field.required:
        return field.kind.schema() | words
    return {"anyOf": [field.kind.schema(), {"type": "null"}]} | words


def overrides(fields: list[Field]) -> Schema:
    """The reasons for saving values a check doubts, by field; nothing where no check only doubts."""
    reason: Schema = {"type": "string", "minLength": 1, "maxLength": LONGEST}
    found = {field.name: reason for field in fields if doubting(field)}
    if not found:
        return {}
    words = "why a value is saved although a check doubts it (`doubtful` among the errors); it goes into the trail"
    return {"overrides": closed(found, []) | {"description": words}}


def new(entity: Entity, policy: FieldPolicy, locale: str) -> Schema:
    """What makes a record."""
    fields = [field for field in entity.fields if field.name in policy.writable]
    store = {"store": ID} if entity.belongs is Belongs.STORE else {}
    needed = [field.name for field in fields if field.required and field.default is None]
    return closed({field.name: given(field, locale) for field in fields} | store | overrides(fields), needed)


def change(entity: Entity, policy: FieldPolicy, locale: str) -> Schema:
    """What changes a record: the fields to change, and the version read unless If-Match names it."""
    fields = [field for field in entity.fields if field.name in policy.writable]
    return closed({field.name: given(field, locale) for field in fields} | {"version": VERSION} | overrides(fields), [])


def done(deed: Deed, locale: str) -> Schema:
    """What a named action asks for, and the version read unless If-Match names it."""
    needed = [field.name for field in deed.fields if field.required]
    return closed({field.name: given(field, locale) for field in deed.fields} | {"version": VERSION}, needed)


def listed(name: str) -> Schema:
    """A page of records."""
    count = {"type": ["integer", "null"], "minimum": 0, "description": "at most 10000; null when `count=false`"}
    capped = {"type": "boolean", "description": "whether there are more than `count`"}
    properties = {
        "result": {"type": "array", "items": ref(f"{name}.listed")},
        "count": count,
        "count_capped": capped,
        "next": CURSOR,
        "previous": CURSOR,
    }
    return closed(properties, list(properties))


TEXT: Schema = {"type": "string"}
DOUBTFUL: Schema = {"const": True, "description": "a reason in `overrides` saves the value all the same"}
FAILING = closed({"field": TEXT, "code": TEXT, "message": TEXT, "doubtful": DOUBTFUL}, ["field", "code", "message"])
DIFFERENCE = closed({"field": TEXT, "yours": {}, "theirs": {}}, ["field", "yours", "theirs"])
PROBLEM: Schema = {
    "type": "object",
    "description": "RFC 9457",
    "properties": {
        "type": TEXT,
        "title": TEXT | {"description": "what to do, in the reader's language"},
        "status": {"type": "integer"},
        "code": TEXT | {"description": "stable: programs compare this"},
        "request_id": TEXT,
        "errors": {"type": "array", "items": FAILING, "description": "with 422: what is wrong, by field"},
        "version": VERSION,
        "differences": {"type": "array", "items": DIFFERENCE, "description": "with 409: what somebody else changed"},
    },
    "required": ["type", "title", "status", "code", "request_id"],
}
VERBS: Schema = {"type": "array", "items": {"enum": ["*", *sorted(Action)]}, "minItems": 1}
SCOPES: Schema = {
    "type": "object",
    "additionalProperties": VERBS,
    "minProperties": 1,
    "description": "verbs by entity; `*` in place of an entity is each of them, in place of a verb all but `reveal`",
}
ADDRESSES: Schema = {"type": "array", "items": {"type": "string"}, "maxItems": 20}
TOKEN = {"id": ID, "hint": TEXT, "name": TEXT, "created_at": MOMENT, "expires_at": MOMENT}
NAMES: Schema = {"type": "array", "items": {"type": "string"}}
CHANGED = closed(
    {
        "field": TEXT,
        "protected": {"type": "boolean", "description": "its values are not told"},
        "before": {},
        "after": {},
    },
    ["field", "protected", "before", "after"],
)
ACT = closed(
    {
        "entry": ID | {"description": "by which it is undone"},
        "at": MOMENT,
        "by": {"type": ["string", "null"]},
        "via": {"type": "string", "enum": ["person", "token", "job", "system", "database"]},
        "follows": {"type": "boolean", "description": "whether it followed from another write, by a rule"},
        "action": {"type": "string", "enum": ["insert", "update", "delete", "erase", "undo", "bring_back"]},
        "erased": {"type": "boolean"},
        "changes": {"type": "array", "items": CHANGED},
    },
    ["entry", "at", "by", "via", "follows", "action", "erased", "changes"],
)
STAYED = closed(
    {"field": TEXT, "reason": {"type": "string", "enum": ["barred", "changed_since", "not_asked"]}, "message": TEXT},
    ["field", "reason"],
)
UNDO = {
    "entry": ID | {"description": "an entry of the history, which names its act"},
    "to": {"type": "string", "enum": ["act", "moment"], "description": "before the act, or the moment after it"},
    "fields": NAMES | {"description": "these alone"},
    "others": NAMES | {"description": "these too, though somebody changed them since"},
    "version": VERSION,
}
PAST: dict[str, Schema] = {
    "history": closed(
        {"result": {"type": "array", "items": ACT}, "next": {"anyOf": [ID, {"type": "null"}]}}, ["result", "next"]
    ),
    "restored": closed(
        {"id": ID, "parts": {"type": "integer", "minimum": 0}, "left": {"type": "integer", "minimum": 0}},
        ["id", "parts", "left"],
    ),
    "undo": closed(UNDO, ["entry"]),
    "undo.all": closed({"entry": UNDO["entry"], "others": {"type": "boolean", "default": False}}, ["entry"]),
    "undone": closed(
        {"id": ID, "version": VERSION, "undone": NAMES, "kept": {"type": "array", "items": STAYED}},
        ["id", "version", "undone", "kept"],
    ),
    "undone.all": closed(
        {
            "undone": {"type": "array", "items": ID},
            "refused": {
                "type": "array",
                "items": closed({"id": ID, "code": TEXT, "message": TEXT}, ["id", "code", "message"]),
            },
        },
        ["undone", "refused"],
    ),
}
SHARED: dict[str, Schema] = PAST | {
    "problem": PROBLEM,
    "saved": closed({"id": ID, "version": VERSION}, ["id", "version"]),
    "found": closed(
        {"result": {"type": "array", "items": closed({"id": ID, "title": TEXT}, ["id", "title"])}}, ["result"]
    ),
    "reason": closed({"reason": TEXT | {"minLength": 1, "maxLength": 200}}, ["reason"]),
    "revealed": closed({"result": closed({"field": TEXT, "value": {}}, ["field", "value"])}, ["result"]),
    "uploaded": closed({"id": ID, "name": TEXT, "media_type": TEXT, "size": ID}, ["id", "name", "media_type", "size"]),
    "info": {"type": "object"},
    "done": closed({"message": TEXT, "href": {"type": ["string", "null"]}}, ["message", "href"]),
    "token": closed(
        TOKEN
        | {
            "last_used": {"type": ["string", "null"], "format": "date-time"},
            "last_address": {"type": ["string", "null"]},
            "scopes": SCOPES,
            "addresses": ADDRESSES | {"description": "from where it may be used; none: from anywhere"},
        },
        [*TOKEN, "last_used", "last_address", "scopes", "addresses"],
    ),
    "tokens": closed({"result": {"type": "array", "items": ref("token")}}, ["result"]),
    "token.new": closed(
        {
            "name": TEXT | {"minLength": 1, "maxLength": 100},
            "days": {"type": "integer", "minimum": 1, "maximum": 365, "default": 90},
            "scopes": {"anyOf": [{"enum": ["everything", "read"]}, SCOPES]},
            "addresses": ADDRESSES | {"description": "networks, as 10.1.0.0/16; none: from anywhere"},
        },
        ["name", "scopes"],
    ),
    "token.made": closed(
        {"id": ID, "token": TEXT | {"description": "shown only here"}, "hint": TEXT, "expires_at": MOMENT},
        ["id", "token", "hint", "expires_at"],
    ),
}


def binned(entity: Entity, policy: FieldPolicy, locale: str) -> Schema:
    """A page of the recycle bin; the sealed values of what lies there are not told."""
    whole = part(entity, policy, locale)
    gone = {field.name for field in entity.fields if field.sealed}
    told = closed(
        {name: schema for name, schema in whole["properties"].items() if name not in gone}, list(whole["required"])
    )
    one = {
        "number": ID | {"description": "by which it is brought back"},
        "deleted_at": MOMENT,
        "deleted_by": {"type": ["string", "null"]},
        "parts": {"type": "integer", "minimum": 0},
        "record": told,
    }
    pages = {"result": {"type": "array", "items": closed(one, list(one))}, "next": {"anyOf": [ID, {"type": "null"}]}}
    return closed(pages, list(pages))


def of_entity(entity: Entity, policy: FieldPolicy, locale: str) -> dict[str, Schema]:
    """Every schema of an entity, by name."""
    name = entity.name
    told = {
        name: record(entity, policy, locale),
        f"{name}.listed": part(entity, policy, locale),
        f"{name}.list": listed(name),
        f"{name}.one": closed({"result": ref(name)}, ["result"]),
    }
    told |= {f"{name}.do.{deed.code}": done(deed, locale) for deed in deeds(entity)}
    told[f"{name}.bin"] = binned(entity, policy, locale)
    if not policy.writable:
        return told
    return told | {f"{name}.new": new(entity, policy, locale), f"{name}.change": change(entity, policy, locale)}
