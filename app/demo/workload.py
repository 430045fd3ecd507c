"""When each car comes to the workshop, and what is done to it there."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from random import Random

from app.demo.calendar import SUMMER, WINTER, Days, at, service, shares
from app.demo.cars import Car
from app.demo.organisation import Shop
from app.demo.plan import Plan

OPENS, CLOSES = 510, 1_110  # minutes of the day: half past eight, half past six
HOURS = ((510, 20), (570, 26), (630, 16), (690, 7), (780, 10), (840, 12), (900, 6), (960, 3))  # arrivals by hour
KINDS = {"maintenance": 60, "repair": 22, "warranty": 7, "accident": 9, "recall": 2}
MINUTES = {
    "maintenance": (35, 75),
    "repair": (40, 130),
    "warranty": (40, 120),
    "accident": (120, 300),
    "recall": (30, 60),
}
SPARE = 1.12  # more visits are drawn than stay: two of a car within a week are one
PAYER = {"warranty": "warranty", "recall": "warranty"}
# code, name, kind, yuan
SERVICE = (
    ("BY001", "更换机油机滤工时", "labour", 120), ("PJ101", "全合成机油 4L", "part", 398),
    ("PJ102", "机油滤清器", "part", 56),
)  # fmt: skip
EXTRA = (
    ("PJ103", "空气滤清器", "part", 98), ("PJ104", "空调滤清器", "part", 128), ("PJ105", "刹车油", "part", 160),
    ("BY010", "四轮换位", "labour", 80), ("PJ106", "火花塞（四只）", "part", 360),
    ("PJ107", "雨刮片（一对）", "part", 138),
)  # fmt: skip
COOL = (("KT001", "空调系统清洗", "labour", 260), ("PJ201", "制冷剂加注", "part", 220))
TYRES = (("PJ301", "冬季轮胎", "part", 780), ("LT001", "轮胎拆装动平衡", "labour", 60))
REPAIRS = (
    (("WX001", "更换前刹车片工时", "labour", 180), ("PJ401", "前刹车片", "part", 460)),
    (("WX002", "更换蓄电池工时", "labour", 60), ("PJ402", "蓄电池", "part", 720)),
    (("WX003", "底盘异响检修", "labour", 320), ("PJ403", "平衡杆胶套", "part", 180)),
    (("WX004", "更换水泵工时", "labour", 420), ("PJ404", "水泵总成", "part", 680)),
    (("WX005", "车窗升降器检修", "labour", 220), ("PJ405", "升降器总成", "part", 390)),
    (("WX006", "电脑诊断", "labour", 150),),
)  # fmt: skip
BODY = (
    (("SG001", "前保险杠喷漆", "labour", 600), ("PJ501", "前保险杠", "part", 1_280),
    ("FY001", "事故拆装", "outside", 300)),
    (("SG002", "车门钣金喷漆", "labour", 900), ("FY002", "数据复位", "fee", 200)),
    (("SG003", "后叶子板修复", "labour", 1_100), ("PJ502", "尾灯总成", "part", 860)),
)  # fmt: skip
CLAIMS = (
    (("SP001", "质保更换传感器", "labour", 150), ("PJ601", "传感器", "part", 420)),
    (("SP002", "质保软件升级", "labour", 120),),
)
RECALL = (("ZH001", "召回检查与软件升级", "labour", 180),)


@dataclass(slots=True)
class Visit:
    """One visit of a car: when it came, why, how long the work takes and its place in the queue."""

    car: Car
    day: date
    arrived: datetime
    kind: str
    minutes: int
    items: tuple[tuple[str, str, str, int], ...]
    first: bool = False
    id: int = 0
    starts: datetime | None = None
    ends: datetime | None = None
    ready: datetime | None = None
    promised: datetime | None = None
    technician: int = 0
    advisor: int = 0
    talent: float = 1.0
    comeback_of: "Visit | None" = None
    appointment: int | None = None
    amount: int = 0


def visits(plan: Plan, shop: Shop, cars: list[Car]) -> list[Visit]:
    """Every visit of the store's year, in the order the cars come."""
    random = plan.random("work_order", shop.nth)
    owned = [car for car in cars if car.owner and car.bought_on]
    wanted = plan.volume("work_order", shop.nth)
    counts = shares(random, [_eager(plan, car) for car in owned], round(wanted * SPARE))
    days = Days(plan, service)
    found = [
        visit for car, count in zip(owned, counts, strict=True) for visit in _of_car(plan, random, days, car, count)
    ]
    found = sorted(random.sample(found, min(wanted, len(found))), key=lambda visit: (visit.arrived, visit.car.id))
    for visit in found:
        visit.car.visits.append(visit.day)
    return found


def _eager(plan: Plan, car: Car) -> float:
    """How often a car comes, beside others."""
    bought = car.bought_on or plan.ends_on
    if bought >= plan.begins_on:
        return max((plan.ends_on - bought).days - 60, 0) / 365 * (1.6 if car.loyalty == "active" else 0.3)
    usual = min(max(car.daily / 30, 0.6), 2.8)
    return usual * {"active": 1.0, "dormant": 0.3, "lost": 0.02}[car.loyalty]


