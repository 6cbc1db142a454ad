"""The robot asks for work, tells how it ended, survives what passes, and leaves orderly."""

import json
from pathlib import Path
from typing import Any

import httpx2
import pytest
from tests.factories.command_line import CommandLine
from tests.factories.wire import Wire, ok

from stagedoor.cli.robot import loop
from stagedoor.cli.robot.errors import CannotRun
from stagedoor.cli.robot.run import Outcome, Watch

JOB = {
    "JobKey": "00000000-0000-4000-8000-000000000001",
    "ReleaseName": "Reader",
    "PackageKey": "Reader:1.0.0",
    "FeedId": "00000000-0000-4000-8000-000000000002",
    "EntryPointPath": "main",
    "InputArguments": None,
    "EnvironmentVariables": None,
}


class Server:
    """Answers as the Orchestrator does; ``wrong`` is given once for each path that it names."""

    def __init__(self) -> None:
        self.jobs: list[dict[str, Any]] = [JOB]
        self.orders: list[dict[str, str]] = []
        self.wrong: dict[str, list[httpx2.Response | Exception]] = {}
        self.package: httpx2.Response = httpx2.Response(
            200, content=b"package", headers={"content-type": "application/octet-stream"}
        )
        self.said: list[tuple[str, Any]] = []

    def answer(self, request: httpx2.Request) -> httpx2.Response:
        operation = request.url.path.rpartition("/")[2].partition("(")[0].rpartition(".")[2]
        body = json.loads(request.content) if request.content else None
        self.said.append((operation, body))
        for failure in self.wrong.get(operation, [])[:1]:
            self.wrong[operation].remove(failure)
            if isinstance(failure, Exception):
                raise failure
            return failure
        if operation == "SubmitHeartbeat":
            jobs, self.jobs = (self.jobs, []) if body.get("JobsMax") else ([], self.jobs)
            return ok({"Jobs": jobs, "StopOrders": self.orders})
        return self.package if operation == "DownloadPackage" else httpx2.Response(204)

    def bodies(self, operation: str) -> list[Any]:
        return [body for name, body in self.said if name == operation]


@pytest.fixture
def server(with_key: CommandLine, monkeypatch: pytest.MonkeyPatch) -> Server:
    """A server with one job, whose package is a program that succeeds."""
    server = Server()
    with_key.wire = Wire(server.answer)
    monkeypatch.setattr(loop, "unpack", lambda package, directory: (package, directory))
    monkeypatch.setattr(loop.Environments, "get_python", lambda *_: Path("python"))
    monkeypatch.setattr(loop, "run_project", lambda *_: Outcome("Successful", output='{"a": 1}'))
    return server


def run(with_key: CommandLine, tmp_path: Path, *words: str) -> Any:
    return with_key.run("robot", "--once", "--folder", "Shared", "--work-dir", str(tmp_path / "robot"), *words)


def test_a_job_is_run_and_told_and_the_robot_leaves(with_key: CommandLine, server: Server, tmp_path: Path) -> None:
    result = run(with_key, tmp_path, "--machine-key", "m-1")
    assert result.exit_code == 0, result.output
    assert "Reader" in result.stderr
    assert server.bodies("SubmitJobState") == [
        {"JobKey": JOB["JobKey"], "State": "Successful", "OutputArguments": '{"a": 1}', "Info": None}
    ]
    first, last = server.bodies("SubmitHeartbeat")
    assert (first["MachineKey"], first["JobsMax"], last["Leaving"]) == ("m-1", 1, True)


def test_it_waits_while_there_is_no_work_and_goes_on_when_the_server_is_away(
    with_key: CommandLine, server: Server, tmp_path: Path
) -> None:
    server.wrong["SubmitHeartbeat"] = [
        ok({"Jobs": [], "StopOrders": []}),
        httpx2.Response(503),
        httpx2.ConnectError("away"),
        ok({"message": "Another request changed the same thing."}, 409),
    ]
    result = run(with_key, tmp_path)
    assert result.exit_code == 0, result.output
    assert with_key.pauses == [1.0, 1.0, 1.0, 1.0]
    assert len(server.bodies("SubmitJobState")) == 1


def test_what_does_not_pass_ends_the_robot(with_key: CommandLine, server: Server, tmp_path: Path) -> None:
    server.wrong["SubmitHeartbeat"] = [ok({"message": "no"}, 403), httpx2.ConnectError("away")]
    assert run(with_key, tmp_path).exit_code == 3


