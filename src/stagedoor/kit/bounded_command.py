"""Run another program for its output: without a shell, for so long, and for so much of it."""

import os
import signal
import subprocess
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from selectors import EVENT_READ, DefaultSelector
from typing import IO

from stagedoor.kit.clock import stopwatch


@dataclass(frozen=True, slots=True)
class CommandOutput:
    """What a program that ended in time left behind; of its errors only the beginning."""

    status: int
    out: bytes
    err: bytes


class CommandNotDone(Exception):
    """The program could not be started, or did not keep to its bounds; the text says which, and nothing it said."""


def run_bounded(
    words: Sequence[str], *, seconds_max: float, bytes_max: int, environment: Mapping[str, str]
) -> CommandOutput:
    """Run a program with nothing to read and return what it wrote.

    It gets a group of its own, which is killed with all that it started when time or output exceed their bounds.
    Raises :class:`CommandNotDone` for that, and for a program that cannot be started.
    """
    end = stopwatch() + seconds_max
    try:
        process = subprocess.Popen(  # noqa: S603  # what is run is what the operator told us to run, without a shell
            list(words),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env=dict(environment),
            start_new_session=True,
        )
    except (OSError, ValueError) as failure:
        reason = os.strerror(failure.errno) if isinstance(failure, OSError) and failure.errno else "not a command"
        raise CommandNotDone(f"could not be started: {reason.lower()}") from failure
    with process:
        try:
            out, err = _read(process, end, bytes_max)
            status = process.wait(max(end - stopwatch(), 0))
        except (subprocess.TimeoutExpired, TimeoutError):
            raise CommandNotDone(f"did not end within {seconds_max:g} seconds") from None
        finally:
            if process.returncode is None:
                with suppress(ProcessLookupError):
                    os.killpg(process.pid, signal.SIGKILL)
    return CommandOutput(status, out, err)


def _read(process: "subprocess.Popen[bytes]", end: float, bytes_max: int) -> tuple[bytes, bytes]:
    if process.stdout is None or process.stderr is None:
        raise AssertionError("both were asked for as pipes")
    read: dict[IO[bytes], bytes] = {process.stdout: b"", process.stderr: b""}
    with DefaultSelector() as selector:
        for stream in read:
            selector.register(stream, EVENT_READ)
        while selector.get_map():
            remaining = end - stopwatch()
            if remaining <= 0:
                raise TimeoutError
            for key, _ in selector.select(remaining):
                for stream in read:
                    if stream is key.fileobj:
                        piece = os.read(key.fd, 4096)
                        if not piece:
                            selector.unregister(stream)
                        # What comes on top of the bound is taken away and dropped, lest the program wait for us.
                        read[stream] = (read[stream] + piece)[: bytes_max + 1]
            if len(read[process.stdout]) > bytes_max:
                raise CommandNotDone(f"wrote more than {bytes_max} bytes")
    return read[process.stdout], read[process.stderr][:bytes_max]
