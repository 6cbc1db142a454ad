"""What is sent to make and change users, and the words that the vendor numbers."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TypeVar

from stagedoor.kit.secret import Secret
from stagedoor.orchestrator.call import Body
from stagedoor.orchestrator.entity import EnumType
from stagedoor.orchestrator.errors import InvalidRequest
from stagedoor.orchestrator.field_changes import UNSET
from stagedoor.orchestrator.fields import find_boolean, find_enum, find_text, find_texts, get_text
from stagedoor.orchestrator.people_changes import NewPerson, PersonChanges

NAME_LENGTH_MAX = 128
USERNAME_LENGTH_MAX = 256
PASSWORD_LENGTH_MAX = 1024
T = TypeVar("T")

CULTURE = re.compile(r"[A-Za-z]{2,3}(?:-[A-Za-z0-9]{2,8}){0,3}")

USER_TYPE = EnumType(
    "UserType",
    {
        "User": 0,
        "Robot": 1,
        "DirectoryUser": 2,
        "DirectoryGroup": 3,
        "DirectoryRobot": 4,
        "DirectoryExternalApplication": 5,
    },
)
PROVISION_TYPE = EnumType("UserProvisionType", {"Manual": 0, "Automatic": 1})
PEOPLE = frozenset({USER_TYPE.members["User"], USER_TYPE.members["DirectoryUser"]})

_TRAITS = {
    "MayHaveUserSession": "may_have_user_session",
    "MayHaveRobotSession": "may_have_robot_session",
    "MayHaveUnattendedSession": "may_have_unattended_session",
    "MayHavePersonalWorkspace": "may_have_personal_workspace",
    "RestrictToPersonalWorkspace": "restrict_to_personal_workspace",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class UserOrder:
    """A user as it is sent: the person, what the tenant keeps of them, and roles, ``None`` where none are named."""

    person: NewPerson
    traits: Mapping[str, bool]
    roles: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class UserChanges:
    """What is to change about a user. ``username`` is there to be compared: it cannot change."""

    person: PersonChanges = field(default_factory=PersonChanges)
    traits: Mapping[str, bool]
    roles: tuple[str, ...] | None = None
    username: str | None = None


def read_order(body: Body) -> UserOrder:
    """Read a new user; raises :class:`InvalidRequest` for one that is no person."""
    kind = find_enum(body, "Type", USER_TYPE)
    if kind is not None and kind not in PEOPLE:
        raise InvalidRequest(
            "Only people can be made here.",
            hint="Programs have access keys or are external applications; there are no groups.",
            details={"field": "Type"},
        )
    password = find_text(body, "Password", length_max=PASSWORD_LENGTH_MAX)
    return UserOrder(
        person=NewPerson(
            username=get_text(body, "UserName", length_max=USERNAME_LENGTH_MAX),
            email=find_text(body, "EmailAddress", length_max=256) or "",
            first_name=find_text(body, "Name", length_max=NAME_LENGTH_MAX) or "",
            last_name=find_text(body, "Surname", length_max=NAME_LENGTH_MAX) or "",
            password=None if password is None else Secret(password),
            is_directory_user=kind == USER_TYPE.members["DirectoryUser"],
        ),
        traits=_read_traits(body),
        roles=tuple(find_texts(body, "RolesList") or ()),
    )


def read_changes(body: Body) -> UserChanges:
    """Read what is to change; what is not sent, or null, stays as it is.

    Raises :class:`InvalidRequest` for a password: who may set one, and what ends with it, is Stagedoor's own matter.
    """
    if body.get("Password") is not None:
        raise InvalidRequest(
            "A password is not changed here.",
            hint="An administrator sets it by POST /api/stagedoor/v1/users/{id}/password.",
            details={"field": "Password"},
        )
    roles = find_texts(body, "RolesList")
    return UserChanges(
        person=PersonChanges(
            email=_or_unset(find_text(body, "EmailAddress", length_max=256)),
            first_name=_or_unset(find_text(body, "Name", length_max=NAME_LENGTH_MAX)),
            last_name=_or_unset(find_text(body, "Surname", length_max=NAME_LENGTH_MAX)),
            is_active=_or_unset(find_boolean(body, "IsActive")),
        ),
        traits=_read_traits(body),
        roles=None if roles is None else tuple(roles),
        username=find_text(body, "UserName", length_max=USERNAME_LENGTH_MAX),
    )


def read_culture(body: Body) -> str:
    """Read the name of a language; raises :class:`InvalidRequest` for what cannot be one."""
    culture = get_text(body, "culture", length_max=35)
    if not CULTURE.fullmatch(culture):
        raise InvalidRequest("The culture field must be a language such as en or pt-BR.", details={"field": "culture"})
    return culture


def _read_traits(body: Body) -> dict[str, bool]:
    return {column: value for name, column in _TRAITS.items() if (value := find_boolean(body, name)) is not None}


def _or_unset(value: T | None) -> T:
    return UNSET if value is None else value
