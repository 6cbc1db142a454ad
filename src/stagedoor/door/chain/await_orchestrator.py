"""The way of files, before the permit: the embedded Orchestrator, which keeps the files, is built when first needed."""

from collections.abc import Awaitable
from typing import TYPE_CHECKING

from stagedoor.door.visit import Visit

if TYPE_CHECKING:
    from stagedoor.door.house import House


def await_orchestrator(visit: Visit) -> Awaitable[None] | None:
    """Wait for the embedded Orchestrator, which hardly anybody has to: a server builds it as soon as it answers."""
    return None if visit.house.embedded.built is not None else _await_building(visit.house)


async def _await_building(house: "House") -> None:
    await house.threads.run(house.embedded.get)
