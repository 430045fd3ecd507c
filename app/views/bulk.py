"""Something done to many ticked records at once: asked for twice, then all or none."""

from flask import Response, redirect, request
from werkzeug.wrappers import Response as Answer

from app.access.state import FieldPolicy
from app.core.action import Action
from app.core.entity import Entity
from app.core.errors import Invalid, Malformed, NotFound
from app.core.field import Field
from app.core.label import Label
from app.heads import door
from app.heads.frame import draw, frame, say
from app.heads.pages import ConfirmPage, Control, Count, Link, Option
from app.records import read, write
from app.records.context import Context
from app.records.query import Query, natural
from app.views import export
from app.views.controls import control, editable, overridable, posted, reasons
from app.views.form_page import Former

MOST = 500
NONE_CHOSEN = Label("请先勾选记录。", "Tick some records first.")
TOO_MANY = Label("一次最多处理 500 条，请减少勾选。", "At most 500 records at once; tick fewer.")
DELETE, SET = Label("删除", "Delete"), Label("批量修改", "Set a field")
ASK_DELETE = Label("确定删除这 {n} 条{what}吗？", "Delete these {n} {what}?")
ASK_SET = Label("要修改这 {n} 条{what}的哪一项？", "Which field of these {n} {what} shall be set?")
ASK_VALUE = Label("把这 {n} 条{what}的“{field}”改成什么？", "What shall “{field}” of these {n} {what} be?")
NEXT, APPLY = Label("下一步", "Next"), Label("修改", "Set")
FIELD, CHOSEN = Label("栏目", "Field"), Label("已勾选", "Ticked")
ALL_OR_NONE = Label("有一条做不到时，全部保持原样。", "If one of them cannot be changed, none is.")
DELETED = Label("已删除 {n} 条。", "{n} deleted.")
CHANGED = Label("已修改 {n} 条。", "{n} changed.")
MORE = Label("另有 {n} 条", "{n} more")
FIRST = 10


def answer(context: Context, entity: Entity, policy: FieldPolicy, act: str) -> Answer | str:
    """The answer to a bulk form: a question first, the deed when it was confirmed."""
    ids = ticked()
    match act:
        case "delete":
            return remove(context, entity, ids)
        case "set":
            return change(context, entity, policy, ids)
        case "export":
            return export.answer(context, entity, policy, "csv", ids)
    raise NotFound


def ticked() -> tuple[int, ...]:
    """The ids of the ticked rows."""
    texts = request.form.getlist("id")
    if not texts:
        raise Malformed(NONE_CHOSEN, "none_chosen")
    if len(texts) > MOST:
        raise Malformed(TOO_MANY, "too_many_chosen")
    ids = tuple(dict.fromkeys(filter(None, map(natural, texts))))
    if not all(map(natural, texts)):
        raise NotFound
    return ids


def remove(context: Context, entity: Entity, ids: tuple[int, ...]) -> Answer | str:
    """Deletes the ticked records."""
    context.demand(Action.DELETE, entity)
    if request.form.get("confirm") != "1":
        question = ASK_DELETE.format(n=len(ids), what=what(entity))
        return draw(confirm(context, entity, ids, DELETE, question, submit=DELETE, act="delete"))
    for number in ids:
        write.delete(context, entity, number)
    say(DELETED.format(n=len(ids)))
    return redirect(f"/data/{entity.name}/", 303)


def change(context: Context, entity: Entity, policy: FieldPolicy, ids: tuple[int, ...]) -> Answer | str:
    """Sets one field of the ticked records."""
    context.demand(Action.UPDATE, entity)
    fields = [field for field in editable(entity, policy.writable) if not field.unique and field.kind.code != "file"]
    chosen = next((field for field in fields if field.name == request.form.get("field")), None)
    locale = door.locale()
    if chosen is None:
        options = tuple(Option(value=field.name, text=field.label.text(locale)) for field in fields)
        pick = Control(name="field", label=FIELD.text(locale), widget="select", options=options, required=True)
        return draw(
            confirm(
                context,
                entity,
                ids,
                SET,
                ASK_SET.format(n=len(ids), what=what(entity)),
                submit=NEXT,
                act="set",
                controls=(pick,),
            )
        )
    question = ASK_VALUE.format(n=len(ids), what=what(entity), field=chosen.label)
    form = Former(context, entity, policy, locale)
    failed: Invalid | None = None
    if request.form.get("confirm") == "1":
        try:
            given, why = value_of(form, chosen), reasons([chosen], request.form)
            with context.connection.begin_nested():
                for number in ids:
                    write.update(context, entity, number, None, given, reasons=why)
        except Invalid as invalid:
            failed = invalid
        else:
            say(CHANGED.format(n=len(ids)))
            return redirect(f"/data/{entity.name}/", 303)
    errors = failed.fields if failed else {}
    error = next((unfit.label.text(locale) for unfit in errors.values()), None)
    drawn = control(chosen, locale, typed=request.form.get(chosen.name), error=error)
    drawn = overridable(drawn, errors.get(chosen.name), request.form)
    page = confirm(
        context,
        entity,
        ids,
        SET,
        question,
        submit=APPLY,
        act="set",
        controls=(drawn,),
        hidden=(("field", chosen.name),),
    )
    return Response(draw(page), 422, mimetype="text/html") if failed else draw(page)


def value_of(form: Former, field: Field) -> dict[str, object]:
    """The one value that was posted; a picker's words that settle nothing are Invalid."""
    given = posted([field], request.form) or {field.name: None}
    if field.target:
        form.settle(field, given)
    if form.errors:
        raise Invalid(form.errors)
    return given


def what(entity: Entity) -> Label:
    """How records of the entity are called when there are many."""
    return Label(entity.label.zh, entity.plural.en)


def confirm(  # the parts of a confirmation
    context: Context,
    entity: Entity,
    ids: tuple[int, ...],
    title: Label,
    question: Label,
    *,
    submit: Label,
    act: str,
    controls: tuple[Control, ...] = (),
    hidden: tuple[tuple[str, str], ...] = (),
) -> ConfirmPage:
    """The question before something is done to many; a record outside the actor's scope makes it NotFound."""
    locale = door.locale()
    found = read.listing(context, entity, Query(ids=ids, size=min(len(ids), 200)))
    if read.count(context, entity, Query(ids=ids)) != len(ids):
        raise NotFound
    titles = read.titles(context, {entity.name: {record.id for record in found.records[:FIRST]}}).get(entity.name, {})
    first = tuple(
        Link(text=titles.get(record.id, f"#{record.id}"), href=f"/data/{entity.name}/{record.id}")
        for record in found.records[:FIRST]
    )
    confirmed = (("confirm", "1"),) if act == "delete" or hidden else ()
    return ConfirmPage(
        frame=frame(),
        title=title.text(locale),
        action=f"/data/{entity.name}/bulk/{act}",
        question=question.text(locale),
        submit=submit.text(locale),
        cancel_href=f"/data/{entity.name}/",
        danger=act == "delete",
        consequences=(ALL_OR_NONE.text(locale),),
        counts=(Count(text=CHOSEN.text(locale), value=str(len(ids))),),
        records=first,
        records_more=MORE.format(n=len(ids) - FIRST).text(locale) if len(ids) > FIRST else None,
        controls=controls,
        hidden=(*(("id", str(number)) for number in ids), *hidden, *confirmed),
    )
