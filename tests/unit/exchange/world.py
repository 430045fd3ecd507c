"""Two small entities for tests of the exchange, and files on disk."""

from pathlib import Path

from app.core.entity import Entity
from app.core.field import Field
from app.core.label import Label
from app.exchange.source import Choices, Source, open_source
from app.fields import Choice, Date, Integer, LongText, Option, Phone, Plate, Reference, Text, Vin

DATA = Path(__file__).parents[2] / "data"
CHANNELS = (Option("here", Label("本店", "This store")), Option("elsewhere", Label("外店", "Elsewhere")))


def field(name, kind, zh, en, **options):
    return Field(name=name, kind=kind, label=Label(zh, en), target=getattr(kind, "target", None), **options)


CUSTOMER = Entity(
    name="customer",
    label=Label("客户", "Customer"),
    plural=Label("客户", "Customers"),
    title="name",
    fields=(
        field("name", Text(80, names=True), "姓名", "Name", required=True),
        field("number", Text(30), "客户编号", "Customer number"),
        field("phone", Phone(), "手机", "Mobile"),
        field("address", Text(200), "地址", "Address"),
        field("source", Text(60), "来源", "Source"),
        field("sales_owner", Reference("employee"), "销售顾问", "Sales consultant"),
        field("note", LongText(), "备注", "Note"),
        field("score", Integer(), "评分", "Score", readonly=True),
    ),
)
VEHICLE = Entity(
    name="vehicle",
    label=Label("车辆", "Vehicle"),
    plural=Label("车辆", "Vehicles"),
    title="plate",
    fields=(
        field("plate", Plate(), "车牌号", "Plate"),
        field("vin", Vin(), "车架号", "VIN", required=True),
        field("customer", Reference("customer"), "车主", "Owner"),
        field("model", Text(80), "车型", "Model"),
        field("bought_on", Date(), "购车日期", "Bought on"),
        field("channel", Choice(CHANNELS), "购买渠道", "Bought at"),
        field("mileage", Integer(min=0, max=3_000_000), "里程（公里）", "Mileage (km)"),
        field("note", LongText(), "备注", "Note"),
    ),
)
ENTITIES = (CUSTOMER, VEHICLE)


def write(folder: Path, content: bytes | str, name: str = "file.csv") -> Path:
    path = folder / name
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


def read(folder: Path, content: bytes | str, **choices: object) -> Source:
    return open_source(write(folder, content), "file.csv", Choices(**choices))


def cells(source: Source) -> list[tuple]:
    return [row.cells for row in source.rows()]


def code_of(refused) -> str:
    """The code of a refusal whose words exist in both languages."""
    assert refused.value.label.zh.strip()
    assert refused.value.label.en.strip()
    assert "{" not in refused.value.label.zh + refused.value.label.en
    return refused.value.code
