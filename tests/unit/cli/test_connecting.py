"""``stagedoor connect`` and ``connection …``: what is asked, what is kept, and secrets that nobody sees."""

import json
import socket
import threading
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx2
import pytest
from tests.factories.command_line import CommandLine
from tests.factories.wire import Wire, ok

from stagedoor.cli import secret_input

CONNECTION = {
    "id": "c1",
    "name": "prod",
    "kind": "app",
    "url": "https://orch.example/acme/prod/orchestrator_",
    "token_url": "https://orch.example/identity_/connect/token",
    "upstream": "acme/prod",
    "client_id": "app-1",
    "username": None,
    "scope": "OR.Jobs",
    "has_own_authorities": False,
    "proxy_url": None,
    "tenants": ["acme/dev"],
    "created_at": "2026-11-25T12:00:00Z",
    "created_by": "ada",
    "sign_in": {"state": "signed_in", "problem": None},
}
REACH = {"name": "reach", "is_ok": True, "says": "orch.example answers.", "hint": None}
SIGNED_IN = {"name": "sign_in", "is_ok": True, "says": "A token was given.", "hint": None}
NOT_SIGNED_IN = {
    "name": "sign_in",
    "is_ok": False,
    "says": "The identity refuses the scope OR.Jobbs.",
    "hint": "Take OR.Jobbs off --scope.",
}
UNTRIED = {"name": "orchestrator", "is_ok": None, "says": "There is no token to try it with.", "hint": None}
REFUSED = [
    *({"operation": f"Users_Op{n}", "because": "it needs the scope OR.Users"} for n in range(5)),
    *({"operation": f"Other_Op{n:02}", "because": f"it needs the scope OR.Scope{n:02}"} for n in range(20)),
]
TENANT = {"id": "t1", "name": "dev", "organization": {"id": "o1", "name": "acme"}, "base_url": "http://s.test/acme/dev"}
CERTIFICATE = "-----BEGIN CERTIFICATE-----\nMIIB/+==\n-----END CERTIFICATE-----"
KEY_BLOCK = "-----BEGIN PRIVATE KEY-----\nkey_canary\n-----END PRIVATE KEY-----"
APP = ["connect", "prod", "--kind", "app", "--url", "https://orch.example/acme/prod", "--client-id", "app-1"]
PERSON = ["connect", "ada", "--kind", "person", "--url", "https://orch.example/acme/prod", "--client-id", "people"]


def report(*, is_working: bool = True, refused: list[dict[str, str]] | None = None) -> dict[str, Any]:
    return {
        "is_working": is_working,
        "url": CONNECTION["url"],
        "token_url": CONNECTION["token_url"],
        "steps": [REACH, SIGNED_IN] if is_working else [REACH, NOT_SIGNED_IN, UNTRIED],
        "organization": "acme",
        "tenants": ["prod"],
        "refused": refused or [],
        "refused_count": len(refused or []),
        "allowed_count": 400,
        "unknown_count": 17,
        "known_from": ["token_scopes"],
    }


def asked(line: CommandLine) -> list[str]:
    """What the server was asked: method and path behind the prefix."""
    return [f"{it.method} {it.url.path.removeprefix('/api/stagedoor/v1')}" for it in line.wire.sent]


def body(line: CommandLine, number: int) -> Any:
    return json.loads(line.wire.sent[number].content)


def unreadable(*_: object, **__: object) -> str:
    raise OSError(5, "Input/output error")


