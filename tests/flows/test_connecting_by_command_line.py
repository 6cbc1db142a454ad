"""Two servers and a terminal at each: an application made on one, connected on the other, used with a key, removed."""

import json
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx2
import pytest
from tests.factories.browser import chromium, sign_in_on_the_page
from tests.factories.patience import eventually
from tests.factories.served import Served, served
from tests.factories.signing_in import sign_in_through_the_page
from tests.factories.terminal import Ran, Terminal

from stagedoor.identity.oauth_clients.first_party import STAGEDOOR_CLI

SCOPES = ["OR.Jobs", "OR.Queues", "OR.Execution", "OR.Folders"]
ALLOW = ["tag:Jobs", "tag:QueueDefinitions"]


@pytest.fixture(scope="module")
def upstream(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    with served(tmp_path_factory.mktemp("upstream") / "data") as running:
        yield running


@pytest.fixture(scope="module")
def front(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    with served(tmp_path_factory.mktemp("front") / "data", "--empty") as running:
        yield running


def signed_in_at(house: Served, directory: Path) -> Terminal:
    """A terminal whose person signed in as the administrator, by an address that was opened elsewhere."""
    terminal = Terminal(directory, house.base_url)
    with terminal.started("login", "--no-browser", "--store-in-file") as process:
        assert process.stdin is not None
        assert process.stderr is not None
        address = next(line.strip() for line in process.stderr if line.startswith("http"))
        landed = sign_in_through_the_page(address, house.admin_username, house.admin_password)
        process.stdin.write(f"{landed}\n")
        process.stdin.close()
        process.stdin = None
        _, said = process.communicate(timeout=60)
        assert process.returncode == 0, said
    return terminal


@pytest.fixture(scope="module")
def there(upstream: Served, tmp_path_factory: pytest.TempPathFactory) -> Terminal:
    return signed_in_at(upstream, tmp_path_factory.mktemp("there"))


@pytest.fixture(scope="module")
def here(front: Served, tmp_path_factory: pytest.TempPathFactory) -> Terminal:
    return signed_in_at(front, tmp_path_factory.mktemp("here"))


@pytest.fixture(scope="module")
def application(there: Terminal) -> dict[str, Any]:
    made: dict[str, Any] = there.run(
        "app", "create", "front-door", "--tenant", "acme/dev", "--output", "json", "--scope", *SCOPES
    ).json
    return made


def connect_app(here: Terminal, application: dict[str, Any], name: str, *words: str, scope: str | None = None) -> Ran:
    return here.run(
        *("connect", name, "--kind", "app", "--secret-stdin", "--url", application["url"]),
        *("--client-id", application["client_id"], "--scope", scope or " ".join(SCOPES)),
        *words,
        typed=f"{application['client_secret']}\n",
    )


def jobs_by_key(front: Served, key: str, tenant: str = "acme/dev") -> httpx2.Response:
    headers = {"Authorization": f"Bearer {key}", "X-UIPATH-FolderPath": "Shared"}
    address = f"{front.base_url}/{tenant}/orchestrator_/odata/QueueDefinitions"
    return httpx2.get(address, params={"$filter": "Name eq 'Invoices'"}, headers=headers)


def queues_in(answer: httpx2.Response) -> list[str]:
    return [queue["Name"] for queue in answer.json()["value"]] if answer.status_code == 200 else []


def test_an_application_of_one_server_connects_the_other_and_keys_work_through_it(
    front: Served, upstream: Served, there: Terminal, here: Terminal, application: dict[str, Any]
) -> None:
    assert application["url"] == upstream.orchestrator_url
    made = connect_app(here, application, "prod", "--as", "acme/dev", "--output", "json").json
    assert made["connection"]["name"] == "prod"
    assert made["connection"]["tenants"] == ["acme/dev"]
    assert made["test"]["is_working"]
    assert "Users_Get" in {refused["operation"] for refused in made["test"]["refused"]}

    tested = here.run("connection", "test", "prod")
    assert tested.exit_code == 0, tested.stdout
    assert "The connection prod works." in tested.stdout
    assert "operations are refused to this connection" in tested.stdout

    [listed] = here.run("connection", "list", "--output", "json").json
    assert (listed["name"], listed["sign_in"]["state"], listed["tenants"]) == ("prod", "signed_in", ["acme/dev"])

    key = here.run("key", "create", "caller", "--tenant", "acme/dev", "--allow", *ALLOW).stdout.strip()
    assert queues_in(eventually(lambda: jobs_by_key(front, key), lambda seen: queues_in(seen) != [])) == ["Invoices"]
    jobs = here.run("call", "Jobs_Get", "--folder", "Shared", "--field", "top=1", STAGEDOOR_KEY=key)
    assert jobs.exit_code == 0, jobs.stderr

    held = here.run("connection", "remove", "prod", "--output", "json")
    assert held.error["code"] == "connection_in_use"
    assert here.run("connection", "remove", "prod", "--unmap").exit_code == 0
    assert here.run("connection", "list", "--output", "json").json == []
    assert queues_in(eventually(lambda: jobs_by_key(front, key), lambda seen: queues_in(seen) == [])) == []
    for ran in (made, tested.stdout, listed):
        assert application["client_secret"] not in json.dumps(ran)
    assert application["client_secret"] not in front.log()


def test_what_does_not_work_is_said_and_not_kept(here: Terminal, application: dict[str, Any]) -> None:
    wrong = connect_app(here, application, "wrong", "--as", "acme/dev", scope="OR.Jobs OR.Users")
    assert wrong.exit_code == 1
    assert "FAILED" in wrong.stdout
    assert "to do:" in wrong.stderr
    assert here.run("connection", "list", "--output", "json").json == []
    typed_wrong = {**application, "client_secret": "mistyped"}
    refused = connect_app(here, typed_wrong, "wrong", "--output", "json")
    assert refused.exit_code == 1
    assert json.loads(refused.stdout)["connection"] is None
    assert "mistyped" not in refused.stdout + refused.stderr


def test_a_new_secret_takes_the_place_of_the_old_one(here: Terminal, application: dict[str, Any]) -> None:
    assert connect_app(here, application, "renewed").exit_code == 0
    bad = here.run("connection", "renew-secret", "renewed", "--secret-stdin", "--output", "json", typed="mistyped\n")
    assert bad.exit_code == 1
    good = application["client_secret"]
    renewed = here.run("connection", "renew-secret", "renewed", "--secret-stdin", "--output", "json", typed=f"{good}\n")
    assert renewed.json["sign_in"]["state"] == "signed_in"
    assert here.run("connection", "remove", "renewed").exit_code == 0


class TestWithTheDataDirectory:
    def test_everything_goes_without_signing_in(self, front: Served, upstream: Served, tmp_path: Path) -> None:
        terminal = Terminal(tmp_path, front.base_url)
        at_upstream, at_front = ["--data-dir", str(upstream.data_dir)], ["--data-dir", str(front.data_dir)]
        made = terminal.run("app", "create", "local", *at_upstream, "--output", "json", "--scope", *SCOPES).json
        # The address that a stopped server would have is not the one that this one has.
        made["url"] = upstream.orchestrator_url
        connected = connect_app(terminal, made, "local", "--as", "acme/local", *at_front, "--output", "json")
        assert connected.json["connection"]["tenants"] == ["acme/local"]
        key = terminal.run("key", "create", "k", "--tenant", "acme/local", *at_front, "--allow", *ALLOW).stdout.strip()
        seen = eventually(lambda: jobs_by_key(front, key, "acme/local"), lambda it: queues_in(it) != [])
        assert queues_in(seen) == ["Invoices"], "the running server hears of what was done beside it"
        assert terminal.run("connection", "test", "local", *at_front).exit_code == 0
        names = [it["name"] for it in terminal.run("connection", "list", *at_front, "--output", "json").json]
        assert names == ["local"]
        assert terminal.run("connection", "unmap", "acme/local", *at_front).exit_code == 0
        assert terminal.run("connection", "map", "local", "acme/local", *at_front).exit_code == 0
        assert terminal.run("connection", "remove", "local", "--unmap", *at_front).exit_code == 0
        assert terminal.run("app", "remove", made["client_id"], *at_upstream).exit_code == 0
        assert made["client_id"] not in terminal.run("app", "list", *at_upstream).stdout

    def test_a_stopped_server_is_connected_before_it_starts(
        self, upstream: Served, application: dict[str, Any], own_data_dir: Path, tmp_path: Path
    ) -> None:
        with served(own_data_dir, "--empty"):
            pass
        terminal, at_rest = Terminal(tmp_path, "http://127.0.0.1:9"), ["--data-dir", str(own_data_dir)]
        assert connect_app(terminal, application, "early", "--as", "acme/dev", *at_rest).exit_code == 0
        [listed] = terminal.run("connection", "list", *at_rest, "--output", "json").json
        assert (listed["name"], listed["tenants"]) == ("early", ["acme/dev"])
        key = terminal.run("key", "create", "k", "--tenant", "acme/dev", *at_rest, "--allow", *ALLOW).stdout.strip()
        with served(own_data_dir) as started:
            assert queues_in(jobs_by_key(started, key)) == ["Invoices"]

    def test_the_secret_is_not_in_the_store_as_it_is(self, front: Served, here: Terminal, application: Any) -> None:
        assert connect_app(here, application, "sealed").exit_code == 0
        for path in front.data_dir.iterdir():
            if path.is_file() and path.name.startswith("stagedoor.db"):
                assert application["client_secret"].encode() not in path.read_bytes()
                assert not path.stat().st_mode & stat.S_IROTH
        assert here.run("connection", "remove", "sealed").exit_code == 0


class TestAPerson:
    def test_signs_in_in_the_browser(self, front: Served, upstream: Served, here: Terminal) -> None:
        note = here.directory / "opened"
        browser = here.directory / "browser.sh"
        browser.write_text(f"printf %s \"$1\" > '{note}'\n")
        words = ["--kind", "person", "--url", upstream.orchestrator_url, "--client-id", STAGEDOOR_CLI]
        with (
            here.started(
                "connect", "ada", *words, "--as", "acme/dev", "--output", "json", BROWSER=f"sh {browser} %s"
            ) as process,
            chromium() as running,
        ):
            assert process.stderr is not None
            said = process.stderr.readline()
            assert "in the browser that just opened" in said, said + process.stderr.read()
            page = running.new_page()
            page.goto(note.read_text())
            sign_in_on_the_page(page, upstream.admin_username, upstream.admin_password)
            page.get_by_role("heading", name="Signed in").wait_for()
            assert "/callback" in page.url
            stdout, stderr = process.communicate(timeout=60)
        assert process.returncode == 0, stderr
        made = json.loads(stdout)
        assert made["test"]["is_working"]
        assert made["connection"]["tenants"] == ["acme/dev"]
        key = here.run("key", "create", "p", "--tenant", "acme/dev", "--allow", *ALLOW).stdout.strip()
        seen = eventually(lambda: jobs_by_key(front, key), lambda it: queues_in(it) != [])
        assert queues_in(seen) == ["Invoices"]
        assert here.run("connection", "remove", "ada", "--unmap").exit_code == 0

    def test_signs_in_by_hand_where_there_is_no_browser(self, upstream: Served, here: Terminal) -> None:
        words = ["--kind", "person", "--url", upstream.orchestrator_url, "--client-id", STAGEDOOR_CLI]
        with here.started("connect", "eve", *words, "--no-browser", "--output", "json") as process:
            assert process.stdin is not None
            assert process.stderr is not None
            address = next(line.strip() for line in process.stderr if line.startswith("http"))
            landed = sign_in_through_the_page(address, upstream.admin_username, upstream.admin_password)
            process.stdin.write(f"{landed}\n")
            process.stdin.close()
            process.stdin = None
            stdout, stderr = process.communicate(timeout=60)
        assert process.returncode == 0, stderr
        assert json.loads(stdout)["connection"]["sign_in"]["state"] == "signed_in"
        assert here.run("connection", "remove", "eve").exit_code == 0


def test_the_other_kinds_connect_with_a_secret_piped_in(upstream: Served, there: Terminal, here: Terminal) -> None:
    key = there.run("key", "create", "front", "--tenant", "acme/dev", "--allow", *ALLOW, "tag:Folders").stdout.strip()
    legacy = json.loads((upstream.data_dir / "first-start.json").read_text())["legacy"]
    for name, kind, words, secret in (
        ("pat", "pat", [], key),
        ("password", "password", ["--username", legacy["username"]], legacy["password"]),
    ):
        ran = here.run(
            *("connect", name, "--kind", kind, "--url", upstream.orchestrator_url, "--secret-stdin", *words),
            typed=f"{secret}\n",
        )
        assert ran.exit_code == 0, ran.stdout + ran.stderr
        assert here.run("connection", "remove", name).exit_code == 0
