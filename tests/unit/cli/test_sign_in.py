"""``login``, ``logout``, ``token``, ``whoami``: a sign-in from its beginning to its end."""

import base64
import hashlib
import json
import stat
import threading
from collections.abc import Callable
from datetime import timedelta
from urllib.parse import parse_qs, parse_qsl, urlencode, urlsplit

import httpx2
import pytest
from keyring.errors import KeyringLocked
from tests.factories.command_line import CommandLine, DictKeyring
from tests.factories.wire import Wire, ok

from stagedoor.cli.failure import CommandFailed
from stagedoor.cli.loopback import LoopbackReceiver
from stagedoor.cli.profiles import config_dir
from stagedoor.cli.token_storage import system_keyring
from stagedoor.kit.chance import SeededChance

BASE = "http://stagedoor.test"
ME = {
    "kind": "user",
    "id": "u1",
    "name": "ada",
    "email": "ada@acme.example",
    "organization": {"id": "o1", "name": "acme"},
    "tenants": [{"id": "t1", "name": "dev"}],
    "credential": {"kind": "oauth_token", "id": "c1", "expires_at": None},
    "may_administer": True,
    "grant": {"words": ["everything"], "operations_count": 418, "operations": [], "folders": None},
}


def tenant(name: str) -> dict[str, object]:
    return {
        "id": name,
        "name": name,
        "display_name": name.title(),
        "organization": {"id": "o1", "name": "acme"},
        "base_url": f"{BASE}/acme/{name}/orchestrator_",
        "destination": "embedded",
    }


class Server:
    """A Stagedoor that signs in whoever shows the verifier of the challenge it saw."""

    def __init__(self) -> None:
        self.tenants = [tenant("dev")]
        self.challenge = ""
        self.redirect_uri = ""
        self.renewals = 0
        self.revoked: list[str] = []
        self.revocation_status = 200
        self.token_error: dict[str, str] | None = None
        self.calls: list[str] = []

    def __call__(self, request: httpx2.Request) -> httpx2.Response:
        path = request.url.path
        self.calls.append(path)
        if path == "/identity_/.well-known/openid-configuration":
            return ok(
                {
                    "issuer": f"{BASE}/identity_",
                    "authorization_endpoint": f"{BASE}/identity_/connect/authorize",
                    "token_endpoint": f"{BASE}/identity_/connect/token",
                    "revocation_endpoint": f"{BASE}/identity_/connect/revocation",
                }
            )
        if path == "/identity_/connect/token":
            return self.token(dict(parse_qsl(request.content.decode())))
        if path == "/identity_/connect/revocation":
            self.revoked.append(parse_qs(request.content.decode())["token"][0])
            return httpx2.Response(self.revocation_status)
        assert request.headers["authorization"].startswith("Bearer access-canary-")
        if path == "/api/stagedoor/v1/whoami":
            return ok(ME)
        return ok({"items": self.tenants, "next": None})

    def token(self, form: dict[str, str]) -> httpx2.Response:
        if self.token_error:
            return ok(self.token_error, 400)
        if form["grant_type"] == "authorization_code":
            digest = hashlib.sha256(form["code_verifier"].encode()).digest()
            assert base64.urlsafe_b64encode(digest).rstrip(b"=").decode() == self.challenge
            assert (form["code"], form["redirect_uri"]) == ("the-code", self.redirect_uri)
        else:
            self.renewals += 1
        number = self.renewals
        return ok(
            {
                "access_token": f"access-canary-{number}",
                "refresh_token": f"refresh-canary-{number}",
                "expires_in": 3600,
                "scope": "openid",
            }
        )

    def address_after(self, url: str, **changed: str) -> str:
        """What a browser ends on after signing in at ``url``."""
        query = dict(parse_qsl(urlsplit(url).query))
        assert query["code_challenge_method"] == "S256"
        self.challenge, self.redirect_uri = query["code_challenge"], query["redirect_uri"]
        answer = {"code": "the-code", "state": query["state"], "iss": f"{BASE}/identity_"} | changed
        return f"{query['redirect_uri']}?{urlencode({name: value for name, value in answer.items() if value})}"


@pytest.fixture
def server(command_line: CommandLine) -> Server:
    made = Server()
    command_line.wire = Wire(made)
    command_line.environment["STAGEDOOR_URL"] = BASE
    return made