class TestConnectWithASecret:
    def test_it_is_tried_and_then_kept(self, with_key: CommandLine) -> None:
        with_key.wire = Wire(ok(report()), ok(CONNECTION, 201))
        words = ["--scope", "OR.Jobs", "OR.Queues,OR.Folders", "--as", "acme/dev", "--secret-stdin"]
        result = with_key.run(*APP, *words, input="s_canary\n")
        assert result.exit_code == 0, result.output
        assert asked(with_key) == ["POST /connections/discover", "POST /connections"]
        order = {
            "name": "prod",
            "kind": "app",
            "url": "https://orch.example/acme/prod",
            "client_id": "app-1",
            "scope": "OR.Jobs OR.Queues OR.Folders",
            "tenant": "acme/dev",
            "secret": "s_canary",
        }
        assert body(with_key, 0) == body(with_key, 1) == order
        assert "ok         the way there: orch.example answers." in result.stdout
        assert "acme/dev is sent there from now on." in result.stdout
        assert "canary" not in result.output

    def test_what_does_not_work_is_not_kept_and_says_what_to_do(self, with_key: CommandLine) -> None:
        with_key.wire = Wire(ok(report(is_working=False)))
        result = with_key.run(*APP, "--secret-stdin", input="s")
        assert result.exit_code == 1
        assert asked(with_key) == ["POST /connections/discover"]
        assert "FAILED     the sign-in: The identity refuses the scope OR.Jobbs." in result.stdout
        assert "to do: Take OR.Jobbs off --scope." in result.stdout
        assert "not tried  the Orchestrator" in result.stdout
        assert "does not work; it was not kept." in result.stderr
        assert "to do:    Take OR.Jobbs off --scope." in result.stderr

    def test_it_is_kept_anyway_when_that_was_said(self, with_key: CommandLine) -> None:
        with_key.wire = Wire(ok(report(is_working=False)), ok(CONNECTION, 201))
        result = with_key.run(*APP, "--secret-stdin", "--keep-anyway", input="s")
        assert result.exit_code == 1
        assert asked(with_key) == ["POST /connections/discover", "POST /connections"]
        assert "it is kept all the same" in result.stderr

    def test_json_has_the_connection_and_the_report(self, with_key: CommandLine) -> None:
        with_key.wire = Wire(ok(report(refused=REFUSED)), ok(CONNECTION, 201))
        result = with_key.run(*APP, "--secret-stdin", "--output", "json", input="s")
        assert json.loads(result.stdout) == {"connection": CONNECTION, "test": report(refused=REFUSED)}

    def test_json_of_a_failure_is_on_both_streams(self, with_key: CommandLine) -> None:
        with_key.wire = Wire(ok(report(is_working=False)))
        result = with_key.run(*APP, "--secret-stdin", "--output", "json", input="s")
        assert json.loads(result.stdout)["connection"] is None
        assert json.loads(result.stderr)["code"] == "connection_not_working"

    def test_a_report_without_a_failed_step_has_no_hint(self, with_key: CommandLine) -> None:
        with_key.wire = Wire(ok(report() | {"is_working": False}))
        result = with_key.run(*APP, "--secret-stdin", "--output", "json", input="s")
        assert "hint" not in json.loads(result.stderr)

    def test_where_no_tenant_is_sent_there_the_next_step_is_named(self, with_key: CommandLine) -> None:
        with_key.wire = Wire(ok(report(refused=REFUSED)), ok(CONNECTION | {"tenants": []}, 201))
        result = with_key.run(*APP, "--secret-stdin", input="s")
        assert "stagedoor connection map prod ORG/TENANT" in result.stdout
        assert "25 of 442 operations are refused" in result.stdout
        assert "and 17 for other reasons" in result.stdout

    def test_authorities_and_proxy_go_along(self, with_key: CommandLine, tmp_path: Path) -> None:
        pem = tmp_path / "ca.pem"
        pem.write_text(f"# Ärzte-CA\n{KEY_BLOCK}\n{CERTIFICATE}\n{CERTIFICATE}\n")
        with_key.wire = Wire(ok(report()), ok(CONNECTION, 201))
        words = ["--ca-file", str(pem), "--proxy", "http://proxy:3128", "--identity-url", "https://i/t"]
        with_key.run(*APP, *words, "--upstream", "acme/prod", "--secret-stdin", input="s")
        sent = body(with_key, 1)
        assert sent["ca_pem"] == f"{CERTIFICATE}\n{CERTIFICATE}\n", "no comment, and no key that lies beside them"
        assert (sent["proxy_url"], sent["identity_url"]) == ("http://proxy:3128", "https://i/t")
        assert sent["upstream"] == "acme/prod"

    def test_certificates_that_are_no_text_are_refused_here(self, with_key: CommandLine, tmp_path: Path) -> None:
        der = tmp_path / "ca.der"
        der.write_bytes(b"\x30\x82\xff")
        result = with_key.run(*APP, "--ca-file", str(der), "--secret-stdin", input="s")
        assert result.exit_code == 2
        assert "is not PEM" in result.stderr
        assert with_key.wire.sent == []

    def test_certificates_that_cannot_be_read_are_said(self, with_key: CommandLine, tmp_path: Path) -> None:
        pem = tmp_path / "ca.pem"
        pem.write_text(CERTIFICATE)
        with pytest.MonkeyPatch.context() as patched:
            patched.setattr(Path, "read_text", unreadable)
            result = with_key.run(*APP, "--ca-file", str(pem), "--secret-stdin", input="s")
        assert (result.exit_code, "cannot be read: Input/output error" in result.stderr) == (2, True)

    @pytest.mark.parametrize(
        ("kind", "missing"),
        [("app", "--client-id"), ("person", "--client-id"), ("user-key", "--client-id"), ("password", "--username")],
    )
    def test_what_a_kind_needs_is_asked_for_before_anything_is_sent(
        self, with_key: CommandLine, kind: str, missing: str
    ) -> None:
        result = with_key.run("connect", "p", "--kind", kind, "--url", "https://o", "--secret-stdin", input="s")
        assert result.exit_code == 2
        assert missing in result.stderr
        assert with_key.wire.sent == []

    def test_a_token_needs_nothing_else(self, with_key: CommandLine) -> None:
        with_key.wire = Wire(ok(report()), ok(CONNECTION, 201))
        result = with_key.run("connect", "p", "--kind", "pat", "--url", "https://o", "--secret-stdin", input="s")
        assert result.exit_code == 0
        assert body(with_key, 1) == {"name": "p", "kind": "pat", "url": "https://o", "secret": "s"}