def _of_car(plan: Plan, random: Random, days: Days, car: Car, count: int) -> list[Visit]:
    """A car's visits: not two within a week, the first of a new car when its plan says."""
    since, until = _window(plan, car)
    if since >= until:
        return []
    found = {days.draw(random, since, until) for _ in range(count)}
    fresh = bool(car.bought_on and car.bought_on >= plan.begins_on)
    if fresh and car.loyalty == "active" and random.random() < 0.9:
        due = days.draw(random, since, since + timedelta(days=50))
        found = {day for day in found if day > due} | ({due} if due < plan.ends_on else set())
    kept: list[date] = []
    for day in sorted(found):
        if not kept or (day - kept[-1]).days > 6 or random.random() < 0.25:
            kept.append(day)
    return [_visit(random, car, day, first=fresh and nth == 0) for nth, day in enumerate(kept)]


def _window(plan: Plan, car: Car) -> tuple[date, date]:
    bought = car.bought_on or plan.ends_on
    since = max(plan.begins_on, bought + timedelta(days=70))
    last = {"active": 365, "dormant": 150, "lost": 25}[car.loyalty]
    return since, min(plan.ends_on, max(plan.begins_on, bought) + timedelta(days=last))


def _visit(random: Random, car: Car, day: date, *, first: bool) -> Visit:
    kind = "maintenance" if first else random.choices(list(KINDS), list(KINDS.values()))[0]
    if kind == "warranty" and car.bought_on and (day - car.bought_on).days > 1_095:
        kind = "repair"
    hour = random.choices([hour for hour, _ in HOURS], [share for _, share in HOURS])[0]
    least, most = MINUTES[kind]
    minutes = int(least + random.random() * (most - least)) // 5 * 5
    arrived = at(day, hour + int(random.random() * 60))
    return Visit(car, day, arrived, kind, minutes, items(random, kind, day), first)


def items(random: Random, kind: str, day: date) -> tuple[tuple[str, str, str, int], ...]:
    """What is done on a visit; summers cool, winters change tyres."""
    if kind == "maintenance":
        more = tuple(random.sample(EXTRA, random.choices((0, 1, 2), (45, 40, 15))[0]))
        if day.month in SUMMER and random.random() < 0.3:
            more += COOL
        if day.month in WINTER and random.random() < 0.07:
            more += TYRES
        return SERVICE + more
    if kind == "repair" and day.month in SUMMER and random.random() < 0.35:
        return COOL
    choice = {"repair": REPAIRS, "accident": BODY, "warranty": CLAIMS}.get(kind)
    return choice[int(random.random() * len(choice))] if choice else RECALL


def work_off(plan: Plan, shop: Shop, queue: list[Visit]) -> None:
    """Gives every visit an advisor, a technician and times; what one day cannot do waits until the next."""
    random = plan.random("job_segment", shop.nth)
    hands = shop.staff["technician"]
    free = [at(plan.begins_on, OPENS)] * len(hands)
    for visit in queue:
        advisor = shop.pick(random, "service_advisor")
        visit.advisor, visit.talent = advisor.id, advisor.talent
        place = min(range(len(hands)), key=lambda nth: (free[nth], nth))
        begin = opening(max(visit.arrived + timedelta(minutes=15), free[place]))
        visit.technician, visit.starts = place, begin
        visit.ends = free[place] = begin + timedelta(minutes=visit.minutes)
        _promise(random, visit, visit.ends)


def _promise(random: Random, visit: Visit, ends: datetime) -> None:
    """When the car was ready, and what had been promised: a good advisor allows for more, nobody for missing parts."""
    waits = _waits(random, visit)
    visit.ready = opening(ends + waits + timedelta(minutes=10 + int(random.expovariate(1 / 18))), late=120)
    known = waits if random.random() < 0.4 else timedelta()
    slack = 35 + (30 + int(random.random() * 70)) * visit.talent
    visit.promised = opening(ends + known + timedelta(minutes=int(slack) // 10 * 10), late=150)


def _waits(random: Random, visit: Visit) -> timedelta:
    """Days for parts: seldom after a service, often after an accident."""
    if random.random() >= {"maintenance": 0.01, "repair": 0.07, "accident": 0.45}.get(visit.kind, 0.05):
        return timedelta()
    return timedelta(days=1 + int(random.random() ** 2 * (9 if visit.kind == "accident" else 5)))


def opening(moment: datetime, late: int = 0) -> datetime:
    """The moment, or the next morning when the workshop has closed; `late` minutes after closing still count."""
    minute = moment.hour * 60 + moment.minute
    if minute < OPENS:
        return at(moment.date(), OPENS)
    return moment if minute <= CLOSES + late else at(moment.date() + timedelta(days=1), OPENS + minute % 45)
