"""Users as the management API shows them; a password is taken in or shown once, never kept in an answer."""

from datetime import datetime
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, SecretStr

Password = Annotated[SecretStr, Field(max_length=1024)]
PersonalName = Annotated[str, Field(max_length=128)]
Email = Annotated[str, Field(max_length=256)]


class RoleItem(BaseModel):
    """A role in one tenant: everywhere, or in the subtree of one folder given by path or key."""

    model_config = ConfigDict(extra="forbid", hide_input_in_errors=True)

    tenant: Annotated[str, Field(max_length=256)]
    role: Annotated[str, Field(max_length=128)]
    folder: Annotated[str, Field(max_length=1024)] | None = None


class UserItem(BaseModel):
    """One person."""

    id: str
    username: str
    email: str
    first_name: str
    last_name: str
    is_administrator: bool
    is_active: bool
    is_directory_user: bool
    has_password: bool
    has_api_password: bool
    created_at: datetime
    existed_since: datetime
    roles: list[RoleItem]


class CreatedUser(UserItem):
    """A new person, with the password that was drawn if none was given: shown now and never again."""

    password: str | None


class UserOrder(BaseModel):
    """What a new user is to be. Without a password one is drawn; a directory user has none here."""

    model_config = ConfigDict(extra="forbid", hide_input_in_errors=True)

    username: Annotated[str, Field(min_length=1, max_length=256)]
    email: Email = ""
    first_name: PersonalName = ""
    last_name: PersonalName = ""
    password: Password | None = None
    is_administrator: bool = False
    is_directory_user: bool = False
    roles: Annotated[list[RoleItem], Field(max_length=200)] = []


class UserChange(BaseModel):
    """What is to change; fields left out stay as they are. ``roles`` replaces all roles."""

    model_config = ConfigDict(extra="forbid", hide_input_in_errors=True)

    email: Email | None = None
    first_name: PersonalName | None = None
    last_name: PersonalName | None = None
    is_administrator: bool | None = None
    is_active: bool | None = None
    roles: Annotated[list[RoleItem], Field(max_length=200)] | None = None


class PasswordOrder(BaseModel):
    """A new password, or null to have one drawn."""

    model_config = ConfigDict(extra="forbid", hide_input_in_errors=True)

    password: Password | None = None


class PasswordSet(BaseModel):
    """The password that was drawn, shown now and never again; null where one was given."""

    password: str | None
