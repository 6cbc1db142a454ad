"""Users as the rest of the house sees them."""

from dataclasses import dataclass
from datetime import datetime

from stagedoor.kit.secret import Secret


@dataclass(frozen=True, slots=True, kw_only=True)
class UserOrder:
    """What a new user is to be.

    ``existed_since`` is for users who come over from elsewhere and is never taken from a caller: whoever could set it
    could open the legacy window for somebody new. ``password`` is ``None`` for somebody who signs in elsewhere.
    """

    organization_id: str
    username: str
    email: str = ""
    first_name: str = ""
    last_name: str = ""
    password: Secret | None = None
    is_administrator: bool = False
    is_directory_user: bool = False
    existed_since: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RoleOrder:
    """What a role that a tenant makes for itself is to be."""

    name: str
    display_name: str
    groups: str | None
    permissions: frozenset[str]


@dataclass(frozen=True, slots=True)
class RoleEntry:
    """A role held in one tenant, everywhere or in one folder's subtree.

    ``permissions`` are those of a role that the tenant made for itself, ``None`` for one of the catalogue.
    """

    tenant_id: str
    folder_key: str | None
    role: str
    permissions: tuple[str, ...] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class UserEntry:
    """One user in memory, with all roles and without any secret.

    ``api_password_mark`` changes whenever the API password does and is empty where there is none.
    """

    id: str
    number: int
    organization_id: str
    username: str
    email: str
    first_name: str
    last_name: str
    is_administrator: bool
    is_active: bool
    is_directory_user: bool
    existed_since: datetime
    api_password_mark: str
    roles: tuple[RoleEntry, ...]

    @property
    def display_name(self) -> str:
        """First and last name, or the user name where there are none."""
        return f"{self.first_name} {self.last_name}".strip() or self.username

    @property
    def has_api_password(self) -> bool:
        """Tell whether there is a secret that opens the legacy window."""
        return bool(self.api_password_mark)
