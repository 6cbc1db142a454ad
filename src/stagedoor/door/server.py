"""Serve the house over HTTP."""

import asyncio
import json
import logging
import socket
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import uvicorn

from stagedoor.admin.first_start import FirstStart
from stagedoor.audit.redaction import redact
from stagedoor.door.bounded_protocol import BoundedProtocol
from stagedoor.door.house import House, open_house
from stagedoor.kit.clock import SystemClock
from stagedoor.kit.errors import StagedoorError
from stagedoor.kit.logs import configure_logging
from stagedoor.kit.private_file import write_private
from stagedoor.kit.secret import Secret
from stagedoor.kit.settings import Settings

BACKLOG = 1024
KEEP_ALIVE_SECONDS = 30
DRAIN_SECONDS = 10


class AddressTaken(StagedoorError):
    """Something else listens on the address already."""

    code = "address_taken"
    status = 503
    public = "Something else is listening on this address already."
    hint = "Choose another port with --port, or stop what is running there."


class HouseServer(uvicorn.Server):
    """A uvicorn server that says when it answers."""

    def __init__(self, config: uvicorn.Config, on_ready: Callable[[], None]) -> None:
        super().__init__(config)
        self._on_ready = on_ready

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        if self.started:
            self._on_ready()


def serve(
    settings: Settings,
    *,
    ready_file: Path | None = None,
    empty: bool = False,
    on_ready: Callable[[Settings, FirstStart], None] = lambda settings, first_start: None,
) -> None:
    """Serve until interrupted.

    ``on_ready`` is called with the settings as they turned out (port 0 becomes the port that was given) and with what
    the first start made, once the server answers; ``ready_file`` is written at the same moment, readable by its owner
    alone. Raises :class:`AddressTaken` and what
    :func:`~stagedoor.door.house.open_house` raises.
    """
    configure_logging(redact=redact, clock=SystemClock())
    # The one tells of each of its parts at every start, the other of each call that the console makes in-process.
    for talkative in ("alembic", "httpx2"):
        logging.getLogger(talkative).setLevel(logging.WARNING)
    with closing(_listen(settings)) as listener:
        settings = replace(settings, port=listener.getsockname()[1])
        with open_house(settings, empty=empty) as house:

            def announce() -> None:
                if ready_file is not None:
                    write_ready_file(ready_file, settings, house.first_start)
                on_ready(settings, house.first_start)

            server = HouseServer(server_config(house), announce)
            try:
                with asyncio.Runner(loop_factory=server.config.get_loop_factory()) as runner:
                    runner.run(server.serve(sockets=[listener]))
            finally:
                if ready_file is not None:
                    ready_file.unlink(missing_ok=True)


def server_config(house: House) -> uvicorn.Config:
    """Return how uvicorn serves the house: no header of its own, no forwarding header believed, drained on stop."""
    return uvicorn.Config(
        house.app,
        http=BoundedProtocol,
        ws="none",
        lifespan="on",
        log_config=None,
        log_level="warning",
        access_log=False,
        server_header=False,
        proxy_headers=False,
        timeout_keep_alive=KEEP_ALIVE_SECONDS,
        timeout_graceful_shutdown=DRAIN_SECONDS,
        backlog=BACKLOG,
    )


def write_ready_file(path: Path, settings: Settings, first_start: FirstStart) -> None:
    """Write what a script needs to begin, as JSON; whole or not at all, mode 0600."""

    def shown(secret: Secret | None) -> str | None:
        return None if secret is None else secret.reveal()

    facts = {
        "base_url": settings.base_url,
        "organization": first_start.organization,
        "tenant": first_start.tenant,
        "folder": first_start.folder,
        "admin": {"username": first_start.admin_username, "password": shown(first_start.admin_password)},
        "sample_key": shown(first_start.sample_key),
    }
    write_private(path, json.dumps(facts, indent=2) + "\n")


def _listen(settings: Settings) -> socket.socket:
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
