"""The mapped class FAB needs of each description, whatever its origin."""

from collections import OrderedDict
from threading import Lock

from sqlalchemy import MetaData
from sqlalchemy.orm import registry

from app.core.entity import Entity
from app.models.base import Record
from app.studio.ddl import bare_table

LARGEST = 256
_held: OrderedDict[Entity, tuple[type, registry | None]] = OrderedDict()
_lock = Lock()


def mapped(entity: Entity) -> type:
    """A class mapped to the entity's table: the model's own where there is one, else one made for this version."""
    with _lock:
        if entity in _held:
            _held.move_to_end(entity)
            return _held[entity][0]
        made = _make(entity)
        _held[entity] = made
        while len(_held) > LARGEST:
            _, (_, old) = _held.popitem(last=False)
            if old is not None:
                old.dispose()
        return made[0]


def _make(entity: Entity) -> tuple[type, registry | None]:
    for model in Record.__subclasses__():
        if model.entity == entity:
            return model, None
    own = registry(metadata=MetaData())
    made = type(f"{entity.name}_{entity.version}", (), {})
    own.map_imperatively(made, bare_table(entity, {}))
    return made, own