def browser(server: Server, **changed: str) -> Callable[[str], bool]:
    """A browser in which somebody signs in at once."""

    def open_browser(url: str) -> bool:
        address = server.address_after(url, **changed)
        threading.Thread(target=lambda: httpx2.get(address, trust_env=False)).start()
        return True

    return open_browser


def sign_in(line: CommandLine, server: Server, *words: str) -> None:
    line.open_browser = browser(server)
    result = line.run("login", *words)
    assert result.exit_code == 0, result.output


class TestLogin:
    def test_in_the_browser_needs_no_copying(self, command_line: CommandLine, server: Server) -> None:
        command_line.open_browser = browser(server)
        result = command_line.run("login")
        assert result.exit_code == 0, result.output
        assert "as ada@acme.example; tenant acme/dev" in result.stdout
        assert server.redirect_uri.startswith("http://127.0.0.1:")
        assert "canary" not in result.output

    def test_asks_for_what_the_command_line_needs(self, command_line: CommandLine, server: Server) -> None:
        printed = command_line.run("login", "--no-browser", input="x\n").stderr
        url = next(line for line in printed.splitlines() if line.startswith(f"{BASE}/identity_/connect/authorize"))
        query = dict(parse_qsl(urlsplit(url).query))
        assert query["client_id"] == "stagedoor-cli"
        assert query["response_type"] == "code"
        assert query["scope"] == "openid profile email offline_access OR.Default StagedoorManagement"
        assert len(query["state"]) >= 22

    def test_without_a_browser_takes_the_pasted_address(self, command_line: CommandLine, server: Server) -> None:
        # The chance is seeded, so two runs with the same seed print the same address.
        first = command_line.run("login", "--no-browser", input="x\n").stderr
        url = next(line for line in first.splitlines() if line.startswith(f"{BASE}/identity_/connect/authorize"))
        command_line.chance = SeededChance(7)
        result = command_line.run("login", "--no-browser", input=f"  {server.address_after(url)}\n")
        assert result.exit_code == 0, result.output

    @pytest.mark.parametrize("pasted", ["x", "http://127.0.0.1:8127/callback?code=c&state=stolen", "?code=c"])
    def test_an_address_of_another_sign_in_is_refused(
        self, command_line: CommandLine, server: Server, pasted: str
    ) -> None:
        result = command_line.run("login", "--no-browser", input=f"{pasted}\n")
        assert result.exit_code == 4
        assert "does not belong to this sign-in" in result.stderr
        assert "/identity_/connect/token" not in server.calls

    @pytest.mark.parametrize(
        ("changed", "said"),
        [
            ({"code": "", "error": "access_denied", "error_description": "You said no."}, "You said no."),
            ({"iss": "https://evil.test"}, "comes from somewhere else"),
            ({"code": ""}, "comes from somewhere else"),
        ],
    )
    def test_a_wrong_answer_signs_nobody_in(
        self, command_line: CommandLine, server: Server, changed: dict[str, str], said: str
    ) -> None:
        command_line.open_browser = browser(server, **changed)
        result = command_line.run("login")
        assert result.exit_code == 4
        assert said in result.stderr
        assert list(command_line.files()) == []

    def test_a_refused_code_is_told(self, command_line: CommandLine, server: Server) -> None:
        server.token_error = {"error": "invalid_grant", "error_description": "The code was used."}
        command_line.open_browser = browser(server)
        result = command_line.run("login")
        assert result.exit_code == 4
        assert "The code was used." in result.stderr

    @pytest.mark.parametrize(
        ("reply", "exit_code"),
        [(httpx2.Response(404), 6), (httpx2.Response(200, text="<html>"), 6), (httpx2.ConnectError("refused"), 6)],
    )
    def test_a_wrong_base_url_is_told(
        self, command_line: CommandLine, reply: httpx2.Response | Exception, exit_code: int
    ) -> None:
        command_line.wire = Wire(reply)
        result = command_line.run("login")
        assert result.exit_code == exit_code
        assert "--base-url" in result.stderr

    def test_without_a_keyring_nothing_is_written_unless_told_to(
        self, command_line: CommandLine, server: Server
    ) -> None:
        command_line.keyring = None
        refused = command_line.run("login")
        assert refused.exit_code == 1
        assert "--store-in-file" in refused.stderr
        assert server.calls == []
        sign_in(command_line, server, "--store-in-file")
        stored = command_line.directory / "tokens" / "default.json"
        assert stat.S_IMODE(stored.stat().st_mode) == 0o600
        assert "unencrypted" in command_line.run("whoami").stdout

    def test_with_a_keyring_no_file_holds_a_secret(self, command_line: CommandLine, server: Server) -> None:
        sign_in(command_line, server)
        command_line.run("whoami")
        assert all("canary" not in path.read_text() for path in command_line.files())
        assert isinstance(command_line.keyring, DictKeyring)
        assert "access-canary-0" in next(iter(command_line.keyring.entries.values()))

    def test_with_several_tenants_one_is_chosen_by_name(self, command_line: CommandLine, server: Server) -> None:
        server.tenants = [tenant("dev"), tenant("prod")]
        sign_in(command_line, server, "--tenant", "ACME/prod")
        assert command_line.json("whoami")["local"]["tenant"] == {"value": "acme/prod", "source": "profile"}

    def test_with_several_tenants_and_nobody_to_ask_none_is_chosen(
        self, command_line: CommandLine, server: Server
    ) -> None:
        server.tenants = [tenant("dev"), tenant("prod")]
        command_line.open_browser = browser(server)
        told = command_line.run("login").stderr
        assert "acme/dev, acme/prod" in told

    def test_an_unknown_tenant_lists_the_right_ones(self, command_line: CommandLine, server: Server) -> None:
        command_line.open_browser = browser(server)
        result = command_line.run("login", "--tenant", "acme/nope")
        assert result.exit_code == 1
        assert "acme/dev" in result.stderr

    def test_json_says_who_and_where(self, command_line: CommandLine, server: Server) -> None:
        command_line.open_browser = browser(server)
        assert command_line.json("login") == {
            "profile": "default",
            "base_url": BASE,
            "user": "ada@acme.example",
            "tenant": "acme/dev",
            "tenants": ["acme/dev"],
            "secret_place": "keyring",
        }

    def test_signing_in_again_elsewhere_leaves_no_secret_behind(
        self, command_line: CommandLine, server: Server
    ) -> None:
        sign_in(command_line, server, "--store-in-file")
        sign_in(command_line, server)
        assert not (command_line.directory / "tokens" / "default.json").exists()


