"""What a request to identity came to, left in the scope for whoever keeps the audit: identity itself keeps none."""

from stagedoor.identity.oauth_clients.schemas import OAuthClient
from stagedoor.identity.users.schemas import UserEntry
from stagedoor.identity.wire.errors import OAuthRequestRefused
from stagedoor.passage import Caller, CallerKind, IdentityEvent, IdentityOutcome

OUTCOME = "stagedoor.outcome"
"""The name in the scope; a request leaves one outcome, the last that is put there."""


def outcome_of(
    event: IdentityEvent,
    *,
    person: UserEntry | None = None,
    client: OAuthClient | None = None,
    organization_id: str | None = None,
    reason: str | None = None,
    sentence: str | None = None,
) -> IdentityOutcome:
    """Return the outcome of a request by a person, or by a client that acts for nobody, or by somebody unproved.

    ``organization_id`` is for the last of these, where the request named an organization that there is: its
    administrators may see who knocks.
    """
    caller_kind: CallerKind | None = None
    caller_id = caller_name = None
    if person is not None:
        caller_kind, caller_id, caller_name = CallerKind.USER, person.id, person.username
        organization_id = person.organization_id
    elif client is not None:
        caller_kind, caller_id, caller_name = CallerKind.EXTERNAL_APPLICATION, client.id, client.name
        organization_id = client.organization_id or organization_id
    return IdentityOutcome(
        event=event,
        caller_kind=caller_kind,
        caller_id=caller_id,
        caller_name=caller_name,
        client_id=None if client is None else client.id,
        organization_id=organization_id,
        reason=reason,
        sentence=sentence,
    )


def outcome_of_caller(caller: Caller) -> IdentityOutcome:
    """Return the outcome of a request that an access token or another credential of the house came with."""
    return IdentityOutcome(
        event=IdentityEvent.REQUEST_ANSWERED,
        caller_kind=caller.kind,
        caller_id=caller.id,
        caller_name=caller.name,
        client_id=caller.client_id,
        organization_id=caller.organization_id,
    )


def outcome_of_refused(
    refused: OAuthRequestRefused, event: IdentityEvent = IdentityEvent.REQUEST_ANSWERED
) -> IdentityOutcome:
    """Return the outcome of a request that could not be read, and so comes from nobody."""
    return outcome_of(event, reason=refused.error, sentence=refused.public)
