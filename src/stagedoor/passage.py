"""The slip that each request carries through the house: what is known about it so far, frozen, without logic.

Identity fills in :class:`Caller`, the catalogue :class:`~stagedoor.catalog.operations.Match`, access the
:class:`Verdict`, the gateway the :class:`Destination`; audit reads the whole.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import NamedTuple

from stagedoor.kit.secret import Secret


class CallerKind(StrEnum):
    """What kind of principal calls."""

    USER = "user"
    API_USER = "api_user"
    EXTERNAL_APPLICATION = "external_application"
    LOCAL_ADMINISTRATOR = "local_administrator"


class CredentialKind(StrEnum):
    """How the caller proved who it is."""

    ACCESS_KEY = "access_key"
    NARROWED_KEY = "narrowed_key"
    MACHINE_SECRET = "machine_secret"
    OAUTH_TOKEN = "oauth_token"
    PERSONAL_ACCESS_TOKEN = "personal_access_token"
    TOKEN_2019 = "token_2019"
    LEGACY_TOKEN = "legacy_token"
    LOCAL_AUTHORITY = "local_authority"


@dataclass(frozen=True, slots=True)
class Allowance:
    """Some operations in some folders, as words that access compiles.

    ``allow`` holds selectors: an operation id, ``tag:Jobs``, ``scope:OR.Jobs.Read``, ``permission:Jobs.View``,
    ``role:Automation User`` or ``all``. ``folders`` holds folder keys (GUIDs), each standing for its whole subtree;
    ``None`` means every folder. ``tenant_id`` ties the allowance to one tenant: a person who administers one tenant and
    may only look at another must not carry the first role into the second. ``None`` means each tenant that the caller
    may enter.
    """

    allow: tuple[str, ...]
    folders: tuple[str, ...] | None = None
    tenant_id: str | None = None
    _hash: int = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        # Decisions are looked up by allowances at every request, and an allowance may name hundreds of operations.
        object.__setattr__(self, "_hash", hash((self.allow, self.folders, self.tenant_id)))

    def __hash__(self) -> int:
        return self._hash


@dataclass(frozen=True, slots=True)
class GrantTerms:
    """What a credential may do, in words: the union of its allowances, cut down by its ceiling and its conditions.

    ``ceiling`` is a list of selectors that every call must also be covered by (the scopes of a token); ``None`` means
    no ceiling. ``networks`` are CIDRs; empty means any. ``not_after`` is the end of the credential. ``narrowings`` are
    what the holder took from it: each of them must cover a call too, so that none can add anything.
    """

    allowances: tuple[Allowance, ...]
    ceiling: tuple[str, ...] | None = None
    networks: tuple[str, ...] = ()
    not_after: datetime | None = None
    narrowings: tuple[Allowance, ...] = ()


@dataclass(frozen=True, slots=True)
class KeyLimits:
    """How much an access key may be used; ``None`` stands for no limit.

    ``rate_requests`` in each ``rate_seconds``, ``burst`` of them at once; ``daily_quota`` in a day of UTC;
    ``concurrency`` under way at the same moment. ``weight`` is what the key counts where several share what an upstream
    tenant allows.
    """

    rate_requests: int | None = None
    rate_seconds: int = 1
    burst: int | None = None
    daily_quota: int | None = None
    concurrency: int | None = None
    weight: int = 1


@dataclass(frozen=True, slots=True)
class Caller:
    """Who calls, with which credential, and what that credential was given.

    ``tenant_ids`` are the tenants it may enter; ``None`` means every tenant of its organization. ``may_administer``
    opens the management API. ``may_make_credentials`` is false where somebody else's program acts for a person: it must
    not make itself a credential that outlives what the person allowed it. ``credential_id`` names the credential in
    audit and is never the secret itself.
    ``number`` is the integer by which the vendor's API names the caller. ``limits`` is ``None`` where nothing limits
    how much the credential is used. Of a narrowed key ``credential_id`` is the access key's that it was made of, whose
    limits it uses, and ``narrowing_id`` tells it from others of that key.
    """

    kind: CallerKind
    id: str
    name: str
    organization_id: str
    credential_kind: CredentialKind
    credential_id: str
    terms: GrantTerms
    tenant_ids: frozenset[str] | None = None
    email: str | None = None
    user_id: str | None = None
    client_id: str | None = None
    may_administer: bool = False
    may_make_credentials: bool = True
    number: int = 0
    limits: KeyLimits | None = None
    narrowing_id: str | None = None

    @property
    def credential_name(self) -> str:
        """What the audit calls the credential: a narrowed key by the access key's id, a slash and its own."""
        return self.credential_id if self.narrowing_id is None else f"{self.credential_id}/{self.narrowing_id}"


