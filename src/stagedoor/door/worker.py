"""One worker of a server: ``python -m stagedoor.door.worker``, started by a supervisor and by nobody else."""

import os
import signal
import socket
import sys
import threading
from contextlib import suppress
from pathlib import Path

from stagedoor.door.abreast import Abreast
from stagedoor.door.change_marks import ChangeMarks
from stagedoor.door.opening import open_house
from stagedoor.door.server import serve_house
from stagedoor.door.server_log import log_as_a_server
from stagedoor.door.worker_words import WorkerOrder, failure_line, master_key_line, ready_line
from stagedoor.kit.collector import collector_resting
from stagedoor.kit.crypto import MasterKey
from stagedoor.kit.errors import StagedoorError
from stagedoor.kit.settings import settings_from_environment

ORDER_BYTES_MAX = 64 * 1024


def main(channel: socket.socket) -> int:
    """Do what the supervisor at the other end of ``channel`` orders, until it signals or is gone.

    Returns the exit status. Requests under way are answered before it ends.
    """
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    log_as_a_server()
    with channel.makefile("rb") as words:
        order = WorkerOrder.of_line(words.readline(ORDER_BYTES_MAX))
    threading.Thread(target=_end_with_supervisor, args=(channel,), name="supervisor-watch", daemon=True).start()
    try:
        _serve(order, channel)
    except StagedoorError as error:
        channel.sendall(failure_line(error))
        return 1
    except KeyboardInterrupt:
        # How a server ends that was told to.
        return 0
    return 0


def _serve(order: WorkerOrder, channel: socket.socket) -> None:
    settings = settings_from_environment(
        data_dir=Path(order.data_dir),
        host=order.host,
        port=order.port,
        workers=order.workers,
        master_key=order.master_key,
        master_key_file=Path(order.master_key_file) if order.master_key_file else None,
    )
    with (
        collector_resting() as wake_collector,
        socket.socket(fileno=order.listener) as listener,
        open_house(settings, empty=order.empty) as house,
    ):

        def announce() -> None:
            wake_collector()
            channel.sendall(ready_line(house.first_start))

        if order.master_key is not None:
            house.sealing_keys.on_new_key(lambda key: _tell_of_new_key(channel, key))
        # Where it takes over from workers that answer meanwhile, nobody gains by its being ready sooner, and a request
        # would wait for this; the first of all are ready later by it.
        house.embedded.get()
        serve_house(house, listener, announce, app=Abreast(house, ChangeMarks(order.marks, own=order.place)))


def _tell_of_new_key(channel: socket.socket, key: MasterKey) -> None:
    # Without its supervisor a worker ends anyway, and what it was about to do must not fail for that.
    with suppress(OSError):
        channel.sendall(master_key_line(key.to_secret()))


def _end_with_supervisor(channel: socket.socket) -> None:
    # A supervisor says one thing only; what comes after it is the end of the connection, with its own.
    while channel.recv(1):
        pass
    os.kill(os.getpid(), signal.SIGTERM)


if __name__ == "__main__":
    sys.exit(main(socket.socket(fileno=int(sys.argv[1]))))