@pytest.mark.parametrize(
    "package",
    [ok({"message": "gone"}, 404), httpx2.Response(200, text="a page", headers={"content-type": "text/html"})],
)
def test_a_package_that_does_not_come_is_the_jobs_fault(
    with_key: CommandLine, server: Server, tmp_path: Path, package: httpx2.Response
) -> None:
    server.package = package
    run(with_key, tmp_path)
    [report] = server.bodies("SubmitJobState")
    assert (report["State"], "downloaded" in report["Info"]) == ("Faulted", True)


def test_a_package_that_cannot_run_is_told(
    with_key: CommandLine, server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> None:
        raise CannotRun("no Python package")

    monkeypatch.setattr(loop, "unpack", refuse)
    run(with_key, tmp_path)
    assert server.bodies("SubmitJobState")[0]["Info"] == "no Python package"
    assert [path.name for path in (tmp_path / "robot").iterdir()] == ["environments"]


def test_how_it_ended_is_told_again_until_it_was_heard(with_key: CommandLine, server: Server, tmp_path: Path) -> None:
    server.wrong["SubmitJobState"] = [httpx2.Response(503), httpx2.ConnectError("away"), ok({"message": "heard"}, 409)]
    assert run(with_key, tmp_path).exit_code == 0
    assert len(server.bodies("SubmitJobState")) == 3


def test_it_gives_up_telling_at_last(with_key: CommandLine, server: Server, tmp_path: Path) -> None:
    server.wrong["SubmitJobState"] = [httpx2.Response(503)] * 9
    assert run(with_key, tmp_path).exit_code == 0
    assert len(server.bodies("SubmitJobState")) == loop.TRIES


def test_an_interrupt_ends_the_job_and_the_robot(
    with_key: CommandLine, server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupt(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(loop, "run_project", interrupt)
    assert run(with_key, tmp_path).exit_code == 130
    assert server.bodies("SubmitJobState")[0]["State"] == "Stopped"
    assert server.bodies("SubmitHeartbeat")[-1]["Leaving"] is True


def test_lines_and_orders_pass_between_server_and_program(
    with_key: CommandLine, server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    server.orders = [{"JobKey": str(JOB["JobKey"]), "Strategy": "Kill"}]
    orders: list[str | None] = []
    monkeypatch.setattr(loop, "LINES_MAX", 3)

    def look(*arguments: Any) -> Outcome:
        watch: Watch = arguments[-1]
        watch.say(["one", "two\0"])
        watch.say(["three", "four"])
        watch.say(["five"])
        orders.append(watch.find_order())
        server.orders = []
        orders.append(watch.find_order())
        server.wrong["SubmitHeartbeat"] = [httpx2.Response(503)]
        orders.append(watch.find_order())
        return Outcome("Stopped")

    monkeypatch.setattr(loop, "run_project", look)
    server.wrong["SubmitLogs"] = []
    run(with_key, tmp_path)
    said = [json.loads(line) for lines in server.bodies("SubmitLogs") for line in lines]
    assert [line["message"] for line in said] == ["one", "two", "Further lines are not kept."]
    assert {line["jobId"] for line in said} == {JOB["JobKey"]}
    assert orders == ["Kill", None, None]


def test_the_key_is_lent_only_where_that_is_asked_for(
    with_key: CommandLine, server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lent: list[dict[str, str]] = []

    def note(*arguments: Any) -> Outcome:
        lent.append(dict(arguments[3]))
        return Outcome("Successful")

    monkeypatch.setattr(loop, "run_project", note)
    run(with_key, tmp_path)
    server.jobs = [JOB]
    run(with_key, tmp_path, "--lend-key")
    assert lent == [{}, {"UIPATH_URL": "http://stagedoor.test/acme/dev", "UIPATH_ACCESS_TOKEN": "sd_canary"}]


def test_only_an_access_key_can_be_lent(command_line: CommandLine, tmp_path: Path) -> None:
    ran = command_line.run("robot", "--lend-key", "--work-dir", str(tmp_path / "robot"))
    assert (ran.exit_code, "access key" in ran.stderr) == (2, True)


def test_a_directory_that_cannot_be_used_is_told(with_key: CommandLine, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    ran = with_key.run("robot", "--work-dir", str(tmp_path / "file" / "below"))
    assert (ran.exit_code, "cannot be used" in ran.stderr) == (1, True)
