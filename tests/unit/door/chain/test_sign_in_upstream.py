"""Nothing goes to a remote Orchestrator without a credential, or with one that has ended."""

import asyncio
from types import SimpleNamespace
from typing import cast

import pytest

from stagedoor.door.chain.sign_in_upstream import sign_in_upstream
from stagedoor.door.visit import Visit
from stagedoor.kit.secret import Secret
from stagedoor.passage import TenantPlace

OLD, NEW = Secret("old"), Secret("new")


def visit_to(connection_id: str | None, token: Secret | None, *, has_ended: bool) -> Visit:
    async def token_for(connection_id: str) -> Secret:
        assert connection_id == "c1"
        return NEW

    house = SimpleNamespace(
        upstream_tokens=SimpleNamespace(has_ended=lambda _: has_ended), sign_ins=SimpleNamespace(token_for=token_for)
    )
    tenant = TenantPlace(
        "o", "acme", "t", "dev", "https://o.example", upstream_token=token, connection_id=connection_id
    )
    return cast("Visit", SimpleNamespace(house=house, tenant=tenant))


@pytest.mark.parametrize(("connection_id", "token"), [(None, None), (None, OLD), ("c1", OLD)])
def test_who_has_a_credential_or_needs_none_does_not_wait(connection_id: str | None, token: Secret | None) -> None:
    assert sign_in_upstream(visit_to(connection_id, token, has_ended=False)) is None


@pytest.mark.parametrize(("token", "has_ended"), [(None, False), (OLD, True)])
def test_who_has_none_that_is_good_waits_for_one(token: Secret | None, has_ended: bool) -> None:
    visit = visit_to("c1", token, has_ended=has_ended)
    waiting = sign_in_upstream(visit)
    assert waiting is not None

    async def wait() -> None:
        await waiting

    asyncio.run(wait())
    assert visit.tenant is not None
    assert visit.tenant.upstream_token == NEW
