"""A script: how long a job waits and runs, how it ends, and how it takes being stopped."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from stagedoor.orchestrator.call import Body
from stagedoor.orchestrator.errors import InvalidRequest
from stagedoor.orchestrator.fields import find_boolean, find_object, find_objects, find_text, get_text
from stagedoor.orchestrator.scripted_robots.reports import read_report

SECONDS_MAX = 10 * 365 * 24 * 3600
LINES_MAX = 100
LINE_LENGTH_MAX = 10_000
LOG_LEVELS = ("Trace", "Debug", "Info", "Warn", "Error", "Fatal")
DEFAULT_REASON = "System.Exception: The script of this process says that it faults."


class Ending(StrEnum):
    """How a job ends by itself."""

    SUCCEED = "succeed"
    FAULT = "fault"
    HANG = "hang"
    """It does not: the job runs until it is stopped."""
    SUSPEND = "suspend"
    """It waits for ``ResumeJob``, then runs again and succeeds."""


class SoftStop(StrEnum):
    """What a job makes of being asked to stop."""

    STOP = "stop"
    FINISH = "finish"
    IGNORE = "ignore"


@dataclass(frozen=True, slots=True)
class LogLine:
    """A line that a scripted robot writes; ``level`` is one of :data:`LOG_LEVELS`."""

    level: str
    message: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Script:
    """What becomes of a job. ``output`` is what it gives back; ``None`` means its own input. Times in seconds.

    ``logs`` are the lines that it writes when it begins to run, beside one at its start and one at its end.

    ``test`` is what the job says of itself as a test case, as :func:`~.reports.read_report` reads it.
    """

    pending_seconds: float = 1.0
    running_seconds: float = 2.0
    ending: Ending = Ending.SUCCEED
    output: dict[str, Any] | None = None
    reason: str = DEFAULT_REASON
    stopping_seconds: float = 1.0
    soft_stop: SoftStop = SoftStop.STOP
    terminating_seconds: float = 1.0
    test: dict[str, Any] | None = None
    logs: tuple[LogLine, ...] = ()
    logs_start_and_end: bool = True

    def to_json(self) -> dict[str, Any]:
        """Return the script in the form that :func:`read_script` reads."""
        return {
            "pendingSeconds": self.pending_seconds,
            "runningSeconds": self.running_seconds,
            "ending": self.ending.value,
            "output": self.output,
            "reason": self.reason,
            "stoppingSeconds": self.stopping_seconds,
            "softStop": self.soft_stop.value,
            "terminatingSeconds": self.terminating_seconds,
            "test": self.test,
            "logs": [{"level": line.level, "message": line.message} for line in self.logs],
            "logsStartAndEnd": self.logs_start_and_end,
        }


DEFAULT_SCRIPT = Script()


def read_script(body: Body) -> Script:
    """Read a script; what is left out is as in :data:`DEFAULT_SCRIPT`. Raises ``InvalidRequest`` naming the field."""
    default = DEFAULT_SCRIPT
    test = find_object(body, "test")
    read_report(Body(test or {}))
    return Script(
        pending_seconds=_seconds(body, "pendingSeconds", default.pending_seconds),
        running_seconds=_seconds(body, "runningSeconds", default.running_seconds),
        ending=Ending(_word(body, "ending", tuple(Ending), default.ending)),
        output=find_object(body, "output"),
        reason=find_text(body, "reason", length_max=10_000) or default.reason,
        stopping_seconds=_seconds(body, "stoppingSeconds", default.stopping_seconds),
        soft_stop=SoftStop(_word(body, "softStop", tuple(SoftStop), default.soft_stop)),
        terminating_seconds=_seconds(body, "terminatingSeconds", default.terminating_seconds),
        test=test,
        logs=tuple(_line(entry) for entry in find_objects(body, "logs", entries_max=LINES_MAX) or ()),
        logs_start_and_end=find_boolean(body, "logsStartAndEnd") is not False,
    )


def _line(body: Body) -> LogLine:
    level = _word(body, "level", tuple(word.lower() for word in LOG_LEVELS), "info")
    return LogLine(level.capitalize(), get_text(body, "message", length_max=LINE_LENGTH_MAX))


def _seconds(body: Body, name: str, default: float) -> float:
    value = body.get(name)
    if value is None:
        return default
    # Written so that NaN is refused, which compares false with everything.
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= SECONDS_MAX:
        raise InvalidRequest(f"The {name} field must be a number of seconds, 0 or more.", details={"field": name})
    return float(value)


def _word(body: Body, name: str, words: tuple[str, ...], default: str) -> str:
    value = (find_text(body, name, length_max=64) or default).lower()
    if value not in words:
        raise InvalidRequest(f"The {name} field must be one of {', '.join(words)}.", details={"field": name})
    return value
