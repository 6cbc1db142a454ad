"""The administrator of a running server: makes the users, keys and applications that a test needs, over HTTP."""

from base64 import b64encode
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import httpx2
from tests.factories.served import Served
from tests.factories.signing_in import tokens_for


@dataclass(frozen=True)
class Administrator:
    """Somebody signed in who may administer.

    ``management`` is a client of the management API, ``orchestrator`` one of the tenant's Orchestrator API.
    """

    house: Served
    management: httpx2.Client
    orchestrator: httpx2.Client

    def make(self, path: str, order: dict[str, Any]) -> Any:
        """Send an order to the management API and return what was made."""
        answer = self.management.post(path, json=order)
        assert answer.status_code == 201, answer.text
        return answer.json()

    def make_key(self, name: str, allow: Sequence[str], *, folders: Sequence[str] | None = None) -> str:
        """Make an access key for the tenant and return the key itself."""
        order = {"name": name, "tenant": f"{self.house.organization}/{self.house.tenant}", "allow": list(allow)}
        if folders is not None:
            order["folders"] = list(folders)
        return str(self.make("/keys", order)["key"])

    def make_user(self, username: str, *, roles: Sequence[dict[str, Any]] = (), **order: Any) -> str:
        """Make a user and return the sign-in password that was drawn."""
        return str(self.make("/users", {"username": username, "roles": list(roles), **order})["password"])

    def make_application(self, name: str, **order: Any) -> dict[str, Any]:
        """Make an external application; ``id`` is its client id, ``secret`` its secret if it has one."""
        made: dict[str, Any] = self.make("/apps", {"name": name, **order})
        return made

    def make_folder(self, name: str, parent_id: int | None = None) -> dict[str, Any]:
        """Make a folder in the Orchestrator, unless one of that path is there; return it."""
        query = {"$filter": f"DisplayName eq '{name}'"}
        found = self.orchestrator.get("/odata/Folders", params=query).json()["value"]
        if found:
            return dict(found[0])
        return self.create("Folders", {"DisplayName": name, "ParentId": parent_id})

    def create(self, entity_set: str, entity: dict[str, Any], *, folder: str | None = None) -> dict[str, Any]:
        """Create an entity in the Orchestrator and return it."""
        answer = self.orchestrator.post(f"/odata/{entity_set}", json=entity, headers=_folder_headers(folder))
        assert answer.status_code == 201, answer.text
        created: dict[str, Any] = answer.json()
        return created


def _folder_headers(folder: str | None) -> dict[str, str]:
    if folder is None:
        return {}
    # Base64 of UTF-16LE, so that a path may hold any letter.
    return {"X-UIPATH-FolderPath-Encoded": b64encode(folder.encode("utf-16-le")).decode()}


@contextmanager
def administrator_of(house: Served) -> Iterator[Administrator]:
    """Sign in as the administrator of a running server."""
    token = tokens_for(house.base_url, house.admin_username, house.admin_password)["access_token"]
    headers = {"Authorization": f"Bearer {token}"}
    with (
        httpx2.Client(base_url=f"{house.base_url}/api/stagedoor/v1", headers=headers) as management,
        httpx2.Client(base_url=house.orchestrator_url, headers=headers) as orchestrator,
    ):
        yield Administrator(house, management, orchestrator)
