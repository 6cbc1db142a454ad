"""Which handler carries out which operation. Rooms offer a :class:`Routes`; ``orchestrator/app.py`` joins them."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from stagedoor.orchestrator.call import Handler


@dataclass(frozen=True, slots=True)
class Route:
    """One operation's handler. A handler that only reads gets a transaction that cannot write."""

    operation_id: str
    handler: Handler
    writes: bool


class Routes:
    """The operations of one room, each named once."""

    def __init__(self) -> None:
        self._routes: dict[str, Route] = {}

    def reads(self, operation_id: str) -> Callable[[Handler], Handler]:
        """Register a handler that changes nothing."""
        return self._registrar(operation_id, writes=False)

    def writes(self, operation_id: str) -> Callable[[Handler], Handler]:
        """Register a handler whose whole work is one transaction."""
        return self._registrar(operation_id, writes=True)

    def _registrar(self, operation_id: str, *, writes: bool) -> Callable[[Handler], Handler]:
        def register(handler: Handler) -> Handler:
            if operation_id in self._routes:
                raise ValueError(f"{operation_id} has two handlers")
            self._routes[operation_id] = Route(operation_id, handler, writes)
            return handler

        return register

    def __iter__(self) -> Iterator[Route]:
        return iter(self._routes.values())
