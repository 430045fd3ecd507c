"""The form of a profile: what it is called, whose files it takes, and which column becomes what."""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Any

from flask import request

from app.core.action import Action
from app.core.entity import Entity
from app.core.errors import Invalid, Unfit
from app.core.label import Label
from app.exchange.feeds import profile as profiles
from app.exchange.feeds.profile import Profile
from app.exchange.feeds.spec import Column, Constant, Missing, Spec, Unit, Use
from app.heads import door
from app.heads.frame import frame
from app.heads.pages import Control, FormPage, FormSection, Option
from app.records.context import Context
from app.views import feed_words as w

FOUND_BY = ("vin", "plate", "phone", "number", "code", "name")
TOLD = ("name", "plate", "phone", "model")  # may be told of a record without finding it
PAIR = re.compile(r"\s*([^=;；\n]+?)\s*=\s*([^;；\n]+?)\s*(?:[;；\n]|$)")


def importable(context: Context) -> list[Entity]:
    """The entities the actor may bring in."""
    found = context.snapshot.entities.values()
    return [one for one in found if context.actor.may(Action.IMPORT, one.name)]


def begin(context: Context, problem: Label | None = None) -> FormPage:
    """The first step of a new profile: its names, what it fills, and an export to read the columns from."""
    locale = door.locale()
    kinds = sorted(importable(context), key=lambda one: one.label.text(locale))
    options = [Option(value=one.name, text=one.label.text(locale)) for one in kinds]
    parts = [Option(value="", text="—"), *(o for o in options if _within(context.entity(o.value)))]
    controls = (
        Control(name="code", label=w.CODE.text(locale), required=True, value=request.form.get("code", "")),
        Control(name="brand_system", label=w.SYSTEM.text(locale), value=request.form.get("brand_system", "")),
        Control(name="entity", label=w.ENTITY.text(locale), widget="select", options=tuple(options), required=True),
        Control(name="part", label=w.PART.text(locale), widget="select", options=tuple(parts)),
        Control(name="file", label=w.SAMPLE.text(locale), widget="file", accept=".csv,.txt,.tsv,.xlsx", required=True),
    )
    return FormPage(
        frame=frame(),
        title=w.NEW.text(locale),
        action="/feeds/new",
        sections=(FormSection(controls=controls),),
        submit=w.SAVE.text(locale),
        cancel_href="/feeds/",
        problem=problem.text(locale) if problem else None,
    )


def _within(entity: Entity) -> str:
    """The reference to the whole that records are parts of; empty where they are none."""
    return next((one.name for one in entity.references if one.part_of), "")


def page(context: Context, one: Profile, wrong: Mapping[str, Unfit] | None = None) -> FormPage:
    """The whole form of a profile; its columns each under their own heading."""
    locale = door.locale()
    errors = {name: unfit.label.text(locale) for name, unfit in (wrong or {}).items()}
    sections = [
        FormSection(controls=tuple(_names(one, errors))),
        FormSection(controls=tuple(_rules(context, one, errors))),
        *(FormSection(title=column.label, controls=tuple(_column(context, one, n, column, errors)))
          for n, column in enumerate(one.spec.columns)),
    ]  # fmt: skip
    known = {"code", "keys", "stores", "name", *(column.field for column in one.spec.columns)}
    rest = [text for name, text in errors.items() if name not in known]
    return FormPage(
        frame=frame(),
        title=one.label or w.NEW.text(locale),
        action="/feeds/",
        sections=tuple(sections),
        submit=w.SAVE.text(locale),
        cancel_href=f"/feeds/{one.code}/" if one.id else "/feeds/",
        hidden=tuple(_hidden(one)),
        problem=" ".join(rest) or None,
    )


def _hidden(one: Profile) -> Iterator[tuple[str, str]]:
    yield from (("number", str(one.id)), ("entity", one.spec.entity), ("part", one.spec.part))
    for n, column in enumerate(one.spec.columns):
        yield (f"label__{n}", column.label)
    for name in ("sheet", "encoding", "separator"):
        yield (name, getattr(one.spec, name) or "")


