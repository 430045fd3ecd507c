"""The rows of what is signed: quotations, orders with their lines, deliveries, and the targets they count for."""

from collections import Counter
from dataclasses import dataclass
from datetime import date, timedelta
from random import Random

from app.demo.calendar import at
from app.demo.catalogue import PRODUCTS, YUAN, Catalogue
from app.demo.funnel import Course
from app.demo.organisation import Shop
from app.demo.plan import Plan
from app.demo.writing import Batch, Numbers, Row

CHECKLIST = ["pdi", "papers", "keys", "functions", "service", "first_check", "photo"]
LINE_KINDS = {"accessory": "accessory", "package": "package", "warranty": "warranty", "service": "plate"}
STRETCH = 1.08  # what a target asks beyond what a usual month brings


@dataclass(slots=True)
class Contracts:
    """Turns courses into papers."""

    plan: Plan
    shop: Shop
    catalogue: Catalogue
    courses: list[Course]
    numbers: Numbers

    def batches(self) -> list[Batch]:
        """The tables in the order they are to be written."""
        quotations, offered = self.quotations()
        of_course = {row["opportunity"]: row for row in quotations.rows}
        orders, sold = self.orders(of_course)
        return [quotations, offered, orders, sold, self.deliveries(orders), self.targets()]

    def quotations(self) -> tuple[Batch, Batch]:
        """A quotation for each opportunity that came so far, with what was offered beside the car."""
        random = self.plan.random("quotation", self.shop.nth)
        quoted = [(day, one) for one in self.courses if (day := one.day_of("quotation"))]
        ids = self.numbers.take("quotation", len(quoted))
        rows = [self._quotation(random, number, one, day) for number, (day, one) in zip(ids, quoted, strict=True)]
        lines = [line for row in rows for line in self._lines(random, "quotation", row["id"])]
        return Batch("quotation", rows), Batch("quotation_line", lines)

    def _quotation(self, random: Random, number: int, one: Course, day: date) -> Row:
        valid = day + timedelta(days=10)
        lapsed = "expired" if valid < self.plan.ends_on else "sent"
        status = "accepted" if one.ordered else "declined" if one.lost and random.random() < 0.5 else lapsed
        return {
            "id": number, "number": f"{self.shop.code}QT{one.id:06d}", "customer": one.person.id, "opportunity": one.id,
            "model": one.model.id, "color": one.car.color if one.car else None, "consultant": one.seller.id,
            "quoted_on": day, "valid_until": valid, "status": status, "price": one.model.price,
            "discount": self._discount(random, one),
        }  # fmt: skip

    def _discount(self, random: Random, one: Course) -> int:
        """Whole hundreds of yuan: who sells badly gives more away, and so does everybody at the end of a month."""
        share = min(max(random.gauss(0.055 / one.seller.talent, 0.015), 0.0), 0.14)
        return round(one.model.price * share / 10_000) * 10_000

    def _lines(self, random: Random, whole: str, number: int) -> list[Row]:
        """Up to three articles beside the car."""
        count = random.choices((0, 1, 2, 3), (30, 35, 25, 10))[0]
        rows: list[Row] = []
        for line, place in enumerate(sorted(random.sample(range(len(PRODUCTS)), count)), 1):
            _, name, kind, _, price, cost = PRODUCTS[place]
            row = {whole: number, "line": line, "kind": LINE_KINDS[kind], "product": self.catalogue.products[place],
                   "name": name, "price": price * YUAN,
                   "discount": round(price * random.choice((0, 0, 5, 10))) }  # fmt: skip
            rows.append(row | ({"cost": cost * YUAN} if whole == "sales_order" else {}))
        return rows

    def orders(self, quotations: dict[int, Row]) -> tuple[Batch, Batch]:
        """Orders as they stood before the hand-over, which moves them on itself."""
        random = self.plan.random("sales_order", self.shop.nth)
        signed = sorted((one for one in self.courses if one.ordered), key=lambda one: (str(one.ordered), one.id))
        ids = self.numbers.take("sales_order", len(signed))
        rows = [self._order(random, number, one, quotations) for number, one in zip(ids, signed, strict=True)]
        lines = [line for row in rows for line in self._lines(random, "sales_order", row["id"])]
        return Batch("sales_order", rows), Batch("sales_order_line", lines)

    def _order(self, random: Random, number: int, one: Course, quotations: dict[int, Row]) -> Row:
        quotation, day = quotations[one.id], one.ordered or one.opened
        waiting = (self.plan.ends_on - day).days < 7  # no car allocated yet
        status = "cancelled" if one.cancelled else "confirmed" if waiting and not one.delivered else "allocated"
        return {
            "id": number, "number": f"{self.shop.code}SO{day:%y%m}{number:06d}", "customer": one.person.id,
            "opportunity": one.id, "quotation": quotation["id"], "model": one.model.id, "color": quotation["color"],
            "vehicle": one.car.id if one.car and status == "allocated" else None, "consultant": one.seller.id,
            "ordered_at": at(day, 660 + int(random.random() * 420)),
            "promised_on": day + timedelta(days=14 + int(random.random() * 14)), "status": status,
            "payment": random.choices(("full", "loan", "lease"), (52, 45, 3))[0], "price": quotation["price"],
            "discount": quotation["discount"], "deposit": random.choice((5_000, 10_000, 20_000)) * YUAN,
            "cancel_reason": random.choice(("资金原因", "家人不同意", "交期太长")) if one.cancelled else None,
            "cancelled_at": at(one.cancelled, 1_140) if one.cancelled else None,
        }  # fmt: skip

    def deliveries(self, orders: Batch) -> Batch:
        """The hand-overs: order, car, owner and mileage follow from them."""
        random = self.plan.random("delivery", self.shop.nth)
        order_of = {row["opportunity"]: row["id"] for row in orders.rows}
        handed = sorted((one for one in self.courses if one.delivered), key=lambda one: (str(one.delivered), one.id))
        ids = self.numbers.take("delivery", len(handed))
        return Batch(
            "delivery",
            [
                {
                    "id": number, "number": f"{self.shop.code}DL{number:06d}", "sales_order": order_of[one.id],
                    "delivered_at": at(one.delivered or one.opened, 600 + int(random.random() * 480)),
                    "odometer": int(one.car.km) if one.car else None,
                    "checklist": CHECKLIST if random.random() < 0.8 else CHECKLIST[:4],
                    "receiver": one.person.name, "consultant": one.seller.id,
                }
                for number, one in zip(ids, handed, strict=True)
            ],
        )  # fmt: skip

    def targets(self) -> Batch:
        """Each whole month's target: of the store, and of each consultant by what is usual."""
        random = self.plan.random("sales_target", self.shop.nth)
        months = Counter((one.delivered.replace(day=1)) for one in self.courses if one.delivered)
        usual = sum(months.values()) / 12
        sellers = [one for one in self.shop.staff["sales_consultant"] if one.left_on is None]
        rows: list[Row] = []
        for month in sorted(months):
            goal = max(round((usual + months[month]) / 2 * STRETCH * (0.9 + random.random() * 0.2)), 1)
            rows.append({"month": month, "employee": None, "quantity": goal, "amount": goal * 18_000_000})
            each = max(round(goal / len(sellers)), 1)
            rows += [{"month": month, "employee": one.id, "quantity": each, "amount": None} for one in sellers]
        return Batch("sales_target", rows)
