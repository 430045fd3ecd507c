"""The inbox: each thing told once, to whom it was meant for, and read by nobody else."""

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from app.core.label import Label
from app.jobs.announced import as_system
from app.outbox.inbox import tell, told

READY = Label("月报已生成", "The monthly report is ready")


def tell_both(worker, people):
    with as_system(worker) as connection:
        users = [people["advisor"], people["outsider"]]
        tell(connection, users, "report:1", READY, note=Label("九月", "September"), href="/reports/1", level="good")


def test_each_is_told_once_whatever_runs_again(worker, people, as_web):
    tell_both(worker, people)
    tell_both(worker, people)
    with as_web(people["advisor"]) as connection:
        (one,) = told(connection, 10)
        assert (one.title, one.note, one.href, one.level) == (READY, Label("九月", "September"), "/reports/1", "good")
        assert told(connection, 10, before=one.id) == []


def test_nobody_reads_or_marks_what_another_was_told(worker, people, as_web):
    tell_both(worker, people)
    with as_web(people["advisor"]) as connection:
        assert connection.execute(text("UPDATE work.inbox SET read_at = now()")).rowcount == 1
        with pytest.raises(DBAPIError, match="permission denied"):
            connection.execute(text("UPDATE work.inbox SET user_id = 1"))
    with as_web(people["outsider"]) as connection:
        assert [one.read_at for one in told(connection, 10)] == [None]


@pytest.mark.parametrize("href", ["//elsewhere.example", "https://elsewhere.example", "javascript:alert(1)", "/\\x"])
def test_a_notice_leads_nowhere_else(worker, people, href):
    with pytest.raises(DBAPIError, match="inbox_href_check"), as_system(worker) as connection:
        tell(connection, [people["advisor"]], "k", READY, href=href)
