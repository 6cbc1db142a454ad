"""How rooms change people and what they may do: through whoever keeps them, in the call's own transaction.

People and their roles are identity's, which stands above this package, and the rules of who may change them are the
management API's: the same hold whichever way a change comes. The house hands over a :class:`PeopleChanges`; the verdict
over the operation has been given before, and is not enough here.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from stagedoor.kit.secret import Secret
from stagedoor.orchestrator.errors import OrchestratorError
from stagedoor.orchestrator.field_changes import UNSET

if TYPE_CHECKING:
    from stagedoor.orchestrator.call import Call


@dataclass(frozen=True, slots=True, kw_only=True)
class NewPerson:
    """What a new person is to be; without a password there is none until somebody sets one."""

    username: str
    email: str = ""
    first_name: str = ""
    last_name: str = ""
    password: Secret | None = None
    is_directory_user: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonChanges:
    """What is to change about a person; what is unset stays as it is."""

    email: str = UNSET
    first_name: str = UNSET
    last_name: str = UNSET
    is_active: bool = UNSET


@dataclass(frozen=True, slots=True, kw_only=True)
class NewRole:
    """What a role of a tenant's own is to be."""

    name: str
    display_name: str
    groups: str | None
    permissions: frozenset[str]


class PeopleChanges(Protocol):
    """Change people of the caller's organization. Each method raises, with status 403, for a caller who may not:
    an access key, whatever it holds; and anybody who would hand on more than they hold.
    """

    def verify_may_change(self, call: "Call") -> None:
        """Return if the caller's kind of credential may change people at all."""
        ...

    def create_person(self, call: "Call", new: NewPerson) -> int:
        """Make a person and return the number."""
        ...

    def change_person(self, call: "Call", user_id: str, changes: PersonChanges) -> None:
        """Change what is set."""
        ...

    def give_role(self, call: "Call", user_id: str, role: str, folder_key: str | None) -> None:
        """Give somebody a role in the call's tenant, everywhere or in one folder's subtree; one held stays."""
        ...

    def take_role(self, call: "Call", user_id: str, role: str, folder_key: str | None) -> None:
        """Take a role from somebody; one not held is no error."""
        ...

    def create_role(self, call: "Call", new: NewRole) -> int:
        """Make a role of the tenant's own and return its id."""
        ...

    def change_role(self, call: "Call", role_id: int, new: NewRole) -> None:
        """Let a role of the tenant's own be this, for everybody who holds it."""
        ...

    def delete_role(self, call: "Call", role_id: int) -> None:
        """Delete a role of the tenant's own, and take it from everybody."""
        ...


class PeopleKeptElsewhere(OrchestratorError):
    """This Orchestrator runs by itself, and nobody keeps people for it."""

    code = "people_kept_elsewhere"
    status = 403
    public = "People are kept elsewhere and cannot be changed here."
    hint = "Change them where they are kept."


class NobodyChanges:
    """Refuses every change, for an Orchestrator to which nobody was given who keeps people."""

    def verify_may_change(self, call: "Call") -> None:
        """Raise :class:`PeopleKeptElsewhere`."""
        raise PeopleKeptElsewhere

    def create_person(self, call: "Call", new: NewPerson) -> int:
        """Raise :class:`PeopleKeptElsewhere`."""
        raise PeopleKeptElsewhere

    def change_person(self, call: "Call", user_id: str, changes: PersonChanges) -> None:
        """Raise :class:`PeopleKeptElsewhere`."""
        raise PeopleKeptElsewhere

    def give_role(self, call: "Call", user_id: str, role: str, folder_key: str | None) -> None:
        """Raise :class:`PeopleKeptElsewhere`."""
        raise PeopleKeptElsewhere

    def take_role(self, call: "Call", user_id: str, role: str, folder_key: str | None) -> None:
        """Raise :class:`PeopleKeptElsewhere`."""
        raise PeopleKeptElsewhere

    def create_role(self, call: "Call", new: NewRole) -> int:
        """Raise :class:`PeopleKeptElsewhere`."""
        raise PeopleKeptElsewhere

    def change_role(self, call: "Call", role_id: int, new: NewRole) -> None:
        """Raise :class:`PeopleKeptElsewhere`."""
        raise PeopleKeptElsewhere

    def delete_role(self, call: "Call", role_id: int) -> None:
        """Raise :class:`PeopleKeptElsewhere`."""
        raise PeopleKeptElsewhere
