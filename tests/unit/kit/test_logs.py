import io
import json
import logging
import subprocess
import sys
from collections.abc import Iterator

import pytest
import structlog
from tests.factories.audit import START

from stagedoor.audit.redaction import redact
from stagedoor.kit.clock import HeldClock
from stagedoor.kit.logs import bound_request_id, configure_logging, get_logger

CANARY = "CanaryCanary0123456789"
KEY = f"sd_Ab12Cd34_{CANARY}"


@pytest.fixture(autouse=True)
def logging_as_before() -> Iterator[None]:
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    yield
    root.handlers[:] = handlers
    root.setLevel(level)
    structlog.reset_defaults()
    structlog.contextvars.clear_contextvars()


def configured(*, pretty: bool = False) -> io.StringIO:
    stream = io.StringIO()
    configure_logging(redact=redact, clock=HeldClock(START), stream=stream, pretty=pretty)
    return stream


def lines(stream: io.StringIO) -> list[dict[str, object]]:
    return [json.loads(line) for line in stream.getvalue().splitlines()]


def test_a_line_is_one_json_object_with_time_level_and_logger() -> None:
    stream = configured()
    get_logger("stagedoor.test").info("server_started", port=8120)
    assert lines(stream) == [
        {
            "event": "server_started",
            "port": 8120,
            "level": "info",
            "logger": "stagedoor.test",
            "time": "2026-03-02T09:00:00.000Z",
        }
    ]


def test_lines_of_libraries_look_the_same() -> None:
    stream = configured()
    logging.getLogger("uvicorn.error").warning("listening on %s", "127.0.0.1", extra={"port": 8120})
    [line] = lines(stream)
    assert line["event"] == "listening on 127.0.0.1"
    assert line["level"] == "warning"
    assert line["port"] == 8120


def test_lines_inside_a_request_bear_its_id() -> None:
    stream = configured()
    with bound_request_id("r-1"):
        get_logger("stagedoor.test").info("inside")
    get_logger("stagedoor.test").info("outside")
    assert [line.get("request_id") for line in lines(stream)] == ["r-1", None]


def test_the_level_holds_quieter_lines_back() -> None:
    stream = configured()
    get_logger("stagedoor.test").debug("too_quiet")
    assert stream.getvalue() == ""


def fail_with(value: str) -> None:
    raise ValueError(f"bad key {value}")


@pytest.mark.parametrize("pretty", [True, False])
def test_no_secret_gets_into_a_line_by_any_way(pretty: bool) -> None:
    stream = configured(pretty=pretty)
    log = get_logger("stagedoor.test")
    log.info(f"key {KEY}")
    log.info("field", value=KEY, nested={"a": [KEY, {"b": (KEY,)}]}, thing=ValueError(KEY))
    logging.getLogger("library").warning("argument %s", KEY)
    with bound_request_id(KEY):
        log.info("bound")
    try:
        fail_with(KEY)
    except ValueError:
        log.exception("failed")
        logging.getLogger("library").exception("failed too")
    assert "failed" in stream.getvalue()
    assert "ValueError" in stream.getvalue()
    assert CANARY not in stream.getvalue()


def test_a_value_that_is_no_json_is_written_as_text() -> None:
    stream = configured()
    get_logger("stagedoor.test").info("odd", value={1: {2}}, nothing=None, number=1.5)
    [line] = lines(stream)
    assert line["value"] == {"1": [2]}
    assert line["nothing"] is None
    assert line["number"] == 1.5


def test_before_it_is_configured_a_traceback_shows_no_values_and_goes_to_standard_error() -> None:
    script = (
        "from stagedoor.kit.logs import get_logger\n"
        "password = 'canary-' + 'of-a-local'\n"
        "try:\n    {}[password[:3]]\n"
        "except KeyError:\n    get_logger('stagedoor.test').exception('failed')\n"
    )
    told = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert "KeyError" in told.stderr
    assert "canary-of-a-local" not in told.stderr
    assert told.stdout == ""
