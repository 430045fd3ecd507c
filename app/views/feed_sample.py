"""A new profile's first columns, proposed from an export somebody sent."""

import re
from uuid import uuid4

from flask import request

from app.core.entity import Entity
from app.exchange.feeds.profile import Profile
from app.exchange.feeds.spec import Column, Missing, Spec, Use
from app.exchange.mapping import Mapping
from app.exchange.proposal import propose
from app.exchange.refusals import unreadable
from app.exchange.source import Choices, open_source
from app.exchange.steps import Tools
from app.records.context import Context

DIGITS = re.compile(r"[0-9]{4}-?[0-9]{2}-?[0-9]{2}")
BEST = {"vehicle": "vin", "customer": "phone", "employee": "number"}


def proposed(tools: Tools, most: int, entities: list[Entity]) -> tuple[str, tuple[str, ...], Mapping]:
    """The sent file's name, its columns and the likeliest use of each; nothing of it is kept."""
    sent = request.files.get("file")
    if sent is None or not sent.filename:
        raise unreadable("empty")
    uuid = uuid4()
    stored = tools.uploads.keep(sent.stream, uuid, most)
    try:
        with (
            tools.uploads.opened(stored.hash, uuid) as path,
            open_source(path, sent.filename, Choices(), tools.limits) as source,
        ):
            return sent.filename, tuple(source.header), propose(source.header, source.sample(), entities)
    finally:
        tools.uploads.remove(stored.hash, uuid)


def first(context: Context, name: str, header: tuple[str, ...], mapping: Mapping) -> Profile:
    """A profile to begin with; it is saved when somebody has looked at it."""
    form = request.form
    part = form.get("part", "")
    whole = form.get("entity", "")
    within = next((one.name for one in context.entity(part).references if one.part_of), "") if part else ""
    by_index = {index: target for index, _, target in mapping.targets()}
    columns = []
    for index, label in enumerate(header):
        target = by_index.get(index)
        known = context.entity(target.entity).field(target.field) if target else None
        if target is None or known is None:
            columns.append(Column(label, use=Use.SKIP))
        else:
            by = BEST.get(known.target, "number") if known.target else ""
            columns.append(Column(label, entity=target.entity, field=target.field, by=by))
    entity = context.entity(whole)
    keys = {whole: tuple(one.name for one in entity.fields if one.name in ("number", "code"))[:1]}
    if part:
        keys[part] = ("line",) if context.entity(part).field("line") else ()
    spec = Spec(
        entity=whole,
        part=part,
        within=within,
        columns=tuple(columns),
        keys=keys,
        missing={one.name: Missing.MAKE for one in entity.references if one.target == "vehicle"},
        name=DIGITS.sub("{day}", name) if DIGITS.search(name) else "*{day}*",
    )
    stores = (context.actor.store,) if context.actor.store else ()
    code = form.get("code", "").strip()
    system = form.get("brand_system", "").strip() or "—"
    return Profile(0, 0, code, code, system, stores, spec, of_record=False, watched=False, daily=True, active=True)
