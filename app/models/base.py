"""How a table in code describes itself: one line a field."""

from typing import Any, ClassVar

from flask_appbuilder import Model
from sqlalchemy import MetaData, Table

from app.core.entity import Entity
from app.core.field import Field
from app.core.kind import Kind
from app.core.label import Label
from app.models.table import table_of

METADATA: MetaData = Model.metadata
ENTITIES: dict[str, Entity] = {}


class Declared:
    """A field on its way into a description: everything but its name, which is the attribute's."""

    def __init__(self, kind: Kind, label: Label, options: dict[str, Any]) -> None:
        self.kind, self.label, self.options = kind, label, options

    def named(self, name: str) -> Field:
        """The field under its name; a reference takes its target from its kind."""
        target = getattr(self.kind, "target", None)
        return Field(name=name, kind=self.kind, label=self.label, target=target, **self.options)


class About:
    """What a description says about the table as a whole."""

    def __init__(self, label: Label, plural: Label, options: dict[str, Any]) -> None:
        self.label, self.plural, self.options = label, plural, options


def field(kind: Kind, zh: str, en: str, **options: Any) -> Any:  # reads as a mapped attribute afterwards
    """One field: its kind, its two labels, and any option of `app.core.field.Field`."""
    return Declared(kind, Label(zh, en), options)


def about(zh: str, en: str, plural: str, **options: Any) -> About:
    """The table's labels and any option of `app.core.entity.Entity`."""
    return About(Label(zh, en), Label(zh, plural), options)


class Record(Model):
    """The base of tables in code; subclassing describes the table and maps it."""

    __abstract__ = True
    about: ClassVar[About]
    entity: ClassVar[Entity]
    __table__: ClassVar[Table]

    def __init_subclass__(cls, **kwargs: Any) -> None:
        declared = {name: value for name, value in vars(cls).items() if isinstance(value, Declared)}
        for name in declared:
            delattr(cls, name)
        name = "".join(f"_{letter.lower()}" if letter.isupper() else letter for letter in cls.__name__).lstrip("_")
        cls.entity = Entity(
            name=name,
            label=cls.about.label,
            plural=cls.about.plural,
            fields=tuple(value.named(key) for key, value in declared.items()),
            **cls.about.options,
        )
        ENTITIES[name] = cls.entity
        cls.__table__ = table_of(cls.entity, METADATA)
        super().__init_subclass__(**kwargs)
