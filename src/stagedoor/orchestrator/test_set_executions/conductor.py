"""Who runs a test set: a caller, a schedule, or the passing of time that gives the next case its turn."""

from dataclasses import dataclass

from sqlalchemy.orm import Session

from stagedoor.kit.chance import Chance
from stagedoor.kit.clock import Clock
from stagedoor.orchestrator.call import Call
from stagedoor.orchestrator.scripted_robots.scripts import Script
from stagedoor.orchestrator.scripted_robots.service import find_script_of_call


@dataclass(frozen=True, slots=True, kw_only=True)
class Conductor:
    """What is needed to run a test set; ``script`` goes before what the rules say."""

    session: Session
    tenant_id: str
    user_number: int | None
    clock: Clock
    chance: Chance
    script: Script | None = None


def conductor_of(call: Call) -> Conductor:
    """Return the caller as one who runs test sets."""
    return Conductor(
        session=call.session,
        tenant_id=call.tenant.tenant_id,
        user_number=call.caller.number or None,
        clock=call.clock,
        chance=call.chance,
        script=find_script_of_call(call.headers),
    )