@dataclass(frozen=True, slots=True)
class TenantPlace:
    """The tenant that a request addresses, with the words its caller used for it.

    ``remote_base_url`` is ``None`` for the embedded Orchestrator; otherwise the base of the upstream's Orchestrator
    (the part in front of ``/odata``), called with ``upstream_token``. ``connection_id`` names the connection that both
    come from, where the tenant is mapped to one. ``ca_pem`` holds the only authorities to trust there and
    ``proxy_url`` the HTTP proxy on the way, where the connection has them.
    """

    organization_id: str
    organization_name: str
    tenant_id: str
    tenant_name: str
    remote_base_url: str | None = None
    upstream_token: Secret | None = None
    connection_id: str | None = None
    ca_pem: str | None = None
    proxy_url: str | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class FolderPlace:
    """One folder: its number and key, its full path and the keys from its root down to itself."""

    id: int
    key: str
    path: str
    lineage: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Reach:
    """The folders that a caller's grant covers for the operation at hand, for filtering lists.

    ``folder_keys`` are subtree roots; ``None`` means every folder. Each of ``narrowed_to`` holds subtree roots too, and
    a folder must lie in a subtree of each; there are none where ``folder_keys`` is ``None``.
    """

    folder_keys: frozenset[str] | None = None
    narrowed_to: tuple[frozenset[str], ...] = ()

    @property
    def roots(self) -> frozenset[str]:
        """The folders that are named; those among them that are covered are the roots of what is."""
        return frozenset().union(self.folder_keys or (), *self.narrowed_to)

    def covers(self, folder: FolderPlace) -> bool:
        """Tell whether the folder lies in one of the subtrees, and in one of each narrowing."""
        if self.folder_keys is None:
            return True
        lineage = folder.lineage
        return not self.folder_keys.isdisjoint(lineage) and (
            not self.narrowed_to or all(not keys.isdisjoint(lineage) for keys in self.narrowed_to)
        )

    def narrow(self, other: "Reach") -> "Reach":
        """Return what both reach."""
        limits = [keys for keys in (self.folder_keys, *self.narrowed_to, other.folder_keys) if keys is not None]
        limits += other.narrowed_to
        once = tuple(dict.fromkeys(limits))
        return Reach(once[0], once[1:]) if once else Reach()


@dataclass(frozen=True, slots=True)
class Allowed:
    """The verdict that lets a request pass, with what it may reach."""

    reach: Reach
    rule: str


@dataclass(frozen=True, slots=True)
class Denied:
    """The verdict that refuses, with the reason in a word and in a sentence.

    ``reason`` is one of ``access.reasons``; ``smallest_grant`` are selectors that would pass, empty when no grant
    would; ``folder`` is the path that such a grant would need, if any.
    """

    reason: str
    rule: str
    sentence: str
    smallest_grant: tuple[str, ...] = ()
    folder: str | None = None


Verdict = Allowed | Denied


class IdentityEvent(StrEnum):
    """What a request to identity came to, as the audit names it behind ``identity:``."""

    AUTHORIZATION_GRANTED = "authorization:granted"
    AUTHORIZATION_REFUSED = "authorization:refused"
    LEGACY_SIGN_IN_FAILED = "legacy_sign_in:failed"
    LEGACY_SIGN_IN_SUCCEEDED = "legacy_sign_in:succeeded"
    REQUEST_ANSWERED = "request:answered"
    SIGN_IN_FAILED = "sign_in:failed"
    SIGN_IN_SUCCEEDED = "sign_in:succeeded"
    SIGN_OUT_SUCCEEDED = "sign_out:succeeded"
    TOKEN_ISSUED = "token:issued"
    TOKEN_REFUSED = "token:refused"
    TOKEN_REVOKED = "token:revoked"


@dataclass(frozen=True, slots=True, kw_only=True)
class IdentityOutcome:
    """What identity leaves in a request's scope for the audit: what happened, to whom, and why not.

    The caller is named once it proved who it is, and never by what it merely typed. ``client_id`` is the OAuth client
    that the request came through, which is the caller itself where it acts for nobody. ``reason`` is set on refusals
    alone. Nothing here may hold a secret.
    """

    event: IdentityEvent
    caller_kind: CallerKind | None = None
    caller_id: str | None = None
    caller_name: str | None = None
    client_id: str | None = None
    organization_id: str | None = None
    tenant_name: str | None = None
    reason: str | None = None
    sentence: str | None = None


class Destination(StrEnum):
    """Where an allowed request goes."""

    EMBEDDED = "embedded"
    REMOTE = "remote"


class RequestHead(NamedTuple):
    """A request's head after the door cleaned it: canonical, bounded, stripped of forged headers.

    Header names are lower case; ``raw_headers`` keep order and doubles for the gateway. ``path`` is canonical
    and still percent-encoded where it must be. A tuple, since one is made for each request and a frozen class takes
    five times as long to fill.
    """

    method: str
    path: str
    query: str
    headers: Mapping[str, str]
    raw_headers: tuple[tuple[bytes, bytes], ...]
    client_address: str
    scheme: str = "http"
    request_id: str = ""