def _names(one: Profile, errors: Mapping[str, str]) -> Iterator[Control]:
    locale = door.locale()
    yield Control(
        name="code", label=w.CODE.text(locale), value=one.code, required=True, readonly=bool(one.id),
        error=errors.get("code"),
    )  # fmt: skip
    yield Control(name="label", label=w.NAME.text(locale), value=one.label, required=True)
    yield Control(name="brand_system", label=w.SYSTEM.text(locale), value=one.brand_system)
    yield Control(
        name="name", label=w.PATTERN.text(locale), value=one.spec.name, required=True,
        help=w.PATTERN_HELP.text(locale), error=errors.get("name"),
    )  # fmt: skip
    for name, word in (("watched", w.WATCHED), ("daily", w.DAILY), ("active", w.ACTIVE)):
        yield Control(name=name, label=word.text(locale), widget="switch", value=str(int(getattr(one, name))))
    yield Control(
        name="of_record", label=w.OF_RECORD.text(locale), widget="switch", value=str(int(one.of_record)),
        help=w.OF_RECORD_HELP.text(locale),
    )  # fmt: skip


def _rules(context: Context, one: Profile, errors: Mapping[str, str]) -> Iterator[Control]:
    """Stores, keys, and what is to be done about what is missing."""
    locale, spec = door.locale(), one.spec
    sql = "SELECT id, name FROM store WHERE id = ANY (gate.my_stores(%s)) ORDER BY code"
    rows = context.connection.exec_driver_sql(sql, ((spec.entities or ("",))[0],))
    stores = tuple(Option(value=str(i), text=name, selected=i in one.stores) for i, name in rows)
    yield Control(
        name="stores", label=w.STORES.text(locale), widget="multiselect", options=stores, error=errors.get("stores")
    )
    yield Control(
        name="store_codes", label=w.STORE_CODES.text(locale), value=_pairs(spec.stores), help=w.CODES_HELP.text(locale)
    )
    for name in spec.entities:
        entity = context.entity(name)
        options = tuple(
            Option(value=field.name, text=field.label.text(locale), selected=field.name in spec.keys.get(name, ()))
            for field in entity.fields
            if not field.sealed and field.name != spec.within
        )
        yield Control(
            name=f"keys__{name}", label=f"{entity.label.text(locale)} · {w.KEYS.text(locale)}", widget="multiselect",
            options=options, help=w.KEYS_HELP.text(locale), error=errors.get("keys"),
        )  # fmt: skip
        for field in entity.references:
            if any(column.field == field.name for _, column in spec.of(name)) and field.name != spec.within:
                chosen = spec.missing.get(field.name, Missing.WAIT)
                yield Control(
                    name=f"missing__{field.name}", widget="select", error=errors.get(field.name),
                    label=w.IF_MISSING.format(name=field.label).text(locale),
                    options=tuple(Option(value=m.value, text=word.text(locale), selected=m is chosen)
                                  for m, word in w.MISSINGS.items()),
                )  # fmt: skip
    if spec.part:
        yield Control(name="counted", label=w.COUNTED.text(locale), widget="switch", value=str(int(bool(spec.counted))))
    constants = "\n".join(f"{c.entity}.{c.field}{':' + c.by if c.by else ''}={c.value}" for c in spec.constants)
    yield Control(name="constants", label=w.CONSTANTS.text(locale), widget="textarea", value=constants,
                  help=w.CONSTANTS_HELP.text(locale))  # fmt: skip


def _column(context: Context, one: Profile, n: int, column: Column, errors: Mapping[str, str]) -> Iterator[Control]:
    """What one column becomes."""
    locale = door.locale()
    chosen = value_of(column)
    options = tuple(
        Option(value=value, text=text, selected=value == chosen) for value, text in targets(context, one.spec, locale)
    )
    yield Control(
        name=f"target__{n}", label=w.TARGET.text(locale), widget="select", options=options,
        error=errors.get(column.field) if column.field else None,
    )  # fmt: skip
    yield Control(
        name=f"words__{n}", label=w.WORDS.text(locale), value=_pairs(column.words), help=w.WORDS_HELP.text(locale)
    )
    form = column.date or (column.unit.value if column.unit is not Unit.YUAN else "")
    yield Control(name=f"form__{n}", label=w.FORM.text(locale), value=form, help=w.FORM_HELP.text(locale))


