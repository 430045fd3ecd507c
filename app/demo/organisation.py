"""The group itself: companies, stores, teams, departments, eighty employees; what first data made is kept."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from random import Random

from sqlalchemy import Connection

from app.demo import numbers
from app.demo.catalogue import BRANDS, Catalogue
from app.demo.plan import Plan
from app.demo.words import FEMALE, MALE, MIDDLE, SURNAMES
from app.demo.writing import Batch, Numbers, Row, Writer

COMPANIES = (("G01", "示例汽车集团"), ("G02", "示例苏南汽车销售服务有限公司"), ("G03", "示例浙江汽车销售服务有限公司"))
# code, name, city, company, plate
STORES = (
    ("PD", "浦东店", "上海", 0, "沪A"),
    ("XH", "徐汇店", "上海", 0, "沪B"),
    ("SZ", "苏州店", "苏州", 1, "苏E"),
    ("HZ", "杭州店", "杭州", 2, "浙A"),
)
MORE = ("上海", "苏州", "杭州", "南京")
PLATES = {"上海": "沪", "苏州": "苏E", "杭州": "浙A", "南京": "苏A"}
TEAMS = (("销售一组", "sales"), ("售后一组", "service"), ("客户关怀组", "care"))
DEPARTMENTS = (
    ("销售部", "sales"), ("售后部", "service"), ("客户关怀部", "care"), ("市场部", "marketing"),
    ("财务部", "finance"), ("综合部", "administration"),
)  # fmt: skip
JOBS = {
    "general_manager": ("总经理", "综合部", None),
    "sales_manager": ("销售经理", "销售部", "销售一组"),
    "sales_consultant": ("销售顾问", "销售部", "销售一组"),
    "dcc": ("网销专员", "销售部", "销售一组"),
    "receptionist": ("前台接待", "综合部", None),
    "service_manager": ("服务经理", "售后部", "售后一组"),
    "service_advisor": ("服务顾问", "售后部", "售后一组"),
    "technician": ("技师", "售后部", "售后一组"),
    "workshop_manager": ("车间主管", "售后部", "售后一组"),
    "parts": ("配件专员", "售后部", None),
    "customer_care": ("客服专员", "客户关怀部", "客户关怀组"),
    "complaint_handler": ("投诉专员", "客户关怀部", "客户关怀组"),
    "marketing": ("市场专员", "市场部", None),
    "renewal": ("续保专员", "客户关怀部", "客户关怀组"),
    "insurance": ("保险专员", "客户关怀部", "客户关怀组"),
    "finance": ("财务", "财务部", None),
    "analyst": ("数据分析师", "综合部", None),
    "group_operations": ("集团运营", "综合部", None),
}
EVERYWHERE = {
    "sales_manager": 1, "service_manager": 1, "service_advisor": 3, "technician": 5, "customer_care": 1, "renewal": 1,
    "receptionist": 1, "sales_consultant": 4,
}  # fmt: skip
# What single stores have beyond that, so that four stores come to eighty people and every job is somebody's.
BESIDES = (
    {"general_manager": 1, "dcc": 1, "insurance": 1, "finance": 1, "marketing": 1, "analyst": 1},
    {"workshop_manager": 1, "complaint_handler": 1, "parts": 1},
    {"general_manager": 1},
    {"general_manager": 1},
)
TALENTS = (1.35, 0.65, 1.0, 1.15, 0.85)
OURS = ("PD", {"group_operations": 1})


@dataclass(slots=True)
class Colleague:
    """An employee: his record, job, name, how good he is (1 is usual) and his last day, if he left."""

    id: int
    job: str
    name: str
    talent: float
    left_on: date | None = None


@dataclass(slots=True)
class Shop:
    """A store as its year needs it: its people by job, departments, bays and what it sells."""

    id: int
    nth: int
    code: str
    name: str
    city: str
    plate: str
    brand: int
    staff: dict[str, list[Colleague]] = field(default_factory=dict)
    departments: dict[str, int] = field(default_factory=dict)
    bays: list[int] = field(default_factory=list)

    def pick(self, random: Random, job: str, day: date | None = None) -> Colleague:
        """Somebody who does the job, on that day still."""
        found = [one for one in self.staff[job] if day is None or one.left_on is None or day < one.left_on]
        return found[int(random.random() * len(found))]


def posts(nth: int) -> list[str]:
    """The jobs of the n-th store, one for each person."""
    besides = BESIDES[nth % len(BESIDES)]
    if nth == 0:
        besides = besides | OURS[1]
    return [job for job in JOBS for _ in range(EVERYWHERE.get(job, 0) + besides.get(job, 0))]


def store_rows(plan: Plan, companies: Sequence[int]) -> list[Row]:
    """The stores; those beyond the fourth are made after the first four."""
    rows: list[Row] = []
    for nth in range(plan.stores):
        if nth < len(STORES):
            code, name, city, company, _ = STORES[nth]
        else:
            city, company = MORE[nth % len(MORE)], nth % len(companies)
            code, name = f"S{nth:03}", f"{city}{nth + 1}店"
        brand = BRANDS[nth % len(BRANDS)][1]
        hotline = numbers.phone(90_000_000 + nth)
        rows.append({"code": code, "name": name, "company": companies[company], "brand": brand, "city": city,
                     "address": f"{city}示例路 {100 + nth} 号", "hotline": hotline})  # fmt: skip
    return rows


def name_of(random: Random) -> tuple[str, bool]:
    """A person's name, and whether it is a man's."""
    male = random.random() < 0.62
    given = numbers.pick(random, MALE if male else FEMALE)
    middle = numbers.pick(random, MIDDLE) if random.random() < 0.72 else ""
    return f"{numbers.pick(random, SURNAMES)}{middle}{given}", male


@dataclass(slots=True)
class Organisation:
    """Makes the group around what first data made."""

    plan: Plan
    writer: Writer
    numbers: Numbers
    connection: Connection

    def companies(self) -> list[int]:
        """The companies' records."""
        return self._missing("company", [{"code": code, "name": name} for code, name in COMPANIES])

    def _missing(self, entity: str, rows: list[Row], store: int | None = None, key: str = "code") -> list[int]:
        """The records of rows by their key; those that are not there yet are added."""
        place = "" if store is None else f" WHERE store_id = {store:d}"
        query = f'SELECT "{key}", id FROM "{entity}"{place} ORDER BY id DESC'
        standing = {name: int(number) for name, number in self.connection.exec_driver_sql(query)}
        new = [row for row in rows if row[key] not in standing]
        for row, number in zip(new, self.numbers.take(entity, len(new)), strict=True):
            row["id"] = standing[row[key]] = number
        self.writer.write(Batch(entity, [{"id": row["id"]} | row for row in new]), store)
        return [standing[row[key]] for row in rows]

    def shops(self) -> list[Shop]:
        """Every store with its people."""
        rows = store_rows(self.plan, self.companies())
        ids = self._missing("store", rows)
        return [self._shop(nth, number, row) for nth, (number, row) in enumerate(zip(ids, rows, strict=True))]

    def _shop(self, nth: int, number: int, row: Row) -> Shop:
        plate = STORES[nth][4] if nth < len(STORES) else PLATES[row["city"]]
        plate = plate if len(plate) > 1 else f"{plate}{numbers.LETTERS[nth % 24]}"
        shop = Shop(number, nth, row["code"], row["name"], row["city"], plate, nth % len(BRANDS))
        kinds = [{"name": name, "kind": kind} for name, kind in TEAMS]
        teams = dict(zip((name for name, _ in TEAMS), self._missing("team", kinds, number, "name"), strict=True))
        lines = [{"name": name, "kind": kind} for name, kind in DEPARTMENTS]
        shop.departments = dict(
            zip((name for name, _ in DEPARTMENTS), self._missing("department", lines, number, "name"), strict=True)
        )
        self._staff(shop, teams)
        self._bays(shop)
        return shop

    def _staff(self, shop: Shop, teams: dict[str, int]) -> None:
        """Hires for every post that nobody fills yet."""
        random = self.plan.random("employee", shop.nth)
        wanted = posts(shop.nth)
        query = "SELECT id, name, job FROM employee WHERE store_id = %s ORDER BY id"
        for number, name, job in self.connection.exec_driver_sql(query, (shop.id,)):
            found = next((code for code, told in JOBS.items() if told[0] == job and code in wanted), None)
            if found:
                wanted.remove(found)
                peers = shop.staff.setdefault(found, [])
                peers.append(Colleague(number, found, name, talent(random, len(peers))))
        ids = self.numbers.take("employee", len(wanted))
        rows = [self._hired(shop, random, job, number, teams) for job, number in zip(wanted, ids, strict=True)]
        self.writer.write(Batch("employee", rows), shop.id)

    def _hired(self, shop: Shop, random: Random, job: str, number: int, teams: dict[str, int]) -> Row:
        name, _ = name_of(random)
        title, department, team = JOBS[job]
        left, peers = None, shop.staff.setdefault(job, [])
        if job == "sales_consultant" and len(peers) == 2:  # one leaves in summer
            left = self.plan.begins_on + timedelta(days=200 + shop.nth % 60)
        peers.append(Colleague(number, job, name, talent(random, len(peers)), left))
        return {
            "id": number, "number": f"{shop.code}{number:04d}", "name": name,
            "department": shop.departments[department], "team": teams.get(team or ""), "job": title,
            "mobile": numbers.phone(80_000_000 + number), "left_on": left,
            "hired_on": self.plan.begins_on - timedelta(days=int(30 + random.random() * 2_400)),
        }  # fmt: skip

    def _bays(self, shop: Shop) -> None:
        kinds = ("quick", "quick", "mechanical", "mechanical", "mechanical", "mechanical", "body", "body")
        rows = [{"code": f"B{n + 1:02}", "kind": kind} for n, kind in enumerate(kinds)]
        shop.bays = self._missing("bay", rows, shop.id)

    def skills(self, shop: Shop, catalogue: Catalogue) -> None:
        """What the technicians are certified in; some certificates run out."""
        random = self.plan.random("employee_skill", shop.nth)
        rows = [
            {
                "employee": one.id, "skill": skill, "level": random.choice(("junior", "intermediate", "senior")),
                "certificate": f"ZS{one.id:05}{skill:02}", "issued_on": issued,
                "expires_on": issued + timedelta(days=1_095),
            }
            for one in shop.staff["technician"]
            for skill in random.sample(catalogue.skills, 2)
            for issued in [self.plan.ends_on - timedelta(days=int(random.random() * 1_150))]
        ]  # fmt: skip
        self.writer.write(Batch("employee_skill", rows), shop.id)


def talent(random: Random, nth: int) -> float:
    """How good the n-th of a job is at it: 1 is usual; every store has some who are much better and some much worse."""
    return round(min(max(random.gauss(TALENTS[nth % len(TALENTS)], 0.12), 0.4), 1.9), 2)
