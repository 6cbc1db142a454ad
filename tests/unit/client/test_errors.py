"""Each failure is an error of its own kind, in whichever dialect it is told."""

import httpx2
import pytest
from tests.factories.wire import Wire, ok

from stagedoor.client import (
    BadRequest,
    Conflict,
    NotBuilt,
    NotFound,
    NotSignedIn,
    Refused,
    Retry,
    ServerFailed,
    Stagedoor,
    StagedoorClientError,
    Throttled,
    UpstreamFailed,
)


def failure(reply: httpx2.Response) -> StagedoorClientError:
    wire = Wire(reply)
    stagedoor = Stagedoor("http://stagedoor.test", key="sd_canary", retry=Retry(attempts_max=1), **wire.options())
    with pytest.raises(StagedoorClientError) as caught:
        stagedoor.get("/odata/Jobs")
    assert "sd_canary" not in repr(caught.value.__dict__) + str(caught.value)
    return caught.value


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (400, BadRequest),
        (401, NotSignedIn),
        (403, Refused),
        (404, NotFound),
        (405, BadRequest),
        (409, Conflict),
        (422, BadRequest),
        (429, Throttled),
        (500, ServerFailed),
        (501, NotBuilt),
        (502, UpstreamFailed),
        (503, UpstreamFailed),
        (504, UpstreamFailed),
        (507, ServerFailed),
    ],
)
def test_status_decides_the_kind(status: int, kind: type[StagedoorClientError]) -> None:
    error = failure(ok({"detail": "told"}, status))
    assert (type(error), error.status, str(error)) == (kind, status, "told")


def test_problem_document_is_read() -> None:
    body = {"title": "t", "detail": "d", "code": "key_expired", "hint": "h", "request_id": "r", "extra": 1}
    error = failure(ok(body, 401))
    assert (error.message, error.code, error.hint, error.request_id) == ("d", "key_expired", "h", "r")
    assert error.details["extra"] == 1


def test_refusal_in_the_vendors_shape_names_the_smallest_grant() -> None:
    body = {
        "message": "You are not authorized!",
        "errorCode": 0,
        "traceId": "00-1",
        "resourceIds": None,
        "stagedoor": {
            "code": "not_authorized",
            "requestId": "r1",
            "reason": "operation_not_granted",
            "rule": "operations",
            "explanation": "The key does not cover it.",
            "smallestGrant": ["Jobs_StartJobs"],
            "folder": "Shared",
        },
    }
    error = failure(ok(body, 403))
    assert isinstance(error, Refused)
    assert error.message == "You are not authorized!"
    assert (error.reason, error.rule, error.folder) == ("operation_not_granted", "operations", "Shared")
    assert error.smallest_grant == ("Jobs_StartJobs",)
    assert (error.code, error.request_id) == ("not_authorized", "r1")


def test_refusal_that_names_nothing_is_still_a_refusal() -> None:
    error = failure(httpx2.Response(403, text="<html>"))
    assert isinstance(error, Refused)
    assert (error.message, error.reason, error.smallest_grant) == ("Answered 403 Forbidden.", None, ())


def test_oauth_error_is_read() -> None:
    error = failure(ok({"error": "invalid_scope", "error_description": "No such scope."}, 400))
    assert (error.code, error.message) == ("invalid_scope", "No such scope.")


def test_throttled_says_when_to_come_back() -> None:
    error = failure(ok({}, 429, **{"Retry-After": "12"}))
    assert isinstance(error, Throttled)
    assert error.retry_after == 12


def test_redirect_is_not_followed() -> None:
    error = failure(httpx2.Response(302, headers={"Location": "https://elsewhere.test/"}))
    assert isinstance(error, ServerFailed)
    assert "https://elsewhere.test/" in error.message


def test_status_without_a_name_is_told_by_its_number() -> None:
    assert failure(httpx2.Response(599)).message == "Answered 599."


@pytest.mark.parametrize("body", [b"[1]", b"null", b"\xff\xfe", b'{"detail": 5}'])
def test_odd_error_bodies_are_survived(body: bytes) -> None:
    headers = {"Content-Type": "application/json"}
    assert failure(httpx2.Response(400, content=body, headers=headers)).message == "Answered 400 Bad Request."
