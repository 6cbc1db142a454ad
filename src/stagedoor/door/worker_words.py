"""What a supervisor and a worker say to each other: one line of JSON each way, on a pair of sockets of their own.

The two may be of different versions while a server is upgraded, so both leave aside what they do not know.
"""

import json
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any, Self

from stagedoor.admin.started import FirstStart
from stagedoor.kit.errors import StagedoorError
from stagedoor.kit.secret import Secret

_SECRETS = frozenset({"admin_password", "sample_key", "legacy_password", "master_key"})


class WorkerFailed(StagedoorError):
    """A worker did not come up; the sentence is the worker's own where it had one to say."""

    code = "worker_failed"
    status = 503
    public = "A worker ended before it could answer."
    hint = "The server's log says why."


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkerOrder:
    """What a worker is to serve. Numbers of sockets are file descriptors that it inherits.

    ``master_key`` is handed over where it does not lie in a file: an environment can be read in ``/proc``, and a
    program may not be able to answer twice. Whatever else can be set it reads from its environment, as its supervisor
    did.
    """

    data_dir: str
    host: str
    port: int
    empty: bool
    listener: int
    marks: int
    place: int
    workers: int = 1
    master_key: Secret | None = None
    master_key_file: str | None = None

    def to_line(self) -> bytes:
        """Return the order as a line, the master key included: it goes to a child, on a socket of their own."""
        return _line({field.name: _plain(getattr(self, field.name)) for field in fields(self)})

    @classmethod
    def of_line(cls, line: bytes) -> Self:
        """Read an order."""
        said = json.loads(line)
        return cls(**{field.name: _read(field.name, said[field.name]) for field in fields(cls) if field.name in said})


def ready_line(first_start: FirstStart) -> bytes:
    """Return the line that says "I answer", and what the first start made, secrets included: it goes to the parent."""
    said = {field.name: getattr(first_start, field.name) for field in fields(FirstStart)}
    return _line({"ready": {name: _plain(value) for name, value in said.items()}})


def failure_line(error: StagedoorError) -> bytes:
    """Return the line that says why a worker does not come up."""
    return _line({"failed": {"public": error.public, "hint": error.hint}})


def master_key_line(key: Secret) -> bytes:
    """Return the line that says which master key a worker started from now on needs, where none reads it in a file."""
    return _line({"master_key": key.reveal()})


def find_master_key(line: bytes) -> Secret | None:
    """Return the master key that a line of a worker tells; ``None`` for a line of another kind."""
    key = json.loads(line).get("master_key")
    return Secret(key) if isinstance(key, str) else None


def read_answer(line: bytes) -> FirstStart:
    """Return what a worker that answers has said; raises :class:`WorkerFailed` if it said anything else, or nothing."""
    said: dict[str, Any] = json.loads(line) if line else {}
    if "ready" not in said:
        failed = said.get("failed", {})
        raise WorkerFailed(failed.get("public"), hint=failed.get("hint"))
    made: dict[str, Any] = said["ready"]
    known = {field.name for field in fields(FirstStart)}
    return FirstStart(**{name: _read(name, value) for name, value in made.items() if name in known})


def _line(said: dict[str, Any]) -> bytes:
    return json.dumps(said).encode() + b"\n"


def _plain(value: object) -> object:
    if isinstance(value, Secret):
        return value.reveal()
    return value.isoformat() if isinstance(value, datetime) else value


def _read(name: str, value: Any) -> Any:
    if value is None:
        return None
    if name in _SECRETS:
        return Secret(value)
    if name == "legacy_window_until":
        return datetime.fromisoformat(value)
    return tuple(value) if isinstance(value, list) else value
