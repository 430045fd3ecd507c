"""Maintenance plan (保养计划): when a model is due for service, as its maker prescribes."""

from app.core.label import Label
from app.core.scope import Belongs
from app.fields import Boolean, Choice, LongText, Option, Reference, Text
from app.models.base import Record, about, field
from app.models.grants import CATALOGUE

USES = (Option("normal", Label("一般工况", "Normal")), Option("severe", Label("苛刻工况", "Severe")))


class MaintenancePlan(Record):
    """The services of one model under one kind of use."""

    about = about(
        "保养计划",
        "Maintenance plan",
        "Maintenance plans",
        belongs=Belongs.GROUP,
        group="catalogue",
        rank=50,
        icon="calendar-time",
        title="name",
        offered="active",
        order="name",
        list=("name", "model", "use", "basis", "active"),
        unique=(("model", "use"),),
        grants=CATALOGUE,
    )

    name = field(Text(80), "名称", "Name", required=True, index=True, search=True)
    model = field(Reference("vehicle_model", past=True), "车型", "Model", required=True)
    use = field(Choice(USES), "使用工况", "Use", required=True, default="normal", index=True)
    active = field(Boolean(), "启用", "In use", required=True, default=True, index=True)
    basis = field(Text(100), "依据", "Prescribed in")
    note = field(LongText(), "说明", "Note")
