"""The REST API of one entity: a FAB ModelRestApi built from its description, never registered, its bodies ours."""

from typing import Any, ClassVar

from flask import Response, g, request
from flask_appbuilder.api import ModelRestApi, expose

from app.access.state import FieldPolicy
from app.api import bin as bins
from app.api import export, undo
from app.api.answers import answer, nothing
from app.api.asked import asked
from app.api.body import content, matched, version_of
from app.api.info import info
from app.api.lookup import lookup
from app.api.once import Once
from app.api.openapi import BASE
from app.api.reveal import reveal
from app.api.upload import upload
from app.core.action import Action
from app.core.entity import Entity
from app.heads import door
from app.heads.house import house
from app.heads.mapped import Window
from app.records import deeds, override, read, write
from app.records.context import Context
from app.records.present import Shape
from app.records.query import cursor_text
from app.records.read import CAP


class EntityApi(ModelRestApi):
    """What every entity's API does; an instance holds one description as one field policy shows it."""

    entity: ClassVar[Entity]
    policy: ClassVar[FieldPolicy]
    shape: ClassVar[Shape]

    @property
    def context(self) -> Context:
        """The announced transaction of this request."""
        found: Context = g.context
        return found

    @expose("/", methods=("GET",))
    def get_list(self) -> Response:
        """A page of records: `result`, `count` up to 10,000, and the cursors of its neighbours."""
        context, entity = self.context, self.entity
        context.demand(Action.LIST, entity)
        wanted = asked(entity, self.policy, request.args)
        page = read.listing(context, entity, wanted.query)
        total = read.count(context, entity, wanted.query) if wanted.counted else None
        read.note_search(context, entity, wanted.query, len(page.records))
        return answer(
            {
                "result": [self.shape.dump(context, record, wanted.only) for record in page.records],
                "count": None if total is None else min(total, CAP),
                "count_capped": total is not None and total > CAP,
                "next": cursor_text(entity, wanted.query.order, page.after),
                "previous": cursor_text(entity, wanted.query.order, page.before),
            }
        )

    @expose("/<int:pk>", methods=("GET",))
    def get(self, pk: int) -> Response:
        """One record, its version as ETag."""
        record = read.get(self.context, self.entity, pk)
        return answer({"result": self.shape.dump(self.context, record)}, version=record.version)

    @expose("/", methods=("POST",))
    def post(self) -> Response:
        """A new record: its id and where it stands; with an Idempotency-Key once only."""
        context, entity = self.context, self.entity
        context.demand(Action.CREATE, entity)
        given = content()
        reasons = override.reasons(given.pop("overrides", None))
        once = Once(context, entity)
        number = known = once.before()
        if number is None:
            number = write.insert(context, entity, given, reasons)
            once.made(number)
        response = answer({"id": number, "version": 1}, 201, version=1)
        response.headers["Location"] = f"{BASE}/{entity.name}/{number}"
        if known is not None:
            response.headers["Idempotency-Replayed"] = "true"
        return response

    @expose("/<int:pk>", methods=("PUT", "PATCH"))
    def put(self, pk: int) -> Response:
        """Changes the given fields of a record that stands at the version the client read; others stay."""
        self.context.demand(Action.UPDATE, self.entity)
        given = content()
        reasons = override.reasons(given.pop("overrides", None))
        version = write.update(self.context, self.entity, pk, version_of(given), given, reasons=reasons)
        return answer({"id": pk, "version": version}, version=version)

    @expose("/<int:pk>", methods=("DELETE",))
    def delete(self, pk: int) -> Response:
        """Removes a record, with If-Match only as the client read it."""
        write.delete(self.context, self.entity, pk, matched())
        return nothing()

    @expose("/_info", methods=("GET",))
    def info(self) -> Response:
        """The entity as this actor may see and use it."""
        if not self.policy.visible:
            self.context.demand(Action.LIST, self.entity)
        return answer(info(self.context, self.entity, self.policy, door.locale()))

    @expose("/lookup", methods=("GET",))
    def lookup(self) -> Response:
        """The records some words find, as id and title, for pickers."""
        return answer({"result": lookup(self.context, self.entity, request.args, door.locale())})

    @expose("/export.csv", methods=("GET",))
    def export(self) -> Response:
        """The listed records as CSV, streamed."""
        return export.answer(self.context, self.entity, self.policy)

    @expose("/<int:pk>/do/<code>", methods=("POST",))
    def do(self, pk: int, code: str) -> Response:
        """A named action on a record that stands at the version the client read."""
        deeds.found(self.context, self.entity, code)
        read.fetch(self.context, self.entity, pk)  # what is out of reach is told before what is missing
        given = content()
        outcome = deeds.take(self.context, self.entity, pk, version_of(given), code, given)
        return answer({"message": outcome.label.text(door.locale()), "href": outcome.href})

    @expose("/file/<field>", methods=("POST",))
    def upload(self, field: str) -> Response:
        """A file for one field of a record, as the id that the field is given."""
        return answer(upload(self.context, self.entity, self.policy, field), 201)

    @expose("/<int:pk>/history", methods=("GET",))
    def history(self, pk: int) -> Response:
        """What happened to a record, act by act."""
        return answer(undo.told(self.context, self.entity, pk))

    @expose("/<int:pk>/undo", methods=("POST",))
    def undo(self, pk: int) -> Response:
        """Takes a record that stands at the version the client read back before an act, or to a moment."""
        self.context.demand(Action.UPDATE, self.entity)
        done = undo.back(self.context, self.entity, pk, content())
        return answer(done, version=done["version"])

    @expose("/undo", methods=("POST",))
    def undo_all(self) -> Response:
        """Takes back what one act changed in every record."""
        self.context.demand(Action.UPDATE, self.entity)
        return answer(undo.back_all(self.context, self.entity, content()))

    @expose("/bin", methods=("GET",))
    def bin(self) -> Response:
        """What was deleted and can be brought back."""
        return answer(bins.listed(self.context, self.entity, self.policy))

    @expose("/bin/<int:number>/restore", methods=("POST",))
    def restore(self, number: int) -> Response:
        """Brings a deleted record back."""
        return answer(bins.restored(self.context, self.entity, number))

    @expose("/<int:pk>/reveal/<field>", methods=("POST",))
    def reveal(self, pk: int, field: str) -> Response:
        """A protected value, with its reason in the trail before it is told."""
        self.context.demand(Action.REVEAL, self.entity)
        return answer({"result": reveal(self.context, self.entity, pk, field, content())})


def build(entity: Entity, policy: FieldPolicy) -> EntityApi:
    """The API of an entity as a field policy shows it: a real ModelRestApi that no router knows."""
    shown = [name for name in entity.by_name if name in policy.visible]
    writable = [name for name in shown if name in policy.writable]
    attributes: dict[str, Any] = {
        "entity": entity,
        "policy": policy,
        "shape": Shape(entity, policy),
        "datamodel": Window(entity, house().database.engine),
        "resource_name": f"data/{entity.name}",
        "class_permission_name": f"data.{entity.name}",
        "base_permissions": [f"can_{verb}" for verb in ("get", "post", "put", "delete", "info")],
        "label_columns": {field.name: field.label.zh for field in entity.fields},
        "list_columns": [name for name in entity.columns if name in policy.visible],
        "show_columns": shown,
        "add_columns": writable,
        "edit_columns": writable,
        "search_columns": [name for name in shown if name in policy.queryable],
        "order_columns": [name for name in shown if name in policy.sortable],
    }
    made: EntityApi = type(f"{entity.name}_api_{entity.version}", (EntityApi,), attributes)()
    return made
