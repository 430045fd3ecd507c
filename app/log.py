"""Structured logs: one line each, UTC, with the request's id, without personal data or secrets."""

import logging
import re
import sys
from collections.abc import Mapping
from typing import Any, TextIO

import orjson
import structlog
from structlog.types import EventDict, Processor, WrappedLogger

REDACTED = "[redacted]"
# fmt: off
SECRET_WORDS = frozenset({
    "password", "passwd", "pwd", "secret", "token", "cookie", "authorization", "pepper", "apikey",
    "phone", "mobile", "tel", "idcard", "bank", "plate", "vin", "birthday", "address", "email",
})
# fmt: on
SECRET_PAIRS = re.compile(
    r"(?:api|secret|private|field|index|seal|queue)[_-]?keys?|id[_-]?(?:card|number)", re.IGNORECASE
)
OPEN = frozenset({"timestamp", "level", "logger", "process", "request"})  # ours, never a person's
PLATE = "[京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼使]"
PATTERNS = tuple(
    (re.compile(pattern, re.ASCII | re.DOTALL), put)
    for pattern, put in (
        (r"(?<!\d)\d{17}[\dXx](?![\dA-Za-z])", REDACTED),  # identity card
        (r"(?<!\d)1[3-9]\d[ -]?\d{4}[ -]?\d{4}(?!\d)", REDACTED),  # mobile
        (r"(?i)(?<![A-Z0-9])(?=[A-Z]*\d)(?=\d*[A-Z])[A-HJ-NPR-Z0-9]{17}(?![A-Z0-9])", REDACTED),  # VIN
        (rf"{PLATE}[A-HJ-NP-Za-hj-np-z][·• -]?[A-HJ-NP-Za-hj-np-z0-9]{{4,6}}[挂学警港澳领]?", REDACTED),
        (r"(Key \([^)]*\)=)\(.*?\)(?= |$)", rf"\1({REDACTED})"),  # what PostgreSQL adds to a broken constraint
        (r"(Failing row contains )\(.*?\)\.", rf"\1({REDACTED})."),
        (r"\[parameters: .*?\](?=\n|$)", f"[parameters: {REDACTED}]"),
        (r"(\w+://[^:/@\s]*:)[^@\s]+@", rf"\1{REDACTED}@"),  # an address with its password
    )
)
LINE_BREAKS = {code: f"\\x{code:02x}" for code in (*range(0x20), 0x7F, 0x85)} | {0x2028: "\\u2028", 0x2029: "\\u2029"}
LINE_BREAKS |= {10: "\\n", 13: "\\r", 9: "\t"}


def set_up(level: str = "info", form: str = "auto", process: str = "", stream: TextIO | None = None) -> None:
    """Send structlog's and the standard library's logs to `stream` (standard error), as JSON or for people."""
    stream = stream or sys.stderr
    readable = form == "console" or (form == "auto" and stream.isatty())
    shared: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.stdlib.ExtraAdder(),
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        _names_process(process),
        structlog.processors.format_exc_info,
        redact,
    ]
    render: Processor = structlog.dev.ConsoleRenderer(pad_event_to=0) if readable else _json
    last = [structlog.stdlib.ProcessorFormatter.remove_processors_meta, *([_one_line] if readable else []), render]
    handler = logging.StreamHandler(stream)
    handler.setFormatter(structlog.stdlib.ProcessorFormatter(foreign_pre_chain=shared, processors=last))
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level.upper())
    _through_root()
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            structlog.stdlib.PositionalArgumentsFormatter(),
            *shared,
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=False,
    )


def request(identifier: str) -> None:
    """Begin a request or job: every line of this thread carries `identifier` until the next one begins."""
    structlog.contextvars.clear_contextvars()
    structlog.contextvars.bind_contextvars(request=identifier)


def redact(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    """The event without values whose name or shape is a secret's or a person's."""
    return {key: value if key in OPEN or key.startswith("_") else _clean(key, value) for key, value in event.items()}


def _clean(key: str, value: Any) -> Any:
    if _is_secret(key) and value is not None and not isinstance(value, bool):
        return REDACTED
    if isinstance(value, Mapping):
        return {str(name): _clean(str(name), part) for name, part in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [_clean("", part) for part in value]
    if isinstance(value, float | bool | None):
        return value
    text = clean(value if isinstance(value, str) else str(value))
    return value if isinstance(value, int) and text == str(value) else text


def clean(text: str) -> str:
    """The text with phone numbers, identity numbers, VINs, plates and rows of data struck out."""
    for pattern, put in PATTERNS:
        text = pattern.sub(put, text)
    return text


def _is_secret(key: str) -> bool:
    words = re.split(r"[^a-z]+", re.sub(r"(?<=[a-z])(?=[A-Z])", "_", key).lower())
    return not SECRET_WORDS.isdisjoint(words) or SECRET_PAIRS.search(key) is not None


def _names_process(process: str) -> Processor:
    def name(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
        return {"process": process, **event} if process else event

    return name


def _json(_logger: WrappedLogger, _method: str, event: EventDict) -> str:
    text = orjson.dumps(event, default=str, option=orjson.OPT_NON_STR_KEYS).decode()
    return text.replace("\x85", "\\u0085").replace("\u2028", "\\u2028").replace("\u2029", "\\u2029")


def _one_line(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    """No value can begin a line that looks like another entry; a traceback keeps its lines."""
    return {
        key: value.translate(LINE_BREAKS) if isinstance(value, str) and key != "exception" else value
        for key, value in event.items()
    }


def _through_root() -> None:
    """Libraries that bring handlers of their own write through ours."""
    for name in (
        "gunicorn.error",
        "gunicorn.access",
        *(f"rq.{part}" for part in ("worker", "queue", "scheduler", "job")),
    ):
        logger = logging.getLogger(name)
        logger.handlers[:] = []
        logger.propagate = True
    logging.getLogger("alembic.runtime.plugins").setLevel(logging.WARNING)
    logging.captureWarnings(capture=True)
