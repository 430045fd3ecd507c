"""The whole way of the legacy files through the wizard, with exact counts."""

import pytest

from tests.exchange.conftest import CSV, XLSX, lines


@pytest.mark.parametrize("file", [CSV, XLSX], ids=["csv", "xlsx"])
def test_the_legacy_file_comes_in_whole(manager, numbers, premises, file):
    number = manager.begun(file.read_bytes(), file.name)
    page = manager.check(number)
    assert "1,913" in page
    assert "88" in page
    counts = manager.counts(number)
    assert (counts["rows"], counts["ready"], counts["failing"], counts["duplicates"]) == (2043, 1955, 88, 42)
    assert numbers() == (0, 0)  # a dry run writes nothing
    manager.run(number)
    assert manager.state(number) == "done"
    assert numbers() == (1913, 1913)
    assert premises.one("SELECT count(*) FROM vehicle WHERE customer_id IS NULL") == 0
    assert premises.one("SELECT count(*) FROM import_kept WHERE batch_id = %s", number) == 1955
    assert (
        premises.one("SELECT count(*) FROM trail.entry WHERE action = 'insert' AND entity IN ('customer', 'vehicle')")
        == 3826
    )
    assert premises.one("SELECT count(*) FROM trail.entry WHERE action = 'import'") == 1


def test_the_same_file_again_adds_nothing(manager, numbers):
    manager.through(CSV.read_bytes(), "a.csv")
    before = numbers()
    again = manager.through(XLSX.read_bytes(), "b.xlsx")
    assert numbers() == before
    assert manager.counts(again)["new"] == {}
    assert manager.counts(again)["matched"] == {"customer": 1913, "vehicle": 1913}


@pytest.mark.parametrize(
    ("language", "words"),
    [("zh_Hans_CN", ("对应", "试运行", "新客户")), ("en", ("Mapping", "Dry run", "New customers"))],
)
def test_the_wizard_speaks_both_languages(wizard, language, words):
    at = wizard("manager", language)
    assert words[0] in at.desk.get("/import/new").text
    number = at.begun(lines("张三,13800138000,LVGBE40K5L4315728,沪A12345,"))
    assert words[1] in at.desk.get(f"/import/{number}/mapping").text
    assert words[2] in at.check(number)
    assert words[2] in at.run(number)
    assert "list.csv" in at.desk.get("/import/").text
