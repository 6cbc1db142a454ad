"""``stagedoor call``."""

import json
from pathlib import Path

import httpx2
from tests.factories.command_line import CommandLine
from tests.factories.wire import Wire, ok


def test_an_operation_is_carried_out_with_its_fields(with_key: CommandLine) -> None:
    with_key.wire = Wire(ok({"value": [{"Id": 1}]}))
    answer = with_key.json(
        "call", "Jobs_Get", "--field", "filter=State eq 'Running'", "-f", "top=5", "--folder", "Shared"
    )
    assert answer == {"value": [{"Id": 1}]}
    sent = with_key.wire.sent[0]
    assert sent.url.path == "/acme/dev/orchestrator_/odata/Jobs"
    assert dict(sent.url.params) == {"$filter": "State eq 'Running'", "$top": "5"}
    assert sent.headers["x-uipath-folderpath"] == "Shared"
    assert sent.headers["authorization"] == "Bearer sd_canary"


def test_a_method_and_a_path_are_sent_as_they_are(with_key: CommandLine) -> None:
    with_key.wire = Wire(ok({}))
    with_key.run("call", "delete", "/odata/Assets(5)")
    assert (with_key.wire.sent[0].method, with_key.wire.sent[0].url.path) == (
        "DELETE",
        "/acme/dev/orchestrator_/odata/Assets(5)",
    )


def test_a_body_comes_from_the_line_a_file_or_stdin(with_key: CommandLine, tmp_path: Path) -> None:
    with_key.wire = Wire(ok({}))
    (tmp_path / "body.json").write_text('{"a": "ü"}')
    with_key.run("call", "Jobs_StartJobs", "--json", '{"a": "ü"}')
    with_key.run("call", "Jobs_StartJobs", "--json", f"@{tmp_path / 'body.json'}")
    with_key.run("call", "Jobs_StartJobs", "--json", "-", input='{"a": "ü"}')
    assert [json.loads(request.content) for request in with_key.wire.sent] == [{"a": "ü"}] * 3


def test_all_pages_come_as_one_object_a_line(with_key: CommandLine) -> None:
    with_key.wire = Wire(ok({"value": [{"Id": n} for n in range(100)]}), ok({"value": [{"Id": 100}]}))
    result = with_key.run("call", "Jobs_Get", "--all")
    assert [json.loads(line) for line in result.stdout.splitlines()] == [{"Id": n} for n in range(101)]


def test_text_is_pretty_json(with_key: CommandLine) -> None:
    with_key.wire = Wire(ok({"a": "ü"}))
    assert with_key.run("call", "Jobs_Get").stdout == '{\n  "a": "ü"\n}\n'


def test_an_empty_answer_prints_nothing(with_key: CommandLine) -> None:
    with_key.wire = Wire(httpx2.Response(204))
    result = with_key.run("call", "Jobs_Get")
    assert (result.exit_code, result.stdout) == (0, "")


def test_bytes_and_xml_are_printed_as_they_are(with_key: CommandLine) -> None:
    with_key.wire = Wire(httpx2.Response(200, content=b"\x00\xff", headers={"Content-Type": "application/zip"}))
    assert with_key.run("call", "GET", "/odata/X").stdout_bytes == b"\x00\xff"
    with_key.wire = Wire(httpx2.Response(200, content=b"<a/>", headers={"Content-Type": "application/xml"}))
    assert with_key.run("call", "GET", "/odata/$metadata").stdout == "<a/>\n"


def test_digits_name_a_folder_by_its_number(with_key: CommandLine) -> None:
    with_key.wire = Wire(ok({}))
    with_key.run("call", "Jobs_Get", "--folder", "12")
    with_key.run("call", "Jobs_Get", "--folder", "/12")
    assert with_key.wire.sent[0].headers["x-uipath-organizationunitid"] == "12"
    assert with_key.wire.sent[1].headers["x-uipath-folderpath"] == "/12"


class TestExplain:
    def test_shows_the_request_and_sends_nothing(self, with_key: CommandLine) -> None:
        result = with_key.run(
            "call", "Jobs_StartJobs", "--json", '{"startInfo": {}}', "--explain", "--folder", "Shared"
        )
        assert result.exit_code == 0
        assert result.stdout.startswith("POST http://stagedoor.test/acme/dev/orchestrator_/odata/Jobs/")
        assert "Authorization: Bearer ***" in result.stdout
        assert '"startInfo": {}' in result.stdout
        assert with_key.wire.sent == []

    def test_stars_secrets_at_any_depth(self, with_key: CommandLine) -> None:
        body = '{"a": [{"CredentialPassword": "canary-1"}], "ClientSecret": "canary-2", "Name": "seen"}'
        shown = with_key.run("call", "Assets_Post", "--json", body, "--explain").stdout
        assert "canary" not in shown
        assert "seen" in shown
        assert "sd_canary" not in shown

    def test_needs_no_credential(self, command_line: CommandLine) -> None:
        assert command_line.run("call", "Jobs_Get", "--explain").exit_code == 0
