"""The rows of looking after customers: interactions, tasks, complaints and their steps, questions, suggestions."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from random import Random

from app.demo import numbers
from app.demo.calendar import Days, at, service
from app.demo.funnel import Course
from app.demo.organisation import Colleague, Shop
from app.demo.people import Person
from app.demo.plan import Plan
from app.demo.words import ANSWERS, CAUSES, COMPLAINTS, PLANS, QUESTIONS, REMARKS, SUGGESTIONS
from app.demo.workload import Visit
from app.demo.writing import Batch, Numbers, Row

STEPS = (
    "registered",
    "accepted",
    "investigating",
    "assessed",
    "planned",
    "executing",
    "answered",
    "follow_up",
    "closed",
)
CHANNELS = ("phone", "visit", "online", "wechat", "12315", "manufacturer")
RECENT = 14  # days back from the last whose promises are still open
TASKS = (
    ("call", "回访客户"),
    ("call_back", "维修后三日回访"),
    ("invite", "邀约进店保养"),
    ("renewal", "续保跟进"),
    ("greeting", "生日关怀"),
)
RESULTS = (("reached", 64), ("no_answer", 18), ("busy", 6), ("agreed", 8), ("refused", 3), ("wrong_number", 1))


@dataclass(slots=True)
class Care:
    """Turns people, courses and visits into what was said and done."""

    plan: Plan
    shop: Shop
    people: list[Person]
    courses: list[Course]
    visits: list[Visit]
    numbers: Numbers

    def batches(self) -> list[Batch]:
        """The tables in the order they are to be written."""
        complaints, steps = self.complaints()
        return [self.interactions(), self.tasks(), complaints, steps, self.tickets(), self.suggestions()]

    def interactions(self) -> Batch:
        """What was said to customers: consultants follow up, care calls back after visits."""
        random = self.plan.random("interaction", self.shop.nth)
        rows = [self._follow_up(random, one) for one in self.courses for _ in range(1 + int(random.random() * 4))]
        wanted = max(self.plan.volume("interaction", self.shop.nth) - len(rows), 0)
        past = [visit for visit in self.visits if visit.car.owner]
        rows += [self._call_back(random, past[int(random.random() * len(past))]) for _ in range(wanted if past else 0)]
        found = sorted(
            (row for row in rows if row["at"] < at(self.plan.ends_on, 0)), key=lambda row: (row["at"], row["customer"])
        )
        return Batch("interaction", found)

    def _said(self, random: Random, person: Person, by: Colleague | int, moment: datetime, topic: str) -> Row:
        result = random.choices([code for code, _ in RESULTS], [share for _, share in RESULTS])[0]
        fresh = moment >= at(self.plan.ends_on - timedelta(days=RECENT), 0)
        goes_on = fresh and random.random() < 0.5
        return {
            "customer": person.id, "vehicle": None, "at": moment, "channel": random.choice(("call", "call", "wechat")),
            "direction": "out" if random.random() < 0.85 else "in", "topic": topic,
            "employee": by if isinstance(by, int) else by.id, "result": result,
            "summary": numbers.pick(random, REMARKS),
            "next_step": "call" if goes_on else None,
            "next_at": moment + timedelta(days=1 + int(random.random() * 9)) if goes_on else None,
        }  # fmt: skip

    def _follow_up(self, random: Random, one: Course) -> Row:
        last = one.lost or one.steps[-1][1]
        day = one.opened + timedelta(days=int(random.random() * ((last - one.opened).days + 3)))
        seller = one.seller
        if seller.left_on and day >= seller.left_on:
            seller = self.shop.pick(random, "sales_consultant", day)
        return self._said(random, one.person, seller, at(day, 580 + int(random.random() * 520)), "purchase")

    def _call_back(self, random: Random, visit: Visit) -> Row:
        day = visit.day + timedelta(days=3)
        person = visit.car.owner or self.people[0]
        by = self.shop.pick(random, "customer_care") if random.random() < 0.6 else visit.advisor
        row = self._said(random, person, by, at(day, 580 + int(random.random() * 500)), "service")
        return row | {"vehicle": visit.car.id}

    def tasks(self) -> Batch:
        """Work given to people: most done, some late, some forgotten."""
        random = self.plan.random("task", self.shop.nth)
        days = Days(self.plan, service)
        desk = [*self.shop.staff["service_advisor"], *self.shop.staff["customer_care"], *self.shop.staff["renewal"]]
        rows = [self._task(random, days.draw(random), desk) for _ in range(self.plan.volume("task", self.shop.nth))]
        return Batch("task", sorted(rows, key=lambda row: (row["due_at"], row["customer"])))

    def _task(self, random: Random, day: date, desk: list[Colleague]) -> Row:
        kind, title = TASKS[int(random.random() * len(TASKS))]
        person = self.people[int(random.random() * len(self.people))]
        by = desk[int(random.random() * len(desk))]
        due = at(day, 1_050)
        late = random.random() < 0.14 / by.talent
        done = due + (timedelta(hours=2 + random.random() * 90) if late else -timedelta(hours=random.random() * 8))
        forgotten = random.random() < 0.03 / by.talent
        ended = done < at(self.plan.ends_on, 0) and not forgotten
        cancelled = ended and random.random() < 0.04
        return {
            "title": title, "kind": kind, "assignee": by.id, "due_at": due, "customer": person.id,
            "urgency": random.choices(("normal", "high", "low"), (75, 18, 7))[0],
            "status": ("cancelled" if cancelled else "done") if ended else "open", "done_at": done if ended else None,
            "result": numbers.pick(random, REMARKS) if ended else None,
        }  # fmt: skip

    def complaints(self) -> tuple[Batch, Batch]:
        """What went wrong and how far each was worked; the first step of each the database writes itself."""
        random = self.plan.random("complaint", self.shop.nth)
        days = Days(self.plan, service)
        count = min(self.plan.volume("complaint", self.shop.nth), len(self.visits))
        found = sorted(days.draw(random) for _ in range(count))
        rows, steps = [], []
        for day, number in zip(found, self.numbers.take("complaint", len(found)), strict=True):
            row, taken = self._complaint(random, day, number)
            rows.append(row)
            steps += taken
        return Batch("complaint", rows), Batch("complaint_step", steps)

    def _complaint(self, random: Random, day: date, number: int) -> tuple[Row, list[Row]]:
        visit = self.visits[int(random.random() * len(self.visits))]
        person = visit.car.owner or self.people[0]
        severity = random.choices(("normal", "escalated", "critical"), (80, 16, 4))[0]
        category = random.choices(list(COMPLAINTS), (30, 20, 12, 12, 10, 6, 5, 3, 2))[0]
        received = at(day, 540 + int(random.random() * 540))
        moments = self._moments(random, received)
        place = len(moments) - 1
        handler = self.shop.pick(random, "customer_care").id
        row = {
            "id": number, "number": f"{self.shop.code}TS{day:%y%m}{number:05d}", "status": STEPS[place],
            "received_at": received,
            "channel": random.choices(CHANNELS, (45, 25, 12, 10, 3, 5))[0],
            "category": category, "severity": severity, "description": numbers.pick(random, COMPLAINTS[category]),
            "contact_name": person.name, "contact": person.phone, "customer": person.id, "vehicle": visit.car.id,
            "work_order": visit.id if category in ("repair", "waiting", "parts") and visit.day <= day else None,
            "handler": handler if place else None, "investigator": handler if place > 1 else None,
            "responsible_department": self.shop.departments["售后部"] if place > 2 else None,
            "root_cause": numbers.pick(random, CAUSES) if place > 2 else None,
            "plan": numbers.pick(random, PLANS) if place > 3 else None,
            "answer": numbers.pick(random, ANSWERS) if place > 5 else None,
            "satisfaction": random.choices((5, 4, 3), (45, 40, 15))[0] if place == len(STEPS) - 1 else None,
            "acknowledged_at": moments[1] if place else None,
            "closed_at": moments[-1] if place == len(STEPS) - 1 else None,
        }  # fmt: skip
        return row, [
            {"complaint": number, "at": moment, "status": STEPS[nth], "employee": handler}
            for nth, moment in enumerate(moments)
            if nth
        ]

    def _moments(self, random: Random, received: datetime) -> list[datetime]:
        """When it came to each step; one that was answered is visited the same moment, for its tasks are the rule's."""
        moments, moment = [received], received
        hours = (1.2, 8, 14, 10, 24, 20, 72, 30)
        for nth, mean in enumerate(hours, 1):
            moment += timedelta(hours=random.expovariate(1 / mean) + 0.05)
            if moment >= at(self.plan.ends_on, 0):
                break
            moments.append(moment)
            if nth == len(hours):
                break
        return moments[:-1] if len(moments) == STEPS.index("answered") + 1 else moments

    def tickets(self) -> Batch:
        """Questions and answers."""
        random = self.plan.random("ticket", self.shop.nth)
        days = Days(self.plan, service)
        asked = sorted(days.draw(random) for _ in range(self.plan.volume("ticket", self.shop.nth)))
        rows = [
            self._ticket(random, day, number)
            for day, number in zip(asked, self.numbers.take("ticket", len(asked)), strict=True)
        ]
        return Batch("ticket", rows)

    def _ticket(self, random: Random, day: date, number: int) -> Row:
        kind = random.choice(tuple(QUESTIONS))
        moment = at(day, 560 + int(random.random() * 500))
        answered = moment + timedelta(hours=random.expovariate(1 / 9))
        known = answered < at(self.plan.ends_on, 0)
        return {
            "id": number, "number": f"{self.shop.code}ZX{number:06d}", "status": "closed" if known else "open",
            "kind": kind,
            "customer": self.people[int(random.random() * len(self.people))].id, "asked_at": moment,
            "question": numbers.pick(random, QUESTIONS[kind]), "assignee": self.shop.pick(random, "customer_care").id,
            "answer": "已按最新政策答复客户。" if known else None, "answered_at": answered if known else None,
        }  # fmt: skip

    def suggestions(self) -> Batch:
        """What customers would like better."""
        random = self.plan.random("suggestion", self.shop.nth)
        rows: list[Row] = []
        count = self.plan.volume("suggestion", self.shop.nth)
        for number in self.numbers.take("suggestion", count):
            topic, title, detail = SUGGESTIONS[int(random.random() * len(SUGGESTIONS))]
            moment = at(self.plan.begins_on + timedelta(days=int(random.random() * 364)), 700)
            done = (self.plan.ends_on - moment.date()).days > 6
            status = random.choice(("adopted", "declined")) if done else "open"
            rows.append({
                "id": number, "title": title, "detail": detail, "topic": topic, "received_at": moment,
                "department": self.shop.departments["客户关怀部"], "assignee": self.shop.staff["customer_care"][0].id,
                "status": status, "answer": "感谢建议，已答复客户。" if done else None,
                "answered_at": moment + timedelta(days=2) if done else None,
            })  # fmt: skip
        return Batch("suggestion", rows)
