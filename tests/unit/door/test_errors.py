"""How each surface says no: every refusal of the door, in the dialect of the path that was asked."""

import json
from typing import Any

import pytest

from stagedoor.door import refusals
from stagedoor.door.chain.operations import MetricsClosed
from stagedoor.door.errors import Dialect, dialect_of, draw_error
from stagedoor.door.listening import AddressTaken
from stagedoor.door.refusals import FolderUnknown, HeadTooLarge, NotAuthorized
from stagedoor.door.surfaces import Place, Surface, find_place
from stagedoor.identity.legacy_basic.errors import InvalidCredentials
from stagedoor.kit.errors import StagedoorError, StoreUnavailable
from stagedoor.orchestrator.folder_place import FolderRequired
from stagedoor.passage import Denied

REQUEST_ID = "0123456789abcdef0123456789abcdef"
DENIED = Denied("operation_not_granted", "operations", "Not <this> one.", ("Jobs_Get",), "Shared")


def every_refusal_of_the_door() -> list[StagedoorError]:
    plain = [
        found()
        for found in vars(refusals).values()
        if isinstance(found, type)
        and issubclass(found, StagedoorError)
        and found not in (StagedoorError, NotAuthorized)
    ]
    return [*plain, NotAuthorized(DENIED, hint="Ask."), MetricsClosed(), AddressTaken()]


def body_of(error: StagedoorError, dialect: Dialect) -> dict[str, Any]:
    drawn = draw_error(error, dialect, REQUEST_ID)
    headers = dict(drawn.headers)
    assert drawn.status == error.status
    assert headers[b"content-length"] == str(len(drawn.body)).encode()
    assert headers[b"cache-control"] == b"no-store"
    body: dict[str, Any] = json.loads(drawn.body)
    return body


@pytest.mark.parametrize(
    ("path", "dialect"),
    [
        ("/acme/dev/odata/Jobs", Dialect.ORCHESTRATOR),
        ("/odata/Jobs", Dialect.ORCHESTRATOR),
        ("/api/account/authenticate", Dialect.ORCHESTRATOR),
        ("/cloudrpa/api/getAccountsForUser", Dialect.ORCHESTRATOR),
        ("/nowhere", Dialect.ORCHESTRATOR),
        ("/identity_/connect/token", Dialect.OAUTH),
        ("/acme/identity_/connect/revocation", Dialect.OAUTH),
        ("/oauth/token", Dialect.OAUTH),
        ("/identity_/.well-known/openid-configuration", Dialect.OAUTH),
        ("/identity_/connect/authorize", Dialect.PAGE),
        ("/identity_/account/login", Dialect.PAGE),
        ("/authorize", Dialect.PAGE),
        ("/mobile", Dialect.PAGE),
        ("/console/keys", Dialect.PAGE),
        ("/api/stagedoor/v1/keys", Dialect.MANAGEMENT),
        ("/healthz", Dialect.MANAGEMENT),
    ],
)
def test_each_path_has_its_dialect(path: str, dialect: Dialect) -> None:
    assert dialect_of(find_place(path)) is dialect


def test_a_path_that_could_not_even_be_read_is_answered_as_the_vendor_would() -> None:
    assert dialect_of(Place(Surface.UNKNOWN, "")) is Dialect.ORCHESTRATOR


@pytest.mark.parametrize("error", every_refusal_of_the_door(), ids=lambda error: error.code)
class TestEveryRefusal:
    def test_in_the_vendors_shape(self, error: StagedoorError) -> None:
        body = body_of(error, Dialect.ORCHESTRATOR)
        assert body["message"] == error.public
        assert isinstance(body["errorCode"], int)
        assert REQUEST_ID in body["traceId"]
        assert body["resourceIds"] is None
        assert (body["stagedoor"]["code"], body["stagedoor"]["requestId"]) == (error.code, REQUEST_ID)

    def test_in_oauths(self, error: StagedoorError) -> None:
        body = body_of(error, Dialect.OAUTH)
        assert set(body) == {"error", "error_description"}
        assert error.public in body["error_description"]

    def test_as_a_problem_document(self, error: StagedoorError) -> None:
        body = body_of(error, Dialect.MANAGEMENT)
        assert (body["code"], body["status"], body["detail"]) == (error.code, error.status, error.public)
        assert body["type"] == f"urn:stagedoor:error:{error.code}"
        assert body["request_id"] == REQUEST_ID

    def test_as_a_page_that_holds_no_markup_of_others(self, error: StagedoorError) -> None:
        drawn = draw_error(error, Dialect.PAGE, REQUEST_ID)
        headers = dict(drawn.headers)
        assert headers[b"content-type"] == b"text/html; charset=utf-8"
        assert headers[b"content-security-policy"] == b"default-src 'none'; frame-ancestors 'none'"
        assert b"<this>" not in drawn.body
        assert REQUEST_ID.encode() in drawn.body


class TestVendorsNumbers:
    @pytest.mark.parametrize(
        ("error", "number"),
        [
            (HeadTooLarge(), 1000),
            (FolderUnknown(), 1100),
            (FolderRequired(), 1101),
            (InvalidCredentials(), 1000),
            (StoreUnavailable(), 0),
        ],
    )
    def test_each_error_has_the_one_that_clients_look_for(self, error: StagedoorError, number: int) -> None:
        assert body_of(error, Dialect.ORCHESTRATOR)["errorCode"] == number


class TestDenied:
    def test_the_vendors_shape_says_the_rule_and_the_smallest_grant(self) -> None:
        told = body_of(NotAuthorized(DENIED), Dialect.ORCHESTRATOR)["stagedoor"]
        assert (told["reason"], told["rule"]) == (DENIED.reason, DENIED.rule)
        assert (told["smallestGrant"], told["folder"]) == (["Jobs_Get"], "Shared")
        assert told["explanation"] == DENIED.sentence

    def test_so_does_a_problem_document(self) -> None:
        told = body_of(NotAuthorized(DENIED), Dialect.MANAGEMENT)
        assert (told["reason"], told["smallest_grant"]) == (DENIED.reason, ["Jobs_Get"])


class TestOAuthNames:
    @pytest.mark.parametrize(
        ("status", "name"),
        [
            (400, "invalid_request"),
            (401, "invalid_client"),
            (403, "access_denied"),
            (404, "invalid_request"),
            (500, "server_error"),
            (502, "server_error"),
            (503, "temporarily_unavailable"),
        ],
    )
    def test_each_status_has_its_name(self, status: int, name: str) -> None:
        assert body_of(StagedoorError("No.", status=status), Dialect.OAUTH)["error"] == name


def test_what_is_internal_is_in_no_answer_and_details_and_headers_are() -> None:
    error = StagedoorError(
        "No.", internal="canary", details={"open_to_you": ["a"]}, headers={"Retry-After": "1"}, status=503
    )
    for dialect in Dialect:
        drawn = draw_error(error, dialect, REQUEST_ID)
        assert b"canary" not in drawn.body + repr(drawn.headers).encode()
        assert (b"retry-after", b"1") in drawn.headers
    assert body_of(error, Dialect.ORCHESTRATOR)["openToYou"] == ["a"]
    assert body_of(error, Dialect.MANAGEMENT)["open_to_you"] == ["a"]
