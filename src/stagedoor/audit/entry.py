"""One entry of the audit log as the other rooms write it."""

from dataclasses import dataclass
from datetime import datetime

from stagedoor.audit.event_names import EventName


# Nobody changes one, but to have that enforced would take longer than all else that recording one takes.
@dataclass(slots=True, kw_only=True)
class AuditEntry:
    """What happened, when, on whose behalf and with which outcome; never a header, never a body.

    One is built for each request, so that it stays plain: no check, no conversion. What a caller may have written
    (``path``, names, sentences) is redacted and cut to its column when it is stored. ``verdict`` is ``allowed``,
    ``denied`` or ``None`` where nothing was judged. ``organization_id`` decides who may read the row: ``None``
    leaves it to whoever runs the machine. ``sentence`` says what was decided, or for administration what was done.
    """

    event: EventName
    time: datetime
    request_id: str | None = None
    caller_kind: str | None = None
    caller_id: str | None = None
    caller_name: str | None = None
    credential_kind: str | None = None
    credential_id: str | None = None
    client_address: str | None = None
    organization_id: str | None = None
    organization: str | None = None
    tenant: str | None = None
    method: str | None = None
    path: str | None = None
    operation: str | None = None
    folder: str | None = None
    verdict: str | None = None
    reason: str | None = None
    sentence: str | None = None
    status: int | None = None
    duration_ms: float | None = None
    destination: str | None = None
