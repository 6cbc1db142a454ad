"""The operations of the directory."""

from typing import Any

from stagedoor.orchestrator.call import Answer, Call
from stagedoor.orchestrator.directory_service import store
from stagedoor.orchestrator.entity import EnumType
from stagedoor.orchestrator.errors import NotFound
from stagedoor.orchestrator.fields import find_query_enum
from stagedoor.orchestrator.people import Person, find_person_by_key, find_person_by_username
from stagedoor.orchestrator.registry import Basis, Routes
from stagedoor.orchestrator.users.schemas import PEOPLE, USER_TYPE

SOURCE = "local"
SEARCH_CONTEXT = EnumType("SearchContext", {"All": 0, "Users": 1, "Groups": 2, "Robots": 3, "ExternalApplications": 4})
NOTE = "The only domain is the organization itself, and only people are in its directory."

routes = Routes()


@routes.reads("DirectoryService_GetDomains", basis=Basis.GUESS, note=NOTE)
def list_domains(call: Call) -> Answer:
    """Answer the organization as the one domain."""
    return Answer(content=[{"name": call.tenant.organization_name, "isDefault": True}])


@routes.reads("DirectoryService_SearchForUsersAndGroups", basis=Basis.GUESS, note=NOTE)
def search(call: Call) -> Answer:
    """Answer the people whose name begins with ``prefix``; an empty one finds nobody."""
    context = find_query_enum(call, "searchContext", SEARCH_CONTEXT)
    finds_people = context in (None, SEARCH_CONTEXT.members["All"], SEARCH_CONTEXT.members["Users"])
    prefix = call.query.get("prefix", "")
    if not (prefix.strip() and finds_people and _names_own_domain(call)):
        return Answer(content=[])
    found = store.search_people(call.session, call.tenant.tenant_id, prefix)
    return Answer(content=[_describe(call, person) for person in found])


@routes.reads("DirectoryService_GetDomainUserId", basis=Basis.GUESS, note=NOTE)
def show_number(call: Call) -> Answer:
    """Answer the number of a person, found by identifier or else by name."""
    kind = find_query_enum(call, "userType", USER_TYPE)
    person = None
    if (kind is None or kind in PEOPLE) and _names_own_domain(call):
        identifier = call.query.get("directoryidentifier", "")
        if identifier:
            person = find_person_by_key(call.session, call.tenant.tenant_id, identifier.lower())
        else:
            person = find_person_by_username(call.session, call.tenant.tenant_id, call.query.get("username", ""))
    if person is None:
        raise NotFound("The directory has nobody of this name.")
    return Answer(content=person.number)


@routes.reads(
    "DirectoryService_GetDirectoryPermissions", basis=Basis.GUESS, note="Without groups, none gives anything."
)
def list_permissions_of_groups(call: Call) -> Answer:
    """Answer what somebody has by the groups they are in, which is nothing."""
    return Answer(content=[])


def _names_own_domain(call: Call) -> bool:
    domain = call.query.get("domain", "").strip().lower()
    return domain in ("", call.tenant.organization_name.lower())


def _describe(call: Call, person: Person) -> dict[str, Any]:
    return {
        "type": "User",
        "source": SOURCE,
        "domain": call.tenant.organization_name,
        "identifier": person.user_id,
        "identityName": person.username,
        "displayName": person.display_name or person.username,
    }
