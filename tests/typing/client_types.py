"""What a type checker sees of the client; checked by mypy, never run."""

from collections.abc import AsyncIterator, Iterator
from typing import Any, assert_type

import httpx2

from stagedoor.client import (
    AccessKey,
    AccessKeyFacts,
    AsyncStagedoor,
    AuditPage,
    ClientCredentials,
    ConnectionFacts,
    ConnectionTerms,
    FreshKey,
    Permission,
    Refused,
    SignedIn,
    Stagedoor,
    StagedoorClientError,
    Tenant,
    TrialReport,
    WhoAmI,
)
from stagedoor.kit.secret import Secret


def synchronous(stagedoor: Stagedoor) -> None:
    assert_type(stagedoor.whoami(), WhoAmI)
    assert_type(stagedoor.whoami()["grant"]["words"], list[str])
    assert_type(stagedoor.can_i("Jobs_Get"), Permission)
    assert_type(stagedoor.tenants(), list[Tenant])
    assert_type(stagedoor.list_keys(), list[AccessKeyFacts])
    assert_type(stagedoor.create_key("nightly", allow=["Jobs_Get"]), FreshKey)
    assert_type(stagedoor.create_key("nightly", allow=["Jobs_Get"]).key, Secret)
    assert_type(stagedoor.audit(), AuditPage)
    assert_type(stagedoor.items("Jobs_Get", fields={"top": 5, "count": True}), Iterator[dict[str, Any]])
    assert_type(stagedoor.request("GET", "/odata/Jobs"), httpx2.Response)
    assert_type(stagedoor.connections.list(), list[ConnectionFacts])
    assert_type(stagedoor.connections.get("prod")["tenants"], list[str])
    with stagedoor as entered:
        assert_type(entered, Stagedoor)


async def asynchronous(stagedoor: AsyncStagedoor) -> None:
    assert_type(await stagedoor.whoami(), WhoAmI)
    assert_type(await stagedoor.tenants(), list[Tenant])
    assert_type(await stagedoor.create_key("nightly", allow=["Jobs_Get"]), FreshKey)
    assert_type(stagedoor.items("Jobs_Get"), AsyncIterator[dict[str, Any]])
    terms = ConnectionTerms(name="prod", kind="pat", url="https://orch.example", secret=Secret("s"))
    assert_type(await stagedoor.connections.discover(terms), TrialReport)
    async with stagedoor as entered:
        assert_type(entered, AsyncStagedoor)


def credentials(key: AccessKey, person: SignedIn, application: ClientCredentials) -> list[httpx2.Auth]:
    return [key, person, application]


def refusals(error: StagedoorClientError) -> None:
    if isinstance(error, Refused):
        assert_type(error.smallest_grant, tuple[str, ...])
        assert_type(error.reason, str | None)


def mistakes(stagedoor: Stagedoor) -> None:
    stagedoor.create_key("nightly")  # type: ignore[call-arg]  # a key that may do nothing is no key
    stagedoor.call("Jobs_Get", fields={"filter": object()})  # type: ignore[dict-item]  # no field is an object
    Stagedoor(key="sd_k_s")  # type: ignore[call-arg]  # there is no default server to send a key to
