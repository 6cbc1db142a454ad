"""What ``up`` says about remote Orchestrators reaches the server, and its workers as their environment."""

from types import SimpleNamespace
from typing import Any

import pytest
from tests.factories.command_line import CommandLine

from stagedoor.kit.settings import Settings, UpstreamTimeouts

WORDS = ("up", "--upstream-timeout", "read=5s", "--upstream-timeout", "idle=6", "--cache", "Jobs_Get=2s")


@pytest.fixture
def started(monkeypatch: pytest.MonkeyPatch) -> list[tuple[Settings, dict[str, Any]]]:
    calls: list[tuple[Settings, dict[str, Any]]] = []

    def serve(settings: Settings, *_: Any, **options: Any) -> None:
        calls.append((settings, options))

    module = SimpleNamespace(serve=serve, supervise=serve)
    monkeypatch.setattr("stagedoor.cli.commands.up.server_part", lambda name: module)
    return calls


def test_timeouts_and_cache_rules_are_handed_on(
    command_line: CommandLine, started: list[tuple[Settings, dict[str, Any]]]
) -> None:
    command_line.environment["STAGEDOOR_CACHE"] = "Folders_Get=1s"
    assert command_line.run(*WORDS).exit_code == 0
    settings, _ = started[0]
    assert settings.upstream_timeouts == UpstreamTimeouts(read=5, idle=6)
    assert settings.cache == ("Jobs_Get=2s",)


def test_workers_read_them_too(command_line: CommandLine, started: list[tuple[Settings, dict[str, Any]]]) -> None:
    assert command_line.run(*WORDS, "--workers", "2").exit_code == 0
    environment = started[0][1]["environment"]
    assert environment["STAGEDOOR_UPSTREAM_TIMEOUTS"] == "read=5s,idle=6"
    assert environment["STAGEDOOR_CACHE"] == "Jobs_Get=2s"


def test_what_cannot_be_read_is_wrong_usage(
    command_line: CommandLine, started: list[tuple[Settings, dict[str, Any]]]
) -> None:
    result = command_line.run("up", "--upstream-timeout", "read=soon")
    assert result.exit_code == 2
    assert "read=soon" in result.stderr
    assert started == []
