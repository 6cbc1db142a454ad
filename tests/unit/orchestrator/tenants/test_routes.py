"""Callers see the tenant that they stand in."""

import pytest
from tests.factories.orchestrator import OTHER_TENANT, TENANT, Desk
from tests.factories.tasks import settle_people

from stagedoor.orchestrator.errors import InvalidRequest, NotFound


@pytest.fixture(autouse=True)
def _tenants(desk: Desk) -> None:
    settle_people(desk)


def test_only_the_own_tenant_is_listed(desk: Desk) -> None:
    for tenant in (TENANT, OTHER_TENANT):
        content = desk.call("Tenants_Get", tenant=tenant).content
        assert [(one["Name"], one["Key"], one["Id"]) for one in content["value"]] == [
            (tenant.tenant_name, tenant.tenant_id, 1)
        ]


def test_it_is_shown_by_its_number_and_no_other(desk: Desk) -> None:
    assert desk.call("Tenants_GetById", key=1).content["Key"] == TENANT.tenant_id
    with pytest.raises(NotFound):
        desk.call("Tenants_GetById", key=2)
    with pytest.raises(InvalidRequest):
        desk.call("Tenants_GetById", key="dev")
