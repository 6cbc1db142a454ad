"""A gateway whose ends are a test's own; it remembers nothing."""

from typing import Any, cast

from stagedoor.gateway.dispatch import Gateway
from stagedoor.gateway.embedded import EmbeddedDestination
from stagedoor.upstream.forward import Forwarder

NOTHING = cast("Any", None)


def gateway_of(forwarder: Forwarder, embedded: EmbeddedDestination = NOTHING) -> Gateway:
    """Return a gateway that takes small bodies and knows no store."""
    return Gateway(embedded, forwarder, NOTHING, NOTHING, threads=NOTHING, clock=NOTHING, json_body_bytes_max=64)
