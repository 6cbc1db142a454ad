"""The npm package ``oidc-provider`` 9 as somebody's identity: short lives, rotation, and no grace for a lost answer."""

import json
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from urllib.parse import urlencode, urljoin

import httpx2
from tests.factories.fault_proxy import Passing, answer_with
from tests.factories.node import PROGRAMS
from tests.factories.signing_in import CHALLENGE, REDIRECT, VERIFIER, fields_of

APP_SECRET = "the secret of an application elsewhere, long enough"
LIFETIME_SECONDS = 3
_REDIRECTS_MAX = 12


@dataclass(frozen=True)
class OidcProvider:
    """The running identity."""

    url: str

    def sign_in(self) -> str:
        """Sign somebody in with code and PKCE, on the provider's own pages, and return the refresh token."""
        query = {
            "response_type": "code",
            "client_id": "desk",
            "redirect_uri": REDIRECT,
            "scope": "openid offline_access OR.Jobs",
            "prompt": "consent",
            "state": "s",
            "code_challenge": CHALLENGE,
            "code_challenge_method": "S256",
        }
        code = fields_of(self.follow(f"{self.url}/auth?{urlencode(query)}"))["code"]
        form = {
            "grant_type": "authorization_code",
            "client_id": "desk",
            "code": code,
            "redirect_uri": REDIRECT,
            "code_verifier": VERIFIER,
        }
        answer = httpx2.post(f"{self.url}/token", data=form)
        assert answer.status_code == 200, answer.text
        return str(answer.json()["refresh_token"])

    def guard(self, passing: Passing) -> None:
        """Answer as an Orchestrator does that takes this identity's tokens: an empty list, or 401."""
        token = (passing.header("authorization") or "").removeprefix("Bearer ")
        form = {"token": token, "client_id": "app", "client_secret": APP_SECRET}
        is_active = httpx2.post(f"{self.url}/token/introspection", data=form).json()["active"]
        answer_with(*((200, b'{"value":[]}') if is_active else (401, b"{}")))(passing)

    def follow(self, address: str) -> str:
        """Sign somebody in at an authorize address, and return the address of the client that it ends at."""
        with httpx2.Client() as browser:
            answer = browser.get(address)
            for _ in range(_REDIRECTS_MAX):
                if answer.is_redirect:
                    target = urljoin(str(answer.url), answer.headers["location"])
                    if target.startswith(REDIRECT):
                        return target
                    answer = browser.get(target)
                else:
                    assert answer.status_code == 200, answer.text
                    prompt = "login" if 'value="login"' in answer.text else "consent"
                    answer = browser.post(str(answer.url), data={"prompt": prompt, "login": "ada", "password": "any"})
        raise AssertionError(f"signing in did not come to an end: {answer.url}")


@contextmanager
def oidc_provider() -> Iterator[OidcProvider]:
    """Run the identity until the block ends."""
    facts = {"secret": APP_SECRET, "redirectUri": REDIRECT, "lifetime": LIFETIME_SECONDS}
    command = ["node", str(PROGRAMS / "oidc-provider.mjs"), json.dumps(facts)]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    with subprocess.Popen(command, text=True, **pipes) as process:  # type: ignore[call-overload]  # spread over kinds
        try:
            line = process.stdout.readline()
            assert line, process.stderr.read()
            yield OidcProvider(json.loads(line)["url"])
        finally:
            process.kill()
