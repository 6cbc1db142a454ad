"""Several workers on one address: start them, replace the ones that die, change all of them for new ones.

The supervisor holds the listening socket, which every worker inherits, the master key where it does not lie in a file,
and nothing else of the house: it goes on while workers of a new version take over from the old. One shared socket, and
not one for each worker (``SO_REUSEPORT``): with the latter, whoever waits at the socket of a worker that ends is reset.
"""

import asyncio
import os
import signal
import socket
import subprocess
import sys
from asyncio.subprocess import Process
from collections.abc import Callable, Coroutine, Mapping
from contextlib import closing, suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from stagedoor.admin.started import FirstStart
from stagedoor.door.change_marks import make_memory
from stagedoor.door.listening import PASSED_COUNT, PASSED_PID, open_listener
from stagedoor.door.ready_file import ReadyFile
from stagedoor.door.server_log import log_as_a_server
from stagedoor.door.worker_words import WorkerFailed, WorkerOrder, find_master_key, read_answer
from stagedoor.kit.clock import stopwatch
from stagedoor.kit.logs import get_logger
from stagedoor.kit.master_key_source import VARIABLES, with_key_in_hand
from stagedoor.kit.settings import Settings

END_SECONDS_MAX = 20
"""After the signal to drain: ten seconds for requests, the rest for what is written at the end. Then it is killed."""
START_SECONDS_MAX = 120
"""A worker may upgrade a large store when it starts."""
LASTING_SECONDS = 10
"""A worker that answered this long did not die of its start, and is replaced at once."""
PAUSE_SECONDS_MIN = 0.25
PAUSE_SECONDS_MAX = 30.0
PLACES_EACH = 4
"""Places for marks of change, for each worker: its own, its replacement's, and those of two that still drain."""

NOT_FOR_WORKERS = frozenset({*VARIABLES, PASSED_PID, PASSED_COUNT})

_log = get_logger("stagedoor.door")


@dataclass(frozen=True, eq=False)
class Worker:
    """A process of ours. ``channel`` keeps it alive: it drains when that is closed, which the system does if we die."""

    process: Process
    channel: asyncio.StreamWriter
    place: int
    first_start: FirstStart
    started: float


def supervise(
    settings: Settings,
    workers: int,
    *,
    ready_file: Path | None = None,
    empty: bool = False,
    environment: Mapping[str, str] = os.environ,
    on_ready: Callable[[Settings, FirstStart], None] = lambda settings, first_start: None,
) -> None:
    """Serve with so many worker processes until SIGTERM or SIGINT.

    As :func:`~stagedoor.door.server.serve`, once all workers answer. The first worker makes and upgrades the store
    alone; the others start when it answers. SIGHUP changes all workers for new ones, which run the code that is
    installed by then, without a dropped request; if those do not come up, the old ones go on. Raises
    :class:`~stagedoor.door.listening.AddressTaken`, :class:`~stagedoor.door.listening.PassedSocketUnusable`, and
    :class:`~stagedoor.door.worker_words.WorkerFailed` when the workers do not come up at first; later they are tried
    again without end.
    """
    log_as_a_server()
    settings = with_key_in_hand(settings)
    opened, settings = open_listener(settings, environment)
    ready = ReadyFile(ready_file)
    with closing(opened) as listener:

        def announce(first_start: FirstStart) -> None:
            ready.write(settings, first_start)
            on_ready(settings, first_start)

        supervisor = Supervisor(settings, workers, listener, empty=empty, environment=environment)
        try:
            asyncio.run(supervisor.run(announce))
        finally:
            supervisor.close()
            ready.remove()


