"""A store's customers before anything happens to them, and the rows they become when the year is over."""

from dataclasses import dataclass, field
from datetime import date, timedelta
from random import Random

from app.demo import numbers
from app.demo.calendar import Days, at
from app.demo.organisation import Shop, name_of
from app.demo.plan import Plan
from app.demo.words import COMMUNITIES, DISTRICTS, FIRMS, OCCUPATIONS, TRADES, WISHES
from app.demo.writing import Batch, Numbers, Row

ORGANISATIONS = 0.055  # of customers
NEW, ACTIVE, DORMANT = 180, 225, 405  # days since the first or the last visit, by a half-yearly cycle
AWAY = {"dormant": ACTIVE, "lost": DORMANT}  # how long one has stayed away


@dataclass(slots=True)
class Person:
    """A customer of the store: who he is, since when, who looks after him, and what became of him."""

    id: int
    name: str
    male: bool
    phone: str
    since: date
    firm: str | None = None  # the industry of an organisation
    buys: bool = False  # he buys a car this year
    prospect: bool = False  # he came for a car and has bought none here so far
    seller: int | None = None
    advisor: int | None = None
    source: str | None = None
    card: str | None = None  # his identity number, or the company's code, where the store has it
    first: date | None = None  # his first delivery or visit here
    last: date | None = None  # the latest
    opportunity: date | None = None
    cars: list[int] = field(default_factory=list)

    def seen(self, day: date) -> None:
        """He was here on that day."""
        self.first = min(self.first or day, day)
        self.last = max(self.last or day, day)

    def stage(self, today: date) -> str:
        """Where he stands in his life as a customer."""
        if self.last is None or self.first is None:
            return "prospect"
        if (today - self.first).days <= NEW:
            return "new"
        away = (today - self.last).days
        return "active" if away <= ACTIVE else "dormant" if away <= DORMANT else "lost"

    def told(self, today: date) -> tuple[int, date, str, date | None]:
        """His number, since when he is the store's, where he stands, and since when he has stayed away."""
        stage = self.stage(today)
        away = (self.last or today) + timedelta(days=AWAY[stage] + 1) if stage in AWAY else None
        return self.id, self.since, stage, away


def people(plan: Plan, shop: Shop, taken: Numbers) -> list[Person]:
    """The store's customers: owners from earlier years first, then who comes for a car this year."""
    random = plan.random("customer", shop.nth)
    count = plan.volume("customer", shop.nth)
    fresh = min(plan.volume("opportunity", shop.nth), round(count * 0.3))
    ids = taken.take("customer", count)
    arrivals = Days(plan, lambda _: 1.0)
    made: list[Person] = []
    for nth, number in enumerate(ids):
        prospect = nth >= count - fresh
        if prospect:
            since = arrivals.draw(random)
        else:
            since = plan.begins_on - timedelta(days=int(random.random() ** 1.4 * 2_600) + 1)
        made.append(_person(random, shop, number, since, prospect=prospect))
    return made


def _person(random: Random, shop: Shop, number: int, since: date, *, prospect: bool) -> Person:
    name, male = name_of(random)
    phone = numbers.phone(number)
    person = Person(number, name, male, phone, since, prospect=prospect)
    if not prospect and random.random() < ORGANISATIONS:
        trade, person.firm = TRADES[int(random.random() * len(TRADES))]
        person.name = f"{shop.city}{numbers.pick(random, FIRMS)}{numbers.pick(random, FIRMS)}{trade}"
    person.seller = shop.pick(random, "sales_consultant", since if prospect else None).id
    person.advisor = shop.pick(random, "service_advisor").id
    return person


def customer_rows(plan: Plan, shop: Shop, made: list[Person]) -> Batch:
    """The customers as they stand on the last day."""
    random = plan.random("customer_row", shop.nth)
    careful = shop.staff["customer_care"][0].id
    renewing = shop.staff["renewal"][0].id
    present = {one.id for one in shop.staff["sales_consultant"] if one.left_on is None}
    heirs = sorted(present)
    rows = []
    for one in made:
        row = _customer(plan, shop, random, one)
        one.card = row["id_card"] or row["uscc"]
        stage = one.stage(plan.ends_on)
        row["stage"] = "active" if stage in AWAY else stage  # it moves on when its days are told
        seller = one.seller if one.seller in present else heirs[one.id % len(heirs)]
        pooled = stage == "prospect" and random.random() < 0.08
        row["sales_owner"] = None if pooled or stage == "lost" else seller
        row["pooled_at"] = at(plan.ends_on - timedelta(days=12), 120) if pooled else None
        row["service_owner"] = one.advisor if stage in ("new", "active", "dormant") else None
        row["renewal_owner"] = renewing if stage in ("new", "active") and one.cars else None
        row["care_owner"] = careful if stage in ("dormant", "lost") else None
        rows.append(row)
    return Batch("customer", rows)


