"""What was acknowledged is there after the worst moment: the server is killed in the middle of its work."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from threading import Event
from urllib.parse import urlencode, urlsplit

import httpx2
from tests.factories.administrator import administrator_of
from tests.factories.patience import eventually
from tests.factories.served import Served, served
from tests.factories.signing_in import CHALLENGE, REDIRECT, SCOPES, fields_of, hidden_fields, tokens_for

from stagedoor.identity.oauth_clients.first_party import STAGEDOOR_CLI

ADD_QUEUE_ITEM = "/odata/Queues/UiPathODataSvc.AddQueueItem"
WRITERS = 4
ACKNOWLEDGED_BEFORE = 30


@contextmanager
def started_again(house: Served) -> Iterator[Served]:
    """Start a server on the same data and the same port."""
    with served(house.data_dir, "--port", str(urlsplit(house.base_url).port)) as again:
        assert again.base_url == house.base_url
        yield again


def kill(house: Served) -> None:
    house.process.kill()
    house.process.wait(20)


class Browser:
    """Somebody's browser with its cookies: signed in once, it is sent straight back to the program that asks."""

    def __init__(self, house: Served) -> None:
        self.house = house
        self.client = httpx2.Client(base_url=house.base_url)

    def ask(self) -> httpx2.Response:
        query = {
            "response_type": "code",
            "client_id": STAGEDOOR_CLI,
            "redirect_uri": REDIRECT,
            "scope": SCOPES,
            "code_challenge": CHALLENGE,
            "code_challenge_method": "S256",
        }
        answer = self.client.get(f"/identity_/connect/authorize?{urlencode(query)}")
        while answer.is_redirect and not answer.headers["location"].startswith(REDIRECT):
            answer = self.client.get(answer.headers["location"])
        return answer

    def sign_in(self) -> None:
        page = self.ask()
        typed = {"username": self.house.admin_username, "password": self.house.admin_password}
        answer = self.client.post(str(page.url), data=typed | hidden_fields(page))
        assert answer.is_redirect, answer.text

    def is_signed_in(self) -> bool:
        return "code" in fields_of(self.ask().headers.get("location", ""))


def test_keys_sign_ins_and_acknowledged_writes_survive_kill_9(tmp_path: Path) -> None:
    with served(tmp_path / "data") as house:
        browser = Browser(house)
        browser.sign_in()
        assert browser.is_signed_in()
        tokens = tokens_for(house.base_url, house.admin_username, house.admin_password)
        with administrator_of(house) as administrator:
            password = administrator.make_user("survivor")
            key = administrator.make_key("survivor", ["tag:Queues", "QueueItems_Get"], folders=["Shared"])
            revoked = administrator.make("/keys", {"name": "gone", "tenant": "acme/dev", "allow": ["all"]})
            assert administrator.management.delete(f"/keys/{revoked['id']}").is_success
        acknowledged = write_until_killed(house, key)
    assert len(acknowledged) >= ACKNOWLEDGED_BEFORE

    with started_again(house) as again:
        assert (again.admin_password, again.sample_key) == (house.admin_password, house.sample_key)
        stored = killed_references(again, key)
        # What was under way may be there or not; what was answered is there, and nothing is there twice.
        assert acknowledged <= set(stored)
        assert len(stored) == len(set(stored)) <= len(acknowledged) + WRITERS
        with httpx2.Client(base_url=house.orchestrator_url) as client:
            ended = client.get("/odata/QueueItems", headers={"Authorization": f"Bearer {revoked['key']}"})
            assert ended.status_code == 401
        assert browser.is_signed_in()
        browser.client.close()
        bearer = {"Authorization": f"Bearer {tokens['access_token']}"}
        assert httpx2.get(f"{house.base_url}/api/stagedoor/v1/whoami", headers=bearer).json()["name"] == "admin"
        form = {"grant_type": "refresh_token", "client_id": STAGEDOOR_CLI, "refresh_token": tokens["refresh_token"]}
        assert httpx2.post(f"{house.base_url}/identity_/connect/token", data=form).status_code == 200
        assert tokens_for(house.base_url, "survivor", password)["access_token"]


def killed_references(house: Served, key: str) -> list[str]:
    """Return the references of all items that :func:`write_until_killed` left."""
    query: dict[str, str | int] = {"$select": "Reference", "$filter": "startswith(Reference, 'killed-')", "$top": 100}
    stored: list[str] = []
    with httpx2.Client(base_url=house.orchestrator_url, headers={"Authorization": f"Bearer {key}"}) as client:
        while page := client.get("/odata/QueueItems", params=query | {"$skip": len(stored)}).json()["value"]:
            stored += [item["Reference"] for item in page]
    return stored


def write_until_killed(house: Served, key: str) -> set[str]:
    """Add queue items from several writers, kill the server among them, and return what was acknowledged."""
    acknowledged: set[str] = set()
    over = Event()

    def write(writer: int) -> None:
        with httpx2.Client(base_url=house.orchestrator_url, headers={"Authorization": f"Bearer {key}"}) as client:
            number = 0
            while not over.is_set():
                reference = f"killed-{writer}-{number}"
                item = {"itemData": {"Name": "Invoices", "Reference": reference, "SpecificContent": {"N": number}}}
                try:
                    answer = client.post(ADD_QUEUE_ITEM, json=item)
                except httpx2.TransportError:
                    return
                assert answer.status_code == 201, answer.text
                acknowledged.add(reference)
                number += 1

    with ThreadPoolExecutor(WRITERS) as pool:
        writers = [pool.submit(write, writer) for writer in range(WRITERS)]
        try:
            eventually(lambda: len(acknowledged), lambda count: count >= ACKNOWLEDGED_BEFORE)
            kill(house)
        finally:
            over.set()
        for writer in writers:
            writer.result(20)
    return acknowledged


def test_a_refresh_whose_answer_was_lost_with_the_server_is_given_again(tmp_path: Path) -> None:
    with served(tmp_path / "data") as house:
        tokens = tokens_for(house.base_url, house.admin_username, house.admin_password)
        form = {"grant_type": "refresh_token", "client_id": STAGEDOOR_CLI, "refresh_token": tokens["refresh_token"]}
        lost = httpx2.post(f"{house.base_url}/identity_/connect/token", data=form).json()
        kill(house)
    with started_again(house):
        again = httpx2.post(f"{house.base_url}/identity_/connect/token", data=form)
        assert again.status_code == 200, again.text
        assert again.json()["refresh_token"] == lost["refresh_token"]
