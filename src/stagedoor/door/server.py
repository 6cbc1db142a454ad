"""Serve the house over HTTP."""

import asyncio
import socket
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

import uvicorn

from stagedoor.admin.started import FirstStart
from stagedoor.door.carrying_protocol import CarryingProtocol
from stagedoor.door.house import House
from stagedoor.door.listening import BACKLOG, open_listener
from stagedoor.door.opening import open_house
from stagedoor.door.ready_file import ReadyFile
from stagedoor.door.server_log import log_as_a_server
from stagedoor.kit.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Awaitable

    from stagedoor.door.visit import Receive, Scope, Send

    App = Callable[[Scope, Receive, Send], Awaitable[None]]

KEEP_ALIVE_SECONDS = 30
DRAIN_SECONDS = 10
"""How long requests under way may take after the signal to stop; what is left then is cut."""
TURNS_TO_ACCEPT = 3
"""Turns of the event loop in which it takes in every connection that is waiting: one to hear, one to take, one over."""


class HouseServer(uvicorn.Server):
    """A uvicorn server that says when it answers, and leaves nobody waiting at the door when it stops."""

    def __init__(self, config: uvicorn.Config, on_ready: Callable[[], None]) -> None:
        super().__init__(config)
        self._on_ready = on_ready

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        if self.started:
            self._on_ready()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        # Whoever connected before the signal may be waiting still, its request sent; closing now would reset it.
        await self._take_turns()
        for server in self.servers:
            server.close()
        await self._take_turns()
        await super().shutdown(sockets)

    async def _take_turns(self) -> None:
        for _ in range(TURNS_TO_ACCEPT):
            await asyncio.sleep(0)


def serve(
    settings: Settings,
    *,
    ready_file: Path | None = None,
    empty: bool = False,
    on_ready: Callable[[Settings, FirstStart], None] = lambda settings, first_start: None,
) -> None:
    """Serve until interrupted, in this process.

    ``on_ready`` is called with the settings as they turned out (port 0 becomes the port that was given) and with what
    the first start made, once the server answers; ``ready_file`` is written at the same moment, readable by its owner
    alone. SIGTERM and SIGINT stop it: requests under way are answered, within :data:`DRAIN_SECONDS`. Raises
    :class:`~stagedoor.door.listening.AddressTaken`,
    :class:`~stagedoor.door.listening.PassedSocketUnusable` and what :func:`~stagedoor.door.opening.open_house` raises.
    """
    log_as_a_server()
    opened, settings = open_listener(settings)
    ready = ReadyFile(ready_file)
    with closing(opened) as listener, open_house(settings, empty=empty) as house:

        def announce() -> None:
            ready.write(settings, house.first_start)
            on_ready(settings, house.first_start)

        try:
            serve_house(house, listener, announce)
        finally:
            ready.remove()


def serve_house(
    house: House, listener: socket.socket, on_ready: Callable[[], None], *, app: "App | None" = None
) -> None:
    """Answer on ``listener`` until SIGTERM or SIGINT; ``app`` is what answers if not the house's own application."""
    server = HouseServer(server_config(house, app=app), on_ready)
    with asyncio.Runner(loop_factory=server.config.get_loop_factory()) as runner:
        runner.run(server.serve(sockets=[listener]))


def server_config(house: House, *, app: "App | None" = None) -> uvicorn.Config:
    """Return how uvicorn serves the house: no header of its own, no forwarding header believed, drained on stop."""
    return uvicorn.Config(
        app or house.app,
        http=CarryingProtocol,
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
