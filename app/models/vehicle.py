"""Vehicle (车辆): a car as one store knows it."""

from app.core.field import Privacy
from app.core.label import Label
from app.fields import Choice, Date, Integer, LongText, Option, Plate, Reference, Text, Vin
from app.models.base import Record, about, field
from app.models.grants import BUSINESS

STATES = (
    Option("stock", Label("库存", "In stock")),
    Option("on_sale", Label("在售", "On sale")),
    Option("delivered", Label("已交", "Delivered")),
    Option("transferred", Label("转出", "Transferred")),
    Option("scrapped", Label("报废", "Scrapped")),
)
ENERGIES = (
    Option("petrol", Label("燃油", "Petrol")),
    Option("hybrid", Label("混动", "Hybrid")),
    Option("plug_in", Label("插混", "Plug-in hybrid")),
    Option("electric", Label("纯电", "Electric")),
)
CHANNELS = (Option("here", Label("本店", "This store")), Option("elsewhere", Label("外店", "Elsewhere")))
USES = (Option("private", Label("非营运", "Private")), Option("commercial", Label("营运", "Commercial")))
OWNERSHIP = Label("归属与跟进", "Ownership")


class Vehicle(Record):
    """A store's own record of a car; the same car at another store is another record, matched by whole VIN only."""

    about = about(
        "车辆",
        "Vehicle",
        "Vehicles",
        group="customers",
        rank=20,
        icon="car",
        title="plate",
        stand_in="vin",
        owners=("sales_owner", "service_owner"),
        grants=BUSINESS,
        list=("plate", "model", "vin", "customer", "status", "mileage", "bought_on"),
    )

    plate = field(Plate(), "车牌号", "Plate", privacy=Privacy.PERSONAL, search=True, index=True)
    vin = field(Vin(), "车架号", "VIN", required=True, unique=True, search=True)
    customer = field(Reference("customer"), "车主", "Owner")
    model = field(Text(80), "车型", "Model")
    catalogue_model = field(Reference("vehicle_model", past=True), "目录车型", "Catalogue model")
    energy = field(Choice(ENERGIES), "能源", "Energy")
    color = field(Text(30), "颜色", "Colour")
    engine_number = field(Text(40), "发动机号", "Engine number")
    status = field(Choice(STATES), "状态", "Status", required=True, default="delivered", index=True)
    bought_on = field(Date(), "购车日期", "Bought on", index=True)
    use = field(Choice(USES), "使用性质", "Use")
    seats = field(Integer(min=1, max=99), "座位数", "Seats")
    channel = field(Choice(CHANNELS), "购买渠道", "Bought at")
    registered_on = field(Date(), "上牌日期", "Registered on")
    mileage = field(Integer(min=0, max=3_000_000), "里程（公里）", "Mileage (km)")
    sales_owner = field(
        Reference("employee"), "销售顾问", "Sales consultant", section=OWNERSHIP, claimed_by=("sales_consultant", "dcc")
    )
    service_owner = field(
        Reference("employee"), "服务顾问", "Service advisor", section=OWNERSHIP, claimed_by=("service_advisor",)
    )
    note = field(LongText(), "备注", "Note", privacy=Privacy.PERSONAL, section=OWNERSHIP)
