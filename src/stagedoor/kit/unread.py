"""Bytes that have arrived on a connection and that nobody has read."""

from asyncio import BaseTransport
from select import POLLIN, poll


def has_unread(transport: BaseTransport) -> bool:
    """Tell whether something lies unread on a connection, be it only its end. A system call."""
    wire = transport.get_extra_info("socket")
    if wire is None:
        return False
    look = poll()
    look.register(wire.fileno(), POLLIN)
    return bool(look.poll(0))
