"""What administrators do, written down: who changed what, and never a secret."""

from sqlalchemy import event
from sqlalchemy.orm import Session

from stagedoor.admin.visitor import Visitor
from stagedoor.audit.entry import AuditEntry
from stagedoor.audit.event_names import EventName
from stagedoor.audit.service import AuditWriter
from stagedoor.identity.organizations.directory import OrganizationDirectory
from stagedoor.kit.clock import Clock


class AdministrationTrail:
    """Record administration, beside the row that the door keeps of each request."""

    def __init__(self, audit: AuditWriter, organizations: OrganizationDirectory, clock: Clock) -> None:
        self._audit = audit
        self._organizations = organizations
        self._clock = clock

    def note(
        self, session: Session, visitor: Visitor, event_name: EventName, sentence: str, *, tenant: str | None = None
    ) -> None:
        """Record what is done in this transaction, if and when it commits.

        ``sentence`` says what was done to which thing, by its name and id.
        """
        entry = self._entry(visitor, event_name, sentence, tenant)

        def record(_: Session) -> None:
            self._audit.record(entry)

        event.listen(session, "after_commit", record, once=True)

    def note_done(self, visitor: Visitor, event_name: EventName, sentence: str, *, tenant: str | None = None) -> None:
        """Record what was done and stored nowhere."""
        self._audit.record(self._entry(visitor, event_name, sentence, tenant))

    def _entry(self, visitor: Visitor, event_name: EventName, sentence: str, tenant: str | None) -> AuditEntry:
        caller = visitor.caller
        organization = self._organizations.find_organization(caller.organization_id)
        return AuditEntry(
            event=event_name,
            time=self._clock.now(),
            request_id=visitor.request_id,
            caller_kind=caller.kind,
            caller_id=caller.id,
            caller_name=caller.name,
            credential_kind=caller.credential_kind,
            credential_id=caller.credential_name,
            client_address=visitor.client_address,
            organization_id=caller.organization_id,
            organization=organization.name if organization else None,
            tenant=tenant,
            verdict="allowed",
            sentence=sentence,
        )
