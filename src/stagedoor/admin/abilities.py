"""Who may use which ability of the management API, whichever way they come."""

from stagedoor.access.methods import ManagementAbility, verify_ability
from stagedoor.admin.errors import AdministratorNeeded
from stagedoor.passage import Caller

ADMINISTRATORS_ONLY = frozenset(
    {
        ManagementAbility.AUDIT_READ,
        ManagementAbility.CONNECTION_CHANGE,
        ManagementAbility.CONNECTION_READ,
        ManagementAbility.DESTINATION_CHANGE,
        ManagementAbility.DESTINATION_READ,
        ManagementAbility.EXTERNAL_APPLICATION_CHANGE,
        ManagementAbility.EXTERNAL_APPLICATION_READ,
        ManagementAbility.LEGACY_WINDOW_CHANGE,
        ManagementAbility.LEGACY_WINDOW_READ,
        ManagementAbility.ROBOT_SCRIPT_CHANGE,
        ManagementAbility.ROBOT_SCRIPT_READ,
        ManagementAbility.USER_CHANGE,
        ManagementAbility.USER_READ,
    }
)
"""Abilities that are about the whole organization; the others are about what is one's own."""


def verify_may(caller: Caller, ability: ManagementAbility) -> None:
    """Return if the caller may use the ability.

    Raises :class:`~stagedoor.access.errors.MethodNotAllowedHere` by the credential's kind, and then
    :class:`AdministratorNeeded`: an access key is told that no key may do this, not to find itself an administrator.
    """
    verify_ability(caller, ability)
    if ability in ADMINISTRATORS_ONLY and not caller.may_administer:
        raise AdministratorNeeded
