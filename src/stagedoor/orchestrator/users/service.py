"""What can be done with users of a tenant, and the caller in the words of the vendor's API."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import fields
from types import MappingProxyType
from typing import Any

from sqlalchemy.orm import Session

from stagedoor.orchestrator.call import Call
from stagedoor.orchestrator.errors import AlreadyExists, Conflict, InvalidRequest, NotFound
from stagedoor.orchestrator.field_changes import UNSET
from stagedoor.orchestrator.folders.models import Folder
from stagedoor.orchestrator.people import find_person_by_username
from stagedoor.orchestrator.people_changes import PersonChanges
from stagedoor.orchestrator.roles.models import Role
from stagedoor.orchestrator.roles.service import get_role_named
from stagedoor.orchestrator.users import store
from stagedoor.orchestrator.users.models import User
from stagedoor.orchestrator.users.schemas import UserChanges, UserOrder
from stagedoor.passage import Caller, CallerKind, TenantPlace

NOTHING: Mapping[str, bool] = MappingProxyType({})
USER_TYPES = {
    CallerKind.USER: "User",
    CallerKind.API_USER: "DirectoryRobot",
    CallerKind.EXTERNAL_APPLICATION: "DirectoryExternalApplication",
    CallerKind.LOCAL_ADMINISTRATOR: "User",
}


def describe_current_user(caller: Caller, tenant: TenantPlace) -> dict[str, Any]:
    """Return the caller as the vendor's UserDto; what a caller does not have is null.

    ``TenantId`` is an Int32 in the vendor's API and our tenants have none, so the tenant is told by name and key.
    """
    return {
        "Name": caller.name,
        "Surname": "",
        "UserName": caller.name,
        "Domain": None,
        "DirectoryIdentifier": None,
        "FullName": caller.name,
        "EmailAddress": caller.email,
        "IsActive": True,
        "AuthenticationSource": None,
        "IsExternalLicensed": False,
        "RolesList": [],
        "LoginProviders": [],
        "TenantId": None,
        "TenancyName": tenant.tenant_name,
        "TenantDisplayName": tenant.tenant_name,
        "TenantKey": tenant.tenant_id,
        "Type": USER_TYPES[caller.kind],
        "ProvisionType": "Manual",
        "LicenseType": None,
        "Key": caller.id,
        "MayHaveUserSession": caller.kind is CallerKind.USER,
        "MayHaveRobotSession": False,
        "MayHaveUnattendedSession": False,
        "MayHavePersonalWorkspace": False,
        "RestrictToPersonalWorkspace": False,
        "AccountId": tenant.organization_id,
        "Id": caller.number,
    }


def describe_personal_workspace(workspace: Folder | None) -> dict[str, Any] | None:
    """Return the caller's personal workspace as clients read it, or null."""
    if workspace is None:
        return None
    return {
        "Id": workspace.id,
        "Key": workspace.key,
        "DisplayName": workspace.display_name,
        "FullyQualifiedName": workspace.fully_qualified_name,
        "FolderType": "Personal",
        "IsPersonal": True,
    }


def get_user(session: Session, tenant_id: str, number: int) -> User:
    """Return the user; raises :class:`NotFound` for somebody who does not belong to the tenant."""
    user = store.find_user(session, tenant_id, number)
    if user is None:
        raise NotFound(f"The user {number} was not found.")
    return user


def get_users(session: Session, tenant_id: str, numbers: Collection[int]) -> Sequence[User]:
    """Return all of these users; raises :class:`NotFound` that names the first one missing."""
    users = store.list_users(session, tenant_id, numbers)
    missing = set(numbers) - {user.number for user in users}
    if missing:
        raise NotFound(f"The user {min(missing)} was not found.")
    return users


def add_user(call: Call, order: UserOrder) -> int:
    """Let a person belong to the tenant, made now if the organization has nobody of this name; return the number.

    Raises :class:`AlreadyExists` for somebody who belongs to it already, and what ``Call.people`` refuses.
    """
    call.people.verify_may_change(call)
    roles = [get_role_named(call.session, call.tenant.tenant_id, name) for name in order.roles]
    person = find_person_by_username(call.session, call.tenant.tenant_id, order.person.username)
    if person is None:
        number = call.people.create_person(call, order.person)
    else:
        number = person.number
        if store.find_user(call.session, call.tenant.tenant_id, number) is not None:
            raise AlreadyExists(f"The tenant has a user '{person.username}' already.")
    keep_user(call, number, order.traits, creator=call.caller.number)
    set_roles(call, get_user(call.session, call.tenant.tenant_id, number), roles)
    return number


def change_user(call: Call, user: User, changes: UserChanges) -> None:
    """Change what differs; raises :class:`InvalidRequest` for another user name, and what ``Call.people`` refuses."""
    if changes.username is not None and changes.username.strip().lower() != user.username:
        raise InvalidRequest("A user name cannot be changed.", details={"field": "UserName"})
    differing = {
        part.name: value
        for part in fields(changes.person)
        if (value := getattr(changes.person, part.name)) is not UNSET and value != getattr(user, part.name)
    }
    if differing:
        call.people.change_person(call, user.user_id, PersonChanges(**differing))
    if changes.traits:
        keep_user(call, user.number, changes.traits)
    if changes.roles is not None:
        set_roles(call, user, [get_role_named(call.session, user.tenant_id, name) for name in changes.roles])


def remove_user(call: Call, user: User) -> None:
    """Let somebody belong to the tenant no longer: every role in it is taken; the person stays.

    Raises :class:`Conflict` for the caller itself and for administrators of the organization, who belong everywhere.
    """
    call.people.verify_may_change(call)
    if user.user_id == call.caller.user_id:
        raise Conflict("You cannot remove yourself from the tenant.")
    if user.is_administrator:
        raise Conflict("An administrator of the organization belongs to each of its tenants.")
    for held in store.list_held(call.session, user.tenant_id, user.number):
        call.people.take_role(call, user.user_id, held.role_name, held.folder_key)
    store.forget_user(call.session, user.tenant_id, user.number)


def set_roles(call: Call, user: User, wanted: Iterable[Role]) -> None:
    """Let a user hold exactly these roles in the whole tenant; those in folders stay.

    What follows from administering the organization is no role that could be taken, and stays too.
    """
    after = {role.name for role in wanted}
    held = store.list_held(call.session, user.tenant_id, user.number)
    before = {one.role_name for one in held if one.folder_key is None and one.id > 0}
    for name in sorted(before - after):
        call.people.take_role(call, user.user_id, name, None)
    for name in sorted(after - before):
        call.people.give_role(call, user.user_id, name, None)


def set_holders(call: Call, role: Role, added: Collection[int], removed: Collection[int]) -> None:
    """Give a role in the whole tenant to some users and take it from others; all or none."""
    tenant_id = call.tenant.tenant_id
    for user in get_users(call.session, tenant_id, added):
        call.people.give_role(call, user.user_id, role.name, None)
    for user in get_users(call.session, tenant_id, removed):
        call.people.take_role(call, user.user_id, role.name, None)


def keep_user(call: Call, number: int, traits: Mapping[str, bool] = NOTHING, *, creator: int | None = None) -> None:
    """Let a person belong to the tenant, and keep what is said of them there."""
    now = call.clock.now()
    row = store.get_or_add_row(call.session, call.tenant.tenant_id, number, now=now, creator=creator)
    for name, value in traits.items():
        setattr(row, name, value)
    row.modified_at, row.modifier_user_number = now, call.caller.number
    call.session.flush()