class TestLoopback:
    def get(self, receiver: LoopbackReceiver, path: str) -> threading.Thread:
        address = receiver.redirect_uri.replace("/callback", path)
        self.statuses: list[int] = []
        thread = threading.Thread(target=lambda: self.statuses.append(httpx2.get(address, trust_env=False).status_code))
        thread.start()
        return thread

    @pytest.mark.parametrize("path", ["/callback?code=c&state=stolen", "/callback?code=c", "/other?code=c&state=s1"])
    def test_what_is_not_ours_is_answered_and_not_believed(self, path: str) -> None:
        with LoopbackReceiver("s1") as receiver:
            stranger = self.get(receiver, path)
            with pytest.raises(CommandFailed, match="in time"):
                receiver.wait(0.3)
            stranger.join()
        assert self.statuses == [404]

    def test_listens_on_this_machine_alone(self) -> None:
        with LoopbackReceiver("s1") as receiver:
            assert receiver._server.server_address[0] == "127.0.0.1"


class TestToken:
    def test_is_printed_alone(self, command_line: CommandLine, server: Server) -> None:
        sign_in(command_line, server)
        assert command_line.run("token").stdout == "access-canary-0\n"
        assert server.renewals == 0

    def test_is_renewed_when_due_and_kept(self, command_line: CommandLine, server: Server) -> None:
        sign_in(command_line, server)
        command_line.clock.advance(timedelta(minutes=59, seconds=30))
        assert command_line.run("token").stdout == "access-canary-1\n"
        assert command_line.run("token").stdout == "access-canary-1\n"
        assert server.renewals == 1

    def test_as_json_says_when_it_ends(self, command_line: CommandLine, server: Server) -> None:
        sign_in(command_line, server)
        assert command_line.json("token") == {"token": "access-canary-0", "expires_at": "2026-11-25T13:00:00+00:00"}

    def test_an_access_key_serves_as_one(self, with_key: CommandLine) -> None:
        assert with_key.run("token").stdout == "sd_canary\n"

    def test_an_ended_sign_in_ends_with_4(self, command_line: CommandLine, server: Server) -> None:
        sign_in(command_line, server)
        command_line.clock.advance(timedelta(hours=2))
        server.token_error = {"error": "invalid_grant", "error_description": "Revoked."}
        result = command_line.run("token")
        assert (result.exit_code, result.stdout) == (4, "")
        assert "Sign in again" in result.stderr

    def test_a_server_that_is_away_ends_with_6(self, command_line: CommandLine, server: Server) -> None:
        sign_in(command_line, server)
        command_line.clock.advance(timedelta(hours=2))
        command_line.wire = Wire(httpx2.ConnectError("refused"))
        assert command_line.run("token").exit_code == 6

    def test_is_never_sent_to_another_server(self, command_line: CommandLine, server: Server) -> None:
        sign_in(command_line, server)
        calls = len(server.calls)
        result = command_line.run("whoami", "--refresh", "--base-url", "http://evil.test")
        assert result.exit_code == 4
        assert len(server.calls) == calls

    def test_a_locked_keyring_is_told(self, command_line: CommandLine, server: Server) -> None:
        sign_in(command_line, server)
        command_line.keyring = None
        result = command_line.run("token")
        assert result.exit_code == 1
        assert "keyring" in result.stderr

    def test_damaged_tokens_ask_for_a_new_sign_in(self, command_line: CommandLine, server: Server) -> None:
        sign_in(command_line, server, "--store-in-file")
        (command_line.directory / "tokens" / "default.json").write_text("{")
        assert command_line.run("token").exit_code == 4


