"""Stock Flask-AppBuilder 5.3 on the same server: the same customers in clear, without row rules and trail."""

import json
import logging
import sys
import warnings
from dataclasses import asdict
from typing import Any

import psycopg
from flask import Flask
from flask_appbuilder import AppBuilder, Model, ModelRestApi, ModelView
from flask_appbuilder.models.sqla.interface import SQLAInterface
from flask_appbuilder.utils.legacy import get_sqla_class
from sqlalchemy import BigInteger, Column, Date, ForeignKey, Integer, String, Text
from sqlalchemy.engine import make_url
from sqlalchemy.orm import relationship

from bench import ground, people
from bench.meter import Browser, measure

DATABASE = "bench_stock"
SIZE = 1_000_000
PASSWORD = "bench only: nothing listens here"
LISTED = ["name", "phone", "stage", "sales_owner", "service_owner", "source", "district"]
BY_NAME = "_oc_BenchCustomerView=name&_od_BenchCustomerView=asc"
OWNERS = ("sales_owner", "service_owner", "renewal_owner", "care_owner")


class BenchStore(Model):
    """A store."""

    __tablename__ = "store"
    id = Column(Integer, primary_key=True)
    name = Column(String(80), nullable=False)

    def __repr__(self) -> str:
        return str(self.name)


class BenchEmployee(Model):
    """A member of staff."""

    __tablename__ = "employee"
    id = Column(Integer, primary_key=True)
    name = Column(String(60), nullable=False)
    store_id = Column(ForeignKey("store.id"), nullable=False)

    def __repr__(self) -> str:
        return str(self.name)


class BenchCustomer(Model):
    """A customer with everything in clear."""

    __tablename__ = "customer"
    id = Column(BigInteger, primary_key=True)
    store_id = Column(ForeignKey("store.id"), nullable=False)
    name = Column(String(80), nullable=False, index=True)
    kind = Column(String(20), nullable=False)
    number = Column(String(30), unique=True)
    stage = Column(String(20), nullable=False, index=True)
    phone = Column(String(30), index=True)
    email = Column(String(120))
    district = Column(String(80))
    address = Column(String(200))
    gender = Column(String(10))
    birth_date = Column(Date)
    id_card = Column(String(20))
    uscc = Column(String(20))
    source = Column(String(60))
    note = Column(Text)
    sales_owner_id = Column(ForeignKey("employee.id"), index=True)
    service_owner_id = Column(ForeignKey("employee.id"), index=True)
    renewal_owner_id = Column(ForeignKey("employee.id"))
    care_owner_id = Column(ForeignKey("employee.id"))
    store = relationship("BenchStore")
    sales_owner = relationship("BenchEmployee", foreign_keys=[sales_owner_id])
    service_owner = relationship("BenchEmployee", foreign_keys=[service_owner_id])
    renewal_owner = relationship("BenchEmployee", foreign_keys=[renewal_owner_id])
    care_owner = relationship("BenchEmployee", foreign_keys=[care_owner_id])


PLAIN = [name for name in BenchCustomer.__table__.columns.keys() if not name.endswith("_id") and name != "id"]  # noqa: SIM118  # an SQLAlchemy collection


class BenchCustomerView(ModelView):
    """FAB's own screens; related fields are taken out of its search form, which would load them whole."""

    datamodel = SQLAInterface(BenchCustomer)
    list_columns = LISTED
    search_columns = PLAIN
    page_size = 25


class BenchCustomerApi(ModelRestApi):
    """FAB's own API."""

    resource_name = "customer"
    datamodel = SQLAInterface(BenchCustomer)
    list_columns = show_columns = ["id", *PLAIN, *(f"{name}.name" for name in OWNERS)]  # noqa: RUF012  # FAB's way
    add_columns = PLAIN + [f"{name}" for name in OWNERS] + ["store"]
    page_size = 25


def application() -> tuple[Flask, Any]:
    """FAB as its manual starts it, and its database."""
    database = get_sqla_class()()
    app = Flask("stock")
    url = make_url(ground.settings(DATABASE).url("administrator"))
    app.config.update(
        SECRET_KEY="bench",
        SQLALCHEMY_DATABASE_URI=url,
        SQLALCHEMY_TRACK_MODIFICATIONS=False,
        WTF_CSRF_ENABLED=False,
        FAB_UPDATE_PERMS=True,
        RATELIMIT_ENABLED=False,
    )
    with app.app_context():
        database.init_app(app)
        Model.metadata.create_all(database.engine)
        builder = AppBuilder(app, database.session)
        if builder.sm.find_user("admin") is None:
            builder.sm.add_user("admin", "a", "b", "a@b.cn", builder.sm.find_role("Admin"), PASSWORD)
        builder.add_view(BenchCustomerView, "Customers")
        builder.add_api(BenchCustomerApi)
    return app, database


