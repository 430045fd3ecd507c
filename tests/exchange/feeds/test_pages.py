"""Feeds on the screen: who sees which, sending a file, what became of it, rolling back, making a profile."""

import io
import re

import pytest

from tests.exchange.conftest import VIN
from tests.exchange.feeds import brands
from tests.exchange.feeds.brands import alpha
from tests.exchange.feeds.test_orders import FILTER, OIL, ONE, TWO

BAD = ("A009", VIN[2], "13800138003", "赵强", "怪", OIL)


@pytest.fixture
def desk(alpha_feeds):
    return alpha_feeds.premises.desk("boss")


def send(desk, content, name="WO_20261105.csv", code="alpha-orders"):
    form = {"file": (io.BytesIO(content), name)}
    return desk.post(f"/feeds/{code}/", data=form, content_type="multipart/form-data")


def sent(desk, run_due, content, name="WO_20261105.csv"):
    """The number of the run of a file that was sent and worked off."""
    answer = send(desk, content, name)
    assert answer.status_code == 303, answer.text
    run_due()
    return int(answer.headers["Location"].rsplit("/", 1)[1])


@pytest.mark.parametrize(
    ("part", "listed", "shown", "sends"),
    [
        ("boss", 200, 200, 303),
        ("manager", 200, 404, 404),  # may import customers, not work orders
        ("outsider", 200, 404, 404),
        ("consultant", 403, 403, 403),
        ("advisor", 403, 403, 403),
        ("technician", 403, 403, 403),
        ("auditor", 403, 403, 403),
        ("newcomer", 403, 403, 403),
    ],
)
def test_only_who_may_import_what_a_profile_writes_sees_and_uses_it(alpha_feeds, part, listed, shown, sends):
    desk = alpha_feeds.premises.desk(part)
    assert desk.get("/feeds/").status_code == listed
    for path in ("/feeds/alpha-orders/", "/feeds/alpha-orders/settings"):
        assert desk.get(path).status_code == shown, path
    assert send(desk, alpha("2026-11-05", ONE)).status_code == sends


def test_nobody_reads_anothers_run_or_its_refused_lines(alpha_feeds, desk, run_due):
    number = sent(desk, run_due, alpha("2026-11-05", ONE, BAD))
    for part, status in (("manager", 404), ("outsider", 404), ("advisor", 403)):
        other = alpha_feeds.premises.desk(part)
        assert other.get(f"/feeds/runs/{number}").status_code == status
        assert other.get(f"/feeds/runs/{number}/failed.csv").status_code == status
        assert other.post(f"/feeds/runs/{number}/rollback").status_code == status


def test_a_file_sent_comes_in_in_the_senders_name(alpha_feeds, desk, run_due):
    number = sent(desk, run_due, alpha("2026-11-05", ONE, TWO))
    assert alpha_feeds.orders() == {"A001": "working:2", "A002": "settled:1"}
    assert alpha_feeds.premises.run("SELECT DISTINCT created_by FROM work_order") == [
        (alpha_feeds.premises.users["boss"],)
    ]
    text = desk.get(f"/feeds/runs/{number}").text
    assert "已完成" in text
    assert "WO_20261105.csv" in text


@pytest.mark.parametrize(("language", "words"), [("zh_Hans_CN", "未收"), ("en", "Refused")])
def test_refused_lines_are_shown_and_downloaded_with_line_column_and_reason(alpha_feeds, run_due, language, words):
    desk = alpha_feeds.premises.desk("boss", language=language)
    number = sent(desk, run_due, alpha("2026-11-05", ONE, BAD))
    page = desk.get(f"/feeds/runs/{number}").text
    assert words in page
    assert "单据状态" in page
    body = desk.get(f"/feeds/runs/{number}/failed.csv").data.decode("utf-8-sig")
    head, row = body.strip().splitlines()
    assert head.startswith("营业日,委托书号")
    assert "A009" in row
    assert ",4,单据状态," in row


def test_a_wrong_file_is_answered_with_what_to_do_and_stands_on_the_page(alpha_feeds, desk):
    answer = send(desk, alpha("2026-11-05", ONE), "orders.csv")
    assert answer.status_code == 422
    assert "不符合这个导入方案的命名" in answer.text
    assert alpha_feeds.premises.one("SELECT state FROM feed_run") == "refused"


def test_the_day_page_tells_taken_refused_and_missing_days(alpha_feeds, desk, run_due):
    today = alpha_feeds.premises.one("SELECT (now() AT TIME ZONE 'Asia/Shanghai')::date")
    for back, orders in ((3, (ONE,)), (1, (TWO, BAD))):
        day = alpha_feeds.premises.one("SELECT %s::date - %s", today, back)
        sent(desk, run_due, alpha(day.isoformat(), *orders), f"WO_{day:%Y%m%d}.csv")
    text = desk.get("/feeds/alpha-orders/").text
    assert "昨天收到 1 条，1 条未收，0 条等待，缺 1 天。" in text
    assert text.count("缺文件") == 1
    assert "有未收" in desk.get("/feeds/").text


def test_a_run_is_rolled_back_from_its_page(alpha_feeds, desk, run_due):
    number = sent(desk, run_due, alpha("2026-11-05", ONE, TWO))
    assert desk.post(f"/feeds/runs/{number}/rollback").status_code == 303
    run_due()
    assert alpha_feeds.orders() == {}
    assert "已回滚" in desk.get(f"/feeds/runs/{number}").text
    assert desk.post(f"/feeds/runs/{number}/rollback").status_code == 409


def test_a_profile_is_made_from_an_export_and_its_form(alpha_feeds, desk, run_due):
    first = {
        "code": "gamma", "brand_system": "丙系统", "entity": "work_order", "part": "work_order_line",
        "file": (io.BytesIO(alpha("2026-11-05", ONE)), "WO_20261105.csv"),
    }  # fmt: skip
    page = desk.post("/feeds/new", data=first, content_type="multipart/form-data")
    assert page.status_code == 200
    names = re.findall(r'name="(label__\d+)" value="([^"]*)"', page.text)
    assert [label for _, label in names] == brands.ALPHA_HEAD
    form = dict(names) | {
        "number": "0",
        "code": "gamma",
        "label": "丙",
        "entity": "work_order",
        "part": "work_order_line",
    }
    for n, column in enumerate(brands.ALPHA_ORDERS["columns"]):
        by = f":{column['by']}{'+' if column.get('also') else ''}" if column.get("by") else ""
        form[f"target__{n}"] = column.get("use") or f"{column['entity']}.{column['field']}{by}"
        form[f"words__{n}"] = "；".join(f"{a}={b}" for a, b in column.get("words", {}).items())
        form[f"form__{n}"] = column.get("unit", "")
    form |= {"name": "WO_{day}.csv", "stores": str(alpha_feeds.premises.stores["PD"]), "active": "1", "of_record": "1"}
    form |= {"missing__vehicle": "make", "missing__customer": "make", "missing__advisor": "empty"}
    refused = desk.post("/feeds/", data=form)
    assert refused.status_code == 422
    assert "主键" in refused.text
    saved = desk.post("/feeds/", data=form | {"keys__work_order": "number", "keys__work_order_line": "line"})
    assert saved.headers["Location"].endswith("/feeds/gamma/"), saved.text
    assert desk.get("/feeds/gamma/settings").status_code == 200
    answer = send(
        desk, alpha("2026-11-05", ONE, ("A007", VIN[1], "13800138002", "王芳", "在修", OIL, FILTER)), code="gamma"
    )
    assert answer.status_code == 303
    run_due()
    assert alpha_feeds.orders() == {"A001": "working:2", "A007": "working:2"}
