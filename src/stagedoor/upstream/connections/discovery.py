"""Find out what people cannot be expected to know: where tokens are given, and which tenants there are.

A token says which organization it belongs to (claim ``prt_id``), the portal which tenants that has, the account host
of 2019 both. Standalone Orchestrators tell neither.
"""

import base64
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import quote, urlsplit

from stagedoor.kit.secret import Secret
from stagedoor.upstream.connections.addresses import OrchestratorAddress, list_token_urls
from stagedoor.upstream.connections.questions import Questions
from stagedoor.upstream.connections.schemas import ConnectionKind

METADATA = "/.well-known/openid-configuration"
TOKEN_PATH = "/connect/token"
NAMES_MAX = 1000
NAME_LENGTH_MAX = 128
_ORGANIZATION_ID = re.compile(r"[0-9A-Za-z-]{1,64}")


@dataclass(frozen=True, slots=True)
class RemoteOrganization:
    """What the remote side tells of itself; nothing for a standalone Orchestrator."""

    name: str | None = None
    tenants: tuple[str, ...] = ()


def find_token_url(questions: Questions, kind: ConnectionKind, address: OrchestratorAddress) -> str | None:
    """Return the token endpoint of the first identity server that introduces itself near the address.

    No secret is sent: an identity server publishes its metadata (OpenID Connect Discovery 1.0, section 4). ``None`` as
    well where the host does not answer at all.
    """
    for candidate in list_token_urls(kind, address):
        server = candidate.removesuffix(TOKEN_PATH)
        if server == candidate:
            continue
        told = questions.find(server + METADATA)
        if told is None:
            break
        if isinstance(told.fields.get("token_endpoint"), str):
            return candidate
    return None


def find_authorize_url(questions: Questions, token_url: str) -> str | None:
    """Return where people sign in for tokens of this endpoint.

    Beside the vendor's token path stands the vendor's authorize path. Another identity server is asked for its
    metadata, and believed only as far as its own origin.
    """
    if token_url.endswith(TOKEN_PATH):
        return token_url.removesuffix("token") + "authorize"
    server = token_url.rpartition("/")[0]
    origin = _origin(token_url)
    while server.startswith(origin):
        told = questions.find(server + METADATA)
        page = told.fields.get("authorization_endpoint") if told is not None else None
        if isinstance(page, str):
            is_plain = page.isascii() and page.isprintable() and "#" not in page and " " not in page
            return page if is_plain and _origin(page) == origin else None
        server = server.rpartition("/")[0]
    return None


def read_claims(token: Secret) -> Mapping[str, object]:
    """Return the claims of a token that is a JWT, else nothing.

    Its signature is not checked: this tells people what a token is about and decides nothing.
    """
    parts = token.reveal().split(".")
    if len(parts) != 3:
        return {}
    try:
        claims = json.loads(base64.urlsafe_b64decode(parts[1] + "=" * (-len(parts[1]) % 4)))
    except (ValueError, RecursionError):
        return {}
    return claims if isinstance(claims, dict) else {}


def ask_organization(
    questions: Questions, address: OrchestratorAddress, token: Secret, id_token: Secret | None
) -> RemoteOrganization:
    """Return the organization that a token belongs to and the tenants it may enter, as far as the remote side tells."""
    if id_token is not None:
        told = _ask_account_host(questions, address, id_token)
        if told.name is not None:
            return told
    claims = read_claims(token)
    claimed = claims.get("prt_id", claims.get("organization_id"))
    is_id = isinstance(claimed, str) and _ORGANIZATION_ID.fullmatch(claimed)
    word = claimed if is_id else address.organization
    return _ask_portal(questions, address.origin, str(word), token) if word else RemoteOrganization()


def _ask_portal(questions: Questions, origin: str, word: str, token: Secret) -> RemoteOrganization:
    path = f"/{quote(word, safe='')}/portal_/api/filtering/leftnav/tenantsAndOrganizationInfo"
    told = questions.find(origin + path, token)
    if told is None:
        return RemoteOrganization()
    organization, tenants = told.fields.get("organization"), told.fields.get("tenants")
    name = _name(organization, "name")
    listed = tenants if isinstance(tenants, list) else []
    return RemoteOrganization(name, _names(listed, "name"))


def _ask_account_host(questions: Questions, address: OrchestratorAddress, id_token: Secret) -> RemoteOrganization:
    base = f"{address.origin}/cloudrpa/api"
    told = questions.find(f"{base}/getAccountsForUser", id_token)
    accounts = told.fields.get("accounts") if told is not None else None
    names = _names(accounts, "accountLogicalName") if isinstance(accounts, list) else ()
    if not names:
        return RemoteOrganization()
    own = next((name for name in names if name.casefold() == (address.organization or "").casefold()), names[0])
    instances = questions.find(f"{base}/account/{quote(own, safe='')}/getAllServiceInstances", id_token)
    return RemoteOrganization(own, _names(instances.rows, "serviceInstanceLogicalName") if instances else ())


def _names(rows: list[object] | list[dict[str, object]], field: str) -> tuple[str, ...]:
    return tuple(name for row in rows[:NAMES_MAX] if (name := _name(row, field)) is not None)


def _name(row: object, field: str) -> str | None:
    value = row.get(field) if isinstance(row, dict) else None
    is_name = isinstance(value, str) and 0 < len(value) <= NAME_LENGTH_MAX and value.isprintable()
    return str(value) if is_name else None


def _origin(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"
