"""The vendor's command line (``uipath`` on PyPI), unmodified, signed in through our page by a real browser."""

import base64
import json
import os
import shlex
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from tests.factories.administrator import Administrator
from tests.factories.browser import chromium, sign_in_on_the_page
from tests.factories.host_names import host_names
from tests.factories.patience import eventually
from tests.factories.served import Served

# The command writes the address that it opens into the file, as a browser's stand-in.
NOTE_ADDRESS = 'import pathlib, sys; pathlib.Path(sys.argv[1]).write_text(sys.argv[2] + "\\n")'


@dataclass(frozen=True)
class Terminal:
    """A directory in which somebody uses the command line; it keeps what it learns in files there."""

    directory: Path

    def start(self, *words: str, **environment: str) -> "subprocess.Popen[str]":
        """Start a command."""
        kept = {name: value for name, value in os.environ.items() if not name.startswith("UIPATH_")}
        return subprocess.Popen(
            [str(Path(sys.executable).with_name("uipath")), *words],
            cwd=self.directory,
            env={**kept, "UIPATH_TELEMETRY_ENABLED": "false", "NO_COLOR": "1", "TERM": "dumb", **environment},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )

    def run(self, *words: str, exit_code: int = 0, **environment: str) -> str:
        """Run a command to its end and return what it printed."""
        process = self.start(*words, **environment)
        output, _ = process.communicate(timeout=60)
        assert process.returncode == exit_code, output
        return output

    def settings(self) -> dict[str, str]:
        """What sign-in wrote into ``.env``."""
        lines = (self.directory / ".env").read_text().splitlines()
        return dict(line.split("=", 1) for line in lines)

    @property
    def tokens_file(self) -> Path:
        return self.directory / ".uipath" / ".auth.json"


@pytest.fixture(scope="module")
def signed_in(house: Served, tmp_path_factory: pytest.TempPathFactory) -> Terminal:
    """Run ``uipath auth`` and do what it asks of a person in a browser."""
    terminal = Terminal(tmp_path_factory.mktemp("terminal"))
    noted = terminal.directory / "address"
    browser_command = shlex.join([sys.executable, "-c", NOTE_ADDRESS, str(noted)]) + " %s"
    process = terminal.start("auth", UIPATH_URL=house.base_url, BROWSER=browser_command)
    try:
        address = eventually(lambda: noted.read_text() if noted.exists() else "", lambda text: text.endswith("\n"))
        with chromium() as browser:
            page = browser.new_page()
            page.goto(address.strip())
            sign_in_on_the_page(page, house.admin_username, house.admin_password)
            page.get_by_text("Authentication Complete").wait_for()
        output, _ = process.communicate(timeout=60)
    finally:
        process.kill()
    assert process.returncode == 0, output
    assert "Authentication successful" in output
    return terminal


def claims_of(token: str) -> dict[str, Any]:
    body = token.split(".")[1]
    claims: dict[str, Any] = json.loads(base64.urlsafe_b64decode(body + "=" * (-len(body) % 4)))
    return claims


def with_claims(token: str, **changes: Any) -> str:
    head, _, signature = token.split(".")
    body = base64.urlsafe_b64encode(json.dumps({**claims_of(token), **changes}).encode()).rstrip(b"=").decode()
    return f"{head}.{body}.{signature}"


def test_signing_in_by_browser_finds_organization_and_tenant(signed_in: Terminal, house: Served) -> None:
    settings = signed_in.settings()
    assert settings["UIPATH_URL"] == house.tenant_url
    assert claims_of(settings["UIPATH_ACCESS_TOKEN"])["prt_id"] == settings["UIPATH_ORGANIZATION_ID"]
    assert json.loads(signed_in.tokens_file.read_text())["refresh_token"]


