"""Whoever sees a record masked learns nothing by asking, and whoever may ask by the whole asks a few times an hour.

The criterion is exact: the same questions are asked about two secrets of one mask, and every answer is the same, down
to the number of statements it took. What does not differ tells nothing, however it is put together.
"""

from collections.abc import Iterator

import pytest

from app.fields import IdCard
from tests.appkit import Desk, Premises
from tests.enemy.extractor import Answer, Extractor, Secret, questions
from tests.make import Make

SEED = 20261122
VERBS = ["list", "read", "create", "update", "export"]
HOUR = 120  # questions by a whole protected value
ONE: Secret = {
    "phone": "13948217770",
    "email": "gamma@example.com",
    "address": "湖滨路八号",
    "id_card": IdCard().example(5),
}
OTHER: Secret = {
    "phone": "13973057770",
    "email": "gulfo@example.com",
    "address": "湖心亭二楼",
    "id_card": IdCard().example(9),
}


@pytest.fixture
def record(make: Make) -> int:
    """A customer who is nobody's own."""
    return make.customer(name="孪生", sales_owner=None)


@pytest.fixture
def extractor(premises: Premises, record: int) -> Iterator[Extractor]:
    """Somebody of the store who may do all with customers but find and open protected values."""
    role = premises.one("INSERT INTO ab_role (name) VALUES ('extractor') RETURNING id")
    premises.run("INSERT INTO ab_user_role (user_id, role_id) VALUES (%s, %s)", premises.users["newcomer"], role)
    sql = "INSERT INTO role_grant (role_id, entity, actions, reach) VALUES (%s, 'customer', %s, 'store')"
    premises.run(sql, role, VERBS)
    yield Extractor(premises, premises.desk("newcomer"), premises.caller("newcomer"), record)
    premises.run("DELETE FROM ab_role WHERE id = %s", role)


def differing(one: Answer, other: Answer) -> str:
    """Where two answers to one question part."""
    place = next((at for at, (a, b) in enumerate(zip(one[3], other[3], strict=False)) if a != b), 0)
    return f"{one[:3]} {other[:3]} …{one[3][place - 60 : place + 60]}… …{other[3][place - 60 : place + 60]}…"


def compared(extractor: Extractor, number: int) -> None:
    """Asks the same of both secrets, once what the process keeps of everybody is there."""
    extractor.answers(questions(60, extractor.record, (ONE, OTHER), SEED), ONE)
    first, second = (
        extractor.answers(questions(number, extractor.record, (ONE, OTHER), SEED), secret) for secret in (ONE, OTHER)
    )
    assert [differing(one, other) for one, other in zip(first, second, strict=True) if one != other] == []
    assert len(first) == number
    assert {status for _, status, _, _ in first} >= {200, 303, 400, 403, 409, 422}, "every kind of answer was had"
    # A refused form repeats what was typed into it; whatever is only read holds no secret that its address does not.
    read = [(path, text) for path, _, _, text in first if path.startswith("GET")]
    assert not [path for path, text in read if any(one in text and one not in path for one in ONE.values())]


def test_five_hundred_questions_gain_nothing(extractor: Extractor) -> None:
    compared(extractor, 500)


@pytest.mark.slow
@pytest.mark.timeout(1800)
def test_five_thousand_questions_gain_nothing(extractor: Extractor) -> None:
    compared(extractor, 5_000)


def test_the_comparison_sees_an_oracle(extractor: Extractor, monkeypatch: pytest.MonkeyPatch) -> None:
    """A defect planted: the right guess changes nothing, and so says that it was right."""
    from app.records import write

    def told(presenter, record, values):
        by_name = presenter.entity.by_name
        return {name: value for name, value in values.items() if value != presenter.plain(record, by_name[name])}

    monkeypatch.setattr(write, "differing", told)
    with pytest.raises(AssertionError, match=r"PATCH|/edit|bulk/set"):
        compared(extractor, 200)


# Who may ask by the whole --------------------------------------------------------------------------------------------
@pytest.fixture
def hour(premises: Premises) -> Iterator[None]:
    """The budget as it ships, and untouched."""
    size = "UPDATE gate.allowance SET size = %s WHERE class = 'search'"
    premises.run(size, HOUR)
    premises.run("DELETE FROM gate.bucket WHERE key LIKE 'search:%%' OR key LIKE 'claim:%%'")
    yield
    premises.run(size, 100_000)
    premises.run("DELETE FROM gate.bucket WHERE key LIKE 'search:%%' OR key LIKE 'claim:%%'")


