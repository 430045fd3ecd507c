"""Bad input at every screen: a clear message in the reader's language, never a fault of ours, nothing half written."""

import re
from collections.abc import Iterator
from urllib.parse import quote

import pytest
from werkzeug.routing import Rule
from werkzeug.test import TestResponse

from tests.appkit import Desk, Premises
from tests.make import Make
from tests.web import dirt

LANGUAGES = {"zh_Hans_CN": "zh-Hans", "en": "en"}
METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS", "TRACE", "BREW")
PARAMETERS = (
    ("q",),
    ("field",),
    ("tab",),
    ("op", "view", "next", "name", "sales_owner", "store"),
)  # together where none refuses first
DOORS = ("/sign-out", "/sign-in", "/welcome/", "/password")  # what ends or opens a session has tests of its own


def screens(premises: Premises) -> Iterator[Rule]:
    """The rules of pages, other than the doors."""
    for rule in premises.app.url_map.iter_rules():
        if not rule.rule.startswith(("/static", "/api", *DOORS)):
            yield rule


def address(rule: Rule, number: object, **parts: str) -> str:
    """A rule's address for a customer, with some parts replaced."""
    known = {"entity": "customer", "int:pk": str(number), "field": "phone", "kind": "csv", "act": "set", "page": "1"}
    return re.sub(r"<([^>]+)>", lambda found: (known | parts).get(found[1], "1"), rule.rule)


def tells(answer: TestResponse, language: str) -> bool:
    """Whether a refusal is a page of ours in the reader's language that says what to do."""
    text = answer.get_data(as_text=True)
    words = re.sub(r"<[^>]+>", "", text.partition("<main")[2])
    spoken = bool(re.search(r"[\u4e00-\u9fff]", words)) if language != "en" else bool(re.search(r"[a-z]{3}", words))
    return f'lang="{LANGUAGES[language]}"' in text and spoken and "Traceback" not in text


def faults(desk: Desk, addresses: Iterator[str], method: str = "GET", **kwargs: object) -> list[tuple[str, int]]:
    """The requests that end in a fault of ours."""
    found = []
    for one in addresses:
        answer = desk.open(one, method=method, **kwargs)
        if answer.status_code >= 500:
            found.append((one[:200], answer.status_code))
        answer.close()
    return found


@pytest.fixture
def number(make: Make) -> int:
    """A customer these stories try to break."""
    return make.customer()


@pytest.fixture(params=LANGUAGES)
def desk(request: pytest.FixtureRequest, premises: Premises) -> Desk:
    """The manager's browser, in either language."""
    return premises.desk("manager", language=request.param)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", dirt.CONDITIONS)
def test_a_condition_that_cannot_be_read_is_refused_in_words(name: str, language: str, premises: Premises) -> None:
    answer = premises.desk("manager", language=language).get(
        "/data/customer/", query_string={"where": dirt.CONDITIONS[name]}
    )
    assert answer.status_code in (400, 422) or (name in ("hidden", "nul", "long") and answer.status_code == 200)
    assert answer.status_code == 200 or tells(answer, language)


@pytest.mark.parametrize("order", ["", "name", "stage"])
@pytest.mark.parametrize("name", dirt.CURSORS)
def test_a_place_in_the_list_that_cannot_be_read_is_refused(name: str, order: str, premises: Premises) -> None:
    answer = premises.desk("manager").get("/data/customer/", query_string={"after": dirt.CURSORS[name], "order": order})
    assert answer.status_code == 400 or (order == "name" and name in ("long", "truncated"))


@pytest.mark.parametrize("order", dirt.ORDERS)
def test_an_order_that_does_not_exist_is_refused(order: str, premises: Premises) -> None:
    answer = premises.desk("manager").get("/data/customer/", query_string={"order": order})
    assert answer.status_code == 400
    assert tells(answer, "zh_Hans_CN")


@pytest.mark.parametrize("size", [size for size in dirt.SIZES if size not in ("", "２５")])
def test_a_page_size_out_of_bounds_is_refused(size: str, premises: Premises) -> None:
    assert premises.desk("manager").get("/data/customer/", query_string={"size": size}).status_code == 400


@pytest.mark.parametrize("names", PARAMETERS, ids="-".join)
def test_no_address_takes_text_for_a_fault_of_ours(names: tuple[str, ...], premises: Premises, number: int) -> None:
    desk = premises.desk("manager")
    texts = [quote(dirt.TEXTS[name]) for name in (dirt.TEXTS if names == ("q",) else dirt.WORST)] + [dirt.SURROGATE]
    rules = [rule for rule in screens(premises) if "GET" in (rule.methods or ())]
    pairs = ["&".join(f"{name}={text}" for name in names) for text in texts]
    asked = (f"{address(rule, number)}?{pair}" for rule in rules for pair in pairs)
    assert faults(desk, asked) == []


def test_no_number_in_an_address_is_a_fault_of_ours(premises: Premises) -> None:
    desk = premises.desk("manager")
    rules = [rule for rule in screens(premises) if "<int:" in rule.rule]
    for method in ("GET", "POST"):
        assert faults(desk, (address(rule, one) for rule in rules for one in dirt.NUMBERS), method) == []


def test_no_word_in_an_address_is_a_fault_of_ours(premises: Premises, number: int) -> None:
    desk = premises.desk("manager")
    texts = [quote(text, safe="") for text in dirt.TEXTS.values()] + [dirt.SURROGATE, "..%2f..%2fetc%2fpasswd"]
    for part in ("entity", "field", "kind", "act"):
        rules = [rule for rule in screens(premises) if f"<{part}>" in rule.rule]
        asked = (address(rule, number, **{part: text}) for rule in rules for text in texts)
        assert faults(desk, asked, "POST") == []


