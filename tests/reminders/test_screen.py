"""The reminder's page tells why, in both languages; its case, its card and its message lead to it."""

from datetime import UTC, datetime

import pytest

from app.reminders.trace import CHECKS, OUTCOMES, WORDS, Trace, read
from tests.reminders.conftest import Desk
from tests.reminders.test_send import alone


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("zh_Hans_CN", ("决定依据", "已告知", "客户同意", "服务通知无需另行同意", "未设置邮件服务器", "未通过")),
        ("en", ("Why it was decided so", "Told", "Consent", "not needed for a service notice", "Stopped")),
    ],
)
def test_the_page_tells_why(desk: Desk, language: str, words: tuple[str, ...]) -> None:
    alone(desk)
    desk.insured(30)
    desk.plan()
    desk.run("reminder.send")
    number, case, task = desk.premises.run("SELECT id, renewal_case_id, task_id FROM reminder WHERE stage = -30")[0]
    browser = desk.premises.desk("manager", language=language)
    page = browser.get(f"/data/reminder/{number}").text
    for word in words:
        assert word in page
    assert "&#34;checks&#34;" not in page
    assert '"checks"' not in page
    for place in (f"/data/renewal_case/{case}?tab=reminder.renewal_case", f"/data/task/{task}?tab=reminder.task"):
        assert f"/data/reminder/{number}" in browser.get(place).text


def test_a_reminder_without_a_decision_has_no_card(desk: Desk) -> None:
    desk.insured(30)
    desk.plan()
    number = desk.premises.one("SELECT id FROM reminder WHERE stage = -30")
    assert "决定依据" not in desk.premises.desk("manager", language="zh_Hans_CN").get(f"/data/reminder/{number}").text


@pytest.mark.parametrize("stored", ["客户说不用", "[1]", "7", "{}", '{"outcome": "new", "checks": []}', None, ""])
def test_what_is_no_trace_is_read_as_it_stands(stored: str | None) -> None:
    for line in read(stored, "en"):
        assert line.title in (stored or "")


def test_every_word_of_a_trace_is_said_in_both_languages() -> None:
    trace = Trace(datetime(2026, 11, 23, tzinfo=UTC))
    for code in CHECKS:
        trace.check(code, True, "|".join(WORDS))
    for outcome in OUTCOMES:
        trace.end(outcome, "renewed", datetime(2026, 11, 24, tzinfo=UTC))
        for locale in ("zh_Hans_CN", "en"):
            lines = read(trace.stored(), locale)
            assert lines[0].title == OUTCOMES[outcome].text(locale)
            assert "2026-11-24 08:00" in lines[0].found
            assert [line.title for line in lines[1:]] == [label.text(locale) for label in CHECKS.values()]
