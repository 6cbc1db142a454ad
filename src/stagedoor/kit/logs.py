"""The server's log: one JSON object a line for machines, coloured lines on a terminal for people.

Every line passes through the redaction that the application hands in, whoever wrote it: Stagedoor, its server or a
library. Lines written while a request is carried out bear its request id.
"""

import logging
import sys
from collections.abc import Callable
from contextvars import ContextVar, Token
from typing import Any, TextIO, cast

import orjson
import structlog
from structlog.typing import EventDict, FilteringBoundLogger, Processor, WrappedLogger

from stagedoor.kit.clock import Clock

Redact = Callable[[str], str]

_request_id: ContextVar[str | None] = ContextVar("stagedoor_request_id", default=None)


def _name_request(_: WrappedLogger, __: str, event: EventDict) -> EventDict:
    request_id = _request_id.get()
    if request_id is not None:
        event.setdefault("request_id", request_id)
    return event


# Until configure_logging is called, in commands that open a store without serving it, structlog's own default would
# show the values of local variables in tracebacks, passwords among them, and would mix them into a command's output.
structlog.configure(
    processors=[
        _name_request,
        structlog.processors.add_log_level,
        structlog.processors.StackInfoRenderer(),
        structlog.dev.ConsoleRenderer(colors=False, exception_formatter=structlog.dev.plain_traceback),
    ],
    logger_factory=lambda *_: structlog.PrintLogger(sys.stderr),
    wrapper_class=structlog.make_filtering_bound_logger(logging.NOTSET),
    cache_logger_on_first_use=False,
)


def get_logger(name: str) -> FilteringBoundLogger:
    """Return a logger: ``log.info("what_happened", field=value)``. Works before :func:`configure_logging` too."""
    return cast("FilteringBoundLogger", structlog.stdlib.get_logger(name))


def configure_logging(
    *, redact: Redact, clock: Clock, level: int = logging.INFO, stream: TextIO | None = None, pretty: bool | None = None
) -> None:
    """Send everything that is logged to one stream, standard error unless told otherwise.

    ``pretty`` left out means: for people where the stream is a terminal. Tracebacks show no values of variables, in
    neither form: a local variable is where a secret lives.
    """
    target = stream or sys.stderr
    for_people = target.isatty() if pretty is None else pretty

    def stamp(_: WrappedLogger, __: str, event: EventDict) -> EventDict:
        event["time"] = clock.now().isoformat(timespec="milliseconds").replace("+00:00", "Z")
        return event

    def hide_secrets(_: WrappedLogger, __: str, event: EventDict) -> EventDict:
        return {name: _redacted(value, redact) for name, value in event.items()}

    shared: list[Processor] = [
        _name_request,
        structlog.stdlib.add_logger_name,
        structlog.stdlib.add_log_level,
        structlog.stdlib.ExtraAdder(),
        stamp,
    ]
    renderer: Processor = (
        structlog.dev.ConsoleRenderer(exception_formatter=structlog.dev.plain_traceback)
        if for_people
        else structlog.processors.JSONRenderer(serializer=_to_json)
    )
    handler = logging.StreamHandler(target)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                structlog.processors.format_exc_info,
                structlog.processors.StackInfoRenderer(),
                # After the traceback has become text, so that it is redacted like the rest.
                hide_secrets,
                renderer,
            ],
        )
    )
    root = logging.getLogger()
    for old in root.handlers[:]:
        root.removeHandler(old)
    root.addHandler(handler)
    root.setLevel(level)
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            *shared,
            structlog.stdlib.PositionalArgumentsFormatter(),
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=False,
    )


class bound_request_id:  # noqa: N801  # used like the context managers that are functions
    """Write the request id into every line that is logged inside the block, in this task and what it starts."""

    # Around each request, so by hand: a generator takes five times as long to enter and leave, and structlog's own
    # binding looks through all variables of the context.
    __slots__ = ("_request_id", "_token")

    _token: Token[str | None]

    def __init__(self, request_id: str) -> None:
        self._request_id = request_id

    def __enter__(self) -> None:
        self._token = _request_id.set(self._request_id)

    def __exit__(self, *_: object) -> None:
        _request_id.reset(self._token)


def _redacted(value: Any, redact: Redact) -> Any:
    if isinstance(value, str):
        return redact(value)
    if value is None or isinstance(value, bool | int | float):
        return value
    if isinstance(value, dict):
        return {str(name): _redacted(inner, redact) for name, inner in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [_redacted(inner, redact) for inner in value]
    # Anything else is written as its text anyway; turned into text here, it is redacted first.
    return redact(str(value))


def _to_json(event: EventDict, **_: Any) -> str:
    return orjson.dumps(event, option=orjson.OPT_NON_STR_KEYS).decode()
