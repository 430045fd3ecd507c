"""The entity map in the documents is the one the descriptions give."""

from app.models import ENTITIES
from tools.entity_map import PAGE, page


def test_the_page_is_what_the_descriptions_say():
    assert PAGE.read_text(encoding="utf-8") == page(), "run python -m tools.entity_map"


def test_every_entity_and_every_state_stands_in_it():
    text = page()
    assert all(f"(`{name}`)" in text for name in ENTITIES)
    assert "settled: 已结算 Settled" in text
