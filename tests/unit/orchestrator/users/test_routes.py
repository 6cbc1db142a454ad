"""Callers are told who they are."""

from dataclasses import replace

from tests.factories.orchestrator import CALLER, TENANT, Desk

from stagedoor.orchestrator.folders.models import Folder
from stagedoor.passage import CallerKind, Reach

EXTENDED = "Users_GetCurrentUserExtended"


def make_workspace(desk: Desk) -> str:
    place = desk.make_folder("ada's workspace")
    with desk.write() as session:
        folder = session.get_one(Folder, place.id)
        folder.folder_type, folder.owner_user_id = 1, CALLER.user_id
    return place.key


def test_the_caller_is_shown_with_its_tenant(desk: Desk) -> None:
    content = desk.call("Users_GetCurrentUser").content
    assert content["@odata.context"].endswith("/odata/$metadata#Users/$entity")
    assert (content["Id"], content["UserName"], content["EmailAddress"]) == (7, "ada", "ada@example.com")
    assert (content["Key"], content["Type"]) == (CALLER.id, "User")
    assert (content["TenancyName"], content["TenantKey"]) == ("dev", TENANT.tenant_id)


def test_an_application_is_no_person(desk: Desk) -> None:
    application = replace(CALLER, kind=CallerKind.EXTERNAL_APPLICATION, user_id=None, email=None)
    content = desk.call(EXTENDED, caller=application, query={"$expand": "PersonalWorkspace"}).content
    assert content["Type"] == "DirectoryExternalApplication"
    assert content["EmailAddress"] is None
    assert content["PersonalWorkspace"] is None


def test_without_a_workspace_it_is_null_under_the_vendors_spelling(desk: Desk) -> None:
    content = desk.call(EXTENDED, query={"$expand": "PersonalWorkspace"}).content
    assert content["PersonalWorkspace"] is None
    assert content["PersonalWorskpaceFeedId"] is None


def test_a_workspace_has_what_clients_insist_on(desk: Desk) -> None:
    key = make_workspace(desk)
    query = {"$select": "PersonalWorkspace", "$expand": "PersonalWorkspace"}
    content = desk.call(EXTENDED, query=query).content
    assert set(content) == {"@odata.context", "PersonalWorkspace"}
    assert content["PersonalWorkspace"]["Key"] == key
    assert content["PersonalWorkspace"]["FullyQualifiedName"] == "ada's workspace"


def test_it_is_the_callers_own_and_within_reach(desk: Desk) -> None:
    make_workspace(desk)
    query = {"$expand": "personalworkspace"}
    stranger = replace(CALLER, user_id="00000000-0000-4000-8000-0000000000c2")
    assert desk.call(EXTENDED, caller=stranger, query=query).content["PersonalWorkspace"] is None
    narrow = Reach(frozenset({"00000000-0000-4000-8000-000000000099"}))
    assert desk.call(EXTENDED, reach=narrow, query=query).content["PersonalWorkspace"] is None


def test_it_is_left_out_unless_asked_for(desk: Desk) -> None:
    assert "PersonalWorkspace" not in desk.call(EXTENDED).content