def _customer(plan: Plan, shop: Shop, random: Random, one: Person) -> Row:
    firm = one.firm is not None
    born = date(1956, 1, 1) + timedelta(days=int((0.15 + random.random() * 0.85) * 17_500))
    known = not firm and random.random() < (0.35 if one.prospect else 0.8)
    silent = random.random() < 0.012
    vip = one.last is not None and random.random() < 0.04
    return {
        "id": one.id, "name": one.name, "kind": "organisation" if firm else "person",
        "number": f"{shop.code}C{one.id:07d}", "phone": one.phone if random.random() > 0.015 else None,
        "email": f"user{one.id}@example.com" if random.random() < 0.22 else None,
        "district": f"{shop.city}{numbers.pick(random, DISTRICTS[shop.city])}" if random.random() < 0.88 else None,
        "gender": None if firm else ("male" if one.male else "female"),
        "birth_date": born if known else None,
        "id_card": numbers.id_card(born, one.id, male=one.male) if known and random.random() < 0.7 else None,
        "occupation": numbers.pick(random, OCCUPATIONS) if known and random.random() < 0.5 else None,
        "uscc": numbers.company_code(one.id) if firm and random.random() < 0.9 else None,
        "industry": one.firm, "source": one.source or ("自然到店" if random.random() < 0.6 else "转介绍"),
        "verified_at": at(one.last, 700) if one.last and random.random() < 0.6 else None,
        "vip_until": plan.ends_on + timedelta(days=200) if vip else None, "vip_reason": "多台保有客户" if vip else None,
        "do_not_contact": silent, "no_contact_reason": "客户要求不再电话联系" if silent else None,
        "collection_method": "online" if one.prospect and random.random() < 0.5 else "visit",
    }  # fmt: skip


def about_people(plan: Plan, shop: Shop, made: list[Person], notice: int) -> list[Batch]:
    """What is kept of customers besides: addresses, further numbers, papers, wishes, ties, consents."""
    random = plan.random("about_people", shop.nth)
    addresses: list[Row] = []
    contacts: list[Row] = []
    wishes: list[Row] = []
    ties: list[Row] = []
    for before, one in zip([None, *made], made, strict=False):
        if random.random() < 0.4:
            addresses.append(_address(shop, random, one))
        if random.random() < 0.15:
            contacts.append({"customer": one.id, "kind": "wechat", "value": f"wx_demo{one.id}", "is_primary": True})
        if random.random() < 0.12:
            key, wish = WISHES[int(random.random() * len(WISHES))]
            wishes.append({"customer": one.id, "key": key, "value": wish, "source": "told"})
        if before and not before.firm and not one.firm and random.random() < 0.03:
            ties.append(
                {"customer": before.id, "other": one.id, "kind": "spouse" if before.male != one.male else "friend"}
            )
    return [
        Batch("customer_address", addresses),
        Batch("contact_point", contacts),
        papers(plan, shop, made),
        Batch("customer_preference", wishes),
        Batch("customer_relation", ties),
        consents(plan, shop, made, notice),
    ]


def _address(shop: Shop, random: Random, one: Person) -> Row:
    return {
        "customer": one.id, "kind": "work" if one.firm else "home", "is_primary": True,
        "district": f"{shop.city}{numbers.pick(random, DISTRICTS[shop.city])}",
        "community": numbers.pick(random, COMMUNITIES),
        "detail": f"{int(random.random() * 40) + 1} 号楼 {int(random.random() * 20) + 1:02}01 室",
    }  # fmt: skip


def papers(plan: Plan, shop: Shop, made: list[Person]) -> Batch:
    """The papers of which the store took note: companies' codes, and of persons the card and the driving licence."""
    random = plan.random("customer_identity", shop.nth)
    rows: list[Row] = []
    for one in made:
        kinds = (("uscc", 0.8),) if one.firm else (("id_card", 0.45), ("driving_licence", 0.3))
        for kind, share in kinds if one.card else ():
            if random.random() < share:
                ends = plan.ends_on + timedelta(days=int(random.random() * 3_600) - 120)
                rows.append({"customer": one.id, "kind": kind, "number": one.card, "holder": one.name,
                             "expires_on": None if one.firm else ends})  # fmt: skip
    return Batch("customer_identity", rows)


def consents(plan: Plan, shop: Shop, made: list[Person], notice: int) -> Batch:
    """Consent to service messages from most, to marketing from half; some take it back."""
    random = plan.random("consent", shop.nth)
    rows: list[Row] = []
    floor = plan.begins_on - timedelta(days=380)
    for one in made:
        day = max(one.since, floor)
        for purpose, share in (("service", 0.92), ("marketing", 0.52), ("care", 0.4)):
            if random.random() < share:
                rows.append(granted(one, purpose, day, random, notice))
                later = day + timedelta(days=40 + int(random.random() * 300))
                if purpose == "marketing" and later < plan.ends_on and random.random() < 0.06:
                    rows.append(withdrawn(one, purpose, later, random))
    return Batch("consent", sorted(rows, key=lambda row: row["at"]))


def granted(one: Person, purpose: str, day: date, random: Random, notice: int) -> Row:
    """A consent on paper."""
    return {
        "customer": one.id, "purpose": purpose, "channel": "any", "action": "grant",
        "at": at(day, 560 + int(random.random() * 480)), "notice": notice, "method": "paper",
        "evidence": f"纸质授权书 {one.id:07d}", "collected_by": one.seller,
    }  # fmt: skip


def withdrawn(one: Person, purpose: str, day: date, random: Random) -> Row:
    """Its withdrawal by a short message."""
    return {
        "customer": one.id, "purpose": purpose, "channel": "any", "action": "withdraw",
        "at": at(day, 560 + int(random.random() * 480)), "notice": None, "method": "sms",
        "evidence": "短信回复退订", "collected_by": None,
    }  # fmt: skip
