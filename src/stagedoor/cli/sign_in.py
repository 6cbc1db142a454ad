"""Signing a person in: authorization code with PKCE (RFC 7636, RFC 8252), by loopback redirect or by hand."""

import base64
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode, urlsplit

import httpx2

from stagedoor.cli.failure import CommandFailed, ExitCode
from stagedoor.cli.loopback import first_values, verify_state
from stagedoor.client import StagedoorClientError, Tokens, tokens_of
from stagedoor.kit.chance import Chance
from stagedoor.kit.clock import Clock

CLIENT_ID = "stagedoor-cli"
SCOPES = "openid profile email offline_access OR.Default StagedoorManagement"
DISCOVERY = "/identity_/.well-known/openid-configuration"


@dataclass(frozen=True, slots=True)
class IdentityEndpoints:
    """The addresses that a server's discovery document names (OpenID Connect Discovery 1.0)."""

    issuer: str
    authorization: str
    token: str
    revocation: str | None


def discover(http: httpx2.Client, origin: str) -> IdentityEndpoints:
    """Return where to sign in; raises :class:`CommandFailed` when no Stagedoor answers there."""
    hint = "Check --base-url, and that Stagedoor runs there."
    try:
        response = http.get(origin + DISCOVERY)
        document: Any = response.json() if response.status_code == httpx2.codes.OK else None
    except (httpx2.TransportError, httpx2.InvalidURL) as fault:
        raise CommandFailed(
            f"{origin} cannot be reached: {fault}.", hint=hint, code="unreachable", exit_code=ExitCode.UPSTREAM
        ) from fault
    except ValueError:
        document = None
    try:
        return IdentityEndpoints(
            issuer=document["issuer"],
            authorization=document["authorization_endpoint"],
            token=document["token_endpoint"],
            revocation=document.get("revocation_endpoint"),
        )
    except (TypeError, KeyError) as wrong:
        raise CommandFailed(
            f"{origin} answers, but not as Stagedoor does.", hint=hint, exit_code=ExitCode.UPSTREAM
        ) from wrong


class SignIn:
    """One attempt to sign in: what goes into the browser, and what is made of what comes back."""

    def __init__(self, endpoints: IdentityEndpoints, *, chance: Chance) -> None:
        self._endpoints = endpoints
        self._verifier = _base64url(chance.random_bytes(32))
        self.state = _base64url(chance.random_bytes(16))

    def url(self, redirect_uri: str) -> str:
        """Return the address to open in a browser."""
        query = {
            "response_type": "code",
            "client_id": CLIENT_ID,
            "redirect_uri": redirect_uri,
            "scope": SCOPES,
            "state": self.state,
            "code_challenge": _base64url(hashlib.sha256(self._verifier.encode()).digest()),
            "code_challenge_method": "S256",
        }
        return f"{self._endpoints.authorization}?{urlencode(query)}"

    def read_pasted(self, address: str) -> Mapping[str, str]:
        """Return the parameters of the address that the browser ended on.

        Raises :class:`CommandFailed` when the state is not ours: the address belongs to another sign-in.
        """
        answer = first_values(urlsplit(address.strip()).query)
        verify_state(answer, self.state)
        return answer

    def exchange(self, http: httpx2.Client, answer: Mapping[str, str], *, redirect_uri: str, clock: Clock) -> Tokens:
        """Return the tokens for an answer of the authorization endpoint.

        Raises :class:`CommandFailed` when the sign-in was refused, or answered by another issuer (RFC 9207).
        """
        if "error" in answer:
            said = answer.get("error_description") or answer["error"]
            raise CommandFailed(
                f"Not signed in: {said}", code=answer["error"], exit_code=ExitCode.SIGN_IN, hint="Try again."
            )
        if answer.get("iss", self._endpoints.issuer) != self._endpoints.issuer or not answer.get("code"):
            raise CommandFailed(
                "The answer to the sign-in comes from somewhere else.",
                code="issuer_mismatch",
                exit_code=ExitCode.SIGN_IN,
            )
        form = {
            "grant_type": "authorization_code",
            "client_id": CLIENT_ID,
            "code": answer["code"],
            "redirect_uri": redirect_uri,
            "code_verifier": self._verifier,
        }
        response = http.post(self._endpoints.token, data=form, headers={"Accept": "application/json"})
        if response.status_code != httpx2.codes.OK:
            said = first_line(response)
            raise CommandFailed(f"Not signed in: {said}", code="sign_in_failed", exit_code=ExitCode.SIGN_IN)
        return tokens_of(response, now=clock.now())


def revoke(http: httpx2.Client, revocation_url: str, tokens: Tokens) -> None:
    """End a sign-in at the server (RFC 7009); raises :class:`~stagedoor.client.StagedoorClientError` when it fails."""
    token = tokens.refresh_token or tokens.access_token
    try:
        response = http.post(revocation_url, data={"client_id": CLIENT_ID, "token": token.reveal()})
    except httpx2.TransportError as fault:
        raise StagedoorClientError(f"the server does not answer ({fault})") from fault
    if not response.is_success:
        raise StagedoorClientError(f"the server answered {response.status_code}")


def first_line(response: httpx2.Response) -> str:
    """Return what an OAuth error says (RFC 6749, section 5.2), or its status."""
    try:
        body = response.json()
        return str(body.get("error_description") or body["error"])
    except (ValueError, AttributeError, KeyError, TypeError):
        return f"the server answered {response.status_code}."


def _base64url(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()