class TestWhoAmI:
    def test_is_kept_for_five_minutes(self, command_line: CommandLine, server: Server) -> None:
        sign_in(command_line, server)
        before = len(server.calls)
        for _ in range(3):
            assert "ada@acme.example" in command_line.run("whoami").stdout
        assert len(server.calls) == before + 1
        command_line.clock.advance(timedelta(minutes=5))
        command_line.run("whoami")
        assert len(server.calls) == before + 2

    def test_refresh_asks_anew(self, command_line: CommandLine, server: Server) -> None:
        sign_in(command_line, server)
        command_line.run("whoami")
        before = len(server.calls)
        command_line.run("whoami", "--refresh")
        assert len(server.calls) == before + 1

    def test_a_damaged_cache_is_asked_anew(self, command_line: CommandLine, server: Server) -> None:
        sign_in(command_line, server)
        command_line.run("whoami")
        (command_line.directory / "cache" / "whoami-default.json").write_text('{"read_at": 5}')
        assert command_line.run("whoami").exit_code == 0

    def test_says_where_each_value_comes_from(self, command_line: CommandLine, server: Server) -> None:
        sign_in(command_line, server)
        local = command_line.json("whoami")["local"]
        assert local["base_url"] == {"value": BASE, "source": "environment"}
        assert local["tenant"] == {"value": "acme/dev", "source": "profile"}
        assert local["folder"] == {"value": None, "source": "default"}
        assert local["secret_place"].startswith("the keyring")

    def test_with_a_key_the_server_is_always_asked(self, with_key: CommandLine) -> None:
        with_key.wire = Wire(ok(ME))
        assert "the environment" in with_key.run("whoami").stdout
        with_key.run("whoami")
        assert len(with_key.wire.sent) == 2
        assert list(with_key.files()) == []

    def test_nobody_ends_with_4(self, command_line: CommandLine) -> None:
        assert command_line.run("whoami").exit_code == 4


class TestLogout:
    def test_ends_the_sign_in_here_and_there(self, command_line: CommandLine, server: Server) -> None:
        sign_in(command_line, server)
        command_line.run("whoami")
        assert command_line.json("logout") == {"profile": "default", "revoked": True}
        assert server.revoked == ["refresh-canary-0"]
        assert isinstance(command_line.keyring, DictKeyring)
        assert command_line.keyring.entries == {}
        assert command_line.run("whoami").exit_code == 4

    def test_leaves_nothing_here_even_when_the_server_is_away(self, command_line: CommandLine, server: Server) -> None:
        sign_in(command_line, server, "--store-in-file")
        command_line.wire = Wire(httpx2.ConnectError("refused"))
        result = command_line.run("logout")
        assert result.exit_code == 0
        assert "could not be ended" in result.stderr
        assert all("canary" not in path.read_text() for path in command_line.files())

    def test_a_server_that_refuses_is_told(self, command_line: CommandLine, server: Server) -> None:
        sign_in(command_line, server)
        server.revocation_status = 503
        assert "answered 503" in command_line.run("logout").stderr

    def test_without_a_sign_in_there_is_nothing_to_end(self, command_line: CommandLine) -> None:
        assert command_line.run("logout").exit_code == 0


