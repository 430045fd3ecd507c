"""A month of two brand systems: every file they export, with late, repeated, corrected and missing days among them."""

from dataclasses import dataclass
from datetime import date, timedelta
from random import Random

from app.fields import Vin
from tests.exchange.feeds import brands

FIRST = date(2026, 10, 1)
CAR = Vin()
NAMES = ("张伟", "王芳", "李娜", "刘洋", "陈静", "杨磊")


@dataclass(frozen=True)
class File:
    """One export: by which profile it is taken, its name and what is in it."""

    profile: str
    name: str
    content: bytes


def vin(n: int) -> str:
    """The n-th car."""
    return str(CAR.example(n))


def phone(n: int) -> str:
    """The n-th customer's number."""
    return f"138{n:08d}"


def month(days: int = 30, seed: int = 5) -> list[File]:
    """Every file of the month in the order of its days; missing days have none."""
    dice = Random(seed)
    files: list[File] = []
    for n in range(days):
        day = FIRST + timedelta(days=n)
        if n != 12:  # a day both systems forgot
            files += [*alpha_day(dice, n, day), *beta_day(dice, n, day)]
    return files


def alpha_day(dice: Random, n: int, day: date) -> list[File]:
    """The first system's files of a day: orders of the last days as they stand now, sales, deliveries."""
    orders = [alpha_order(dice, number, n) for number in range(max(0, n * 2 - 5), n * 2 + 2)]
    files = [File("alpha-orders", f"WO_{day:%Y%m%d}.csv", brands.alpha(day.isoformat(), *orders))]
    if n % 7 == 3:  # corrected the same day: an order taken back to work, one fewer line
        number, car, tel, name, _, *lines = orders[0]
        again = [(number, car, tel, name, "在修", *lines[:1]), *orders[1:]]
        files.append(File("alpha-orders", f"WO_{day:%Y%m%d}_2.csv", brands.alpha(day.isoformat(), *again)))
    head = brands.labels(brands.ALPHA_SALES)
    rows: list[tuple[object, ...]] = [
        (f"HT{one:03d}", NAMES[one % 6], phone(one % 6), "M1", vin(500 + one),
         f"{day:%d.%m.%Y}", f"{12 + one % 9}.{one % 10}8")
        for one in (n, n + 1)
    ]  # fmt: skip
    files.append(File("alpha-sales", f"SO_{day:%Y%m%d}.csv", brands.table(head, rows)))
    rows = [(f"JC{n:03d}", f"HT{n:03d}", f"{day} 15:00", dice.randrange(5, 90), NAMES[n % 6])]
    if n:  # yesterday's once more, with the mileage corrected
        before = day - timedelta(days=1)
        rows.append((f"JC{n - 1:03d}", f"HT{n - 1:03d}", f"{before} 15:00", 100 + n, NAMES[(n - 1) % 6]))
    head = brands.labels(brands.ALPHA_DELIVERIES)
    return [*files, File("alpha-deliveries", f"DLV_{day:%Y%m%d}.csv", brands.table(head, rows))]


def alpha_order(dice: Random, number: int, n: int) -> tuple[object, ...]:
    """An order as it stands n days into the month; now and then a line is one no system should write."""
    age = n - number // 2
    state = ("接车", "在修", "完工", "已结")[min(age, 3)] if number % 11 else "作废"
    lines = [(place, "工料外"[place % 3], f"项目{number}-{place}", 1_000 * dice.randrange(1, 90))
             for place in range(1, 2 + (number + age) % 4)]  # fmt: skip
    if number % 13 == 5 and age == 1:
        lines[0] = (1, "怪", "写错的一行", 1)
    return (f"A{number:04d}", vin(number % 23), phone(number % 9), NAMES[number % 9 % 6], state, *lines)


def beta_day(dice: Random, n: int, day: date) -> list[File]:
    """The second system's files of a day: workbooks of orders, of their lines, of policies."""
    title = f"某某汽车 数据导出  导出日期：{day}"
    orders, lines = [], []
    for number in range(max(0, n * 2 - 3), n * 2 + 2):
        age = n - number // 2
        settled = f"{day} 18:00" if age == 2 else ""
        changed = f"{day} {8 + number % 9:02d}:15:00"
        orders.append((("10", "30", "70")[min(age, 2)], "SH02", f"B{number}", vin(100 + number % 17),
                       f"沪A{10000 + number % 17 + 100 * (n % 3):05d}", f"K{number % 8}", NAMES[number % 8 % 6],
                       ("BY", "WX", "SB")[number % 3], f"{day - timedelta(days=age)} 10:00", settled,
                       f"{number * 37 % 900}.50", changed))  # fmt: skip
        lines += [(f"B{number}", f"作业{number}.{place}", "LP"[place % 2], 1 + place, dice.randrange(1, 500))
                  for place in range(1 + (number + n) % 3)]  # fmt: skip
    policies = [("太平洋财险", f"PDAA{number}", vin(100 + number % 17), "交强商业"[number % 2 * 2:][:2],
                 day.isoformat(), (day + timedelta(days=364)).isoformat(), 950 + n)
                for number in (n, max(0, n - 1))][: 2 if n else 1]  # fmt: skip
    made = (("beta-orders", f"工单-{day}-1.xlsx", brands.BETA_ORDERS, orders),
            ("beta-lines", f"工单明细-{day}-1.xlsx", brands.BETA_LINES, lines),
            ("beta-policies", f"保单-{day}.xlsx", brands.BETA_POLICIES, policies))  # fmt: skip
    return [File(code, name, brands.workbook(title, brands.labels(spec), rows)) for code, name, spec, rows in made]
