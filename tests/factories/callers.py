"""Callers, tenants and folders for tests that judge, explain or filter."""

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

from stagedoor.passage import (
    Allowance,
    Caller,
    CallerKind,
    CredentialKind,
    FolderPlace,
    GrantTerms,
    TenantPlace,
)

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
ADDRESS = "192.0.2.7"
ADA_ID = "00000000-0000-4000-8000-0000000000c1"

SHARED = FolderPlace(1, "key-shared", "Shared", ("key-shared",))
BELOW_SHARED = FolderPlace(2, "key-below", "Shared/Below", ("key-shared", "key-below"))
FINANCE = FolderPlace(3, "key-finance", "Finance", ("key-finance",))


def tenant_place(name: str = "dev", *, organization: str = "acme", remote_base_url: str | None = None) -> TenantPlace:
    return TenantPlace(f"organization-{organization}", organization, f"tenant-{name}", name, remote_base_url)


DEV = tenant_place()


def terms(*allow: str, folders: Iterable[FolderPlace] | None = None, **changes: Any) -> GrantTerms:
    keys = None if folders is None else tuple(folder.key for folder in folders)
    return GrantTerms((Allowance(allow, keys),), **changes)


NOTHING = GrantTerms(())


def caller(granted: GrantTerms = NOTHING, **changes: Any) -> Caller:
    """Return an API user with an access key, who may enter one tenant."""
    given: dict[str, Any] = {
        "kind": CallerKind.API_USER,
        "id": "api-user-1",
        "name": "nightly",
        "organization_id": DEV.organization_id,
        "credential_kind": CredentialKind.ACCESS_KEY,
        "credential_id": "key-1",
        "terms": granted,
        "tenant_ids": frozenset({DEV.tenant_id}),
    }
    return Caller(**(given | changes))


def person(granted: GrantTerms = NOTHING, **changes: Any) -> Caller:
    """Return Ada, a user whom the vendor's API knows by a number, with an access key of hers."""
    given: dict[str, Any] = {
        "kind": CallerKind.USER,
        "id": ADA_ID,
        "name": "ada",
        "email": "ada@example.com",
        "user_id": ADA_ID,
        "number": 7,
        "tenant_ids": None,
    }
    return caller(granted, **(given | changes))
