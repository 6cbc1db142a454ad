"""Rows of the audit log as the management API shows them."""

from datetime import datetime

from pydantic import BaseModel, Field


class AuditCaller(BaseModel):
    """Who called."""

    kind: str | None
    id: str | None
    name: str | None


class AuditCredential(BaseModel):
    """By which credential; its id, never itself."""

    kind: str | None
    id: str | None


class AuditItem(BaseModel):
    """One row: a request, or something that was done to keys, users or policies."""

    id: int
    time: datetime
    request_id: str | None
    event: str
    caller: AuditCaller
    credential: AuditCredential
    client_address: str | None
    organization: str | None
    tenant: str | None
    method: str | None
    path: str | None
    operation: str | None
    folder: str | None
    verdict: str | None = Field(description="`allowed`, `denied`, or null where nothing was judged.")
    reason: str | None
    sentence: str | None
    status: int | None
    duration_ms: float | None
    destination: str | None


class AuditTail(BaseModel):
    """Rows, newest last. ``next`` is what to pass as ``after`` for the rows that follow."""

    items: list[AuditItem]
    next: str | None
