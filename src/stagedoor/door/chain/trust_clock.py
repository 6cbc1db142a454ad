"""First step where everything ends at some time: a clock that cannot be trusted lets nothing in and hands nothing out.

Sign-ins, codes and tokens, sessions of the console and addresses of files are such things. At the Orchestrator and the
management API the step that identifies asks, since access keys without an end go on working.
"""

from stagedoor.door.visit import Visit
from stagedoor.kit.steady_clock import verify_trusted

TIMELESS = ("/console/static/", "/identity_/static/", "/identity_/.well-known/")


def trust_clock(visit: Visit) -> None:
    """Raise :class:`~stagedoor.kit.steady_clock.ClockUntrusted`, but for what is the same at every time."""
    if not visit.place.path.startswith(TIMELESS):
        verify_trusted(visit.house.clock)
