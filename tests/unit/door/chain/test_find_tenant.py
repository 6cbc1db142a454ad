"""Which tenant is meant, and what a caller is told of those it may not enter."""

from collections.abc import Iterator

import pytest
from tests.factories.house import Answered, SmallHouse, open_small_house


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SmallHouse]:
    with open_small_house(tmp_path_factory.mktemp("house")) as house:
        yield house


@pytest.fixture(scope="module")
def two(small: SmallHouse) -> SmallHouse:
    """The same house with a second tenant."""
    small.make_tenant("prod")
    return small


def settings(small: SmallHouse, prefix: str, *headers: tuple[str, str], key: str) -> Answered:
    return small.ask(
        "GET", f"{prefix}/odata/Settings/UiPath.Server.Configuration.OData.GetAuthenticationSettings", headers, key=key
    )


def test_the_only_tenant_need_not_be_named(small: SmallHouse) -> None:
    assert settings(small, "", key=small.admin_token).status == 200


def test_of_several_one_is_named(two: SmallHouse) -> None:
    answer = settings(two, "", key=two.admin_token)
    assert (answer.status, answer.json()["stagedoor"]["code"]) == (400, "tenant_needed")
    assert answer.json()["tenants"] == ["dev", "prod"]
    assert settings(two, "", ("X-UIPATH-TenantName", "PROD"), key=two.admin_token).status == 200


def test_the_address_counts_before_the_header(two: SmallHouse) -> None:
    settings(two, "/acme/dev", ("X-UIPATH-TenantName", "prod"), key=two.admin_token)
    assert two.rows()[-1].tenant == "dev"


def test_a_key_for_one_tenant_needs_no_name_and_enters_no_other(two: SmallHouse) -> None:
    key = two.make_key("all")
    assert settings(two, "", key=key).status == 200
    answer = settings(two, "/acme/prod", key=key)
    assert (answer.status, answer.json()["stagedoor"]["code"]) == (404, "tenant_unknown")
    assert "dev" in str(answer.json())


def test_a_tenant_that_does_not_exist_looks_like_one_that_is_closed(two: SmallHouse) -> None:
    key = two.make_key("all")
    closed, unknown = (settings(two, f"/acme/{name}", key=key).json() for name in ("prod", "nowhere"))
    for told in (closed, unknown):
        del told["traceId"], told["stagedoor"]["requestId"]
    assert closed == unknown


def test_another_organization_is_unknown(two: SmallHouse) -> None:
    answer = settings(two, "/other/dev", key=two.admin_token)
    assert (answer.status, answer.json()["stagedoor"]["code"]) == (404, "organization_unknown")
    assert "acme" in str(answer.json())
