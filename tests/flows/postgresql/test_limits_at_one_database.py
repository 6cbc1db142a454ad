"""Keys that are limited, where two machines share nothing but the database."""

import threading
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx2
import pytest
from tests.factories.administrator import Administrator, administrator_of
from tests.factories.patience import eventually
from tests.factories.served import Served
from tests.flows.test_limits import FOLDERS, SECONDS_MAX, Upstream, bearer, make_key

MOST = 25


@pytest.fixture(scope="module")
def at_the_first(machines: tuple[Served, Served]) -> Iterator[Administrator]:
    """The administrator, signed in at the first of two machines."""
    with administrator_of(machines[0]) as signed_in:
        yield signed_in


def known_at(house: Served, key: str, path: str = "/api/stagedoor/v1/tenants") -> None:
    """Wait until a machine has heard of a key that another one made, by a request that the key is refused."""
    # Without a credential that is right the answer is 401, which costs the key nothing.
    eventually(lambda: httpx2.get(house.base_url + path, headers=bearer(key)).status_code, lambda seen: seen != 401)


@pytest.mark.parametrize("limits", [{"daily_quota": MOST}, {"rate": "1/h", "burst": MOST}], ids=["quota", "rate"])
def test_a_key_gets_over_both_machines_no_more_than_it_may_have(
    machines: tuple[Served, Served], at_the_first: Administrator, limits: dict[str, Any]
) -> None:
    key = make_key(at_the_first, "Folders_Get", **limits)
    known_at(machines[1], key)

    def hammer(house: Served) -> list[int]:
        with httpx2.Client(headers=bearer(key), timeout=SECONDS_MAX) as client:
            return [client.get(house.orchestrator_url + FOLDERS).status_code for _ in range(2 * MOST)]

    with ThreadPoolExecutor(2) as pool:
        statuses = Counter(status for found in pool.map(hammer, machines) for status in found)
    assert statuses.keys() == {200, 429}
    # One was spent to learn that the key is known; what lies in a lot that was drawn last may come back too late.
    assert MOST - 1 - 16 <= statuses[200] <= MOST - 1


def test_a_key_has_only_so_many_requests_under_way_over_both_machines(
    machines: tuple[Served, Served], at_the_first: Administrator
) -> None:
    key = make_key(at_the_first, "Folders_Get", concurrency=2)
    known_at(machines[1], key)
    tenant_id = at_the_first.management.get("/tenants").json()["items"][0]["id"]
    with Upstream() as upstream, ThreadPoolExecutor(2) as pool:
        threading.Thread(target=upstream.serve_forever, daemon=True).start()
        order = {"remote_base_url": upstream.url("shared"), "token": "upstream-token"}
        assert at_the_first.management.put(f"/tenants/{tenant_id}/destination", json=order).status_code == 200
        upstream.may_answer.clear()

        def ask(house: Served) -> int:
            address = house.orchestrator_url + FOLDERS
            return httpx2.get(address, headers=bearer(key), timeout=SECONDS_MAX).status_code

        try:
            # The other machine hears a moment later that the tenant is elsewhere now; until then it answers itself.
            held = [pool.submit(ask, machines[0])]
            eventually(lambda: len(upstream.asked), lambda count: count == 1)
            eventually(lambda: far_at(at_the_first, machines[1]), bool)
            held.append(pool.submit(ask, machines[1]))
            eventually(lambda: len(upstream.asked), lambda count: count == 2)
            assert [ask(house) for house in machines] == [429, 429]
            upstream.may_answer.set()
            assert [one.result(SECONDS_MAX) for one in held] == [200, 200]
            # Permits that are not used go back within a second.
            for house in machines:
                eventually(lambda house=house: ask(house), lambda seen: seen == 200, seconds_max=2)
        finally:
            upstream.may_answer.set()
            embedded = {"remote_base_url": None, "token": None}
            at_the_first.management.put(f"/tenants/{tenant_id}/destination", json=embedded)
            upstream.shutdown()


def far_at(administrator: Administrator, house: Served) -> bool:
    """Tell whether a machine knows that the tenant is a remote one."""
    address = f"{house.base_url}/api/stagedoor/v1/tenants"
    answer = httpx2.get(address, headers=dict(administrator.management.headers), timeout=SECONDS_MAX)
    return bool(answer.json()["items"][0]["destination"] == "remote")
