"""External applications, the OAuth clients of an organization: what to ask, and both clients' ways to ask."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, TypedDict, cast
from urllib.parse import quote

from stagedoor.client._connections import AsyncRunner, Runner
from stagedoor.client._core import Core
from stagedoor.client._management import LIST_LIMIT, Ask, AskAll, call_to
from stagedoor.client._requests import Call
from stagedoor.kit.secret import Secret


class ApplicationFacts(TypedDict):
    """One external application; ``id`` is its client id."""

    id: str
    name: str
    is_confidential: bool
    redirect_uris: list[str]
    user_scopes: list[str]
    application_scopes: list[str]


@dataclass(frozen=True, slots=True)
class FreshApplication:
    """A new application; ``secret`` is there this once, and ``None`` for one that cannot keep one."""

    facts: ApplicationFacts
    secret: Secret | None


def _create(name: str, scopes: Sequence[str], redirect_uris: Sequence[str]) -> Ask[FreshApplication]:
    is_confidential = not redirect_uris
    order = {
        "name": name,
        "is_confidential": is_confidential,
        "redirect_uris": list(redirect_uris),
        "application_scopes" if is_confidential else "user_scopes": list(scopes),
    }
    return Ask(call_to("POST", "/apps", json=order), _fresh)


def _fresh(body: dict[str, Any]) -> FreshApplication:
    """Move the secret out of the JSON at once, so that printing the facts shows none."""
    facts = dict(body)
    secret = facts.pop("secret", None)
    return FreshApplication(cast("ApplicationFacts", facts), Secret(secret) if isinstance(secret, str) else None)


def _list() -> AskAll[ApplicationFacts]:
    return AskAll(call_to("GET", "/apps", query={"limit": LIST_LIMIT}))


def _remove(client_id: str) -> Call:
    return call_to("DELETE", f"/apps/{quote(client_id, safe='')}")


class Applications:
    """The external applications of the organization; ``Stagedoor.applications``. For administrators."""

    def __init__(self, core: Core, run: Runner) -> None:
        self._core = core
        self._run = run

    def list(self) -> "list[ApplicationFacts]":
        """List the external applications."""
        return self._run(self._core.ask_all(_list()))

    def create(self, name: str, *, scopes: Sequence[str], redirect_uris: Sequence[str] = ()) -> FreshApplication:
        """Register an application that acts for itself, with a secret; with redirects one that acts for people,
        without a secret."""
        return self._run(self._core.ask(_create(name, scopes, redirect_uris)))

    def remove(self, client_id: str) -> None:
        """End an application; its tokens end with it."""
        self._run(self._core.value(_remove(client_id)))


class AsyncApplications:
    """The asynchronous twin of :class:`Applications`; ``AsyncStagedoor.applications``."""

    def __init__(self, core: Core, run: AsyncRunner) -> None:
        self._core = core
        self._run = run

    async def list(self) -> "list[ApplicationFacts]":
        """List the external applications."""
        return await self._run(self._core.ask_all(_list()))

    async def create(self, name: str, *, scopes: Sequence[str], redirect_uris: Sequence[str] = ()) -> FreshApplication:
        """Register an application that acts for itself, with a secret; with redirects one that acts for people,
        without a secret."""
        return await self._run(self._core.ask(_create(name, scopes, redirect_uris)))

    async def remove(self, client_id: str) -> None:
        """End an application; its tokens end with it."""
        await self._run(self._core.value(_remove(client_id)))
