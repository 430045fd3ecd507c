"""An entity an administrator designed: what the studio publishes keeps every promise that code's entities keep."""

from sqlalchemy import create_engine, pool, text

from app.core.entity import Entity
from app.core.field import Field, Privacy, State
from app.core.label import Label
from app.fields import Boolean, Choice, Date, Integer, LongText, Money, Option, Phone, Reference, Text
from app.models.grants import BUSINESS
from app.studio.patience import impatient
from app.studio.publish import publish
from tests.appkit import Premises

COLOURS = (Option("red", Label("红", "Red")), Option("blue", Label("蓝", "Blue")))
DESIGNED = Entity(
    name="loan_car",
    label=Label("代步车借用", "Courtesy loan"),
    plural=Label("代步车借用", "Courtesy loans"),
    title="name",
    group="service",
    icon="car",
    owners=("keeper",),
    list=("name", "phone", "customer", "colour", "price", "day"),
    unique=(("number",),),
    grants=BUSINESS,
    fields=(
        Field(
            name="name",
            kind=Text(60, names=True),
            label=Label("借用人", "Borrower"),
            required=True,
            search=True,
            index=True,
            privacy=Privacy.PERSONAL,
        ),
        Field(name="number", kind=Text(30), label=Label("单号", "Number"), search=True),
        Field(
            name="phone",
            kind=Phone(),
            label=Label("联系电话", "Telephone"),
            privacy=Privacy.SEALED,
            search=True,
            mine=State.CLEAR,
        ),
        Field(name="customer", kind=Reference("customer"), label=Label("客户", "Customer"), target="customer"),
        Field(name="keeper", kind=Reference("employee"), label=Label("经办人", "Clerk"), target="employee"),
        Field(name="colour", kind=Choice(COLOURS), label=Label("颜色", "Colour")),
        Field(name="price", kind=Money(), label=Label("押金", "Deposit")),
        Field(name="seats", kind=Integer(min=0), label=Label("座位", "Seats")),
        Field(name="insured", kind=Boolean(), label=Label("已投保", "Insured")),
        Field(name="day", kind=Date(), label=Label("借出日期", "Lent on"), index=True),
        Field(name="note", kind=LongText(), label=Label("备注", "Note"), privacy=Privacy.PERSONAL),
    ),
)


def design(premises: Premises) -> None:
    """Publishes the designed entity in the shared installation, once."""
    if premises.one("SELECT 1 FROM catalog_entity WHERE name = %s", DESIGNED.name):
        return
    engine = create_engine(premises.config.url("owner"), poolclass=pool.NullPool)
    with engine.begin() as connection:
        impatient(connection)
        connection.execute(text("SELECT gate.announce_job(:user, 'r-design')"), {"user": premises.users["admin"]})
        publish(connection, DESIGNED)
