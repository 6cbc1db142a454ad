"""The directory finds the people of the organization and nothing else."""

import pytest
from tests.factories.orchestrator import OTHER_TENANT, Desk
from tests.factories.tasks import GRACE, caller_of, settle_people

from stagedoor.orchestrator.errors import InvalidRequest, NotFound

SEARCH = "DirectoryService_SearchForUsersAndGroups"
NUMBER = "DirectoryService_GetDomainUserId"


@pytest.fixture(autouse=True)
def _people(desk: Desk) -> None:
    settle_people(desk)


def found(desk: Desk, **query: str) -> list[str]:
    return [one["identityName"] for one in desk.call(SEARCH, query=query).content]


def test_the_organization_is_the_domain(desk: Desk) -> None:
    assert desk.call("DirectoryService_GetDomains").content == [{"name": "acme", "isDefault": True}]
    assert desk.call("DirectoryService_GetDirectoryPermissions", query={"username": "grace"}).content == []


def test_people_are_found_by_how_their_names_begin(desk: Desk) -> None:
    assert found(desk, prefix="GR", searchcontext="Users", domain="ACME") == ["grace"]
    assert found(desk, prefix="a") == ["ada", "auditor"]
    assert found(desk, prefix="grace e") == ["grace"]
    (one,) = desk.call(SEARCH, query={"prefix": "grace"}).content
    assert one == {
        "type": "User",
        "source": "local",
        "domain": "acme",
        "identifier": caller_of(GRACE).id,
        "identityName": "grace",
        "displayName": "Grace Example",
    }


def test_nobody_else_is_found(desk: Desk) -> None:
    for query in (
        {"prefix": ""},
        {"prefix": "%"},
        {"prefix": "gone"},
        {"prefix": "a", "searchcontext": "Groups"},
        {"prefix": "a", "domain": "elsewhere"},
    ):
        assert found(desk, **query) == []
    assert desk.call(SEARCH, query={"prefix": "a"}, tenant=OTHER_TENANT).content == []
    with pytest.raises(InvalidRequest, match="searchContext"):
        found(desk, prefix="a", searchcontext="Martians")


def test_a_number_is_found_by_name_or_identifier(desk: Desk) -> None:
    for query in ({"username": "Grace"}, {"directoryidentifier": caller_of(GRACE).id.upper()}):
        answer = desk.call(NUMBER, query=query)
        assert (answer.status, answer.content) == (200, GRACE)
    for query in ({"username": "nobody"}, {"username": "grace", "usertype": "DirectoryGroup"}, {}):
        with pytest.raises(NotFound):
            desk.call(NUMBER, query=query)
