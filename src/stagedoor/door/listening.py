"""The address of a server: listened on here, or by whoever started us, who passes the socket on."""

import os
import socket
from collections.abc import Mapping
from dataclasses import replace

from stagedoor.kit.errors import StagedoorError
from stagedoor.kit.settings import Settings

BACKLOG = 1024
PASSED_FROM = 3
"""The file descriptor of the first socket that is passed (sd_listen_fds(3))."""
PASSED_PID, PASSED_COUNT = "LISTEN_PID", "LISTEN_FDS"


class AddressTaken(StagedoorError):
    """Something else listens on the address already."""

    code = "address_taken"
    status = 503
    public = "Something else is listening on this address already."
    hint = "Choose another port with --port, or stop what is running there."


class PassedSocketUnusable(StagedoorError):
    """Whoever started the server passed something on that it cannot listen on."""

    code = "passed_socket_unusable"
    status = 503
    public = "The socket that was passed on cannot be served on."
    hint = "Pass one socket that listens on TCP: a systemd unit with one ListenStream=HOST:PORT."


def open_listener(settings: Settings, environment: Mapping[str, str] = os.environ) -> tuple[socket.socket, Settings]:
    """Return the socket to serve on, and the settings with its address.

    A socket that was passed on as systemd does it is used in place of one of our own; whoever holds it meanwhile keeps
    who connects in line while a server ends and the next one starts, so that a restart refuses nobody. Raises
    :class:`AddressTaken` and :class:`PassedSocketUnusable`.
    """
    passed = _find_passed(environment)
    if passed is None:
        listener = listen(settings)
        return listener, replace(settings, port=listener.getsockname()[1])
    host, port = passed.getsockname()[:2]
    return passed, replace(settings, host=host, port=port)


def _find_passed(environment: Mapping[str, str]) -> socket.socket | None:
    # Of a process that was started by the one it was meant for, these variables say nothing.
    if environment.get(PASSED_PID) != str(os.getpid()):
        return None
    if environment.get(PASSED_COUNT) != "1":
        raise PassedSocketUnusable(f"{environment.get(PASSED_COUNT, 'No')} sockets were passed on, in place of one.")
    try:
        passed = socket.socket(fileno=PASSED_FROM)
    except OSError as nothing:
        raise PassedSocketUnusable(internal=str(nothing)) from nothing
    is_tcp = passed.family in (socket.AF_INET, socket.AF_INET6) and passed.type == socket.SOCK_STREAM
    if not is_tcp or not passed.getsockopt(socket.SOL_SOCKET, socket.SO_ACCEPTCONN):
        passed.close()
        raise PassedSocketUnusable
    # It came to us through an exec, and is for no other program that we start.
    passed.set_inheritable(False)
    return passed


def listen(settings: Settings) -> socket.socket:
    """Return a socket that listens on the address of the settings; raises :class:`AddressTaken`."""
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    listener = socket.socket(family)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((settings.host, settings.port))
    except OSError as taken:
        listener.close()
        raise AddressTaken(
            f"{settings.host}:{settings.port} cannot be listened on: {taken.strerror}.", internal=str(taken)
        ) from taken
    listener.listen(BACKLOG)
    return listener