def test_a_method_an_address_does_not_take_is_refused_by_name(premises: Premises, number: int) -> None:
    desk = premises.desk("manager")
    for rule in screens(premises):
        for method in METHODS:
            answer = desk.open(address(rule, number, act="none"), method=method)
            known = {m for other in screens(premises) if other.rule == rule.rule for m in other.methods or ()}
            assert answer.status_code < 500
            assert method in known or (answer.status_code == 405 and answer.headers["Allow"])
            answer.close()


def test_a_write_without_the_pages_token_is_refused_everywhere(premises: Premises, number: int) -> None:
    desk, before = premises.desk("manager"), state(premises)
    for rule in premises.app.url_map.iter_rules():
        if "POST" in (rule.methods or ()) and not rule.rule.startswith("/api/"):
            answer = desk.post(address(rule, number), data={"id": number, "confirm": "1", "version": 1}, csrf=False)
            assert answer.status_code == 400, rule.rule
    assert state(premises) == before
    assert desk.get("/").status_code == 200


def state(premises: Premises) -> tuple[object, ...]:
    """What a refused write must not move: records, tokens of search, changes in the trail."""
    counts = "(SELECT count(*) FROM customer), (SELECT sum(version) FROM customer), (SELECT count(*) FROM search_token)"
    trail = "(SELECT count(*) FROM trail.entry WHERE action IN ('insert', 'update', 'delete'))"
    found: tuple[object, ...] = premises.run(f"SELECT {counts}, {trail}")[0]
    return found


REFUSED = {
    "no name": {"name": ""},
    "long name": {"name": dirt.TEXTS["long"]},
    "NUL": {"name": dirt.TEXTS["nul"]},
    "wrong date": {"birth_date": "2026-02-30"},
    "date in words": {"birth_date": "soon"},
    "wrong choice": {"stage": "nowhere"},
    "wrong phone": {"phone": "12345"},
    "wrong card": {"id_card": "110105194912310021"},
    "mask": {"phone": "138****8000"},
    "short mask": {"id_card": "1****************X"},
    "foreign id": {"sales_owner": dirt.HUGE},
    "no id": {"sales_owner": "abc"},
    "foreign store": {"store": "999999"},
    "huge store": {"store": dirt.DIGITS},
    "broken store": {"store": "-1"},
}


@pytest.mark.parametrize("name", REFUSED)
def test_a_form_with_something_wrong_says_where_and_writes_nothing(name: str, desk: Desk, premises: Premises) -> None:
    before = state(premises)
    answer = desk.post("/data/customer/add", data={"name": "韩梅梅"} | REFUSED[name])
    assert answer.status_code == 422
    assert 'aria-invalid="true"' in answer.text or 'role="alert"' in answer.text
    assert state(premises) == before


@pytest.mark.parametrize("version", ["0", "99", "-1", "abc", "", dirt.HUGE, dirt.DIGITS, "²"])
def test_a_version_that_is_not_the_records_changes_nothing(version: str, premises: Premises, number: int) -> None:
    before = state(premises)
    answer = premises.desk("manager").post(f"/data/customer/{number}/edit", data={"name": "别人", "version": version})
    assert answer.status_code in (400, 409)
    assert state(premises) == before


KEPT = {
    "rare": "𠮷田㛃",
    "emoji": "李👨‍👩‍👧",
    "formula": "=1+1",
    "html": "<b>李</b>&amp;",
    "quotes": 'O\'Neil "李"',
    "braces": "{{7*7}}",
}


@pytest.mark.parametrize("name", KEPT)
def test_a_strange_but_honest_name_is_kept_as_typed_and_shown_as_text(name: str, premises: Premises) -> None:
    desk = premises.desk("manager")
    saved = desk.post("/data/customer/add", data={"name": KEPT[name]})
    assert saved.status_code == 303
    number = saved.location.rpartition("/")[2]
    assert premises.one("SELECT name FROM customer WHERE id = %s", int(number)) == KEPT[name]
    page = desk.get(saved.location).text
    assert "<b>李" not in page
    assert "49" not in re.sub(r"\s", "", page.partition("<h1")[2][:200]) or name != "braces"


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (b"\xff\xfe\x00garbage", "multipart/form-data; boundary=x"),
        (b"a=b", "multipart/form-data"),
        (
            b'--x\r\nContent-Disposition: form-data; name="name"; filename="a.xlsx"\r\n\r\nPK\x03\x04\r\n--x--',
            "multipart/form-data; boundary=x",
        ),
        (b"{broken", "application/json"),
        (b"name=%ED%A0%80&name=%ff", "application/x-www-form-urlencoded"),
        (b"&".join(b"a%d=1" % n for n in range(10_000)), "application/x-www-form-urlencoded"),
    ],
)
def test_a_body_that_is_no_form_is_no_fault_of_ours(body: bytes, kind: str, premises: Premises, number: int) -> None:
    desk, before = premises.desk("manager"), state(premises)
    rules = [rule for rule in screens(premises) if "POST" in (rule.methods or ()) and "delete" not in rule.rule]
    assert faults(desk, (address(rule, number) for rule in rules), "POST", data=body, content_type=kind) == []
    assert state(premises)[1] == before[1] or kind.endswith("urlencoded")


def test_more_than_the_upload_limit_is_refused_in_words(desk: Desk) -> None:
    answer = desk.post("/data/customer/add", data={"name": "长" * 5_000_000})
    assert answer.status_code == 413
