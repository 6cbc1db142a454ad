"""Requests at the same time, and the budget that callers of one tenant share."""

import asyncio
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from tests.factories.callers import caller as holder_of
from tests.factories.house import START, SmallHouse, open_small_house

from stagedoor.access.limits import fair_shares
from stagedoor.access.limits.errors import UpstreamBudgetSpent
from stagedoor.access.limits.key_limits import SECOND
from stagedoor.access.limits.leased_accounts import LeasedAccounts
from stagedoor.access.limits.upstream_budgets import LIST_OPERATIONS
from stagedoor.catalog import CATALOG
from stagedoor.door.chain import hold_to_limits as step
from stagedoor.door.visit import Visit
from stagedoor.gateway.dispatch import Gateway
from stagedoor.kit.clock import HeldClock
from stagedoor.passage import CredentialKind

JOBS = "/acme/dev/odata/Jobs"
FOLDERS = "/acme/dev/odata/Folders"
IN_SHARED = [("x-uipath-folderpath", "Shared")]
BUDGET = 4


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SmallHouse]:
    """A house whose embedded tenants have a budget."""
    with open_small_house(tmp_path_factory.mktemp("shared"), embedded_lists_per_minute=BUDGET) as house:
        yield house


@pytest.fixture
def budget(shared: SmallHouse) -> SmallHouse:
    """The same with nothing spent."""
    shared.clock.advance(timedelta(minutes=2))
    shared.__dict__.pop("admin_token", None)
    return shared


def slow_gateway(monkeypatch: pytest.MonkeyPatch) -> tuple[asyncio.Event, list[int]]:
    """Let every request wait at its destination until the event is set, and count them."""
    may_go, under_way = asyncio.Event(), [0]

    async def carry(_: Gateway, carriage: object, receive: object, start: Any, send_body: Any) -> None:
        under_way[0] += 1
        await may_go.wait()
        await start(200, [(b"content-length", b"0")])
        await send_body(b"", False)

    monkeypatch.setattr(Gateway, "carry", carry)
    return may_go, under_way


def scope_for(path: str, key: str) -> dict[str, Any]:
    return {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": "GET",
        "scheme": "http",
        "path": path,
        "raw_path": path.encode(),
        "query_string": b"",
        "root_path": "",
        "headers": [(b"authorization", f"Bearer {key}".encode()), (b"x-uipath-folderpath", b"Shared")],
        "client": ("192.0.2.7", 4000),
        "server": ("127.0.0.1", 8120),
    }


class Caller:
    """Somebody on the line who may hang up, and the statuses and headers that they were answered with."""

    def __init__(self, house: SmallHouse, path: str, key: str) -> None:
        self.statuses: list[int] = []
        self.headers: dict[bytes, bytes] = {}
        self._gone = asyncio.Event()
        self._has_asked = False
        self.answered = asyncio.ensure_future(house.house.app(scope_for(path, key), self._receive, self._send))

    async def hang_up(self) -> None:
        self._gone.set()
        await self.answered

    async def _receive(self) -> dict[str, Any]:
        if not self._has_asked:
            self._has_asked = True
            return {"type": "http.request", "body": b"", "more_body": False}
        await self._gone.wait()
        return {"type": "http.disconnect"}

    async def _send(self, message: Any) -> None:
        if message["type"] == "http.response.start":
            self.statuses.append(message["status"])
            self.headers = dict(message["headers"])


def test_a_key_has_only_so_many_requests_under_way(small: SmallHouse, monkeypatch: pytest.MonkeyPatch) -> None:
    key = small.make_key("Folders_Get", concurrency=2)

    async def test() -> None:
        may_go, under_way = slow_gateway(monkeypatch)
        callers = [Caller(small, FOLDERS, key) for _ in range(2)]
        while under_way[0] < 2:  # noqa: ASYNC110  # counted by what stands for the destination
            await asyncio.sleep(0)
        third = Caller(small, FOLDERS, key)
        await third.answered
        assert third.statuses == [429]
        assert third.headers[b"retry-after"] == b"1"
        may_go.set()
        for caller in callers:
            await caller.answered
        after = Caller(small, FOLDERS, key)
        await after.answered
        assert after.statuses == [200]

    small.loop.run_until_complete(asyncio.wait_for(test(), 20))
    row = next(row for row in small.new_rows() if row.status == 429)
    assert row.reason == "too_many_at_once"


