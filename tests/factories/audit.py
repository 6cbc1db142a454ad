"""Audit entries for tests."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from stagedoor.audit.entry import AuditEntry
from stagedoor.audit.event_names import EventName

START = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)

_CALL = AuditEntry(
    event=EventName.ORCHESTRATOR_OPERATION_CALLED,
    time=START,
    request_id="0123456789abcdef",
    caller_kind="api_user",
    caller_id="6b1c0a4e-0f53-4c9a-9d1b-0f6a2a4f1f0a",
    caller_name="nightly export",
    credential_kind="access_key",
    credential_id="Ab3dE5gH",
    client_address="127.0.0.1",
    organization_id="11111111-0f53-4c9a-9d1b-0f6a2a4f1f0a",
    organization="acme",
    tenant="dev",
    method="GET",
    path="/acme/dev/orchestrator_/odata/Jobs",
    operation="Jobs_Get",
    folder="Shared",
    verdict="allowed",
    status=200,
    duration_ms=1.25,
    destination="embedded",
)


def audit_entry(**changes: Any) -> AuditEntry:
    """Return the entry of an allowed call, with some fields changed."""
    return replace(_CALL, **changes)
