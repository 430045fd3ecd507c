"""Model (车型): what is ordered, with its guide price; one code for sales, service and campaigns."""

from app.core.label import Label
from app.core.rules import Check
from app.core.scope import Belongs
from app.fields import Boolean, Choice, Integer, Money, Option, Reference, Text
from app.models.base import Record, about, field
from app.models.grants import CATALOGUE
from app.models.vehicle import ENERGIES

CLASSES = (
    Option("passenger", Label("乘用车", "Passenger car")),
    Option("commercial", Label("商用车", "Commercial vehicle")),
)


class VehicleModel(Record):
    """A trim of a series in one model year."""

    about = about(
        "车型",
        "Model",
        "Models",
        belongs=Belongs.GROUP,
        group="catalogue",
        rank=30,
        icon="car",
        title="name",
        offered="active",
        order="code",
        list=("code", "name", "series", "model_year", "energy", "seats", "list_price", "active"),
        grants=CATALOGUE,
        checks=(
            Check(
                "seats_some",
                "seats BETWEEN 1 AND 99",
                Label("座位数应在 1 至 99 之间。", "Seats must be between 1 and 99."),
                "seats",
            ),
        ),
    )

    code = field(Text(40), "车型编码", "Code", required=True, unique=True, index=True, search=True)
    name = field(Text(80, names=True), "车型名称", "Name", required=True, search=True)
    series = field(Reference("series"), "车系", "Series", required=True)
    model_year = field(Integer(min=1990, max=2100), "年款", "Model year", index=True)
    vehicle_class = field(Choice(CLASSES), "车辆类别", "Class", required=True, default="passenger")
    energy = field(Choice(ENERGIES), "能源", "Energy", required=True, default="petrol", index=True)
    seats = field(Integer(min=1, max=99), "座位数", "Seats", required=True, default="5")
    list_price = field(Money(min=0), "指导价（元）", "List price (yuan)", index=True)
    active = field(Boolean(), "在售", "Sold", required=True, default=True, index=True)
