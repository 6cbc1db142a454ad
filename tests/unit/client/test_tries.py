"""Reads may be sent again; a write never is."""

import anyio
import httpx2
import pytest
from tests.factories.wire import Wire, ok

from stagedoor.client import AsyncStagedoor, Retry, Stagedoor, Throttled, Unreachable, UpstreamFailed

BASE = "http://stagedoor.test/acme/dev"


def client(wire: Wire, **options: object) -> Stagedoor:
    return Stagedoor(BASE, key="k", **wire.options(), **options)


class TestReads:
    @pytest.mark.parametrize("status", [429, 502, 503, 504])
    def test_a_passing_answer_is_asked_again(self, status: int) -> None:
        wire = Wire(ok({}, status), ok({"value": 1}))
        assert client(wire).get("/odata/Jobs") == {"value": 1}
        assert len(wire.sent) == 2

    @pytest.mark.parametrize("fault", [httpx2.ConnectError("no"), httpx2.ConnectTimeout("no"), httpx2.ReadError("no")])
    def test_a_passing_fault_is_asked_again(self, fault: Exception) -> None:
        wire = Wire(fault, ok({"value": 1}))
        assert client(wire).get("/odata/Jobs") == {"value": 1}

    def test_a_read_that_timed_out_is_final(self) -> None:
        wire = Wire(httpx2.ReadTimeout("slow"))
        with pytest.raises(Unreachable, match="took too long") as caught:
            client(wire).get("/odata/Jobs")
        assert len(wire.sent) == 1
        assert caught.value.maybe_done is False

    @pytest.mark.parametrize("status", [400, 401, 403, 404, 500, 501])
    def test_other_answers_are_final(self, status: int) -> None:
        wire = Wire(ok({}, status))
        with pytest.raises(Exception, match=str(status)):
            client(wire).get("/odata/Jobs")
        assert len(wire.sent) == 1

    def test_attempts_are_bounded(self) -> None:
        wire = Wire(ok({}, 503))
        with pytest.raises(UpstreamFailed):
            client(wire, retry=Retry(attempts_max=3)).get("/odata/Jobs")
        assert len(wire.sent) == 3

    def test_pauses_grow_and_stay_within_their_bounds(self) -> None:
        wire = Wire(ok({}, 503))
        with pytest.raises(UpstreamFailed):
            client(wire).get("/odata/Jobs")
        bounds = [(0.25, 0.5), (0.5, 1.0), (1.0, 2.0)]
        assert [low <= pause <= high for pause, (low, high) in zip(wire.pauses, bounds, strict=True)] == [True] * 3

    def test_whole_seconds_of_retry_after_are_obeyed(self) -> None:
        wire = Wire(ok({}, 429, **{"Retry-After": "7"}), ok({}))
        client(wire).get("/odata/Jobs")
        assert wire.pauses == [7.0]

    def test_a_long_retry_after_is_handed_to_the_caller(self) -> None:
        wire = Wire(ok({}, 429, **{"Retry-After": "3600"}))
        with pytest.raises(Throttled) as caught:
            client(wire).get("/odata/Jobs")
        assert (len(wire.sent), caught.value.retry_after) == (1, 3600)

    @pytest.mark.parametrize("value", ["Wed, 25 Nov 2026 12:00:00 GMT", "-1", "1.5", "９", "9" * 30])
    def test_any_other_retry_after_is_left_unread(self, value: str) -> None:
        wire = Wire(httpx2.Response(429, headers={"Retry-After": value.encode()}), ok({}))
        client(wire).get("/odata/Jobs")
        assert wire.pauses[0] <= 0.5


class TestWrites:
    @pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE"])
    @pytest.mark.parametrize("reply", [ok({}, 503), ok({}, 429), httpx2.ReadError("cut"), httpx2.ConnectError("no")])
    def test_a_write_is_sent_once(self, method: str, reply: httpx2.Response | Exception) -> None:
        wire = Wire(reply)
        with pytest.raises((UpstreamFailed, Throttled, Unreachable)):
            client(wire).call(method, "/odata/Jobs")
        assert len(wire.sent) == 1

    def test_a_write_without_an_answer_says_that_it_may_be_done(self) -> None:
        with pytest.raises(Unreachable, match="cannot be reached") as caught:
            client(Wire(httpx2.ReadError("cut"))).post("/odata/Jobs")
        assert caught.value.maybe_done is True
        assert "may have been carried out" in str(caught.value.hint)

    def test_a_write_that_never_left_says_so(self) -> None:
        with pytest.raises(Unreachable) as caught:
            client(Wire(httpx2.ConnectError("no"))).post("/odata/Jobs")
        assert caught.value.maybe_done is False


def test_the_async_twin_tries_again_alike() -> None:
    wire = Wire(httpx2.ConnectError("no"), ok({}, 503), ok({"value": 1}))

    async def read() -> object:
        async with AsyncStagedoor(BASE, key="k", **wire.async_options()) as stagedoor:
            return await stagedoor.get("/odata/Jobs")

    assert anyio.run(read) == {"value": 1}
    assert len(wire.pauses) == 2
