"""What rests while a tenant is under maintenance: no job is made, and triggers are passed over."""

from sqlalchemy.orm import Session

from stagedoor.orchestrator.maintenance import store
from stagedoor.orchestrator.maintenance.errors import UnderMaintenance
from stagedoor.orchestrator.maintenance.schemas import Phase


def is_paused(session: Session, tenant_id: str) -> bool:
    """Tell whether a tenant is under maintenance, in whichever phase."""
    state = store.find_state(session, tenant_id)
    return state is not None and state.state != Phase.NONE


def verify_not_paused(session: Session, tenant_id: str) -> None:
    """Raise :class:`UnderMaintenance` for a tenant that is."""
    if is_paused(session, tenant_id):
        raise UnderMaintenance


def passes_over_trigger(session: Session, tenant_id: str) -> bool:
    """Tell whether a trigger that is due now has to be passed over; one that is, is counted."""
    state = store.find_state(session, tenant_id)
    if state is None or state.state == Phase.NONE:
        return False
    state.triggers_skipped += 1
    session.flush()
    return True
