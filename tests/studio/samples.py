"""An entity as an administrator would make it, whose every label carries the version it belongs to."""

from typing import Any

from app.core.action import EVERYTHING
from app.core.entity import Entity, Grant
from app.core.field import Field
from app.core.kind import Kind
from app.core.label import Label
from app.core.scope import Reach
from app.fields import Choice, Integer, Option, Plate, Text

STATES = (Option("free", Label("空闲", "Free")), Option("out", Label("借出", "Out")))
GRANTS = tuple(
    Grant(role, EVERYTHING, Reach.STORE) for role in ("sales_manager", "sales_consultant", "service_advisor")
)


def item(name: str, kind: Kind, mark: str = "", **options: Any) -> Field:
    """A field called after its name, and marked."""
    label = Label(f"{name} 项{mark}", f"{name}{mark}")
    return Field(name=name, kind=kind, label=label, target=getattr(kind, "target", None), **options)


def loan_car(version: int = 1, *, extra: bool = False, wide: bool = False, mark: str = "", **options: Any) -> Entity:
    """A courtesy car; `extra` and `wide` each add a field."""
    fields = [
        item("plate", Plate(), mark, required=True, search=True),
        item("code", Text(40), mark, index=True, search=True),
        item("mileage", Integer(min=0), mark, index=True),
    ]
    if extra:
        fields.append(item("state", Choice(STATES), mark, required=True, default="free", index=True))
    if wide:
        fields.append(item("remark", Text(80), mark))
    given: dict[str, Any] = {"title": "plate", "grants": GRANTS, "group": "service", "icon": "car"} | options
    return Entity(
        name="loan_car",
        label=Label(f"代步车{mark}", f"Loan car{mark}"),
        plural=Label(f"代步车辆{mark}", f"Loan cars{mark}"),
        fields=tuple(fields),
        version=version,
        **given,
    )
