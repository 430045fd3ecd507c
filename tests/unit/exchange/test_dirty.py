"""Whatever a list looks like, what was meant is what is read."""

from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import given, settings
from hypothesis import strategies as st

from app.exchange.proposal import propose
from app.exchange.read_row import reader
from app.exchange.source import open_source
from tests.unit.exchange.dirty import make
from tests.unit.exchange.world import ENTITIES, write


def read_back(data: bytes):
    with TemporaryDirectory() as folder, open_source(write(Path(folder), data), "list") as source:
        mapping = propose(source.header, source.sample(), ENTITIES)
        convert = reader(mapping, ENTITIES)
        return source, mapping, [convert(row) for row in source.rows()]


def flat(converted) -> dict[str, object]:
    return {f"{entity}.{name}": v for entity, values in converted.values.items() for name, v in values.items()}


@settings(max_examples=80, deadline=None)
@given(st.integers(0, 10**6))
def test_what_was_meant_is_what_is_read(seed):
    dirty = make(seed)
    source, _, rows = read_back(dirty.data)
    assert source.header_line == dirty.header_line
    assert [failure for row in rows for failure in row.failures] == []
    assert [(row.line, flat(row)) for row in rows] == dirty.meant


@settings(max_examples=20, deadline=None)
@given(st.integers(0, 10**6))
def test_a_mapping_survives_json_and_another_order_of_columns(seed):
    dirty = make(seed, rows=8)
    source, mapping, _ = read_back(dirty.data)
    assert type(mapping).from_json(mapping.to_json()) == mapping
    turned = mapping.fit(tuple(reversed(source.header)))
    assert [column.target for column in turned.columns] == [column.target for column in reversed(mapping.columns)]
