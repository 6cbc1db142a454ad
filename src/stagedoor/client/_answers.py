"""What the management API answers, as types: the JSON as it came, and a secret that cannot be printed by accident."""

from dataclasses import dataclass
from typing import Literal, TypedDict

from stagedoor.kit.secret import Secret


class Organization(TypedDict):
    """An organization by id and logical name."""

    id: str
    name: str


class TenantName(TypedDict):
    """A tenant by id and logical name."""

    id: str
    name: str


class CredentialFacts(TypedDict):
    """Which credential was used, never the credential itself; of a narrowed key ``id`` is the access key's."""

    kind: str
    id: str
    narrowing_id: str | None
    expires_at: str | None


class GrantFacts(TypedDict):
    """What a credential may do: in words, and as operation ids. ``folders`` is ``None`` for every folder."""

    words: list[str]
    operations_count: int
    operations: list[str]
    folders: list[str] | None


class WhoAmI(TypedDict):
    """Who calls, with which credential, and what that may do."""

    kind: str
    id: str
    name: str
    email: str | None
    organization: Organization
    tenants: list[TenantName]
    credential: CredentialFacts
    may_administer: bool
    grant: GrantFacts


class Permission(TypedDict):
    """Whether a call would pass, by which rule, and what would let it pass."""

    operation: str
    allowed: bool
    reason: str | None
    rule: str
    sentence: str
    smallest_grant: list[str]
    folder: str | None


class OperationFacts(TypedDict):
    """One operation of the catalogue."""

    id: str
    tag: str
    method: str
    path: str
    scope: str | None
    permissions: str
    folder: str
    deprecated: bool
    documented: bool
    words: str


class Tenant(TypedDict):
    """A tenant that the caller may enter."""

    id: str
    name: str
    display_name: str
    organization: Organization
    base_url: str
    destination: Literal["embedded", "remote"]


class FolderFacts(TypedDict):
    """A folder by number, key and path."""

    id: int
    key: str
    path: str


class AccessKeyFacts(TypedDict):
    """An access key's facts; never the key itself."""

    id: str
    name: str
    organization: str
    tenant: str
    allow: list[str]
    folders: list[str] | None
    networks: list[str]
    created_at: str
    created_by: str
    expires_at: str | None
    last_used_at: str | None
    state: Literal["active", "rotating", "revoked", "expired"]
    previous_secret_valid_until: str | None
    previous_secret_last_used_at: str | None
    rate: str | None
    burst: int | None
    daily_quota: int | None
    concurrency: int | None
    weight: int


@dataclass(frozen=True, slots=True)
class NarrowedKey:
    """Less of an access key, for a while. ``key`` is shown this once and kept nowhere.

    ``words`` and ``operations`` say what it allows. It ends with the access key ``access_key_id`` at the latest;
    ``narrowing_id`` tells it from others of that key in the audit.
    """

    key: Secret
    access_key_id: str
    narrowing_id: str
    expires_at: str | None
    words: tuple[str, ...]
    operations: tuple[str, ...]


class KeyLimits(TypedDict, total=False):
    """How much a key may be used; ``None`` is no limit, and so is what is left out of a new key.

    ``rate`` is such as ``10/s``, ``100/m`` or ``5000/h``, ``burst`` how many of those may come at once. ``daily_quota``
    counts the requests of a day in UTC, ``concurrency`` those under way at the same moment. ``weight`` is what the key
    counts where several share what an upstream tenant allows.
    """

    rate: str | None
    burst: int | None
    daily_quota: int | None
    concurrency: int | None
    weight: int | None


@dataclass(frozen=True, slots=True)
class FreshKey:
    """A key just made or rotated. ``key`` is shown this once and cannot be had again."""

    key: Secret
    facts: AccessKeyFacts
    warnings: tuple[str, ...]

    @property
    def id(self) -> str:
        """The key's id, by which it is revoked, rotated and found in the audit."""
        return self.facts["id"]


class KeyPreview(TypedDict):
    """What a key would be able to do."""

    words: list[str]
    operations: list[str]
    warnings: list[str]


class AuditCaller(TypedDict):
    """Who called."""

    kind: str | None
    id: str | None
    name: str | None


class AuditCredential(TypedDict):
    """With which credential."""

    kind: str | None
    id: str | None


class AuditRow(TypedDict):
    """One row of the audit: a request, or something that was done to keys, users or policies."""

    id: int
    time: str
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
    verdict: Literal["allowed", "denied"] | None
    reason: str | None
    sentence: str | None
    status: int | None
    duration_ms: float | None
    destination: str | None


@dataclass(frozen=True, slots=True)
class AuditPage:
    """Audit rows, newest last, and the id after which the next ones come."""

    rows: list[AuditRow]
    next: str | None


class LegacyUse(TypedDict):
    """How often one user logged in the old way from one place for one operation."""

    user: str
    network: str
    client: str
    operation: str
    count: int
    last_used_at: str


class LegacyUser(TypedDict):
    """Whether a user may use the old way, and why (not)."""

    username: str
    eligible: bool
    reason: str | None
    sentence: str | None


class LegacyWindow(TypedDict):
    """The window in which passwords still open the API."""

    organization: str
    open: bool
    until: str | None
    migrated_at: str | None
    uses: list[LegacyUse]
    users: list[LegacyUser]
