"""Put people into folders and take them out, and tell who is where."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from sqlalchemy.orm import Session

from stagedoor.orchestrator.call import Call
from stagedoor.orchestrator.errors import NotFound
from stagedoor.orchestrator.folder_people import store
from stagedoor.orchestrator.folder_people.schemas import FolderRoles
from stagedoor.orchestrator.folders.models import Folder
from stagedoor.orchestrator.folders.service import get_folder
from stagedoor.orchestrator.roles.models import HeldRole
from stagedoor.orchestrator.roles.service import get_role
from stagedoor.orchestrator.users import store as user_store
from stagedoor.orchestrator.users.models import User


@dataclass(slots=True)
class Presence:
    """Somebody in a folder: by which roles, each with the folder that it comes from, and into which they were put.

    ``None`` instead of a folder stands for the whole tenant.
    """

    user: User
    roles: list[tuple[HeldRole, Folder | None]] = field(default_factory=list)
    folder_ids: set[int] = field(default_factory=set)


def assign(call: Call, users: Sequence[User], places: Iterable[FolderRoles]) -> None:
    """Put users into folders with roles; all or none.

    Raises :class:`NotFound` for a folder out of reach and a role that is not there, and what ``Call.people`` refuses.
    """
    call.people.verify_may_change(call)
    for place in places:
        folder = get_folder(call.session, call.tenant.tenant_id, place.folder_id, call.reach)
        roles = [get_role(call.session, folder.tenant_id, number) for number in place.role_numbers]
        for user in users:
            store.add_member(call.session, folder, user.number)
            for role in roles:
                call.people.give_role(call, user.user_id, role.name, folder.key)


def unassign(call: Call, folder: Folder, user: User) -> None:
    """Take a user out of a folder, with every role held there; what comes from above stays.

    Raises :class:`NotFound` for somebody who is not in the folder itself.
    """
    call.people.verify_may_change(call)
    members = store.list_members(call.session, [folder.id])
    held = [one for one in _held_in(call.session, folder) if one.user_number == user.number]
    if not held and user.number not in {member.user_number for member in members}:
        raise NotFound(f"The user {user.number} is not assigned to the folder.")
    for one in held:
        call.people.take_role(call, user.user_id, one.role_name, folder.key)
    store.remove_member(call.session, folder, user.number)


def list_present(session: Session, folder: Folder, *, include_inherited: bool) -> list[Presence]:
    """Return who is in a folder, by number; with ``include_inherited`` also by what holds above or everywhere."""
    way = store.list_way(session, folder) if include_inherited else [folder]
    by_key = {one.key: one for one in way}
    held = store.list_held(session, folder.tenant_id, list(by_key), or_everywhere=include_inherited)
    members = store.list_members(session, [one.id for one in way])
    numbers = {one.user_number for one in held} | {member.user_number for member in members}
    users = user_store.list_users(session, folder.tenant_id, numbers)
    present = {user.number: Presence(user) for user in users}
    for one in held:
        if one.user_number in present:
            place = None if one.folder_key is None else by_key[one.folder_key]
            present[one.user_number].roles.append((one, place))
            if place is not None:
                present[one.user_number].folder_ids.add(place.id)
    for member in members:
        if member.user_number in present:
            present[member.user_number].folder_ids.add(member.folder_id)
    return list(present.values())


def _held_in(session: Session, folder: Folder) -> Sequence[HeldRole]:
    return store.list_held(session, folder.tenant_id, [folder.key], or_everywhere=False)