ROADS = (
    "/api/v1/data/customer/?where=phone~eq~{}", "/api/v1/data/customer/?where=phone~tail~{:.4}",
    "/api/v1/data/customer/?q={}", "/api/v1/data/customer/lookup?q={}", "/data/customer/?where=phone~eq~{}",
    "/data/customer/?q={}", "/data/customer/lookup?q={}", "/search?q={}", "/data/customer/export.csv?where=phone~eq~{}",
    "/api/v1/data/customer/export.csv?q={}",
)  # fmt: skip


def ask(premises: Premises, road: str, phone: str) -> tuple[int, str]:
    desk: Desk = premises.caller("manager") if road.startswith("/api/") else premises.desk("manager")
    answer = desk.get(road.format(phone))
    return answer.status_code, answer.get_data(as_text=True)


@pytest.mark.usefixtures("hour")
def test_whole_numbers_are_asked_for_a_few_times_an_hour_whatever_the_road(premises: Premises, make: Make) -> None:
    phone = f"139{make.number():08d}"
    make.customer(phone=phone)
    begun = premises.one("SELECT coalesce(max(id), 0) FROM trail.entry")
    for turn in range(HOUR):
        road = ROADS[turn % len(ROADS)]
        status, _ = ask(premises, road, f"139{turn:08d}")
        assert status == 200, road
    noted = "SELECT count(*) FROM trail.entry WHERE id > %s AND actor_id = %s AND action IN ('search', 'export')"
    assert premises.one(noted, begun, premises.users["manager"]) >= HOUR
    for road in ROADS:
        right, wrong = (ask(premises, road, one) for one in (phone, "13900000000"))
        assert (right[0], wrong[0]) == (429, 429), road
    for road in ("/api/v1/data/customer/?where=name~eq~x", "/data/customer/?q=张", "/data/customer/"):
        assert ask(premises, road, "")[0] == 200, "what is no protected value is asked as ever"


@pytest.mark.usefixtures("hour")
@pytest.mark.parametrize("way", ["add", "change"])
def test_what_stands_only_once_tells_a_guess_no_oftener(way: str, premises: Premises, make: Make) -> None:
    customer = make.customer()
    make.record("contact_point", customer=str(customer), value="13700001234")
    mine = make.record("contact_point", customer=str(customer), value="13600001234")
    desk, stem = premises.caller("consultant"), "/api/v1/data/contact_point/"
    premises.run("DELETE FROM gate.bucket WHERE key LIKE 'search:%%'")

    def guessed(value: str) -> int:
        if way == "add":
            return desk.post(stem, json={"customer": customer, "kind": "mobile", "value": value}).status_code
        version = premises.one("SELECT version FROM contact_point WHERE id = %s", mine)
        return desk.patch(f"{stem}{mine}", json={"value": value, "version": version}).status_code

    statuses = [guessed(f"137{turn:08d}") for turn in range(HOUR)]
    assert set(statuses) <= {200, 201}
    assert (guessed("13700001234"), guessed("13700009999")) == (429, 429)


@pytest.mark.usefixtures("hour")
@pytest.mark.parametrize("words", ["张 {}", "{} 张", "电话{}", "１３９ {}", "139-4821-7770", "7770", "x@example.com"])
def test_words_that_hold_a_number_count_and_are_noted(words: str, premises: Premises) -> None:
    noted = "SELECT count(*) FROM trail.entry WHERE action = 'search' AND actor_id = %s"
    manager, asked = premises.users["manager"], words.format("13948217770")
    for road in ("/data/customer/?q={}", "/search?q={}"):
        before = premises.one(noted, manager)
        premises.run("UPDATE gate.bucket SET filled = 1, at = now() WHERE key = %s", f"search:{manager}")
        if words.startswith("１"):
            asked = "１３９４８２１７７７０"
        assert ask(premises, road, asked)[0] == 200
        assert premises.one(noted, manager) > before, road
        left = premises.one("SELECT filled FROM gate.bucket WHERE key = %s", f"search:{manager}")
        assert left < HOUR - 0.5, road


@pytest.mark.usefixtures("hour")
def test_plates_cars_and_names_are_looked_for_all_day(premises: Premises) -> None:
    for words in ("沪A12345", "LVGBE40K0AG999999", "zhangsan", "查无此名甲乙丙", "C-PD-2026-000123"):
        for road in ("/data/customer/?q={}", "/data/vehicle/?q={}", "/search?q={}"):
            assert ask(premises, road, words)[0] == 200
    assert premises.run("SELECT 1 FROM gate.bucket WHERE key = %s", f"search:{premises.users['manager']}") == []


def test_work_of_jobs_is_not_counted(premises: Premises) -> None:
    with premises.connect("worker") as connection:
        connection.execute("SELECT gate.announce_job(%s, 'r-job')", (premises.users["technician"],))
        assert connection.execute("SELECT gate.spend_search()").fetchone() == (0,)
    assert premises.run("SELECT 1 FROM gate.bucket WHERE key = %s", f"search:{premises.users['technician']}") == []
