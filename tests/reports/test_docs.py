"""The page of KPIs is what the definitions say."""

from tools.kpis import PAGE, page


def test_the_page_of_kpis_is_current() -> None:
    assert PAGE.read_text(encoding="utf-8") == page(), "run python -m tools.kpis"
