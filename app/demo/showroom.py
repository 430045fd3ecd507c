"""The rows of a store's showroom: leads, visits, opportunities and their stages, test drives."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import pairwise
from random import Random

from app.demo import numbers
from app.demo.calendar import Days, at, sales
from app.demo.cars import Car
from app.demo.catalogue import CHANNELS, Catalogue
from app.demo.funnel import Course
from app.demo.organisation import Shop, name_of
from app.demo.plan import LEAD_IN, Plan
from app.demo.writing import Batch, Numbers, Row

LOST = ("price", "product", "elsewhere", "postponed", "finance", "stock", "unreachable")
COMPETITORS = ("领航 A6", "星海 X5", "天际 ES", "本地同城店", "二手车", "暂无")
USELESS = ("无购车意向", "号码无法接通", "已在别处购车", "信息有误", "仅咨询售后")
LEVELS = {"intent": "C", "needs": "B", "test_drive": "B", "quotation": "A", "negotiation": "H", "order": "O"}


@dataclass(slots=True)
class Showroom:
    """Turns courses into rows."""

    plan: Plan
    shop: Shop
    catalogue: Catalogue
    courses: list[Course]
    numbers: Numbers

    def batches(self, demos: list[Car]) -> list[Batch]:
        """The tables of the showroom, in the order they are to be written."""
        leads = self.leads()
        return [
            leads,
            self.visits(),
            self.opportunities(leads),
            self.stages(),
            self.drives(demos),
        ]

    def leads(self) -> Batch:
        """Leads that became opportunities and those that came to nothing, by the moment they came in."""
        random = self.plan.random("lead", self.shop.nth)
        rows = [self._won(random, one) for one in self.courses if one.from_lead]
        days = Days(self.plan, sales, before=LEAD_IN)
        idle = max(self.plan.volume("lead", self.shop.nth) - len(rows), 0)
        rows += [self._idle(random, days.draw(random)) for _ in range(idle)]
        rows.sort(key=lambda row: (row["received_at"], row["name"]))
        for row, number in zip(rows, self.numbers.take("lead", len(rows)), strict=True):
            row["id"] = number
            row["phone"] = row["phone"] or numbers.phone(50_000_000 + number)
            row["external_id"] = f"{self.shop.code}-L{number:07d}"
        self._double(random, rows)
        self._gaps(rows)
        return Batch("lead", [{"id": row["id"]} | row for row in rows])

    def _lead(self, random: Random, received: datetime, place: int, seller: int, talent: float) -> Row:
        late = random.random() < 0.16 / talent
        minutes = 60 + random.random() * 900 if late else random.expovariate(1 / (7 / talent)) + 1
        model = self.catalogue.of_brand(self.shop.brand)[int(random.random() * 6)]
        answered = received + timedelta(minutes=int(minutes))
        return {
            "phone": None, "series": model.series, "model": model.id, "source": self.catalogue.sources[place],
            "received_at": received, "assignee": seller, "assigned_at": received, "first_response_at": answered,
            "last_contact_at": answered,
            "budget": round(model.price * (0.85 + random.random() * 0.3) / 1_000_000) * 1_000_000,
            "purchase_window": random.choice(("week", "fortnight", "month", "quarter", "later")),
            "decision": random.choice(("decides", "decides", "shares", "asks")),
            "customer": None, "duplicate_of": None, "invalid_reason": None,
        }  # fmt: skip

    def _won(self, random: Random, one: Course) -> Row:
        received = at(one.opened - timedelta(days=int(random.random() * 5)), 560 + int(random.random() * 20))
        row = self._lead(random, received, one.source, one.seller.id, one.seller.talent)
        return row | {"name": one.person.name, "phone": one.person.phone, "status": "converted", "intent": "A",
                      "customer": one.person.id, "series": one.model.series, "model": one.model.id}  # fmt: skip

    def _idle(self, random: Random, day: date) -> Row:
        channel = random.choices(CHANNELS, [share for _, share, _ in CHANNELS])[0]
        seller = self.shop.pick(random, "sales_consultant", day)
        received = at(day, 480 + int(random.random() * 480))
        row = self._lead(random, received, channel[0], seller.id, seller.talent)
        name, _ = name_of(random)
        age = (self.plan.ends_on - day).days
        status = "invalid" if age > 25 else random.choice(("new", "contacted", "contacted", "qualified"))
        if age > 25 and random.random() < 0.16:
            status = "contacted"  # forgotten: whoever takes it up now is late
        fresh = status == "new"
        moment = row["first_response_at"]
        answered = None if fresh or moment >= at(self.plan.ends_on, 0) else moment
        return row | {
            "name": name, "status": status, "intent": random.choice(("B", "C", "C", "A")),
            "first_response_at": answered, "last_contact_at": answered,
            "invalid_reason": numbers.pick(random, USELESS) if status == "invalid" else None,
        }  # fmt: skip

    def _double(self, random: Random, rows: list[Row]) -> None:
        """Some of the useless ones turn out to be leads that were there before."""
        for before, row in pairwise(rows):
            if row["status"] == "invalid" and before["status"] != "duplicate" and random.random() < 0.08:
                row.update(status="duplicate", duplicate_of=before["id"], name=before["name"], phone=before["phone"],
                           invalid_reason=None)  # fmt: skip

    def _gaps(self, rows: list[Row]) -> None:
        """What nobody asked: more is known of who came far than of who left a number and no more."""
        random = self.plan.random("lead_gaps", self.shop.nth)
        for row in rows:
            share = 0.08 if row["status"] in ("converted", "qualified") else 0.38
            for name in ("purchase_window", "budget", "decision", "model"):
                if random.random() < share:
                    row[name] = None
            if row["model"] is None and row["status"] != "converted" and random.random() < share:
                row["series"] = None

    def visits(self) -> Batch:
        """Who came to the showroom, when, and for what."""
        random = self.plan.random("showroom_visit", self.shop.nth)
        rows: list[Row] = []
        for one in self.courses:
            if random.random() < 0.96:
                rows.append(self._visit(random, one, one.opened, "look", first=one.person.prospect))
            if day := one.day_of("negotiation"):
                rows.append(self._visit(random, one, day, "negotiate", first=False))
            if one.delivered:
                rows.append(self._visit(random, one, one.delivered, "collect", first=False))
        days = Days(self.plan, sales)
        idle = self.plan.volume("walk_in", self.shop.nth)
        rows += [self._visit(random, None, days.draw(random), "look", first=True) for _ in range(idle)]
        rows.sort(key=lambda row: (row["arrived_at"], row["visitor"]))
        ids = self.numbers.take("showroom_visit", len(rows))
        return Batch("showroom_visit", [{"id": number} | row for number, row in zip(ids, rows, strict=True)])

    def _visit(self, random: Random, one: Course | None, day: date, purpose: str, *, first: bool) -> Row:
        arrived = at(day, 560 + int(random.random() * 480))
        model = one.model if one else self.catalogue.of_brand(self.shop.brand)[int(random.random() * 6)]
        seller = one.seller.id if one else self.shop.pick(random, "sales_consultant", day).id
        return {
            "visitor": one.person.name if one else name_of(random)[0], "phone": one.person.phone if one else None,
            "arrived_at": arrived, "left_at": arrived + timedelta(minutes=int(15 + random.random() * 90)),
            "party_size": 1 + int(random.random() ** 2 * 4), "purpose": purpose, "first_visit": first,
            "series": model.series, "customer": one.person.id if one else None,
            "receptionist": self.shop.staff["receptionist"][0].id, "consultant": seller,
        }  # fmt: skip

    def opportunities(self, leads: Batch) -> Batch:
        """The opportunities as they stand."""
        random = self.plan.random("opportunity_row", self.shop.nth)
        lead_of = {row["customer"]: row["id"] for row in leads.rows if row["customer"]}
        return Batch("opportunity", [self._opportunity(random, one, lead_of) for one in self.courses])

    def _opportunity(self, random: Random, one: Course, lead_of: dict[int, int]) -> Row:
        stage, end = one.stage, self.plan.ends_on
        if one.lost and one.lost >= end - timedelta(days=6):
            stage = "lost_pending"
        gone = stage in ("lost", "lost_pending")
        over = stage in ("lost", "delivered")
        last = one.lost or one.steps[-1][1]
        soon = last + timedelta(days=int(random.random() * 9))
        return {
            "id": one.id, "number": f"{self.shop.code}OP{one.id:06d}", "customer": one.person.id,
            "series": one.model.series,
            "model": one.model.id if len(one.steps) > 1 else None,
            "lead": lead_of.get(one.person.id) if one.from_lead else None,
            "consultant": one.seller.id, "stage": stage, "level": LEVELS.get(stage, "C"), "budget": one.model.price,
            "opened_on": one.opened, "next_action_on": None if over else soon,
            "expected_on": one.opened + timedelta(days=int(7 + random.random() * 45)),
            "closed_at": at(last, 1_080) if over else None,
            "lost_reason": numbers.pick(random, LOST) if gone else None,
            "competitor": numbers.pick(random, COMPETITORS) if gone else None,
        }  # fmt: skip

    def stages(self) -> Batch:
        """The steps after the first, which the database writes itself."""
        rows: list[Row] = []
        for one in self.courses:
            path = [*one.steps, *([("lost", one.lost)] if one.lost else [])]
            for nth, ((was, _), (becomes, day)) in enumerate(pairwise(path)):
                rows.append({"opportunity": one.id, "at": at(day, 640 + nth * 30), "was": was, "becomes": becomes,
                             "employee": one.seller.id})  # fmt: skip
        return Batch("opportunity_stage_log", sorted(rows, key=lambda row: (row["at"], row["opportunity"])))

    def drives(self, demos: list[Car]) -> Batch:
        """Test drives, one after another in each demonstration car."""
        random = self.plan.random("test_drive", self.shop.nth)
        came = [(day, one) for one in self.courses if (day := one.day_of("test_drive"))]
        used: dict[tuple[int, date], int] = {}
        rows: list[Row] = []
        for day, one in sorted(came, key=lambda pair: (pair[0], pair[1].id)):
            car = demos[int(random.random() * len(demos))]
            slot = used[car.id, day] = used.get((car.id, day), -1) + 1
            if slot < 12 and random.random() < 0.93:
                rows.append(self._drive(random, one, car, at(day, 570 + slot * 45)))
        return Batch("test_drive", rows)

    def _drive(self, random: Random, one: Course, car: Car, starts: datetime) -> Row:
        missed = random.random() < 0.04
        before = car.km
        if not missed:
            car.km += 6 + int(random.random() * 14)
        return {
            "number": f"{self.shop.code}TD{one.id:06d}", "opportunity": one.id, "customer": one.person.id,
            "vehicle": car.id,
            "consultant": one.seller.id, "starts_at": starts, "ends_at": starts + timedelta(minutes=40),
            "status": "no_show" if missed else "returned", "licence_checked": not missed,
            "km0": None if missed else int(before), "km1": None if missed else int(car.km), "route": "门店—滨江路—门店",
            "rating": None if missed else random.choice(("very_good", "good", "good", "fair")),
        }  # fmt: skip