def fill(connection: psycopg.Connection[Any]) -> None:
    """A million customers, once."""
    found = connection.execute("SELECT count(*) FROM (SELECT 1 FROM customer LIMIT 1) AS some_rows").fetchone()
    if found and found[0]:
        return
    run = connection.execute
    run("SET synchronous_commit = off")
    run("INSERT INTO store SELECT n, '第' || n || '店' FROM generate_series(1, 20) AS n")
    run("INSERT INTO employee SELECT n, '顾问' || n, (n - 1) / 10 + 1 FROM generate_series(1, 200) AS n")
    names = [a + b for a in people.SURNAMES for b in people.GIVEN]
    run(
        "INSERT INTO customer (id, store_id, name, kind, number, stage, phone, email, district, address, gender,"
        " birth_date, id_card, source, note, sales_owner_id, service_owner_id)"
        " SELECT n, n %% 20 + 1, CASE WHEN n %% 100 = 0 THEN %s ELSE (%s::text[])[n %% %s + 1] END, 'person',"
        " 'C' || lpad(n::text, 8, '0'),"
        " (%s::text[])[n %% 100 + 1], '+86138' || lpad((n::bigint * 7919 %% 100000000)::text, 8, '0'),"
        " CASE WHEN n %% 5 = 0 THEN 'c' || n || '@example.cn' END, (%s::text[])[n %% %s + 1],"
        " CASE WHEN n %% 2 = 0 THEN '人民路' || n || '号' END, 'female', '1980-01-01'::date + n %% 9000,"
        " CASE WHEN n %% 3 = 0 THEN '310101' || lpad(n::text, 12, '0') END, (%s::text[])[n %% %s + 1],"
        " CASE WHEN n %% 10 = 0 THEN '喜欢周末来店' END, n %% 200 + 1, (n + 3) %% 200 + 1"
        " FROM generate_series(1, %s) AS n",
        (people.COMMON, names, len(names), list(people.STAGES), people.DISTRICTS, len(people.DISTRICTS),
         people.SOURCES, len(people.SOURCES), SIZE),
    )  # fmt: skip
    run("VACUUM (ANALYZE) customer")


def run() -> list[dict[str, Any]]:
    """The cost of FAB's own pages for its administrator."""
    if not ground.exists(DATABASE):
        ground.create(DATABASE)
    app, database = application()
    with ground.connect(DATABASE) as connection:
        fill(connection)
        connection.execute("SELECT setval(pg_get_serial_sequence('customer', 'id'), max(id)) FROM customer")
    client = app.test_client()
    client.post("/login/", data={"username": "admin", "password": PASSWORD})
    cookie = client.get_cookie("session")
    token = client.post(
        "/api/v1/security/login", json={"username": "admin", "password": PASSWORD, "provider": "db"}
    ).get_json()["access_token"]
    screens = Browser(app.wsgi_app, {"Cookie": f"session={cookie.value if cookie else ''}"})
    api = Browser(app.wsgi_app, {"Authorization": f"Bearer {token}"})
    with app.app_context():
        engine = database.engine
    found = []
    for name, browser, requests in cases(screens, api):
        cost = measure(browser, requests, DATABASE, engine, repeats=20)
        found.append({"case": name, "person": "administrator", str(SIZE): asdict(cost)})
    return found


def cases(screens: Browser, api: Browser) -> list[tuple[str, Browser, Any]]:
    """FAB's addresses for what we measure of ours."""
    base, listing = "/api/v1/customer/", "/benchcustomerview/list/"
    phone = people.phone(100)
    return [
        ("API get", api, api.environ(f"{base}1000")),
        ("API list, first page", api, api.environ(f"{base}?q=(page_size:25)")),
        ("HTML list, first page", screens, screens.environ(listing)),
        ("HTML list, deep page by age", screens, screens.environ(f"{listing}?page_BenchCustomerView=400")),
        ("HTML list, by name", screens, screens.environ(f"{listing}?{BY_NAME}")),
        ("HTML list, filter by stage", screens, screens.environ(f"{listing}?_flt_3_stage=new")),
        ("HTML list, search a common name", screens, screens.environ(f"{listing}?_flt_2_name=%E7%8E%8B%E4%BC%9F")),
        ("HTML list, search a phone", screens, screens.environ(f"{listing}?_flt_2_phone={phone[3:]}")),
        ("API insert", api, [api.environ(base, "POST", body(number)) for number in range(60)]),
    ]  # fmt: skip


def body(number: int) -> dict[str, Any]:
    """A new customer for FAB's API."""
    return {"name": "新客户", "kind": "person", "stage": "new", "phone": f"+86139{number:08d}", "district": "浦东新区",
            "gender": "female", "birth_date": "1990-05-06", "source": "到店", "store": 1, "sales_owner": 1}  # fmt: skip


if __name__ == "__main__":
    warnings.simplefilter("ignore")
    logging.disable(logging.WARNING)
    json.dump(run(), sys.stdout)
