"""The address of a server."""

import socket

from stagedoor.kit.errors import StagedoorError
from stagedoor.kit.settings import Settings

BACKLOG = 1024


class AddressTaken(StagedoorError):
    """Something else listens on the address already."""

    code = "address_taken"
    status = 503
    public = "Something else is listening on this address already."
    hint = "Choose another port with --port, or stop what is running there."


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