class TestSecrets:
    def test_on_a_terminal_it_is_asked_for_unseen(self, with_key: CommandLine, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(secret_input, "is_interactive", lambda: True)
        with_key.wire = Wire(ok(report()), ok(CONNECTION, 201))
        result = with_key.run(*APP, input="typed_canary\n")
        assert result.exit_code == 0, result.output
        assert body(with_key, 1)["secret"] == "typed_canary"
        assert "Client secret" in result.stderr
        assert "canary" not in result.output

    @pytest.mark.parametrize(
        ("piped", "said"),
        [("", "is empty"), ("\n", "is empty"), ("x" * 16_385, "longer than 16,384")],
    )
    def test_what_is_no_secret_is_refused_here(self, with_key: CommandLine, piped: str, said: str) -> None:
        result = with_key.run(*APP, "--secret-stdin", input=piped)
        assert result.exit_code == 2
        assert said in result.stderr
        assert with_key.wire.sent == []

    def test_what_is_no_text_is_refused_here(self, with_key: CommandLine) -> None:
        result = with_key.run(*APP, "--secret-stdin", input=b"\xff\xfe")
        assert (result.exit_code, "not text in UTF-8" in result.stderr) == (2, True)

    @pytest.mark.parametrize("ending", ["", "\n", "\r\n"])
    def test_only_the_end_of_the_line_is_taken_off(self, with_key: CommandLine, ending: str) -> None:
        with_key.wire = Wire(ok(report()), ok(CONNECTION, 201))
        with_key.run(*APP, "--secret-stdin", input=f" s\nt {ending}")
        assert body(with_key, 1)["secret"] == " s\nt "

    def test_in_a_script_that_pipes_nothing_the_flag_is_named(self, with_key: CommandLine) -> None:
        result = with_key.run(*APP)
        assert result.exit_code == 2
        assert "--secret-stdin" in result.stderr

    def test_no_option_takes_a_secret(self, with_key: CommandLine) -> None:
        result = with_key.run(*APP, "--secret", "s_canary")
        assert result.exit_code == 2
        assert "No such option" in result.stderr


AUTHORIZE = {
    "authorize_url": "https://orch.example/identity_/connect/authorize?x=1",
    "state": "st",
    "code_verifier": "v",
}


class PersonsBrowser:
    """Signs in as soon as it is opened, and goes back to where the sign-in was asked from."""

    def __init__(self, line: CommandLine, answer: str = "code=c_canary&state=st") -> None:
        self.line = line
        self.answer = answer
        self.statuses: list[int] = []

    def open(self, url: str) -> bool:
        assert url == AUTHORIZE["authorize_url"]
        redirect = json.loads(self.line.wire.sent[-1].content)["redirect_uri"]
        self.thread = threading.Thread(target=self._go, args=(redirect,))
        self.thread.start()
        return True

    def _go(self, redirect: str) -> None:
        with httpx2.Client(trust_env=False) as http:
            self.statuses.append(http.get(f"{redirect}?code=forged&state=guessed").status_code)
            self.statuses.append(http.get(f"{redirect}?{self.answer}").status_code)


class TestConnectAPerson:
    def test_the_browser_brings_the_code_and_an_existing_tenant_is_sent_there_last(self, with_key: CommandLine) -> None:
        tenants = ok({"items": [TENANT], "next": None})
        kept = ok(CONNECTION | {"tenants": []}, 201)
        with_key.wire = Wire(ok(AUTHORIZE), tenants, kept, ok(report()), ok(None, 204), ok(CONNECTION))
        browser = PersonsBrowser(with_key)
        with_key.open_browser = browser.open
        result = with_key.run(*PERSON, "--as", "ACME/dev", "--scope", "OR.Jobs")
        assert result.exit_code == 0, result.output
        assert asked(with_key) == [
            "POST /connections/authorize-url",
            "GET /tenants",
            "POST /connections",
            "POST /connections/c1/test",
            "PUT /tenants/t1/connection",
            "GET /connections/c1",
        ]
        order = body(with_key, 2)
        assert urlsplit(order["redirect_uri"]).path == "/callback"
        assert order["redirect_uri"] == body(with_key, 0)["redirect_uri"]
        assert (order["code"], order["code_verifier"], "tenant" in order) == ("c_canary", "v", False)
        browser.thread.join()
        assert browser.statuses == [404, 200]
        assert "Sign in at orch.example" in result.stderr
        assert "acme/dev is sent there from now on." in result.stdout
        assert "canary" not in result.output

    def test_a_tenant_that_is_not_there_is_made_with_it(self, with_key: CommandLine) -> None:
        with_key.wire = Wire(
            ok(AUTHORIZE), ok({"items": [], "next": None}), ok(CONNECTION, 201), ok(report()), ok(CONNECTION)
        )
        with_key.open_browser = PersonsBrowser(with_key).open
        assert with_key.run(*PERSON, "--as", "acme/new").exit_code == 0
        assert body(with_key, 2)["tenant"] == "acme/new"

    def test_what_does_not_work_is_taken_back(self, with_key: CommandLine) -> None:
        with_key.wire = Wire(ok(AUTHORIZE), ok(CONNECTION, 201), ok(report(is_working=False)), ok(None, 204))
        with_key.open_browser = PersonsBrowser(with_key).open
        result = with_key.run(*PERSON)
        assert result.exit_code == 1
        assert asked(with_key)[-1] == "DELETE /connections/c1"
        assert with_key.wire.sent[-1].url.params["unmap"] == "true"
        assert "it was not kept" in result.stderr

    def test_a_tenant_that_was_made_for_it_is_named(self, with_key: CommandLine) -> None:
        tenants = ok({"items": [], "next": None})
        with_key.wire = Wire(ok(AUTHORIZE), tenants, ok(CONNECTION, 201), ok(report(is_working=False)), ok(None, 204))
        with_key.open_browser = PersonsBrowser(with_key).open
        assert "acme/new was made for it and stays" in with_key.run(*PERSON, "--as", "acme/new").stderr

    def test_what_could_not_be_tried_is_taken_back(self, with_key: CommandLine) -> None:
        failed = ok({"status": 500, "detail": "It broke."}, 500)
        with_key.wire = Wire(ok(AUTHORIZE), ok(CONNECTION, 201), failed, ok(None, 204))
        with_key.open_browser = PersonsBrowser(with_key).open
        result = with_key.run(*PERSON)
        assert (result.exit_code, "It broke." in result.stderr) == (6, True)
        assert asked(with_key)[-1] == "DELETE /connections/c1"

    def test_what_does_not_work_stays_when_that_was_said(self, with_key: CommandLine) -> None:
        with_key.wire = Wire(ok(AUTHORIZE), ok(CONNECTION, 201), ok(report(is_working=False)), ok(CONNECTION))
        with_key.open_browser = PersonsBrowser(with_key).open
        result = with_key.run(*PERSON, "--keep-anyway")
        assert result.exit_code == 1
        assert asked(with_key)[-1] == "GET /connections/c1"

    def test_a_refusal_over_there_is_said(self, with_key: CommandLine) -> None:
        with_key.wire = Wire(ok(AUTHORIZE))
        browser = PersonsBrowser(with_key, "error=access_denied&error_description=Nobody+here%1b[2J&state=st")
        with_key.open_browser = browser.open
        result = with_key.run(*PERSON)
        assert result.exit_code == 4
        assert r"Not signed in over there: Nobody here\x1b[2J" in result.stderr
        assert "must know the redirect http://127.0.0.1:" in result.stderr
        assert asked(with_key) == ["POST /connections/authorize-url"]

    def test_without_a_browser_here_the_address_is_printed(self, with_key: CommandLine) -> None:
        with_key.wire = Wire(ok(AUTHORIZE))

        def fails_to_open(url: str) -> bool:
            PersonsBrowser(with_key, "error=access_denied&state=st").open(url)
            return False

        with_key.open_browser = fails_to_open
        result = with_key.run(*PERSON)
        assert AUTHORIZE["authorize_url"] in result.stderr
        assert "access_denied" in result.stderr

    def test_the_address_can_be_pasted(self, with_key: CommandLine) -> None:
        with_key.wire = Wire(ok(AUTHORIZE), ok(CONNECTION, 201), ok(report()), ok(CONNECTION))
        landed = "http://127.0.0.1:8127/callback?code=c_canary&state=st"
        result = with_key.run(*PERSON, "--no-browser", input=f"{landed}\n")
        assert result.exit_code == 0, result.output
        assert body(with_key, 0)["redirect_uri"] == "http://127.0.0.1:8127/callback"
        assert body(with_key, 1)["code"] == "c_canary"

    @pytest.mark.parametrize(
        ("query", "code"), [("code=stolen&state=other", "state_mismatch"), ("state=st", "upstream_sign_in_failed")]
    )
    def test_a_pasted_address_of_another_sign_in_is_not_believed(
        self, with_key: CommandLine, query: str, code: str
    ) -> None:
        with_key.wire = Wire(ok(AUTHORIZE))
        words = ["--no-browser", "--redirect-port", "9000", "--output", "json"]
        result = with_key.run(*PERSON, *words, input=f"http://127.0.0.1:9000/callback?{query}\n")
        assert result.exit_code == 4
        assert json.loads(result.stderr[result.stderr.index("{") :])["code"] == code
        assert asked(with_key) == ["POST /connections/authorize-url"]

    def test_a_port_that_is_taken_is_said(self, with_key: CommandLine) -> None:
        with socket.create_server(("127.0.0.1", 0)) as taken:
            port = taken.getsockname()[1]
            result = with_key.run(*PERSON, "--redirect-port", str(port), "--output", "json")
        assert json.loads(result.stderr)["code"] == "address_taken"
        assert with_key.wire.sent == []

    def test_a_refresh_token_can_be_piped_in_and_is_not_used_up_by_a_trial(self, with_key: CommandLine) -> None:
        with_key.wire = Wire(ok(CONNECTION, 201), ok(report()), ok(CONNECTION))
        assert with_key.run(*PERSON, "--secret-stdin", input="r0\n").exit_code == 0
        assert asked(with_key) == ["POST /connections", "POST /connections/c1/test", "GET /connections/c1"]
        assert body(with_key, 0)["secret"] == "r0"


class TestList:
    def test_it_says_where_each_leads_and_how_it_stands(self, with_key: CommandLine) -> None:
        problem = {"diagnosis": "invalid_scope", "says": "The scope is refused.", "hint": "Change it."}
        failing = CONNECTION | {"name": "old", "tenants": [], "sign_in": {"state": "failing", "problem": problem}}
        with_key.wire = Wire(ok({"items": [CONNECTION, failing], "next": None}))
        lines = [line.split("\t") for line in with_key.run("connection", "list").stdout.splitlines()]
        assert lines == [
            ["prod", "app", CONNECTION["url"], "acme/dev", "signed in"],
            ["old", "app", CONNECTION["url"], "", "fails: The scope is refused."],
        ]
        assert with_key.json("connection", "list") == [CONNECTION, failing]

    def test_where_there_is_none_the_way_to_one_is_named(self, with_key: CommandLine) -> None:
        with_key.wire = Wire(ok({"items": [], "next": None}))
        result = with_key.run("connection", "list")
        assert (result.stdout, "stagedoor connect --help" in result.stderr) == ("", True)


class TestTest:
    def test_it_names_what_is_refused_there(self, with_key: CommandLine) -> None:
        with_key.wire = Wire(ok(report(refused=REFUSED)))
        result = with_key.run("connection", "test", "prod")
        assert result.exit_code == 0
        first = "it needs the scope OR.Users: Users_Op0, Users_Op1, Users_Op2 and 2 more"
        assert result.stdout.splitlines()[3:5] == [f"  {first}", "  it needs the scope OR.Scope00: Other_Op00"]
        assert "and 9 for other reasons; `stagedoor connection test NAME --output json`" in result.stdout
        assert "The connection prod works." in result.stdout

    def test_few_refusals_are_named_whole(self, with_key: CommandLine) -> None:
        with_key.wire = Wire(ok(report(refused=REFUSED[2:5])))
        shown = with_key.run("connection", "test", "prod").stdout
        assert "Users_Op2, Users_Op3, Users_Op4" in shown
        assert "json" not in shown
        with_key.wire = Wire(ok(report(refused=REFUSED[:5])))
        assert (
            "\n  `stagedoor connection test NAME --output json` names them all"
            in with_key.run("connection", "test", "prod").stdout
        )

    def test_it_fails_when_the_connection_does(self, with_key: CommandLine) -> None:
        with_key.wire = Wire(ok(report(is_working=False)))
        result = with_key.run("connection", "test", "prod")
        assert result.exit_code == 1
        assert "does not work" in result.stdout
        answer = with_key.run("connection", "test", "prod", "--output", "json")
        assert (answer.exit_code, json.loads(answer.stdout)) == (1, report(is_working=False))

    def test_what_the_other_side_says_cannot_steer_the_terminal(self, with_key: CommandLine) -> None:
        step = REACH | {"says": "hi\x1b[2J\nok  everything", "hint": "\x07"}
        refused = [{"operation": "A\x1b", "because": "b\n"}]
        with_key.wire = Wire(ok(report(refused=refused) | {"steps": [step]}))
        shown = with_key.run("connection", "test", "prod").stdout
        assert "\x1b" not in shown
        assert "\x07" not in shown
        assert r"hi\x1b[2J\nok" in shown


class TestRenewSecret:
    def test_the_new_secret_is_sent_and_not_shown(self, with_key: CommandLine) -> None:
        with_key.wire = Wire(ok(CONNECTION), ok(CONNECTION))
        result = with_key.run("connection", "renew-secret", "prod", "--secret-stdin", input="n_canary")
        assert "signed in with its new secret" in result.stdout
        assert asked(with_key)[1] == "POST /connections/c1/secret"
        assert body(with_key, 1) == {"secret": "n_canary"}
        assert "canary" not in result.output

    def test_a_secret_that_signs_nobody_in_is_a_failure(self, with_key: CommandLine) -> None:
        problem = {"diagnosis": "invalid_client", "says": "The secret is wrong.", "hint": "Copy it again."}
        failing = CONNECTION | {"sign_in": {"state": "failing", "problem": problem}}
        with_key.wire = Wire(ok(CONNECTION), ok(failing))
        result = with_key.run("connection", "renew-secret", "prod", "--secret-stdin", "--output", "json", input="s")
        assert result.exit_code == 1
        told = json.loads(result.stderr)
        assert (told["code"], told["hint"]) == ("invalid_client", "Copy it again.")

    def test_a_person_signs_in_anew(self, with_key: CommandLine) -> None:
        person = CONNECTION | {"kind": "person"}
        with_key.wire = Wire(ok(person), ok(AUTHORIZE), ok(person))
        with_key.open_browser = PersonsBrowser(with_key).open
        assert with_key.json("connection", "renew-secret", "prod") == person
        assert body(with_key, 1)["client_id"] == "app-1"
        assert body(with_key, 2)["code"] == "c_canary"


class TestMapAndRemove:
    def test_a_tenant_is_sent_there_and_back(self, with_key: CommandLine) -> None:
        tenants = ok({"items": [TENANT], "next": None})
        with_key.wire = Wire(tenants, ok(CONNECTION), tenants, ok(None, 204))
        assert "acme/dev is sent to prod." in with_key.run("connection", "map", "prod", "acme/dev").stdout
        assert "embedded" in with_key.run("connection", "unmap", "acme/dev").stdout
        assert asked(with_key)[1::2] == ["PUT /tenants/t1/connection", "DELETE /tenants/t1/connection"]
        with_key.wire = Wire(tenants, ok(CONNECTION), tenants, ok(None, 204))
        assert with_key.json("connection", "map", "prod", "acme/dev") == {"tenant": "acme/dev", "connection": "prod"}
        assert with_key.json("connection", "unmap", "acme/dev") == {"tenant": "acme/dev", "connection": None}

    @pytest.mark.parametrize(("items", "hint"), [([TENANT], "You may enter: acme/dev."), ([], "An administrator can")])
    def test_an_unknown_tenant_is_said(self, with_key: CommandLine, items: list[Any], hint: str) -> None:
        with_key.wire = Wire(ok({"items": items, "next": None}))
        result = with_key.run("connection", "unmap", "acme/nowhere")
        assert result.exit_code == 1
        assert "There is no tenant acme/nowhere" in result.stderr
        assert hint in result.stderr

    def test_removing_asks_for_it_in_so_many_words_where_a_tenant_is_sent_there(self, with_key: CommandLine) -> None:
        with_key.wire = Wire(ok(None, 204))
        assert "prod is removed" in with_key.run("connection", "remove", "prod").stdout
        assert with_key.json("connection", "remove", "prod", "--unmap") == {"name": "prod", "removed": True}
        assert [dict(it.url.params) for it in with_key.wire.sent] == [{}, {"unmap": "true"}]

    @pytest.mark.parametrize("code", ["connection_in_use", None])
    def test_one_that_a_tenant_holds_says_how_to_let_go(self, with_key: CommandLine, code: str | None) -> None:
        with_key.wire = Wire(ok({"status": 409, "code": code, "detail": "A tenant is mapped to it."}, 409))
        result = with_key.run("connection", "remove", "prod", "--output", "json")
        told = json.loads(result.stderr)
        assert told["code"] == (code or "failed")
        assert "stagedoor connection remove prod --unmap" in told["hint"]
