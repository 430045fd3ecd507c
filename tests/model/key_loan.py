"""An entity of this test's own, published by the studio: field states no shipped entity has, and a team."""

from sqlalchemy import create_engine, pool, text

from app.core.entity import Entity
from app.core.field import Field, Privacy, State
from app.core.label import Label
from app.fields import LongText, Phone, Reference, Text
from app.models.grants import BUSINESS
from app.studio.patience import impatient
from app.studio.publish import publish
from tests.appkit import Premises

KEY_LOAN = Entity(
    name="key_loan",
    label=Label("钥匙借用", "Key loan"),
    plural=Label("钥匙借用", "Key loans"),
    title="name",
    group="service",
    icon="car",
    owners=("keeper",),
    team="team",
    list=("name", "phone", "margin", "remark", "customer", "keeper"),
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
        Field(name="customer", kind=Reference("customer"), label=Label("客户", "Customer"), target="customer"),
        Field(name="keeper", kind=Reference("employee"), label=Label("经办人", "Clerk"), target="employee"),
        Field(name="team", kind=Reference("team"), label=Label("小组", "Team"), target="team"),
        Field(name="margin", kind=Text(60), label=Label("底价", "Margin"), mine=State.CLEAR, scope=State.HIDDEN),
        Field(
            name="remark",
            kind=Text(60),
            label=Label("评语", "Remark"),
            privacy=Privacy.PERSONAL,
            mine=State.CLEAR,
            scope=State.MASKED,
        ),
        Field(
            name="phone",
            kind=Phone(),
            label=Label("联系电话", "Telephone"),
            privacy=Privacy.SEALED,
            search=True,
            mine=State.CLEAR,
        ),
        Field(name="note", kind=LongText(), label=Label("备注", "Note"), privacy=Privacy.PERSONAL),
    ),
)


def design(premises: Premises) -> None:
    """Publishes it in an installation, once."""
    if premises.one("SELECT 1 FROM catalog_entity WHERE name = %s", KEY_LOAN.name):
        return
    engine = create_engine(premises.config.url("owner"), poolclass=pool.NullPool)
    with engine.begin() as connection:
        impatient(connection)
        connection.execute(text("SELECT gate.announce_job(:user, 'r-design')"), {"user": premises.users["admin"]})
        publish(connection, KEY_LOAN)
