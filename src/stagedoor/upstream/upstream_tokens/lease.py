"""A lease that is renewed for as long as its owner works."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

from stagedoor.kit.clock import Clock
from stagedoor.kit.db import Database
from stagedoor.kit.errors import StoreUnavailable
from stagedoor.kit.logs import get_logger
from stagedoor.upstream.upstream_tokens import store

LEASE = timedelta(seconds=15)
"""Half of the grace that identity servers give after a rotation: who takes over from the dead comes in time for it."""

_log = get_logger("stagedoor.upstream")


@contextmanager
def kept_lease(
    database: Database, clock: Clock, connection_id: str, version: int, *, every_seconds: float = LEASE.seconds / 3
) -> Iterator[None]:
    """Renew the lease of this version three times in its life until the block ends.

    A lease that was lost is not taken back: the fence refuses the owner's write, and the owner reads again.
    """
    is_done = threading.Event()

    def renew() -> None:
        while not is_done.wait(every_seconds):
            try:
                with database.write() as session:
                    until = clock.now() + LEASE
                    if not store.write_fenced(session, connection_id, version=version, lease_until=until):
                        return
            except StoreUnavailable as failure:
                _log.warning("lease_not_renewed", connection_id=connection_id, internal=failure.internal)

    keeper = threading.Thread(target=renew, name="stagedoor-lease", daemon=True)
    keeper.start()
    try:
        yield
    finally:
        is_done.set()
        keeper.join()
