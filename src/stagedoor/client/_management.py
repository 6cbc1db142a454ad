"""The management API's calls as values: what to ask, and how to read the answer. Both clients carry them out."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Generic, TypeVar, cast
from urllib.parse import quote

from stagedoor.client._answers import (
    AccessKeyFacts,
    AuditPage,
    FolderFacts,
    FreshKey,
    KeyLimits,
    KeyPreview,
    LegacyWindow,
    NarrowedKey,
    OperationFacts,
    Permission,
    Tenant,
    WhoAmI,
)
from stagedoor.client._errors import ServerFailed
from stagedoor.client._requests import MANAGEMENT, Call, field_text
from stagedoor.kit.secret import Secret

LIST_LIMIT = 500

Answer = TypeVar("Answer")


@dataclass(frozen=True, slots=True)
class Ask(Generic[Answer]):
    """One call with one answer."""

    call: Call
    read: Callable[[dict[str, Any]], Answer]


@dataclass(frozen=True, slots=True)
class AskAll(Generic[Answer]):
    """A list that comes in pages."""

    call: Call


def call_to(method: str, path: str, *, query: Mapping[str, object] | None = None, json: Any = None) -> Call:
    """Return the call for a path of the management API; query options without a value are left out."""
    given = tuple((name, str(value)) for name, value in (query or {}).items() if value is not None)
    return Call(method, MANAGEMENT + path, given, json)


def read_as(answer: type[Answer]) -> Callable[[dict[str, Any]], Answer]:
    """Take the JSON as it came for an answer of this type: the types tell, they do not check."""
    del answer
    return lambda body: cast("Answer", body)


def whoami() -> Ask[WhoAmI]:
    return Ask(call_to("GET", "/whoami"), read_as(WhoAmI))


def can_i(operation: str, *, tenant: str | None, folder: str | None) -> Ask[Permission]:
    query = {"operation": operation, "tenant": tenant, "folder": folder}
    return Ask(call_to("GET", "/can-i", query=query), read_as(Permission))


def operations(search: str | None, tag: str | None) -> AskAll[OperationFacts]:
    return AskAll(call_to("GET", "/operations", query={"search": search, "tag": tag, "limit": LIST_LIMIT}))


def tenants() -> AskAll[Tenant]:
    return AskAll(call_to("GET", "/tenants", query={"limit": LIST_LIMIT}))


def folders(tenant: str | None) -> AskAll[FolderFacts]:
    return AskAll(call_to("GET", "/folders", query={"tenant": tenant, "limit": LIST_LIMIT}))


def list_keys(tenant: str | None) -> AskAll[AccessKeyFacts]:
    return AskAll(call_to("GET", "/keys", query={"tenant": tenant, "limit": LIST_LIMIT}))


def get_key(key_id: str) -> Ask[AccessKeyFacts]:
    return Ask(call_to("GET", f"/keys/{quote(key_id, safe='')}"), read_as(AccessKeyFacts))


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyTerms:
    """What a new key is to be; see :meth:`stagedoor.client.Stagedoor.create_key`."""

    name: str
    tenant: str | None
    allow: Sequence[str]
    folders: Sequence[str] | None
    networks: Sequence[str]
    expires_in: str | None
    expires_at: datetime | None
    limits: KeyLimits

    def body(self) -> dict[str, Any]:
        """Return the request's body."""
        return {
            "name": self.name,
            "tenant": self.tenant,
            "allow": list(self.allow),
            "folders": None if self.folders is None else list(self.folders),
            "networks": list(self.networks),
            "expires_in": self.expires_in,
            "expires_at": None if self.expires_at is None else field_text(self.expires_at),
            **{name: value for name, value in self.limits.items() if value is not None},
        }


def create_key(terms: KeyTerms) -> Ask[FreshKey]:
    return Ask(call_to("POST", "/keys", json=terms.body()), _fresh_key)


def preview_key(terms: KeyTerms) -> Ask[KeyPreview]:
    return Ask(call_to("POST", "/keys/preview", json=terms.body()), read_as(KeyPreview))


def change_key_limits(key_id: str, limits: KeyLimits) -> Ask[AccessKeyFacts]:
    return Ask(call_to("PATCH", f"/keys/{quote(key_id, safe='')}", json=dict(limits)), read_as(AccessKeyFacts))


def revoke_key(key_id: str) -> Ask[AccessKeyFacts]:
    return Ask(call_to("DELETE", f"/keys/{quote(key_id, safe='')}"), read_as(AccessKeyFacts))


def rotate_key(key_id: str, *, overlap: str | None) -> Ask[FreshKey]:
    return Ask(call_to("POST", f"/keys/{quote(key_id, safe='')}/rotate", json={"overlap": overlap}), _fresh_key)


def narrow_key(
    *, allow: Sequence[str] | None, folders: Sequence[str] | None, networks: Sequence[str], expires_in: str
) -> Ask[NarrowedKey]:
    body = {
        "allow": None if allow is None else list(allow),
        "folders": None if folders is None else list(folders),
        "networks": list(networks),
        "expires_in": expires_in,
    }
    return Ask(call_to("POST", "/keys/narrow", json=body), _narrowed_key)


def audit(*, limit: int, after: int | str | None, verdict: str | None, caller: str | None) -> Ask[AuditPage]:
    query = {"limit": limit, "after": after, "verdict": verdict, "caller": caller}
    return Ask(call_to("GET", "/audit", query=query), _audit_page)


def legacy_window() -> Ask[LegacyWindow]:
    return Ask(call_to("GET", "/legacy-window"), read_as(LegacyWindow))


def set_legacy_window(*, is_open: bool, until: datetime | None) -> Ask[LegacyWindow]:
    body = {"open": is_open, "until": None if until is None else field_text(until)}
    return Ask(call_to("PUT", "/legacy-window", json=body), read_as(LegacyWindow))


def _fresh_key(body: dict[str, Any]) -> FreshKey:
    """Move the key itself out of the JSON at once, so that printing the facts shows no secret."""
    facts = dict(body)
    key = facts.pop("key", None)
    warnings = facts.pop("warnings", None) or []
    if not isinstance(key, str):
        raise ServerFailed("The answer holds no key.", hint="List the keys before you make another one.")
    return FreshKey(Secret(key), cast("AccessKeyFacts", facts), tuple(str(warning) for warning in warnings))


def _narrowed_key(body: dict[str, Any]) -> NarrowedKey:
    key = body.get("key")
    if not isinstance(key, str):
        raise ServerFailed("The answer holds no key.")
    return NarrowedKey(
        Secret(key),
        str(body.get("access_key_id")),
        str(body.get("narrowing_id")),
        body.get("expires_at"),
        tuple(body.get("words") or ()),
        tuple(body.get("operations") or ()),
    )


def _audit_page(body: dict[str, Any]) -> AuditPage:
    rows = body.get("items")
    if not isinstance(rows, list):
        raise ServerFailed("The answer holds no audit rows.")
    return AuditPage(rows, body.get("next"))
