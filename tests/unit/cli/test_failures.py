"""Every failure has its exit code, and is told as text or as JSON on stderr."""

import json
import os
import subprocess
import sys

import click
import httpx2
import pytest
from tests.factories.command_line import CommandLine
from tests.factories.wire import Wire, ok

from stagedoor import client
from stagedoor.cli.failure import facts_of


@pytest.mark.parametrize(
    ("status", "exit_code"),
    [(400, 1), (404, 1), (409, 1), (501, 1), (403, 3), (401, 4), (429, 5), (500, 6), (502, 6), (503, 6)],
)
@pytest.mark.parametrize("output", ["text", "json"])
def test_exit_code_follows_the_answer(with_key: CommandLine, status: int, exit_code: int, output: str) -> None:
    with_key.wire = Wire(ok({"detail": "That is so.", "code": "some_code", "hint": "Do this."}, status))
    result = with_key.run("call", "Jobs_StartJobs", "--output", output)
    assert result.exit_code == exit_code
    assert result.stdout == ""
    if output == "json":
        told = json.loads(result.stderr)
        assert (told["message"], told["code"], told["hint"], told["status"], told["exit_code"]) == (
            "That is so.",
            "some_code",
            "Do this.",
            status,
            exit_code,
        )
    else:
        assert "That is so." in result.stderr
        assert "Do this." in result.stderr
    assert "sd_canary" not in result.output


def test_no_answer_ends_with_6(with_key: CommandLine) -> None:
    with_key.wire = Wire(httpx2.ConnectError("connection refused"))
    result = with_key.run("call", "Jobs_StartJobs", "-o", "json")
    assert result.exit_code == 6
    assert json.loads(result.stderr)["code"] == "unreachable"


def test_a_refusal_names_the_smallest_grant(with_key: CommandLine) -> None:
    ours = {"reason": "operation_not_granted", "smallestGrant": ["Jobs_StartJobs"], "folder": "Shared"}
    body = {"message": "No.", "errorCode": 0, "stagedoor": ours}
    with_key.wire = Wire(ok(body, 403))
    result = with_key.run("call", "Jobs_StartJobs")
    assert "--allow Jobs_StartJobs --folder Shared" in result.stderr
    with_key.wire = Wire(ok(body, 403))
    told = json.loads(with_key.run("call", "Jobs_StartJobs", "-o", "json").stderr)
    assert (told["reason"], told["smallest_grant"]) == ("operation_not_granted", ["Jobs_StartJobs"])


def test_what_would_be_right_is_listed(with_key: CommandLine) -> None:
    folders = [{"Id": 1, "Key": "k", "FullyQualifiedName": "Shared"}, {"Id": 2, "FullyQualifiedName": "Finance"}]
    with_key.wire = Wire(ok({"message": "A folder is required.", "errorCode": 1101, "folders": folders}, 400))
    assert "folders:  Shared, Finance" in with_key.run("call", "Jobs_StartJobs").stderr
    once = ok({"detail": "allow: is empty", "errors": [{"field": "allow", "problem": "is empty"}], "near": []}, 422)
    with_key.wire = Wire(once)
    assert with_key.run("call", "Jobs_StartJobs").stderr == "stagedoor: allow: is empty\n"
    with_key.wire = Wire(ok({"detail": "No.", "errors": [{"field": "allow", "problem": "is empty"}]}, 400))
    told = json.loads(with_key.run("call", "Jobs_StartJobs", "-o", "json").stderr)
    assert told["choices"] == {"errors": ["allow: is empty"]}


def test_throttling_says_how_long_to_wait(with_key: CommandLine) -> None:
    with_key.wire = Wire(ok({}, 429, **{"Retry-After": "90"}))
    assert "90 seconds" in with_key.run("call", "Jobs_Get").stderr


def test_without_a_credential_the_way_to_one_is_shown(command_line: CommandLine) -> None:
    result = command_line.run("call", "Jobs_Get")
    assert result.exit_code == 4
    assert "stagedoor login" in result.stderr
    assert "STAGEDOOR_KEY" in result.stderr


