"""Signing in as a person does, without a browser: the authorize endpoint, the sign-in page and its form over HTTP."""

import base64
import hashlib
import re
from html import unescape
from typing import Any
from urllib.parse import parse_qsl, urlencode, urljoin, urlsplit

import httpx2

from stagedoor.identity.oauth_clients.first_party import STAGEDOOR_CLI

REDIRECT = "http://127.0.0.1:53682/callback"
SCOPES = "openid profile email offline_access OR.Default StagedoorManagement"
VERIFIER = "dGhlIHZlcmlmaWVyIG9mIGEgdGVzdCwgbG9uZyBlbm91Z2g"
CHALLENGE = base64.urlsafe_b64encode(hashlib.sha256(VERIFIER.encode()).digest()).rstrip(b"=").decode()
_HIDDEN = re.compile(r'<input type="hidden" name="([^"]+)" value="([^"]*)"')
CODE_PAGE_2019 = "/mobile"
_REDIRECTS_MAX = 5


def hidden_fields(page: httpx2.Response) -> dict[str, str]:
    """Return the hidden fields of the form on a page."""
    return {name: unescape(value) for name, value in _HIDDEN.findall(page.text)}


def sign_in_through_the_page(
    authorize_url: str, username: str, password: str, *, organization: str = "acme", decision: str = "allow"
) -> str:
    """Follow an authorize request to the sign-in page, type what is asked, and return the address it ends at.

    That address is the client's own redirect, which is not opened. A consent page on the way is answered.
    """
    own_host = urlsplit(authorize_url).netloc
    with httpx2.Client() as browser:
        answer = browser.get(authorize_url)
        for _ in range(_REDIRECTS_MAX):
            while answer.is_redirect:
                target = urljoin(str(answer.url), answer.headers["location"])
                if urlsplit(target).netloc != own_host or urlsplit(target).path == CODE_PAGE_2019:
                    return target
                answer = browser.get(target)
            assert answer.status_code == 200, answer.text
            typed = {"organization": organization, "username": username, "password": password, "decision": decision}
            # The form posts to the path it was drawn for; what a page does not ask for, it ignores.
            answer = browser.post(_action_of(answer), data={**typed, **hidden_fields(answer)})
    raise AssertionError(f"signing in did not come to an end: {answer.url}")


def fields_of(address: str) -> dict[str, str]:
    """Return what a redirect to a client carries in its query."""
    return dict(parse_qsl(urlsplit(address).query))


def tokens_for(
    base_url: str, username: str, password: str, *, scope: str = SCOPES, organization: str = "acme"
) -> dict[str, Any]:
    """Return the tokens of somebody who signs in with Stagedoor's own command line: code and PKCE."""
    query = {
        "response_type": "code",
        "client_id": STAGEDOOR_CLI,
        "redirect_uri": REDIRECT,
        "scope": scope,
        "state": "state-of-a-test",
        "code_challenge": CHALLENGE,
        "code_challenge_method": "S256",
    }
    address = f"{base_url}/identity_/connect/authorize?{urlencode(query)}"
    back = fields_of(sign_in_through_the_page(address, username, password, organization=organization))
    assert back["state"] == query["state"], back
    form = {
        "grant_type": "authorization_code",
        "client_id": STAGEDOOR_CLI,
        "code": back["code"],
        "redirect_uri": REDIRECT,
        "code_verifier": VERIFIER,
    }
    answer = httpx2.post(f"{base_url}/identity_/connect/token", data=form)
    assert answer.status_code == 200, answer.text
    tokens: dict[str, Any] = answer.json()
    return tokens


def _action_of(page: httpx2.Response) -> str:
    found = re.search(r'<form method="post" action="([^"]+)"', page.text)
    assert found, page.text
    return urljoin(str(page.url), unescape(found.group(1)))