def targets(context: Context, spec: Spec, locale: str) -> Iterator[tuple[str, str]]:
    """Everything a column may become, with words for it."""
    yield from ((name, word.text(locale)) for name, word in w.SPECIAL.items())
    for name in spec.entities:
        entity = context.entity(name)
        visible = context.policy(entity).visible
        for field in entity.fields:
            if field.name not in visible:
                continue
            head = f"{entity.label.text(locale)} · {field.label.text(locale)}"
            if not field.target:
                yield f"{name}.{field.name}", head
                continue
            other = context.entity(field.target)
            for by in (one for one in other.fields if one.name in FOUND_BY):
                yield f"{name}.{field.name}:{by.name}", f"{head} · {by.label.text(locale)}"
            for by in (one for one in other.fields if one.name in TOLD):
                words = f"{head} · {by.label.text(locale)}{w.ALSO.text(locale)}"
                yield f"{name}.{field.name}:{by.name}+", words


def value_of(column: Column) -> str:
    """A column's target as its control posts it."""
    if column.use is not Use.FIELD:
        return column.use.value
    by = f":{column.by}{'+' if column.also else ''}" if column.by else ""
    return f"{column.entity}.{column.field}{by}"


def _pairs(words: Mapping[str, str]) -> str:
    return "；".join(f"{word}={ours}" for word, ours in words.items())


def posted(context: Context) -> Profile:
    """The profile as it was posted."""
    form = request.form
    number = int(form.get("number") or 0) if form.get("number", "0").isdecimal() else 0
    known = profiles.by_id(context.connection, number) if number else None
    part = form.get("part", "")
    within = _within(context.entity(part)) if part else ""
    counted = "line" if part and form.getlist("counted")[-1:] == ["1"] and context.entity(part).field("line") else ""
    entities = [name for name in (form.get("entity", ""), part) if name]
    spec = Spec(
        entity=form.get("entity", ""),
        part=part,
        within=within,
        counted=counted,
        columns=tuple(_columns(form)),
        constants=tuple(_constants(form.get("constants", "").splitlines())),
        keys={name: tuple(form.getlist(f"keys__{name}")) or ((counted,) if counted and name == part else ())
              for name in entities},
        missing={name.removeprefix("missing__"): Missing(value) for name, value in form.items()
                 if name.startswith("missing__") and value in set(Missing)},
        stores=dict(PAIR.findall(form.get("store_codes", ""))),
        name=form.get("name", "").strip() or "{day}",
        sheet=form.get("sheet") or None,
        encoding=form.get("encoding") or None,
        separator=form.get("separator") or None,
    )  # fmt: skip
    on = {name: form.getlist(name)[-1:] == ["1"] for name in ("of_record", "watched", "daily", "active")}
    return Profile(
        id=number,
        version=known.version if known else 0,
        code=known.code if known else form.get("code", "").strip(),
        label=form.get("label", "").strip()[:80] or form.get("code", ""),
        brand_system=form.get("brand_system", "").strip()[:80] or "—",
        stores=tuple(int(one) for one in form.getlist("stores") if one.isdecimal()),
        spec=spec,
        **on,
    )


def _columns(form: Any) -> Iterator[Column]:
    for n in range(len([name for name in form if name.startswith("label__")])):
        label, chosen = form.get(f"label__{n}", ""), form.get(f"target__{n}", "skip")
        words = dict(PAIR.findall(form.get(f"words__{n}", "")))
        told = form.get(f"form__{n}", "").strip()
        unit = Unit(told) if told in w.UNITS else Unit.YUAN
        base = Column(label, words=words, unit=unit, date="" if told in w.UNITS else told)
        yield target(base, chosen)


def target(column: Column, chosen: str) -> Column:
    """The column with the target its control posted."""
    if chosen in w.SPECIAL:
        return replace(column, use=Use(chosen))
    entity, _, rest = chosen.partition(".")
    field, _, by = rest.partition(":")
    return replace(column, entity=entity, field=field, by=by.rstrip("+"), also=by.endswith("+"))


def _constants(lines: Iterable[str]) -> Iterator[Constant]:
    for line in lines:
        name, _, value = line.partition("=")
        entity, _, rest = name.strip().partition(".")
        field, _, by = rest.partition(":")
        if field and value.strip():
            yield Constant(entity, field.strip(), value.strip(), by.strip())


def save(context: Context) -> Profile | FormPage:
    """The saved profile, or its form with what is to be put right."""
    one = posted(context)
    try:
        profiles.save(context, one)
    except Invalid as invalid:
        return page(context, one, invalid.fields)
    return one
