"""Step 4: who is calling."""

from stagedoor.door.visit import Visit


def identify(visit: Visit) -> None:
    """Fill in the caller, from memory alone. Raises what the authenticators raise: nobody comes in unknown."""
    house, before = visit.house, visit.caller_before
    if before is not None and house.key_ring.still_opens(before, visit.now):
        visit.caller = before
        return
    visit.caller = house.authenticators.identify(visit.head)


def identify_if_possible(visit: Visit) -> None:
    """Fill in the caller where a credential is sent; for surfaces with public parts, which ask for more themselves."""
    headers = visit.head.headers
    if "authorization" in headers or "x-api-key" in headers:
        identify(visit)
