"""The sign-in of a person for a connection: where it happens (RFC 6749, section 4.1.1, with PKCE of RFC 7636)."""

import base64
import hashlib
from dataclasses import dataclass
from urllib.parse import urlencode, urlsplit

from stagedoor.kit.chance import Chance
from stagedoor.kit.secret import Secret

RANDOM_BYTES = 32
SCOPE_DEFAULT = "OR.Default"
ALWAYS_ASKED = ("openid", "offline_access")
VENDORS_PAGE = "/connect/authorize"


@dataclass(frozen=True, slots=True)
class Authorization:
    """The address to open in a browser. ``state`` has to come back with the code, for which the verifier is needed."""

    authorize_url: str
    state: str
    code_verifier: Secret


def begin_authorization(
    page: str, *, client_id: str, redirect_uri: str, scope: str | None, organization: str | None, chance: Chance
) -> Authorization:
    """Return the address of the sign-in with a new state and verifier.

    ``openid`` and ``offline_access`` are always asked for: without the second there is nothing to renew a token with.
    """
    verifier = base64.urlsafe_b64encode(chance.random_bytes(RANDOM_BYTES)).rstrip(b"=")
    challenge = base64.urlsafe_b64encode(hashlib.sha256(verifier).digest()).rstrip(b"=")
    state = base64.urlsafe_b64encode(chance.random_bytes(RANDOM_BYTES)).rstrip(b"=").decode()
    query = {
        "response_type": "code",
        "client_id": client_id,
        "redirect_uri": redirect_uri,
        "scope": " ".join(dict.fromkeys((*ALWAYS_ASKED, *(scope or SCOPE_DEFAULT).split()))),
        "state": state,
        "code_challenge": challenge.decode(),
        "code_challenge_method": "S256",
    }
    if not urlsplit(page).path.endswith(VENDORS_PAGE):
        # OpenID Connect Core 1.0, section 11: without consent others may give no refresh token.
        query["prompt"] = "consent"
    elif organization is not None:
        # Who belongs to several organizations is signed in to this one; the vendor's own client says it the same way.
        query["acr_values"] = f"tenantName:{organization}"
    separator = "&" if urlsplit(page).query else "?"
    return Authorization(f"{page}{separator}{urlencode(query)}", state, Secret(verifier.decode()))
