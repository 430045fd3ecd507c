"""The rows of a store's insurance desk: policies of this year and the last, and the renewals worked for them."""

from dataclasses import dataclass
from datetime import date, timedelta
from random import Random

from app.demo.calendar import at
from app.demo.cars import Car
from app.demo.catalogue import YUAN
from app.demo.organisation import Shop
from app.demo.plan import Plan
from app.demo.writing import Batch, Numbers, Row

OURS = 0.62  # of the cars here were insured through the store last time
LISTED, GRACE = 45, 30  # days before an end it is listed, days after it a renewal still counts
COVER = ["damage", "third_party", "driver", "passengers"]
REASONS = ("price", "price", "service", "unreachable", "sold", "not_renewing", "elsewhere", "elsewhere")


@dataclass(slots=True)
class Insurance:
    """Turns cars into policies."""

    plan: Plan
    shop: Shop
    cars: list[Car]
    insurers: tuple[int, ...]
    numbers: Numbers

    def batches(self) -> list[Batch]:
        """Policies first, then the renewals that name them."""
        random = self.plan.random("insurance_policy", self.shop.nth)
        policies: list[Row] = []
        cases: list[Row] = []
        for car in self.cars:
            if car.owner is None or car.bought_on is None or car.loyalty == "lost":
                continue
            if car.bought_on >= self.plan.begins_on:
                policies += self._both(random, car, car.bought_on, "new_car", None)
            elif random.random() < 0.55:
                self._anniversary(random, car, policies, cases)
        for row, number in zip(cases, self.numbers.take("renewal_case", len(cases)), strict=True):
            row["id"] = number
        return [Batch("insurance_policy", policies), Batch("renewal_case", cases)]

    def _anniversary(self, random: Random, car: Car, policies: list[Row], cases: list[Row]) -> None:
        """The policy that ran out this year, how its renewal went, and the one that followed."""
        bought = car.bought_on or self.plan.begins_on
        ends = self.plan.begins_on + timedelta(days=(bought.timetuple().tm_yday * 7 + car.id) % 400)
        before = self._both(random, car, ends - timedelta(days=364), "renewal", None, ours=random.random() < OURS)
        policies += before
        listed = ends - timedelta(days=LISTED)
        if listed < self.plan.begins_on or listed >= self.plan.ends_on:
            return
        case, renewed = self._case(random, car, ends, before[-1])
        if renewed:
            after = self._both(random, car, ends + timedelta(days=1), "renewal", before[-1]["id"])
            policies += after
            case["policy"] = after[-1]["id"]
        cases.append(case)

    def _case(self, random: Random, car: Car, ends: date, before: Row) -> tuple[Row, bool]:
        """The case as it stands, and whether it came to a policy."""
        desk = self.shop.staff["renewal"][0]
        luck = 0.62 * desk.talent**0.5 * (1.0 if before["channel"] == "here" else 0.45)
        left = (ends - self.plan.ends_on).days
        called = at(ends - timedelta(days=LISTED - 3 - int(random.random() * 20)), 620 + int(random.random() * 300))
        over = left <= 0 or (left < 14 and random.random() < 0.5)
        status = ("issued" if random.random() < luck else "lost") if over else "assigned"
        if not over and called < at(self.plan.ends_on, 0):
            status = "quoted" if random.random() < 0.55 else "called"
        worked = status not in ("listed", "assigned")
        reason = REASONS[int(random.random() * len(REASONS))] if status == "lost" else None
        lapsed = left < -GRACE
        return {
            "vehicle": car.id, "customer": car.owner.id if car.owner else None, "year": ends.year, "due_on": ends,
            "previous": before["id"], "owner": desk.id, "status": status, "called_at": called if worked else None,
            "next_call_on": None if over or lapsed else max(self.plan.ends_on, ends - timedelta(days=7)),
            "quoted": before["premium"] if status in ("quoted", "issued", "lost") else None, "policy": None,
            "lost_reason": reason, "lost_insurer": self.insurers[car.id % 4] if reason == "elsewhere" else None,
        }, status == "issued"  # fmt: skip

    def _both(
        self, random: Random, car: Car, starts: date, kind: str, previous: int | None, *, ours: bool = True
    ) -> list[Row]:
        """The compulsory policy and the commercial one, which comes last."""
        insurer = self.insurers[int(random.random() * len(self.insurers))]
        compulsory, commercial = self.numbers.one("insurance_policy"), self.numbers.one("insurance_policy")
        age = max((starts - (car.bought_on or starts)).days, 0) / 365
        premium = int(car.model.price / YUAN * 0.021 * 0.9 ** min(age, 6) + 1_200) * YUAN
        common = {
            "insurer": insurer, "vehicle": car.id, "customer": car.owner.id if car.owner else None,
            "channel": "here" if ours else "elsewhere", "renewal_kind": kind if previous or kind == "new_car" else None,
            "starts_on": starts, "ends_on": starts + timedelta(days=364), "seats": car.model.seats,
            "seller": self.shop.staff["renewal"][0].id if ours else None,
        }  # fmt: skip
        return [
            {"id": compulsory, "number": f"JQ{compulsory:010d}", "kind": "compulsory", "previous": None,
            "coverages": None,
             "premium": 95_000, "vehicle_tax": 36_000} | common,
            {"id": commercial, "number": f"SY{commercial:010d}", "kind": "commercial", "previous": previous,
             "coverages": COVER, "premium": premium, "vehicle_tax": None} | common,
        ]  # fmt: skip