def test_assets_are_listed_with_the_token_of_the_sign_in(signed_in: Terminal, house: Served) -> None:
    output = signed_in.run("assets", "list", "--folder-path", house.folder, "--format", "json")
    listed = json.loads(output[output.index("[") :])
    assert {"InvoiceInbox", "ApprovalLimit", "DryRun", "LedgerLogin"} <= {asset["name"] for asset in listed}


def test_buckets_and_their_files_are_worked_with(signed_in: Terminal, house: Served, tmp_path: Path) -> None:
    where = ("--folder-path", house.folder)
    bucket, (source, target) = "Terminal", (tmp_path / "source.txt", tmp_path / "target.txt")
    source.write_text("from the terminal")

    def read(*words: str) -> Any:
        output = signed_in.run("buckets", *words, *where, "--format", "json")
        return json.loads(output[min(place for place in map(output.find, "[{") if place >= 0) :])

    signed_in.run("buckets", "create", bucket, "--description", "by hand", *where)
    assert read("exists", bucket)["exists"] is True
    assert read("retrieve", "--name", bucket)["description"] == "by hand"
    assert bucket in {listed["name"] for listed in read("list")}
    signed_in.run("buckets", "files", "upload", bucket, str(source), "in/a.txt", *where)
    assert [file["full_path"] for file in read("files", "list", bucket)] == ["/in/a.txt"]
    assert [file["full_path"] for file in read("files", "search", bucket, "*.txt", "--recursive")] == ["/in/a.txt"]
    assert read("files", "exists", bucket, "in/a.txt")["exists"] is True
    signed_in.run("buckets", "files", "download", bucket, "in/a.txt", str(target), *where)
    assert target.read_text() == "from the terminal"
    signed_in.run("buckets", "files", "delete", bucket, "in/a.txt", "--confirm", *where)
    assert read("files", "exists", bucket, "in/a.txt")["exists"] is False
    output = signed_in.run("buckets", "files", "delete", bucket, "in/a.txt", "--confirm", *where, exit_code=1)
    assert "404" in output
    signed_in.run("buckets", "delete", bucket, "--confirm", *where)
    assert read("exists", bucket)["exists"] is False


def test_a_later_run_refreshes_its_token(signed_in: Terminal, house: Served) -> None:
    kept = json.loads(signed_in.tokens_file.read_text())
    # An hour passes for the command line, which reads the end of its token without looking at the signature.
    kept["access_token"] = with_claims(kept["access_token"], exp=1)
    signed_in.tokens_file.write_text(json.dumps(kept))
    signed_in.run("auth")
    renewed = json.loads(signed_in.tokens_file.read_text())
    assert renewed["refresh_token"] != kept["refresh_token"]
    assert signed_in.settings()["UIPATH_ACCESS_TOKEN"] == renewed["access_token"]
    assert claims_of(renewed["access_token"])["exp"] > 1
    assert "InvoiceInbox" in signed_in.run("assets", "list", "--folder-path", house.folder, "--format", "json")


def test_an_application_signs_in_on_the_host_that_is_built_in(administrator: Administrator, tmp_path: Path) -> None:
    house, host = administrator.house, "cloud.uipath.com"
    application = administrator.make_application(
        "pipeline", is_confidential=True, application_scopes=["OR.Assets", "OR.Folders"]
    )
    address = f"https://{host}/{house.organization}/{house.tenant}"
    who = ("--client-id", application["id"], "--client-secret", application["secret"])
    terminal = Terminal(tmp_path)
    with host_names(tmp_path, house.base_url, host) as environment:
        terminal.run("auth", *who, "--base-url", address, "--scope", "OR.Assets OR.Folders", **environment)
        settings = terminal.settings()
        assert settings["UIPATH_URL"] == address
        assert claims_of(settings["UIPATH_ACCESS_TOKEN"])["prt_id"] == settings["UIPATH_ORGANIZATION_ID"]
        listing = ("assets", "list", "--folder-path", house.folder, "--format", "json")
        assert "InvoiceInbox" in terminal.run(*listing, **environment)
