"""What the audit keeps of a visit."""

from dataclasses import replace

from stagedoor.audit.entry import AuditEntry
from stagedoor.audit.event_names import EventName
from stagedoor.door.surfaces import Surface
from stagedoor.door.visit import Visit
from stagedoor.identity.organizations.directory import OrganizationDirectory
from stagedoor.kit.clock import stopwatch
from stagedoor.passage import Allowed, Denied, IdentityEvent, IdentityOutcome

OAUTH_CLIENT = "oauth_client"
"""What stands as the kind of credential where a request came through an OAuth client, whose id stands beside it."""
EVENTS = {
    Surface.ORCHESTRATOR: EventName.ORCHESTRATOR_OPERATION_CALLED,
    Surface.FILES: EventName.ORCHESTRATOR_FILE_TRANSFERRED,
    Surface.IDENTITY: EventName.IDENTITY_REQUEST_ANSWERED,
    Surface.MANAGEMENT: EventName.ADMIN_REQUEST_ANSWERED,
    Surface.CONSOLE: EventName.CONSOLE_PAGE_ANSWERED,
    Surface.UNKNOWN: EventName.DOOR_REQUEST_REFUSED,
}
JUDGED = frozenset({Surface.ORCHESTRATOR, Surface.FILES, Surface.IDENTITY, Surface.UNKNOWN})
"""Where an error means that the caller did not get in. Administration and pages answer for their own errors."""
# Probes and styles would bury what matters.
QUIET_PREFIXES = ("/console/static/", "/identity_/static/")
# Whoever follows the audit asks for what is new every second or two. A row for each question would fill the audit with
# its own reading; the first look, which has no position to go on from, leaves its row as everything does.
FOLLOWED_PATHS = frozenset({"/console/activity/rows", "/api/stagedoor/v1/audit"})


def record_visit(visit: Visit) -> None:
    """Record one row for the request and count it; probes, static files, a browser's questions
    before a request, and following the audit are counted alone.

    Where identity left an outcome the row is about that, and its caller is the one that identity named.
    """
    seconds = stopwatch() - visit.started
    house = visit.house
    surface = visit.place.surface
    house.metrics.note_request(surface, visit.destination or "none", visit.status, seconds)
    # Nothing of an Orchestrator is quiet, and nearly every request is to one.
    if surface is not Surface.ORCHESTRATOR and _is_quiet(visit):
        return
    if visit.is_preflight:
        # The request that it asks for leaves the row.
        return
    head = getattr(visit, "head", None)
    match, folder = visit.match, visit.folder
    # Who still sends a key that was ended is what an administrator wants to see, though nobody was let in.
    caller, tenant = visit.caller or visit.refused_holder, visit.tenant
    verdict, reason, sentence = _verdict_words(visit)
    organization = house.directory.find_organization(caller.organization_id) if caller else None
    entry = AuditEntry(
        event=EVENTS[surface],
        time=house.clock.now(),
        request_id=visit.request_id,
        caller_kind=caller.kind if caller else None,
        caller_id=caller.id if caller else None,
        caller_name=caller.name if caller else None,
        credential_kind=caller.credential_kind if caller else None,
        credential_id=caller.credential_name if caller else None,
        client_address=head.client_address if head else None,
        organization_id=caller.organization_id if caller else None,
        organization=organization.name if organization else None,
        tenant=tenant.tenant_name if tenant else None,
        method=visit.scope["method"],
        path=head.path if head else None,
        operation=match.operation.id if match else None,
        folder=folder.path if folder else None,
        verdict=verdict,
        reason=reason,
        sentence=sentence,
        status=visit.status,
        duration_ms=round(seconds * 1000, 3),
        destination=visit.destination,
    )
    house.audit.record(entry if visit.outcome is None else _told_by_identity(entry, visit.outcome, house.directory))


def _is_quiet(visit: Visit) -> bool:
    place = visit.place
    return place.surface is Surface.OPERATIONS or place.path.startswith(QUIET_PREFIXES) or _follows(visit)


def _follows(visit: Visit) -> bool:
    return visit.place.path in FOLLOWED_PATHS and visit.status == 200 and "after=" in visit.head.query


def _told_by_identity(entry: AuditEntry, outcome: IdentityOutcome, directory: OrganizationDirectory) -> AuditEntry:
    organization = directory.find_organization(outcome.organization_id) if outcome.organization_id else None
    # A reason of identity's own says more than the code of the error that carried it out.
    reason = outcome.reason or entry.reason
    succeeded = None if outcome.event is IdentityEvent.REQUEST_ANSWERED else "allowed"
    return replace(
        entry,
        event=EventName(f"identity:{outcome.event}"),
        caller_kind=outcome.caller_kind,
        caller_id=outcome.caller_id,
        caller_name=outcome.caller_name,
        credential_kind=None if outcome.client_id is None else OAUTH_CLIENT,
        credential_id=outcome.client_id,
        organization_id=outcome.organization_id,
        organization=organization.name if organization else None,
        tenant=outcome.tenant_name,
        verdict=succeeded if reason is None else "denied",
        reason=reason,
        sentence=outcome.sentence or entry.sentence,
    )


def _verdict_words(visit: Visit) -> tuple[str | None, str | None, str | None]:
    if isinstance(visit.verdict, Denied):
        return "denied", visit.verdict.reason, visit.verdict.sentence
    if isinstance(visit.verdict, Allowed):
        return "allowed", visit.reason, visit.sentence
    if visit.place.surface in JUDGED and visit.reason is not None:
        return "denied", visit.reason, visit.sentence
    return None, visit.reason, visit.sentence
