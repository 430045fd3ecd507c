"""The trail's migration goes down and comes up again."""

from pathlib import Path

from tests.audit.conftest import Trail

SQL = Path(__file__).parents[2] / "migrations" / "sql"


def test_down_takes_every_trace_away_and_up_brings_an_empty_trail(trail: Trail):
    trail.write()
    with trail.connect() as connection, connection.transaction():
        connection.execute((SQL / "trail_down.sql").read_text(encoding="utf-8"))
    traces = "SELECT tgname FROM pg_trigger WHERE tgname LIKE 'trail%' UNION SELECT evtname FROM pg_event_trigger"
    assert trail.run(traces) == []
    trail.run("INSERT INTO thing (name) VALUES ('unseen')")
    with trail.connect() as connection, connection.transaction():
        connection.execute((SQL / "trail.sql").read_text(encoding="utf-8"))
    assert trail.ids() == []
    trail.run("SELECT trail.attach('thing', 'thing', '{secret}', 'store_id')")
    trail.run("INSERT INTO thing (name) VALUES ('seen')")
    assert len(trail.ids()) == 2