@pytest.mark.parametrize(
    "words",
    [
        ["no-such-command"],
        ["call"],
        ["call", "a", "b", "c"],
        ["call", "Jobs_Gett"],
        ["call", "Jobs_Get", "--no-such-option"],
        ["call", "Jobs_Get", "--field", "no-equals-sign"],
        ["call", "Jobs_Get", "--json", "{"],
        ["call", "Jobs_Get", "--json", "@/no/such/file"],
        ["call", "GET", "no-slash"],
        ["call", "GET", "//elsewhere.test/odata"],
        ["call", "Jobs_GetById"],
        ["call", "Jobs_StartJobs", "--all"],
        ["call", "Jobs_Get", "--output", "yaml"],
        ["call", "Jobs_Get", "--base-url", "nowhere"],
        ["call", "Jobs_Get", "--tenant", "dev"],
        ["key", "create", "--allow", "Jobs_Get"],
        ["key", "create", "nightly"],
        ["call", "Jobs_Get", "--key", ""],
    ],
)
def test_wrong_usage_ends_with_2_and_sends_nothing(with_key: CommandLine, words: list[str]) -> None:
    result = with_key.run(*words)
    assert (result.exit_code, result.stdout) == (2, "")
    assert with_key.wire.sent == []
    as_json = with_key.run(*words, "--output=json") if "--output" not in words else None
    if as_json is not None:
        assert json.loads(as_json.stderr)["exit_code"] == 2


@pytest.mark.parametrize(
    "command",
    [
        "clock status",
        "clock accept",
        "audit verify",
        "audit prune --older-than 90d",
        "secrets status",
        "secrets rewrap",
        "operations",
        "up",
        "testing up",
    ],
)
@pytest.mark.parametrize("option", ["--base-url", "--key", "--profile"])
def test_what_asks_no_server_cannot_be_told_which_and_with_what(
    command_line: CommandLine, command: str, option: str
) -> None:
    result = command_line.run(*command.split(), option, "x")
    assert result.exit_code == 2
    assert "No such option" in result.stderr
    assert option in result.stderr


def test_a_profile_name_is_no_path(command_line: CommandLine) -> None:
    result = command_line.run("whoami", "--profile", "../../etc/passwd")
    assert result.exit_code == 2
    assert "is no name for a profile" in result.stderr


def test_a_mistyped_operation_is_answered_with_near_names(with_key: CommandLine) -> None:
    assert "Jobs_StartJobs" in with_key.run("call", "Jobs_StartJob").stderr


def test_the_environment_can_ask_for_json(with_key: CommandLine) -> None:
    with_key.environment["STAGEDOOR_OUTPUT"] = "json"
    assert json.loads(with_key.run("call", "Nothing").stderr)["code"] == "usage"


def test_an_unexpected_fault_is_not_hidden(with_key: CommandLine) -> None:
    def burst(request: httpx2.Request) -> httpx2.Response:
        raise ZeroDivisionError

    with_key.wire = Wire(burst)
    assert isinstance(with_key.run("call", "Jobs_Get").exception, ZeroDivisionError)


def test_an_answer_cannot_steer_the_terminal(with_key: CommandLine) -> None:
    with_key.wire = Wire(ok({"detail": "\x1b[2J\x07 wiped", "code": "c"}, 400))
    told = with_key.run("call", "Jobs_Get").stderr
    assert "\x1b" not in told
    assert "\\x1b[2J" in told


def test_a_click_error_of_another_kind_is_told() -> None:
    facts = facts_of(click.ClickException("It broke."))
    assert facts == {"message": "It broke.", "exit_code": 1, "code": "failed"}


@pytest.mark.parametrize(
    ("error", "exit_code"), [(httpx2.ReadTimeout("slow"), 6), (client.BadRequest("No.", details={"names": ["a"]}), 1)]
)
def test_errors_of_the_library_have_facts(error: Exception, exit_code: int) -> None:
    facts = facts_of(error)
    assert facts is not None
    assert facts["exit_code"] == exit_code


def test_what_nobody_expected_has_no_facts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(sys.modules, "stagedoor.client")
    assert facts_of(ZeroDivisionError()) is None


def test_ctrl_c_is_quiet(with_key: CommandLine) -> None:
    def interrupt(seconds: float) -> None:
        raise KeyboardInterrupt

    with_key.sleep = interrupt
    with_key.wire = Wire(ok({"items": [], "next": 1}))
    result = with_key.run("audit", "tail", "--follow")
    assert result.exit_code == 130
    assert "Traceback" not in result.output


def test_a_reader_that_left_is_no_fault() -> None:
    code = "from stagedoor.cli.main import main; main()"
    running = subprocess.Popen(
        [sys.executable, "-c", code, "operations"], stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=dict(os.environ)
    )
    assert running.stdout is not None
    assert running.stderr is not None
    running.stdout.close()
    told = running.stderr.read().decode()
    running.stderr.close()
    assert running.wait() == 1
    assert told == ""
