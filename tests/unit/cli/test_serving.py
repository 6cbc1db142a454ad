"""``up`` and ``--data-dir``: the two ways in which the command line opens the server itself."""

import json
import os
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any

import pytest
from tests.factories.command_line import CommandLine

from stagedoor.admin.started import FirstStart
from stagedoor.cli.failure import CommandFailed
from stagedoor.cli.server_part import server_part
from stagedoor.cli.welcome import paste_lines, welcome_text
from stagedoor.kit.errors import StagedoorError
from stagedoor.kit.secret import Secret
from stagedoor.kit.settings import Settings

BASE = "http://127.0.0.1:8120"


FRESH = FirstStart(
    organization="acme",
    tenant="dev",
    folder="Shared",
    admin_username="admin",
    admin_password=Secret("first-password"),
    sample_key=Secret("sd_sample"),
    sample_key_words=("May list jobs and start jobs of a process, in Shared.", "Until 2027."),
    legacy_username="legacy.script",
    legacy_password=Secret("api-password"),
    legacy_window_until=datetime(2027, 2, 23, tzinfo=UTC),
)


class TestWelcome:
    def test_tells_all_that_is_needed_to_begin(self) -> None:
        text = welcome_text(BASE, FRESH)
        for told in (
            BASE,
            "acme/dev",
            "admin",
            "first-password",
            "sd_sample",
            "start jobs of a process",
        ):
            assert told in text

    def test_has_three_lines_to_paste_each_with_its_heading(self) -> None:
        lines = paste_lines(f"{BASE}/acme/dev/orchestrator_", "sd_sample")
        assert [line for line in lines if line.startswith("#")] == [
            "# Allowed: list the latest jobs.",
            "# Refused, and the answer says why: list the users.",
            "# Allowed: start a job and watch it end.",
        ]
        assert len([line for line in lines if line and not line.startswith("#")]) == 3

    def test_after_a_changed_password_does_not_show_one(self) -> None:
        text = welcome_text(BASE, replace(FRESH, admin_password=None))
        assert "changed since the first start" in text

    def test_without_a_sample_key_shows_the_way_to_one(self) -> None:
        text = welcome_text(BASE, FirstStart(organization="acme", tenant="dev"))
        assert "stagedoor key create" in text
        assert "curl" not in text

    def test_the_third_line_starts_a_job_and_watches_it_end(self, tmp_path: Path) -> None:
        shown = self.paste(tmp_path, 2)
        assert shown.splitlines() == ["job: Pending", "job: Running", "job: Successful"]

    def test_the_third_line_ends_when_no_job_was_started(self, tmp_path: Path) -> None:
        assert self.paste(tmp_path, 2, start_status=22) == ""

    def paste(self, directory: Path, which: int, *, start_status: int = 0) -> str:
        """Paste one of the lines into a POSIX shell whose curl answers like an Orchestrator."""
        programs = directory / "bin"
        programs.mkdir()
        (programs / "curl").write_text(
            "#!/bin/sh\n"
            'case "$*" in\n'
            f"*StartJobs*) exit {start_status} ;;\n"
            '*"select=State"*) n=$(cat "$COUNT" 2>/dev/null || echo 0); echo $((n+1)) > "$COUNT"\n'
            "  case $n in 0) s=Pending ;; 1) s=Running ;; *) s=Successful ;; esac\n"
            '  printf \'{"@odata.count":1,"value":[{"State":"%s"}]}\' $s ;;\n'
            '*) printf "%s" "$*" ;;\nesac\n'
        )
        (programs / "sleep").write_text("#!/bin/sh\n")
        for program in programs.iterdir():
            program.chmod(0o755)
        line = [it for it in paste_lines(BASE, "sd_sample") if it and not it.startswith("#")][which]
        environment = {"PATH": f"{programs}:{os.environ['PATH']}", "COUNT": str(directory / "count")}
        done = subprocess.run(
            ["sh", "-c", line], capture_output=True, text=True, check=False, env=environment, cwd=directory, timeout=20
        )
        assert done.stderr == ""
        return done.stdout