def test_a_request_that_is_refused_is_not_under_way(small: SmallHouse) -> None:
    key = small.make_key("Folders_Get", concurrency=1)
    for _ in range(3):
        assert small.ask("GET", JOBS, IN_SHARED, key=key).status == 403
    for _ in range(3):
        assert small.ask("GET", FOLDERS, key=key).status == 200


def test_what_the_tenant_allows_is_shared_and_then_refused_with_the_time_to_come_back(budget: SmallHouse) -> None:
    first, second = budget.make_key("Jobs_Get"), budget.make_key("Jobs_Get")
    assert [budget.ask("GET", JOBS, IN_SHARED, key=first).status for _ in range(BUDGET)] == [200] * BUDGET
    budget.clock.advance(timedelta(seconds=20))
    refused = budget.ask("GET", JOBS, IN_SHARED, key=second)
    assert (refused.status, refused.json()["stagedoor"]["code"]) == (429, "upstream_budget_spent")
    assert refused.headers["retry-after"] == "40"
    budget.clock.advance(timedelta(seconds=40))
    # Its share was kept for the one that was told to come back.
    assert [budget.ask("GET", JOBS, IN_SHARED, key=first).status for _ in range(BUDGET // 2)] == [200] * (BUDGET // 2)
    assert [budget.ask("GET", JOBS, IN_SHARED, key=second).status for _ in range(BUDGET // 2)] == [200] * (BUDGET // 2)


def test_a_denied_request_takes_nothing_from_the_others(budget: SmallHouse) -> None:
    stranger, friend = budget.make_key("Folders_Get"), budget.make_key("Jobs_Get")
    for _ in range(3 * BUDGET):
        assert budget.ask("GET", JOBS, IN_SHARED, key=stranger).status == 403
    assert [budget.ask("GET", JOBS, IN_SHARED, key=friend).status for _ in range(BUDGET)] == [200] * BUDGET


def test_who_waits_is_told_for_how_long_and_why(budget: SmallHouse) -> None:
    key = budget.make_key("Jobs_Get")

    async def test() -> None:
        for _ in range(BUDGET):
            await Caller(budget, JOBS, key).answered
        budget.clock.advance(timedelta(seconds=58))
        waiting = Caller(budget, JOBS, key)
        await asyncio.sleep(0.15)
        assert waiting.statuses == []
        budget.clock.advance(timedelta(seconds=2))
        await waiting.answered
        assert waiting.statuses == [200]
        milliseconds, _, reason = waiting.headers[b"x-stagedoor-waited"].partition(b"; ")
        assert int(milliseconds) >= 100
        assert reason == b"reason=fair-share"

    budget.loop.run_until_complete(asyncio.wait_for(test(), 20))


def test_who_hangs_up_waits_no_longer_and_takes_nothing(budget: SmallHouse) -> None:
    key = budget.make_key("Jobs_Get")

    async def test() -> None:
        for _ in range(BUDGET):
            await Caller(budget, JOBS, key).answered
        budget.clock.advance(timedelta(seconds=58))
        waiting = Caller(budget, JOBS, key)
        await asyncio.sleep(0.05)
        await waiting.hang_up()
        assert waiting.statuses == []
        budget.clock.advance(timedelta(seconds=2))
        for _ in range(BUDGET):
            caller = Caller(budget, JOBS, key)
            await caller.answered
            assert caller.statuses == [200]

    budget.loop.run_until_complete(asyncio.wait_for(test(), 20))
    assert [row.reason for row in budget.new_rows() if row.status == 0] == ["caller_left"]


def test_a_key_that_is_revoked_while_it_waits_is_refused(budget: SmallHouse) -> None:
    key = budget.make_key("Jobs_Get")
    token = budget.admin_token

    async def test() -> None:
        for _ in range(BUDGET):
            await Caller(budget, JOBS, key).answered
        budget.clock.advance(timedelta(seconds=58))
        waiting = Caller(budget, JOBS, key)
        await asyncio.sleep(0.05)
        gone = await budget.browser.delete(
            f"/api/stagedoor/v1/keys/{key.split('_')[1]}", headers={"Authorization": f"Bearer {token}"}
        )
        assert gone.status_code == 200
        budget.clock.advance(timedelta(seconds=2))
        await waiting.answered
        assert waiting.statuses == [401]

    budget.loop.run_until_complete(asyncio.wait_for(test(), 20))


def test_who_waited_in_vain_is_told_so_and_for_how_long(budget: SmallHouse, monkeypatch: pytest.MonkeyPatch) -> None:
    key, other = budget.make_key("Jobs_Get"), budget.make_key("Jobs_Get")
    monkeypatch.setattr(fair_shares, "PATIENCE", SECOND)

    async def test() -> None:
        for _ in range(BUDGET):
            await Caller(budget, JOBS, key).answered
        budget.clock.advance(timedelta(seconds=50))
        # The other is told to come back in ten seconds, and its share is kept until then and a little longer.
        await Caller(budget, JOBS, other).answered
        budget.clock.advance(timedelta(seconds=10))
        for _ in range(BUDGET // 2):
            await Caller(budget, JOBS, key).answered
        waiting = Caller(budget, JOBS, key)
        await asyncio.sleep(0.05)
        assert waiting.statuses == []
        budget.clock.advance(timedelta(seconds=1))
        await waiting.answered
        assert waiting.statuses == [429]
        assert int(waiting.headers[b"retry-after"]) > 0
        assert waiting.headers[b"x-stagedoor-waited"].endswith(b"; reason=fair-share")

    budget.loop.run_until_complete(asyncio.wait_for(test(), 20))


@pytest.fixture
def leased(small: SmallHouse, monkeypatch: pytest.MonkeyPatch) -> Iterator[SmallHouse]:
    """The house as one of several machines: what its keys may do is leased from the store."""
    house = small.house
    accounts = LeasedAccounts(house.database, house.threads, "this one", house.nanoseconds)
    monkeypatch.setattr(house, "key_accounts", accounts)
    yield small
    accounts.close()


def test_where_several_machines_serve_a_key_is_held_to_its_limits_by_leases(
    leased: SmallHouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    key = leased.make_key("Folders_Get", concurrency=1, daily_quota=3)

    async def test() -> None:
        may_go, under_way = slow_gateway(monkeypatch)
        first = Caller(leased, FOLDERS, key)
        while under_way[0] < 1:  # noqa: ASYNC110  # counted by what stands for the destination
            await asyncio.sleep(0)
        second = Caller(leased, FOLDERS, key)
        await second.answered
        assert second.statuses == [429]
        may_go.set()
        await first.answered
        third, fourth = Caller(leased, FOLDERS, key), None
        await third.answered
        fourth = Caller(leased, FOLDERS, key)
        await fourth.answered
        assert (first.statuses, third.statuses, fourth.statuses) == ([200], [200], [429])

    leased.loop.run_until_complete(asyncio.wait_for(test(), 20))
    assert [row.reason for row in leased.new_rows() if row.status == 429] == ["too_many_at_once", "daily_quota_spent"]


def test_a_turn_is_waited_for_behind_a_leased_permit_too(shared: SmallHouse, monkeypatch: pytest.MonkeyPatch) -> None:
    house = shared.house
    monkeypatch.setattr(
        house, "key_accounts", LeasedAccounts(house.database, house.threads, "that one", house.nanoseconds)
    )
    shared.clock.advance(timedelta(minutes=2))
    shared.__dict__.pop("admin_token", None)
    key = shared.make_key("Jobs_Get", concurrency=BUDGET + 1)

    async def test() -> None:
        for _ in range(BUDGET):
            await Caller(shared, JOBS, key).answered
        shared.clock.advance(timedelta(seconds=58))
        waiting = Caller(shared, JOBS, key)
        await asyncio.sleep(0.2)
        shared.clock.advance(timedelta(seconds=2))
        await waiting.answered
        assert waiting.statuses == [200]

    shared.loop.run_until_complete(asyncio.wait_for(test(), 20))


def test_of_a_body_only_so_much_is_taken_in_while_its_request_waits() -> None:
    async def test() -> None:
        piece = bytes(step.READ_AHEAD_BYTES_MAX)
        came = [{"type": "http.request", "body": piece, "more_body": True} for _ in range(4)]
        left = list(came)

        async def receive() -> Any:
            return left.pop(0)

        ahead = step._ReadAhead(receive)
        for _ in range(2):
            await ahead.receive()
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(ahead.receive(), 0.01)
        assert len(left) == 2
        assert [await ahead.receive_again() for _ in range(4)] == came

    asyncio.run(test())


@pytest.mark.parametrize(
    ("status", "said", "passed_on"),
    [(429, b"Mon, 02 Mar 2026 09:00:30 GMT", None), (429, b"soon", b"soon"), (503, b"7", b"7")],
)
def test_only_a_429_that_says_when_closes_the_budget_and_is_passed_on_in_seconds(
    budget: SmallHouse, status: int, said: bytes, passed_on: bytes | None
) -> None:
    upstream, headers = f"https://orch.example/{said!r}", [(b"server", b"x"), (b"retry-after", said)]
    step._learn(upstream, "key", Visit(budget.house, {}, 0.0, "id"), status, headers)

    async def test() -> bool:
        try:
            return budget.house.fair_shares.ask(upstream, "key", 1, 1) is None
        except UpstreamBudgetSpent:
            return False

    assert headers[1] == (b"retry-after", passed_on or b"1")
    assert budget.loop.run_until_complete(test()) == (passed_on is not None)


def test_embedded_tenants_have_no_budget_unless_one_is_set(small: SmallHouse) -> None:
    key = small.make_key("Jobs_Get")
    assert {small.ask("GET", JOBS, IN_SHARED, key=key).status for _ in range(120)} == {200}


def test_what_has_a_budget_is_in_the_catalogue() -> None:
    found = {operation.id: operation for operation in CATALOG.operations if operation.id in LIST_OPERATIONS}
    assert found.keys() == LIST_OPERATIONS
    assert {operation.template for operation in found.values()} == {"/odata/Jobs", "/odata/QueueItems"}


@pytest.mark.parametrize(
    ("said", "seconds"),
    [
        (b"7", 7),
        (b" 0 ", 0),
        (b"Mon, 02 Mar 2026 09:00:30 GMT", 30),
        (b"Mon, 02 Mar 2026 08:00:00 GMT", 1),
        (b"soon", None),
        (b"-3", None),
        (b"99999999999", None),
    ],
)
def test_retry_after_is_read_as_a_number_or_a_date(said: bytes, seconds: int | None) -> None:
    assert step._seconds_in(said, HeldClock(START)) == seconds


@pytest.mark.parametrize(
    ("said", "is_given_back"),
    [(b"stagedoor; hit; ttl=2", True), (b"stagedoor; fwd=miss; collapsed", True), (b"stagedoor; fwd=miss", False)],
)
def test_an_answer_from_memory_takes_nothing_of_the_budget(
    budget: SmallHouse, said: bytes, is_given_back: bool
) -> None:
    shares, upstream = budget.house.fair_shares, f"https://orch.example/{said!r}"

    async def test() -> None:
        assert shares.ask(upstream, "key", 1, 1) is None
        step._learn(upstream, "key", Visit(budget.house, {}, 0.0, "id"), 200, [(b"cache-status", said)])
        if is_given_back:
            assert shares.ask(upstream, "key", 1, 1) is None
        else:
            with pytest.raises(UpstreamBudgetSpent):
                shares.ask(upstream, "key", 1, 1)

    budget.loop.run_until_complete(test())


def test_two_tenants_of_ours_that_lead_to_one_upstream_tenant_share_its_budget(small: SmallHouse) -> None:
    entry = small.house.directory.find_tenant(small.house.directory.find_organization("acme").id, "dev")  # type: ignore[union-attr]
    assert entry is not None
    far = replace(entry.place, remote_base_url="https://Orch.example/acme/prod/orchestrator_/")
    other = replace(far, tenant_id="another", remote_base_url="https://orch.example/acme/prod/orchestrator_")
    assert step.upstream_of(far) == step.upstream_of(other)
    assert step.upstream_of(entry.place) == entry.place.tenant_id


def test_what_was_narrowed_from_a_key_shares_as_the_key_does() -> None:
    narrowed = holder_of(credential_kind=CredentialKind.NARROWED_KEY, narrowing_id="n1")
    assert step._sharer_of(narrowed) == step._sharer_of(holder_of()) == "key-1"
    assert step._sharer_of(holder_of(credential_kind=CredentialKind.OAUTH_TOKEN)) == "api-user-1"
