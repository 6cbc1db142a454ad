"""The door in front of three servers that read HTTP in their own ways: nginx, uvicorn and Node."""

from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path

import httpx2
import pytest
from tests.factories.administrator import Administrator, administrator_of
from tests.factories.patience import eventually
from tests.factories.recorders import Received, Recorder, nginx_recorder, node_recorder, uvicorn_recorder
from tests.factories.served import served
from tests.factories.smuggling import ALLOWED, LIST, PREFIX

# The door looks folders up by itself.
OWN_QUESTION = "/odata/Folders?$select=Id,Key,FullyQualifiedName,ParentId&$orderby=Id&$top=1000&$skip=0"
JUDGED_AS = {"HEAD": "GET"}
OPERATIONS = {"Assets_Get": ("GET", "/odata/Assets"), "Assets_Post": ("POST", "/odata/Assets")}


@dataclass
class Pair:
    """A door, the server behind it, and what each of them says happened."""

    name: str
    front: Administrator
    recorder: Recorder
    head: bytes
    honest: httpx2.Client
    _judged_up_to: int = 0
    _received_up_to: int = 0

    @property
    def base_url(self) -> str:
        """The door's address."""
        return self.front.house.base_url

    def greet(self, marker: str) -> None:
        """Let somebody honest ask for something of their own, on a connection of their own, and get exactly that."""
        answer = self.honest.get(LIST.decode(), params={"marker": marker})
        assert answer.status_code == 200, answer.text
        assert answer.json()["target"] == f"/odata/Assets?marker={marker}", f"{self.name} answered somebody else"

    def verify_agreement(self) -> list[Received]:
        """Return what the server received since the last time, all of which the door had judged and allowed.

        Raises AssertionError where the server read a request that the door did not judge, or read none that it did.
        """
        rows = list(self._judged())
        whole = Counter(place for place, status in rows if status == 200)
        others = Counter(place for place, status in rows if status != 200)
        received = eventually(
            self._received, lambda seen: sum(not request.is_torn for request in seen) >= whole.total(), seconds_max=5
        )
        self._received_up_to += len(received)
        read, torn = (
            Counter(_place(each) for each in received if each.is_torn is is_torn) for is_torn in (False, True)
        )
        said = f"{self.name} read {received}, the door allowed {rows}"
        # Whoever left without the answer may have had the request carried out all the same.
        assert read >= whole, said
        assert read + torn <= whole + others, said
        assert set(read) | set(torn) <= ALLOWED, said
        return received

    def _received(self) -> list[Received]:
        return [each for each in self.recorder.received() if each.target != OWN_QUESTION][self._received_up_to :]

    def _judged(self) -> Iterator[tuple[tuple[str, str], int]]:
        while True:
            page = self.front.management.get("/audit", params={"after": self._judged_up_to, "limit": 500}).json()
            if not page["items"]:
                return
            self._judged_up_to = int(page["next"])
            for row in page["items"]:
                if row["destination"] == "remote" and row["verdict"] == "allowed":
                    yield OPERATIONS[row["operation"]], row["status"]


def _place(request: Received) -> tuple[str, str]:
    path = request.target.partition("?")[0]
    return JUDGED_AS.get(request.method, request.method), path.removesuffix("/")


RECORDERS: dict[str, Callable[[Path], AbstractContextManager[Recorder]]] = {
    "nginx": nginx_recorder,
    "node": node_recorder,
    "uvicorn": lambda directory: uvicorn_recorder(),
}


@pytest.fixture(scope="session", params=sorted(RECORDERS))
def pair(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Pair]:
    """A door and one of the three."""
    directory = tmp_path_factory.mktemp(request.param)
    with (
        RECORDERS[request.param](directory) as recorder,
        served(directory / "data", "--empty") as running,
        administrator_of(running) as front,
    ):
        tenant_id = front.management.get("/tenants").json()["items"][0]["id"]
        order = {"remote_base_url": recorder.base_url, "token": "upstream-token"}
        assert front.management.put(f"/tenants/{tenant_id}/destination", json=order).status_code == 200
        assert running.orchestrator_url.encode().endswith(PREFIX)
        key = front.make_key("smuggler", list(OPERATIONS))
        head = f"Host: stagedoor\r\nAuthorization: Bearer {key}\r\n".encode()
        honest_key = front.make_key("honest", list(OPERATIONS))
        with httpx2.Client(base_url=running.base_url, headers={"Authorization": f"Bearer {honest_key}"}) as honest:
            yield Pair(request.param, front, recorder, head, honest)