class TestUp:
    @pytest.fixture
    def served(self, monkeypatch: pytest.MonkeyPatch) -> list[tuple[Settings, dict[str, Any]]]:
        calls: list[tuple[Settings, dict[str, Any]]] = []

        def serve(settings: Settings, **options: Any) -> None:
            calls.append((settings, options))
            options["on_ready"](replace(settings, port=4321), FRESH)

        monkeypatch.setattr("stagedoor.cli.commands.up.server_part", lambda name: SimpleNamespace(serve=serve))
        return calls

    def test_prints_the_welcome_when_the_server_answers(
        self, command_line: CommandLine, served: list[tuple[Settings, dict[str, Any]]]
    ) -> None:
        result = command_line.run("up", "--port", "0")
        assert result.exit_code == 0
        assert "http://127.0.0.1:4321" in result.stdout

    def test_hands_its_options_on(
        self, command_line: CommandLine, served: list[tuple[Settings, dict[str, Any]]], tmp_path: Path
    ) -> None:
        command_line.run(
            "up", "--port", "0", "--host", "::1", "--data-dir", str(tmp_path), "--ready-file", "r.json", "--empty"
        )
        settings, options = served[0]
        assert (settings.port, settings.host, settings.data_dir) == (0, "::1", tmp_path)
        assert (options["ready_file"], options["empty"]) == (Path("r.json"), True)

    @pytest.mark.parametrize(
        ("host", "public", "warned"),
        [
            ("127.0.0.1", "", False),
            ("localhost", "", False),
            ("::1", "", False),
            ("0.0.0.0", "", True),
            ("stagedoor.example", "http://stagedoor.example", True),
            ("0.0.0.0", "https://stagedoor.example", False),
        ],
    )
    def test_plain_text_beyond_this_machine_is_warned_of(
        self,
        command_line: CommandLine,
        served: list[tuple[Settings, dict[str, Any]]],
        host: str,
        public: str,
        warned: bool,
    ) -> None:
        command_line.environment["STAGEDOOR_PUBLIC_BASE_URL"] = public
        assert ("plain text" in command_line.run("up", "--host", host).stderr) is warned

    def test_an_option_wins_over_its_variable(
        self, command_line: CommandLine, served: list[tuple[Settings, dict[str, Any]]]
    ) -> None:
        command_line.environment |= {"STAGEDOOR_PORT": "1", "STAGEDOOR_HOST": "0.0.0.0"}
        command_line.run("up", "--port", "2")
        assert (served[0][0].port, served[0][0].host) == (2, "0.0.0.0")

    def test_json_is_what_the_ready_file_holds(
        self, command_line: CommandLine, served: list[tuple[Settings, dict[str, Any]]]
    ) -> None:
        assert command_line.json("up") == {
            "base_url": "http://127.0.0.1:4321",
            "organization": "acme",
            "tenant": "dev",
            "folder": "Shared",
            "admin": {"username": "admin", "password": "first-password"},
            "sample_key": "sd_sample",
        }

    @pytest.mark.parametrize("variable", ["STAGEDOOR_PORT"])
    def test_a_variable_that_cannot_be_read_is_wrong_usage(
        self, command_line: CommandLine, served: list[tuple[Settings, dict[str, Any]]], variable: str
    ) -> None:
        command_line.environment[variable] = "many"
        assert command_line.run("up").exit_code == 2

    @pytest.mark.parametrize("ending", [signal.SIGINT, signal.SIGTERM])
    def test_ending_it_is_a_success_with_everything_put_away(
        self, command_line: CommandLine, monkeypatch: pytest.MonkeyPatch, ending: signal.Signals
    ) -> None:
        put_away: list[bool] = []

        def serve(settings: Settings, **options: Any) -> None:
            try:
                signal.raise_signal(ending)
            finally:
                put_away.append(True)

        monkeypatch.setattr("stagedoor.cli.commands.up.server_part", lambda name: SimpleNamespace(serve=serve))
        before = signal.getsignal(signal.SIGTERM)
        result = command_line.run("up")
        assert (result.exit_code, result.stderr, put_away) == (0, "Stopped.\n", [True])
        assert signal.getsignal(signal.SIGTERM) is before

    def test_a_server_that_cannot_start_says_why(
        self, command_line: CommandLine, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def serve(settings: Settings, **options: Any) -> None:
            raise StagedoorError("The port is taken.", hint="Choose another with --port.")

        monkeypatch.setattr("stagedoor.cli.commands.up.server_part", lambda name: SimpleNamespace(serve=serve))
        result = command_line.run("up", "-o", "json")
        assert result.exit_code == 1
        assert json.loads(result.stderr)["hint"] == "Choose another with --port."


class TestDataDir:
    @pytest.fixture
    def house(self, monkeypatch: pytest.MonkeyPatch) -> list[str]:
        seen: list[str] = []

        async def app(scope: Any, receive: Any, send: Any) -> None:
            headers = {name.decode(): value.decode() for name, value in scope["headers"]}
            seen.append(headers["authorization"])
            body = json.dumps({"items": [], "next": None}).encode()
            await send(
                {"type": "http.response.start", "status": 200, "headers": [(b"content-type", b"application/json")]}
            )
            await send({"type": "http.response.body", "body": body})

        @contextmanager
        def open_house(settings: Settings, *, local_authority: Secret, empty: bool) -> Iterator[SimpleNamespace]:
            assert not empty
            seen.append(f"Bearer {local_authority.reveal()}")
            yield SimpleNamespace(app=app)

        module = SimpleNamespace(open_house=open_house)
        monkeypatch.setattr("stagedoor.cli.local_server.server_part", lambda name: module)
        return seen

    @pytest.mark.parametrize("words", [["key", "list"], ["tenants"], ["audit", "tail"]])
    def test_governs_with_a_secret_of_its_own_and_no_sign_in(
        self, command_line: CommandLine, house: list[str], tmp_path: Path, words: list[str]
    ) -> None:
        (tmp_path / "stagedoor.db").touch()
        result = command_line.run(*words, "--data-dir", str(tmp_path))
        assert result.exit_code == 0, result.output
        assert house[0] == house[1]
        assert len(house[0]) > 40
        assert command_line.wire.sent == []

    def test_where_no_server_lives_is_told(self, command_line: CommandLine, house: list[str], tmp_path: Path) -> None:
        result = command_line.run("key", "list", "--data-dir", str(tmp_path))
        assert result.exit_code == 1
        assert str(tmp_path) in result.stderr
        assert house == []
        assert list(tmp_path.iterdir()) == []


class TestServerPart:
    def test_a_server_that_is_not_installed_is_told(self, monkeypatch: pytest.MonkeyPatch) -> None:
        def missing(name: str) -> ModuleType:
            raise ModuleNotFoundError(name="uvicorn")

        monkeypatch.setattr("stagedoor.cli.server_part.import_module", missing)
        with pytest.raises(CommandFailed, match="uvicorn") as caught:
            server_part("stagedoor.door.server")
        assert "stagedoor[server]" in str(caught.value.hint)

    def test_a_hole_in_stagedoor_itself_is_not_blamed_on_the_installation(self) -> None:
        with pytest.raises(ModuleNotFoundError):
            server_part("stagedoor.no_such_part")