class Supervisor:
    """The processes of one server."""

    def __init__(
        self,
        settings: Settings,
        workers: int,
        listener: socket.socket,
        *,
        empty: bool,
        environment: Mapping[str, str],
    ) -> None:
        self._settings = settings
        self._listener = listener
        self._empty = empty
        # What a process got in its environment can be read in /proc for as long as it runs.
        self._environment = {name: value for name, value in environment.items() if name not in NOT_FOR_WORKERS}
        self._marks = make_memory(workers * PLACES_EACH)
        self._free_places = list(range(workers * PLACES_EACH))
        self._count = workers
        self._serving: list[Worker] = []
        self._processes: set[Process] = set()
        self._tasks: set[asyncio.Task[None]] = set()
        self._renewal = asyncio.Lock()

    def close(self) -> None:
        """Give the shared memory back."""
        os.close(self._marks)

    async def run(self, announce: Callable[[FirstStart], None]) -> None:
        """Serve until a signal says to stop, then drain every worker."""
        loop = asyncio.get_running_loop()
        stopping = asyncio.Event()

        def stop() -> None:
            if stopping.is_set():
                _log.warning("workers_killed", workers=len(self._processes))
                for process in self._processes:
                    _send(process, signal.SIGKILL)
            stopping.set()

        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, stop)
        beginning = asyncio.create_task(self._start_all())
        ended = asyncio.create_task(stopping.wait())
        try:
            await asyncio.wait((beginning, ended), return_when=asyncio.FIRST_COMPLETED)
            if beginning.done():
                self._serving = beginning.result()
                for worker in self._serving:
                    self._do(self._watch(worker))
                # From here on; before, there is nothing to change, and the signal ends us as it ends any program.
                loop.add_signal_handler(signal.SIGHUP, lambda: self._do(self._change_all()))
                announce(self._serving[0].first_start)
                await stopping.wait()
        finally:
            self._listener.close()
            ended.cancel()
            await self._end_everything(beginning)

    async def _start_all(self) -> list[Worker]:
        # The first alone: it may have to make the store, or to upgrade it.
        first = await self._start()
        others = await asyncio.gather(*(self._start() for _ in range(self._count - 1)), return_exceptions=True)
        workers = [first, *(other for other in others if isinstance(other, Worker))]
        failures = [other for other in others if isinstance(other, BaseException)]
        if failures:
            for worker in workers:
                self._do(self._drain(worker))
            raise failures[0]
        return workers

    async def _start(self) -> Worker:
        if not self._free_places:
            raise WorkerFailed("Too many former workers are still answering.", hint="Wait until they have ended.")
        place = self._free_places.pop(0)
        ours, theirs = socket.socketpair()
        with theirs:
            process = await asyncio.create_subprocess_exec(
                *(sys.executable, "-P", "-m", "stagedoor.door.worker", str(theirs.fileno())),
                stdin=subprocess.DEVNULL,
                pass_fds=(theirs.fileno(), self._listener.fileno(), self._marks),
                env=self._environment,
                # A Ctrl-C at the terminal is for the supervisor, which tells its workers once.
                process_group=0,
            )
        self._processes.add(process)
        reader, channel = await asyncio.open_connection(sock=ours)
        order = WorkerOrder(
            data_dir=str(self._settings.data_dir),
            host=self._settings.host,
            port=self._settings.port,
            empty=self._empty,
            listener=self._listener.fileno(),
            marks=self._marks,
            place=place,
            workers=self._count,
            master_key=self._settings.master_key,
            master_key_file=str(self._settings.master_key_file) if self._settings.master_key_file else None,
        )
        try:
            channel.write(order.to_line())
            async with asyncio.timeout(START_SECONDS_MAX):
                first_start = read_answer(await reader.readline())
        except BaseException as failure:
            # Cancelled too, when the server is stopped at this moment.
            self._do(self._end(process, channel, place))
            if isinstance(failure, (OSError, ValueError)):
                raise WorkerFailed(internal=repr(failure)) from failure
            raise
        self._do(self._hear(reader))
        return Worker(process, channel, place, first_start, stopwatch())

    async def _hear(self, reader: asyncio.StreamReader) -> None:
        """Note a new master key where workers have it from us: those that start later need that one."""
        with suppress(ConnectionError):
            while line := await reader.readline():
                key = find_master_key(line)
                if key is not None and self._settings.master_key is not None:
                    self._settings = replace(self._settings, master_key=key)

    async def _watch(self, worker: Worker) -> None:
        """Put another in the place of a worker that dies."""
        status = await worker.process.wait()
        if worker not in self._serving:
            return
        _log.error("worker_died", worker=worker.process.pid, status=status)
        pause = 0.0 if stopwatch() - worker.started >= LASTING_SECONDS else PAUSE_SECONDS_MIN
        await self._end(worker.process, worker.channel, worker.place)
        while True:
            await asyncio.sleep(pause)
            async with self._renewal:
                if worker not in self._serving:
                    return
                try:
                    successor = await self._start()
                except WorkerFailed as failure:
                    pause = min(max(pause * 2, PAUSE_SECONDS_MIN), PAUSE_SECONDS_MAX)
                    _log.error("worker_not_replaced", reason=failure.public, again_in_seconds=pause)
                    continue
                self._serving[self._serving.index(worker)] = successor
            _log.warning("worker_replaced", worker=successor.process.pid)
            self._do(self._watch(successor))
            return

    async def _change_all(self) -> None:
        """Let new workers take over: they answer before the old ones begin to drain."""
        async with self._renewal:
            try:
                successors = await self._start_all()
            except WorkerFailed as failure:
                _log.error("workers_not_changed", reason=failure.public)
                return
            former, self._serving = self._serving, successors
        for worker in successors:
            self._do(self._watch(worker))
        for worker in former:
            self._do(self._drain(worker))
        _log.warning("workers_changed", workers=[worker.process.pid for worker in successors])

    async def _drain(self, worker: Worker) -> None:
        await self._end(worker.process, worker.channel, worker.place)

    async def _end(self, process: Process, channel: asyncio.StreamWriter, place: int) -> None:
        if process not in self._processes:
            return
        _send(process, signal.SIGTERM)
        await _ended(process)
        channel.close()
        self._processes.discard(process)
        self._free_places.append(place)

    async def _end_everything(self, beginning: "asyncio.Task[list[Worker]]") -> None:
        tasks: list[asyncio.Task[Any]] = [beginning, *self._tasks]
        for task in tasks:
            task.cancel()
        await asyncio.wait(tasks)
        for process in self._processes:
            _send(process, signal.SIGTERM)
        await asyncio.gather(*(_ended(process) for process in self._processes))

    def _do(self, duty: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(duty)
        self._tasks.add(task)
        task.add_done_callback(self._end_duty)

    def _end_duty(self, task: "asyncio.Task[None]") -> None:
        self._tasks.discard(task)
        if not task.cancelled() and (failure := task.exception()) is not None:
            _log.error("supervision_failed", exc_info=failure)


async def _ended(process: Process) -> None:
    try:
        await asyncio.wait_for(process.wait(), END_SECONDS_MAX)
    except TimeoutError:
        _log.error("worker_killed", worker=process.pid, after_seconds=END_SECONDS_MAX)
        _send(process, signal.SIGKILL)
        await process.wait()


def _send(process: Process, number: signal.Signals) -> None:
    with suppress(ProcessLookupError):
        process.send_signal(number)
