"""Step 4: who is calling."""

from stagedoor.door.visit import Visit
from stagedoor.kit.steady_clock import verify_trusted


def identify(visit: Visit) -> None:
    """Fill in the caller, from memory alone.

    Raises what the authenticators raise: nobody comes in unknown; and
    :class:`~stagedoor.kit.steady_clock.ClockUntrusted` where a credential ends at a time that cannot be told.
    """
    house, before = visit.house, visit.caller_before
    if before is not None and house.key_ring.still_opens(before, visit.now):
        caller = before
    else:
        caller = house.authenticators.identify(visit.head)
    if caller.terms.not_after is not None:
        # Whether it has ended is for a clock to say that can be trusted.
        verify_trusted(house.clock)
        visit.now = house.clock.now()
        if caller.terms.not_after <= visit.now:
            # The clock was set back since somebody last looked at it.
            caller = house.authenticators.identify(visit.head)
    visit.caller = caller


def identify_if_possible(visit: Visit) -> None:
    """Fill in the caller where a credential is sent; for surfaces with public parts, which ask for more themselves."""
    headers = visit.head.headers
    if "authorization" in headers or "x-api-key" in headers:
        identify(visit)
