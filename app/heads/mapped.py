"""What FAB needs of each description, whatever its origin: a mapped class, and a window on it."""

from collections import OrderedDict
from itertools import count
from threading import Lock
from typing import Any

from flask_appbuilder.models.filters import BaseFilter, BaseFilterConverter
from flask_appbuilder.models.sqla.interface import SQLAInterface
from sqlalchemy import Engine, MetaData
from sqlalchemy.orm import registry

from app.core.entity import Entity
from app.models.base import Record
from app.studio.ddl import bare_table

LARGEST = 256
KEPT = 1  # versions behind the newest whose requests may still run
_held: OrderedDict[Entity, type] = OrderedDict()
_lock = Lock()
_number = count()
_registry = registry(metadata=MetaData())  # one for all: each of its own would leave something in SQLAlchemy for ever


class NoFilters(BaseFilterConverter):
    """No filter of FAB's own: conditions are read and compared by `records`."""

    def convert(self, col_name: str) -> list[BaseFilter]:  # noqa: ARG002  # FAB's signature
        """Nothing, whatever the column."""
        return []


class Window(SQLAInterface):
    """The table of an entity as FAB sees it: its described fields alone, none of the columns every table has."""

    filter_converter_class = NoFilters
    list_properties: dict[str, Any]
    list_columns: dict[str, Any]

    def __init__(self, entity: Entity, engine: Engine) -> None:
        super().__init__(mapped(entity), engine)
        self.list_properties = {name: self.list_properties[name] for name in entity.by_name}
        self.list_columns = {name: self.list_columns[name] for name in entity.by_name}


def mapped(entity: Entity) -> type:
    """A class mapped to the entity's table: the model's own where it is declared in code, else one of this version.

    One no longer held here goes when the last request lets go of it: SQLAlchemy's registry holds it weakly.
    """
    with _lock:
        if entity in _held:
            _held.move_to_end(entity)
            return _held[entity]
        made = _held[entity] = _make(entity)
        past = [one for one in _held if one.name == entity.name and one.version < entity.version - KEPT]
        for old in past or list(_held)[: max(0, len(_held) - LARGEST)]:
            del _held[old]
        return made


def _make(entity: Entity) -> type:
    for model in Record.__subclasses__():
        if model.entity == entity:
            found: type = model
            return found
    made: type = type(f"{entity.name}_{entity.version}_{next(_number)}", (), {})
    _registry.map_imperatively(made, bare_table(entity, {}))
    return made
