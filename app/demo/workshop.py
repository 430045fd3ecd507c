"""The rows of a store's workshop: appointments, work orders with lines, pieces of work, advice, packages."""

from bisect import bisect_left
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from random import Random

from app.demo import numbers
from app.demo.calendar import at
from app.demo.cars import Car
from app.demo.organisation import Shop
from app.demo.plan import Plan
from app.demo.words import ADVICE, SYMPTOMS
from app.demo.workload import OPENS, PAYER, Visit
from app.demo.writing import Batch, Numbers, Row

BOOKED = 0.42  # of the visits had an appointment
AHEAD = 12  # days of appointments to come
PART_MARGIN, LABOUR_MARGIN = 0.62, 0.35  # what parts and hours cost of what they bring
FAULTY = ("repair", "warranty")
FAULTS = ("P0300", "P0171", "P0420", "C1095", "B1318", "U0100")


@dataclass(slots=True)
class Workshop:
    """Turns visits into rows."""

    plan: Plan
    shop: Shop
    visits: list[Visit]
    cars: list[Car]
    numbers: Numbers
    recall: tuple[int, int]  # the campaign and the series it is about

    def batches(self) -> list[Batch]:
        """The tables in the order they are to be written."""
        for visit, number in zip(self.visits, self.numbers.take("work_order", len(self.visits)), strict=True):
            visit.id = number
        self._comebacks()
        appointments = self.appointments()
        lines = self.lines()  # before the orders, whose amounts are their sums
        return [appointments, self.orders(), self.promises(), lines, self.segments(), self.advice(), self.recalled()]

    def _now(self) -> datetime:
        return at(self.plan.ends_on, 0)

    def _comebacks(self) -> None:
        """Some repairs come back with the same fault within a month."""
        random = self.plan.random("comeback", self.shop.nth)
        last: dict[int, Visit] = {}
        for visit in self.visits:
            before = last.get(visit.car.id)
            if before and before.kind == visit.kind == "repair" and (visit.day - before.day).days <= 30:
                visit.comeback_of = before if random.random() < 0.5 else None
            last[visit.car.id] = visit

    def appointments(self) -> Batch:
        """Those that were kept, missed, called off, and those of the days to come."""
        random = self.plan.random("service_appointment", self.shop.nth)
        rows: list[Row] = []
        for visit in self.visits:
            if random.random() < BOOKED * min(visit.talent, 1.3):
                starts = visit.arrived - timedelta(minutes=visit.arrived.minute % 15)
                rows.append(self._appointment(visit, starts, "converted") | {"visit": visit})
            if random.random() < 0.05:
                status = random.choice(("no_show", "no_show", "cancelled"))
                away = visit.arrived - timedelta(days=1 + int(random.random() * 6))
                rows.append(self._appointment(visit, away, status) | {"visit": None})
        rows += self._to_come(random)
        rows.sort(key=lambda row: (row["starts_at"], row["vehicle"]))
        for row, number in zip(rows, self.numbers.take("service_appointment", len(rows)), strict=True):
            row |= {"id": number, "number": f"{self.shop.code}YY{row['starts_at']:%y%m%d}{number:07d}"}
            if visit := row.pop("visit"):
                visit.appointment = number
        return Batch("service_appointment", [{"id": row["id"]} | row for row in rows])

    def _appointment(self, visit: Visit, starts: datetime, status: str) -> Row:
        purpose = {"accident": "body", "recall": "recall", "maintenance": "maintenance"}.get(visit.kind, "repair")
        owner = visit.car.owner
        return {
            "vehicle": visit.car.id, "customer": owner.id if owner else None, "starts_at": starts,
            "ends_at": starts + timedelta(minutes=60), "purpose": purpose, "bay": None, "advisor": visit.advisor,
            "status": status,
        }  # fmt: skip

    def _to_come(self, random: Random) -> list[Row]:
        """The next days' bookings, each in a bay of its own."""
        a_day = max(round(len(self.visits) / 365 * BOOKED), 1)
        loyal = [visit for visit in self.visits[-a_day * 250 :] if visit.car.loyalty == "active"] or self.visits
        rows: list[Row] = []
        for away in range(AHEAD):
            day = self.plan.ends_on + timedelta(days=away)
            for nth in range(max(round(a_day * (1 - away / AHEAD)), 1)):
                visit = loyal[int(random.random() * len(loyal))]
                starts = at(day, OPENS + 60 * (nth // len(self.shop.bays)))
                row = self._appointment(visit, starts, "confirmed" if away < 3 else "booked")
                rows.append(row | {"bay": self.shop.bays[nth % len(self.shop.bays)], "visit": None})
        return rows

    def orders(self) -> Batch:
        """The work orders as they stand."""
        random = self.plan.random("work_order_row", self.shop.nth)
        return Batch("work_order", [self._order(random, visit) for visit in self.visits])

    def _order(self, random: Random, visit: Visit) -> Row:
        owner, now = visit.car.owner, self._now()
        paid = (visit.ready or now) + timedelta(minutes=8 + int(random.random() * 30))
        status = self._status(random, visit, paid)
        done = status in ("settled", "delivered")
        promised = visit.promised if visit.promised and visit.promised > visit.arrived else None
        payer = PAYER.get(visit.kind, "insurer" if visit.kind == "accident" and random.random() < 0.75 else "customer")
        other = random.random() < 0.12
        return {
            "id": visit.id, "number": f"{self.shop.code}RO{visit.day:%y%m%d}{visit.id:07d}", "vehicle": visit.car.id,
            "customer": owner.id if owner else None, "appointment": visit.appointment, "advisor": visit.advisor,
            "kind": visit.kind, "payer": payer, "opened_at": visit.arrived, "promised_at": promised,
            "mileage": visit.car.mileage(self.plan, visit.day), "status": status, "settled_at": paid if done else None,
            "comeback_of": visit.comeback_of.id if visit.comeback_of else None,
            "fault_code": random.choice(FAULTS) if visit.kind in FAULTY and random.random() < 0.4 else None,
            "complaint": numbers.pick(random, SYMPTOMS) if visit.kind == "repair" else None,
            "brought_by": "司机" if other and owner and owner.firm else None,
            "brought_phone": numbers.phone(70_000_000 + visit.car.id) if other else None,
            "amount": visit.amount, "cost": int(visit.amount * 0.54),
        }  # fmt: skip

    def _status(self, random: Random, visit: Visit, paid: datetime) -> str:
        """Where the order stands when the year ends."""
        now = self._now()
        if random.random() < 0.006:
            return "voided"
        if now - timedelta(hours=20) < paid < now and random.random() < 0.35:
            return random.choice(("ready", "ready", "washing", "inspection"))  # fetched in the morning
        if paid < now:
            return "delivered" if paid < now - timedelta(hours=4) or random.random() < 0.5 else "settled"
        starts, ends = visit.starts or now, visit.ends or now
        if starts >= now:
            return random.choice(("reception", "dispatched"))
        if ends >= now:
            return "working"
        return "waiting_parts" if (paid - ends).days >= 1 else random.choice(("inspection", "washing", "ready"))

    def lines(self) -> Batch:
        """What was done and used; the orders' amounts are their sums."""
        random = self.plan.random("work_order_line", self.shop.nth)
        rows: list[Row] = []
        for visit in self.visits:
            off = 0.0 if random.random() < 0.7 else min(0.12 / visit.talent, 0.2)
            for nth, (code, name, kind, yuan) in enumerate(visit.items, 1):
                price = yuan * 100
                quantity = 4 if code == "PJ301" else 1
                discount = round(price * quantity * off / 100) * 100
                margin = LABOUR_MARGIN if kind == "labour" else PART_MARGIN
                rows.append({
                    "work_order": visit.id, "line": nth, "kind": kind, "code": code, "name": name,
                    "quantity": Decimal(quantity), "price": price, "discount": discount,
                    "cost": int(price * quantity * margin),
                    "payer": PAYER.get(visit.kind, "customer"),
                })  # fmt: skip
                visit.amount += price * quantity - discount
        for row, number in zip(rows, self.numbers.take("work_order_line", len(rows)), strict=True):
            row["id"] = number
        return Batch("work_order_line", rows)

    def promises(self) -> Batch:
        """Promises that were moved: most of those that could not be kept for parts."""
        random = self.plan.random("promise_change", self.shop.nth)
        rows: list[Row] = []
        for visit in self.visits:
            if (
                visit.promised
                and visit.ends
                and visit.promised > visit.ends + timedelta(hours=20)
                and random.random() < 0.7
            ):
                first = visit.ends + timedelta(minutes=60)
                rows.append({"work_order": visit.id, "at": visit.ends, "was": first, "becomes": visit.promised,
                             "reason": "等待配件到货"})  # fmt: skip
        return Batch("promise_change", sorted(rows, key=lambda row: (row["at"], row["work_order"])))

    def recalled(self) -> Batch:
        """The cars of the recalled series: done on a visit, told about it, or not yet."""
        done = {visit.car.id: visit for visit in reversed(self.visits) if visit.kind == "recall"}
        rows: list[Row] = []
        for car in self.plan.some(self.cars):
            visit = done.get(car.id)
            if car.model.series != self.recall[1] or car.owner is None or car.bought_on is None:
                continue
            told = self.plan.begins_on + timedelta(days=120 + car.id % 60)
            rows.append({
                "campaign": self.recall[0], "vehicle": car.id, "status": "done" if visit else "informed",
                "informed_on": told, "done_on": visit.day if visit else None, "done_order": visit.id if visit else None,
            })  # fmt: skip
        return Batch("recall_vehicle", rows)

    def segments(self) -> Batch:
        """Who worked on each order, where and how long."""
        hands = self.shop.staff["technician"]
        now = self._now()
        rows: list[Row] = []
        for visit in self.visits:
            if visit.starts is None or visit.ends is None:
                continue
            done, begun = visit.ends < now, visit.starts < now
            rows.append({
                "work_order": visit.id, "task": visit.items[0][1], "bay": self.shop.bays[visit.technician],
                "technician": hands[visit.technician].id, "starts_at": visit.starts, "ends_at": visit.ends,
                "status": "done" if done else "working" if begun else "planned",
                "began_at": visit.starts if begun else None, "finished_at": visit.ends if done else None,
            })  # fmt: skip
        return Batch("job_segment", rows)

    def advice(self) -> Batch:
        """What the workshop advised, and whether the customer came back for it."""
        random = self.plan.random("repair_advice", self.shop.nth)
        later: dict[int, list[Visit]] = {}
        for visit in self.visits:
            later.setdefault(visit.car.id, []).append(visit)
        rows = [self._advised(random, visit, later[visit.car.id]) for visit in self.visits if random.random() < 0.22]
        return Batch("repair_advice", self._numbered("repair_advice", rows))

    def _advised(self, random: Random, visit: Visit, known: list[Visit]) -> Row:
        item, price, urgency = ADVICE[int(random.random() * len(ADVICE))]
        place = bisect_left([one.day for one in known], visit.day) + 1
        again = known[place] if place < len(known) and (known[place].day - visit.day).days <= 120 else None
        taken = again if again and random.random() < 0.42 * visit.talent else None
        old = (self.plan.ends_on - visit.day).days > 75
        status = "done" if taken else "declined" if old and random.random() < 0.6 else "open"
        return {
            "vehicle": visit.car.id, "work_order": visit.id, "item": item, "urgency": urgency, "price": price,
            "due_on": visit.day + timedelta(days=30 if urgency in ("now", "soon") else 120), "advisor": visit.advisor,
            "status": status, "decline_reason": "客户表示下次再做" if status == "declined" else None,
            "done_order": taken.id if taken else None,
        }  # fmt: skip

    def _numbered(self, entity: str, rows: list[Row]) -> list[Row]:
        ids = self.numbers.take(entity, len(rows))
        return [{"id": number} | row for number, row in zip(ids, rows, strict=True)]


def packages(plan: Plan, shop: Shop, visits: list[Visit], taken: Numbers) -> list[Batch]:
    """Prepaid services and what was used of them; the database counts."""
    random = plan.random("service_package", shop.nth)
    bought: dict[int, Row] = {}
    uses: list[Row] = []
    left: dict[int, int] = {}
    for visit in visits:
        if visit.kind != "maintenance" or not visit.car.owner or visit.day >= plan.ends_on:
            continue
        held = bought.get(visit.car.id)
        if held and left[visit.car.id]:
            left[visit.car.id] -= 1
            uses.append({"package": held["id"], "used_at": visit.arrived, "item": "基础保养", "work_order": visit.id})
        elif not held and len(bought) < plan.volume("package", shop.nth) and random.random() < 0.15:
            bought[visit.car.id] = _package(shop, visit, taken.one("service_package"), random)
            left[visit.car.id] = bought[visit.car.id]["total"]
    return [Batch("service_package", list(bought.values())), Batch("service_package_use", uses)]


def _package(shop: Shop, visit: Visit, number: int, random: Random) -> Row:
    total = random.choice((3, 5, 10))
    return {
        "id": number, "number": f"{shop.code}TC{number:06d}", "name": f"{total} 次基础保养套餐",
        "customer": visit.car.owner.id if visit.car.owner else None, "vehicle": visit.car.id, "bought_on": visit.day,
        "expires_on": visit.day + timedelta(days=730), "total": total, "price": total * 48_800, "seller": visit.advisor,
    }  # fmt: skip