class TestProfiles:
    def test_two_profiles_live_side_by_side(self, command_line: CommandLine, server: Server) -> None:
        sign_in(command_line, server)
        sign_in(command_line, server, "--profile", "prod")
        command_line.run("logout")
        command_line.environment["STAGEDOOR_PROFILE"] = "prod"
        assert command_line.run("token").stdout == "access-canary-0\n"

    def test_an_option_wins_over_the_environment_wherever_it_stands(
        self, command_line: CommandLine, server: Server
    ) -> None:
        command_line.environment["STAGEDOOR_PROFILE"] = "other"
        sign_in(command_line, server, "--profile", "prod")
        assert command_line.run("--profile", "prod", "token").exit_code == 0
        assert command_line.run("token", "--profile", "prod").exit_code == 0
        assert command_line.run("token").exit_code == 4

    @pytest.mark.parametrize("text", ["{", "[]", '{"profiles": {"default": {"base_url": 1}}}'])
    def test_a_damaged_file_is_named(self, command_line: CommandLine, text: str) -> None:
        command_line.directory.mkdir()
        (command_line.directory / "profiles.json").write_text(text)
        result = command_line.run("whoami", "-o", "json")
        assert result.exit_code == 1
        assert json.loads(result.stderr)["code"] == "profiles_unreadable"

    def test_files_are_their_owners_alone(self, command_line: CommandLine, server: Server) -> None:
        sign_in(command_line, server, "--store-in-file")
        command_line.run("whoami")
        assert {stat.S_IMODE(path.stat().st_mode) for path in command_line.files()} == {0o600}
        directories = [command_line.directory, command_line.directory / "tokens", command_line.directory / "cache"]
        assert {stat.S_IMODE(path.stat().st_mode) for path in directories} == {0o700}


class LockedKeyring(DictKeyring):
    """A keyring that refuses everything."""

    def get_password(self, service: str, username: str) -> str | None:
        raise KeyringLocked("locked")

    def set_password(self, service: str, username: str, password: str) -> None:
        raise KeyringLocked("locked")

    def delete_password(self, service: str, username: str) -> None:
        raise KeyringLocked("locked")


class TestLockedKeyring:
    @pytest.mark.parametrize("words", ["token", "logout"])
    def test_is_told_with_what_to_do(self, command_line: CommandLine, server: Server, words: str) -> None:
        sign_in(command_line, server)
        command_line.keyring = LockedKeyring()
        result = command_line.run(words, "-o", "json")
        assert result.exit_code == 1
        assert json.loads(result.stderr)["code"] == "keyring_failed"

    def test_leaves_no_half_made_profile(self, command_line: CommandLine, server: Server) -> None:
        command_line.open_browser = browser(server)
        command_line.keyring = LockedKeyring()
        assert command_line.run("login").exit_code == 1
        assert list(command_line.files()) == []


def test_an_emptied_keyring_is_no_obstacle_to_signing_out(command_line: CommandLine, server: Server) -> None:
    sign_in(command_line, server)
    assert isinstance(command_line.keyring, DictKeyring)
    command_line.keyring.entries.clear()
    assert command_line.json("logout") == {"profile": "default", "revoked": False}


def test_with_several_tenants_a_person_is_asked(
    command_line: CommandLine, server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("stagedoor.cli.commands.login.is_interactive", lambda: True)
    server.tenants = [tenant("dev"), tenant("prod")]
    command_line.open_browser = browser(server)
    assert "tenant acme/prod" in command_line.run("login", input="acme/prod\n").stdout


def test_a_browser_that_does_not_open_is_replaced_by_the_address(command_line: CommandLine, server: Server) -> None:
    def print_only(url: str) -> bool:
        browser(server)(url)
        return False

    command_line.open_browser = print_only
    result = command_line.run("login")
    assert result.exit_code == 0
    assert f"{BASE}/identity_/connect/authorize?" in result.stderr


def test_a_token_endpoint_that_answers_with_a_page_is_told(command_line: CommandLine, server: Server) -> None:
    def page(request: httpx2.Request) -> httpx2.Response:
        return httpx2.Response(500, text="<html>") if request.method == "POST" else server(request)

    command_line.wire = Wire(page)
    command_line.open_browser = browser(server)
    assert "answered 500" in command_line.run("login").stderr


def test_profiles_lie_where_this_system_keeps_settings() -> None:
    assert config_dir({}).name == "stagedoor"


def test_a_backend_that_only_fails_is_no_keyring(monkeypatch: pytest.MonkeyPatch) -> None:
    import keyring
    from keyring.backends import fail

    monkeypatch.setattr(keyring, "get_keyring", fail.Keyring)
    assert system_keyring() is None
