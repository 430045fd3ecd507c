"""Logs: one line each, in UTC, with the request, without personal data."""

import io
import json
import logging
from collections.abc import Iterator

import pytest
import structlog

from app import log

SECRETS = (
    "13812345678",
    "138 1234 5678",
    "110101199003078515",
    "11010119900307851X",
    "LSVAA49J132047371",
    "lsvaa49j132047371",
    "沪A12345",
    "粤B·D12345",
    "京A1234警",
)


@pytest.fixture
def lines() -> Iterator[io.StringIO]:
    root = logging.getLogger()
    before, level = root.handlers[:], root.level
    stream = io.StringIO()
    log.set_up(form="json", process="web", stream=stream)
    yield stream
    root.handlers[:], _ = before, root.setLevel(level)
    structlog.reset_defaults()
    structlog.contextvars.clear_contextvars()


def entries(lines: io.StringIO) -> list[dict[str, object]]:
    return [json.loads(line) for line in lines.getvalue().splitlines()]


@pytest.mark.parametrize("secret", SECRETS)
@pytest.mark.parametrize("shape", ["{}", "客户{}来电", "x={},", '{{"a": "{}"}}'])
def test_a_persons_number_never_reaches_the_log(lines: io.StringIO, secret: str, shape: str) -> None:
    text = shape.format(secret)
    structlog.get_logger().info(text, note=text, deep={"list": [text]})
    assert secret not in lines.getvalue()
    assert entries(lines)[0]["note"] == shape.format(log.REDACTED)


@pytest.mark.parametrize(
    "harmless", ["order 20261121000123456", "1700000000000", "a1b2c3d4", "12345678901", "42 rows in 138 ms"]
)
def test_other_numbers_stay(lines: io.StringIO, harmless: str) -> None:
    structlog.get_logger().info("done", note=harmless)
    assert entries(lines)[0]["note"] == harmless


@pytest.mark.parametrize(
    "key",
    [
        "password",
        "new_password",
        "apiKey",
        "X-Api-Key",
        "csrf_token",
        "Authorization",
        "id_card",
        "customer_phone",
        "secret_key",
    ],
)
def test_a_value_under_a_telling_name_is_struck_out(lines: io.StringIO, key: str) -> None:
    structlog.get_logger().info("x", **{key: "value", "headers": {key: "value"}})
    assert entries(lines)[0][key] == log.REDACTED
    assert entries(lines)[0]["headers"] == {key: log.REDACTED}


def test_a_number_is_struck_out_as_an_integer_too(lines: io.StringIO) -> None:
    structlog.get_logger().info("x", n=13812345678, rows=12)
    assert (entries(lines)[0]["n"], entries(lines)[0]["rows"]) == (log.REDACTED, 12)


def test_what_a_broken_constraint_quotes_is_struck_out(lines: io.StringIO) -> None:
    broken = ValueError("duplicate key\nDETAIL:  Key (store_id, name)=(1, 张三) already exists.")
    structlog.get_logger().error("failed", exc_info=broken)
    assert "张三" not in lines.getvalue()
    assert "already exists" in str(entries(lines)[0]["exception"])


def test_an_address_loses_its_password(lines: io.StringIO) -> None:
    structlog.get_logger().info("cannot reach postgresql://web:s3cret@/forecourt")
    assert "s3cret" not in lines.getvalue()


def test_a_value_cannot_begin_a_line_of_its_own(lines: io.StringIO) -> None:
    structlog.get_logger().info('a\n{"level":"forged"}\r\u2028\x85b')
    assert len(lines.getvalue().splitlines()) == 1


def test_the_console_form_keeps_one_line_too() -> None:
    stream = io.StringIO()
    log.set_up(form="console", stream=stream)
    structlog.get_logger().info("a\nb\x1b[2J", note="c\nd")
    structlog.reset_defaults()
    assert len(stream.getvalue().splitlines()) == 1
    assert "\x1b[2J" not in stream.getvalue()


def test_lines_carry_the_request_and_a_utc_time(lines: io.StringIO) -> None:
    log.request("r-17")
    structlog.get_logger().info("begun")
    log.request("r-18")
    logging.getLogger("rq.worker").warning("from a library")
    first, second = entries(lines)
    assert (first["request"], second["request"]) == ("r-17", "r-18")
    assert str(first["timestamp"]).endswith("Z")
    assert (second["logger"], second["process"]) == ("rq.worker", "web")
