"""``operations``, ``can-i``, ``tenants``, ``audit tail``: what is asked and how it is shown."""

import json
import sys

import pytest
from tests.factories.command_line import CommandLine
from tests.factories.wire import Wire, ok

from stagedoor.cli import output

ROW = {
    "id": 7,
    "time": "2026-11-25T12:00:00Z",
    "request_id": "r1",
    "event": "request",
    "caller": {"kind": "api_user", "id": "k1", "name": "nightly"},
    "credential": {"kind": "access_key", "id": "k1"},
    "client_address": "127.0.0.1",
    "organization": "acme",
    "tenant": "dev",
    "method": "GET",
    "path": "/odata/Users",
    "operation": "Users_Get",
    "folder": None,
    "verdict": "denied",
    "reason": "operation_not_granted",
    "sentence": "The key does not cover Users_Get.",
    "status": 403,
    "duration_ms": 1.5,
    "destination": None,
}


class TestOperations:
    def test_are_found_by_plain_words_without_a_server(self, command_line: CommandLine) -> None:
        first = command_line.run("operations", "start", "jobs").stdout.splitlines()[0].split("\t")
        assert (first[0], first[2]) == ("Jobs_StartJobs", "POST")
        assert command_line.wire.sent == []

    def test_are_narrowed_by_tag(self, command_line: CommandLine) -> None:
        found = command_line.json("operations", "--tag", "queues")
        assert {it["tag"] for it in found} == {"Queues"}

    def test_as_json_tell_what_a_grant_needs(self, command_line: CommandLine) -> None:
        found = {it["id"]: it for it in command_line.json("operations")}
        assert len(found) >= 418
        assert found["Jobs_StartJobs"]["scope"] == "OR.Jobs.Write"

    def test_nothing_found_is_said(self, command_line: CommandLine) -> None:
        result = command_line.run("operations", "zzzzqqq")
        assert (result.exit_code, result.stdout) == (0, "")
        assert "No operation" in result.stderr


class TestCanI:
    def test_yes_ends_with_0(self, with_key: CommandLine) -> None:
        with_key.wire = Wire(ok({"operation": "Jobs_Get", "allowed": True, "sentence": "The key covers it."}))
        result = with_key.run("can-i", "Jobs_Get", "--folder", "Shared")
        assert (result.exit_code, result.stdout) == (0, "yes: The key covers it.\n")
        assert dict(with_key.wire.sent[0].url.params) == {
            "operation": "Jobs_Get",
            "tenant": "acme/dev",
            "folder": "Shared",
        }

    def test_no_ends_with_3_and_says_what_would_pass(self, with_key: CommandLine) -> None:
        answer = {
            "operation": "Users_Get",
            "allowed": False,
            "sentence": "It does not.",
            "smallest_grant": ["Users_Get"],
        }
        with_key.wire = Wire(ok(answer))
        result = with_key.run("can-i", "Users_Get")
        assert (result.exit_code, result.stdout) == (3, "no: It does not.\nask for: --allow Users_Get\n")
        as_json = with_key.run("can-i", "Users_Get", "-o", "json")
        assert (as_json.exit_code, json.loads(as_json.stdout)) == (3, answer)


def test_tenants_show_their_base_url(with_key: CommandLine) -> None:
    found = {
        "id": "t1",
        "name": "dev",
        "display_name": "Dev",
        "organization": {"id": "o1", "name": "acme"},
        "base_url": "http://stagedoor.test/acme/dev/orchestrator_",
        "destination": "embedded",
    }
    with_key.wire = Wire(ok({"items": [found], "next": None}))
    expected = "acme/dev\tDev\tembedded\thttp://stagedoor.test/acme/dev/orchestrator_\n"
    assert with_key.run("tenants").stdout == expected
    assert with_key.json("tenants") == [found]


class TestAuditTail:
    def test_shows_each_request_with_the_reason_of_a_refusal(self, with_key: CommandLine) -> None:
        with_key.wire = Wire(ok({"items": [ROW], "next": 7}))
        line = with_key.run("audit", "tail").stdout.rstrip("\n").split("\t")
        assert line == [
            "2026-11-25T12:00:00Z",
            "nightly",
            "GET /odata/Users",
            "Users_Get",
            "",
            "denied",
            "403",
            "The key does not cover Users_Get.",
        ]

    def test_a_request_of_nobody_is_shown_too(self, with_key: CommandLine) -> None:
        nobody = {"kind": None, "id": None, "name": None}
        with_key.wire = Wire(ok({"items": [ROW | {"caller": nobody, "sentence": None}], "next": "7"}))
        line = with_key.run("audit", "tail").stdout.rstrip("\n").split("\t")
        assert (line[1], line[7]) == ("", "operation_not_granted")

    def test_what_was_done_to_a_key_is_shown_by_its_name(self, with_key: CommandLine) -> None:
        event = ROW | {"event": "access_key:created", "method": None, "path": None}
        with_key.wire = Wire(ok({"items": [event], "next": "7"}))
        assert with_key.run("audit", "tail").stdout.split("\t")[2] == "access_key:created"

    def test_follows_from_where_it_stopped(self, with_key: CommandLine) -> None:
        def stop_at_the_fourth(seconds: float) -> None:
            with_key.pauses.append(seconds)
            if len(with_key.pauses) == 4:
                raise KeyboardInterrupt

        with_key.sleep = stop_at_the_fourth
        with_key.wire = Wire(
            ok({"items": [ROW], "next": 7}),
            ok({"items": [], "next": None}),
            ok({"items": [ROW | {"path": "/api/stagedoor/v1/audit"}, ROW | {"id": 8}], "next": 8}),
            ok({"items": [], "next": 8}),
        )
        result = with_key.run("audit", "tail", "--follow", "-o", "json", "--verdict", "denied", "--caller", "k1")
        assert [json.loads(line)["id"] for line in result.stdout.splitlines()] == [7, 8]
        asked = [dict(request.url.params) for request in with_key.wire.sent]
        assert [query.get("after") for query in asked] == [None, "7", "7", "8"]
        assert {(query["verdict"], query["caller"]) for query in asked} == {("denied", "k1")}


class TestOutput:
    def test_a_terminal_gets_a_table_with_headings(
        self, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
    ) -> None:
        monkeypatch.setattr(sys.stdout, "isatty", lambda: True, raising=False)
        output.echo_table(["Name", "May"], [["[bold]nightly[/bold]", ["a", "b"]], [None, True]], empty="")
        shown = capsys.readouterr().out
        assert "Name" in shown
        assert "[bold]nightly[/bold]" in shown
        assert "a, b" in shown
        assert "yes" in shown

    def test_facts_leave_out_what_is_not_known(self, capsys: pytest.CaptureFixture[str]) -> None:
        output.echo_facts({"name": "ada", "e-mail": None, "administrator": False})
        assert capsys.readouterr().out == "name:           ada\nadministrator:  no\n"

    def test_no_facts_print_nothing(self, capsys: pytest.CaptureFixture[str]) -> None:
        output.echo_facts({})
        assert capsys.readouterr().out == ""
