"""Orders whose caller may not know what came of them, remembered so that the same order, sent again, is not done twice.

The vendor's own client waits for half a minute and then sends its order again, and again after most answers that say
that something went wrong. An order is remembered when its caller left before it was answered, and when the answer was
that the outcome is unknown. Nothing is remembered of the others, so that whoever orders the same twice on purpose gets
it twice.
"""

import hashlib
import threading
from dataclasses import dataclass

from stagedoor.kit.chance import Chance
from stagedoor.kit.changes import Change, ChangeFeed, record_change
from stagedoor.kit.clock import stopwatch
from stagedoor.kit.crypto import Vault
from stagedoor.kit.db import Database
from stagedoor.kit.errors import StoreUnavailable
from stagedoor.kit.logs import get_logger
from stagedoor.kit.threads import WorkerThreads

TOPIC = "unsettled_order"
KEPT_SECONDS = 600.0
"""Longer than any client goes on trying."""
KEPT_MAX = 10_000
NAME_LETTERS = 40

_log = get_logger("stagedoor.gateway")


@dataclass(frozen=True, slots=True)
class UnsettledOrder:
    """What is known of one: the reference that it went out with, since when it is remembered, and whether the first
    of its requests is still under way somewhere."""

    reference: str
    noted_at: float
    is_under_way: bool


class UnsettledOrders:
    """The unsettled orders of all workers and machines; each hears of the others' as of any change.

    For the event loop; :meth:`follow` lets the feed add to it from its own thread.
    """

    def __init__(self, vault: Vault, database: Database, threads: WorkerThreads, chance: Chance) -> None:
        self._vault = vault
        self._database = database
        self._threads = threads
        self._own = chance.random_bytes(4).hex()
        self._orders: dict[str, UnsettledOrder] = {}
        self._guard = threading.Lock()

    def follow(self, feed: ChangeFeed) -> None:
        """Hear of those of other processes from now on."""
        feed.subscribe((TOPIC,), self._hear)

    def name_of(self, *parts: str, body: bytes) -> str:
        """Return the name of an order: the same for the same caller, place and body, and nothing can be read in it."""
        whole = hashlib.sha256("\n".join(parts).encode("utf-8", "surrogateescape") + b"\n" + body)
        return self._vault.keyed_hash(whole.hexdigest())[:NAME_LETTERS]

    def find(self, name: str) -> UnsettledOrder | None:
        """Return what is known of an unsettled order of this name."""
        order = self._orders.get(name)
        if order is None or stopwatch() - order.noted_at < KEPT_SECONDS:
            return order
        with self._guard:
            self._orders.pop(name, None)
        return None

    async def note(self, name: str, reference: str, *, is_under_way: bool) -> None:
        """Remember an order from here on, and tell the others."""
        self._keep(name, reference, is_under_way=is_under_way)
        await self._tell(name, reference, "under-way" if is_under_way else "over")

    async def settle(self, name: str) -> None:
        """Forget an order, whose caller knows by now what came of it."""
        with self._guard:
            order = self._orders.pop(name, None)
        if order is not None:
            await self._tell(name, order.reference, "settled")

    def _keep(self, name: str, reference: str, *, is_under_way: bool) -> None:
        with self._guard:
            former = self._orders.pop(name, None)
            noted_at = former.noted_at if former and former.reference == reference else stopwatch()
            self._orders[name] = UnsettledOrder(reference, noted_at, is_under_way)
            while len(self._orders) > KEPT_MAX:
                del self._orders[next(iter(self._orders))]

    async def _tell(self, name: str, reference: str, state: str) -> None:
        def write() -> None:
            with self._database.write() as session:
                record_change(session, TOPIC, f"{name} {reference} {state} {self._own}")

        try:
            await self._threads.run(write)
        except StoreUnavailable as failure:
            # This process knows. The others would have to be met by the very next attempt for it to matter.
            _log.warning("unsettled_order_not_told", internal=failure.internal)

    def _hear(self, changes: tuple[Change, ...]) -> None:
        for change in changes:
            name, reference, state, teller = change.ref.split(" ")
            if teller == self._own:
                continue
            if state == "settled":
                with self._guard:
                    self._orders.pop(name, None)
            else:
                self._keep(name, reference, is_under_way=state == "under-way")
