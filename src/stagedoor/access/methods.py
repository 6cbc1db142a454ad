"""Which kind of credential may use which ability of the management API, whatever its owner may do.

The table is the whole of it: what it does not list is refused. An access key can never make or change keys, so a
leaked one cannot make itself a successor. What it can be narrowed to is nothing new: less than it, and ending with it.
"""

from enum import StrEnum

from stagedoor.access.errors import MethodNotAllowedHere
from stagedoor.passage import Caller, CallerKind, CredentialKind


class ManagementAbility(StrEnum):
    """What the management API can do. Keep the list alphabetized."""

    ACCESS_KEY_CREATE = "access_key:create"
    ACCESS_KEY_LIMIT = "access_key:limit"
    ACCESS_KEY_NARROW = "access_key:narrow"
    ACCESS_KEY_READ = "access_key:read"
    ACCESS_KEY_REVOKE = "access_key:revoke"
    ACCESS_KEY_ROTATE = "access_key:rotate"
    AUDIT_READ = "audit:read"
    CONNECTION_CHANGE = "connection:change"
    CONNECTION_READ = "connection:read"
    DESTINATION_CHANGE = "destination:change"
    DESTINATION_READ = "destination:read"
    EXTERNAL_APPLICATION_CHANGE = "external_application:change"
    EXTERNAL_APPLICATION_READ = "external_application:read"
    FOLDER_READ = "folder:read"
    GRANT_READ = "grant:read"
    LEGACY_WINDOW_CHANGE = "legacy_window:change"
    LEGACY_WINDOW_READ = "legacy_window:read"
    PERSONAL_ACCESS_TOKEN_CHANGE = "personal_access_token:change"
    PERSONAL_ACCESS_TOKEN_READ = "personal_access_token:read"
    ROBOT_SCRIPT_CHANGE = "robot_script:change"
    ROBOT_SCRIPT_READ = "robot_script:read"
    TENANT_READ = "tenant:read"
    USER_CHANGE = "user:change"
    USER_KEY_CHANGE = "user_key:change"
    USER_KEY_READ = "user_key:read"
    USER_READ = "user:read"


_EVERY_ABILITY = frozenset(ManagementAbility) - {ManagementAbility.ACCESS_KEY_NARROW}
_READS = frozenset(ability for ability in ManagementAbility if ability.endswith(":read"))
_ABOUT_ONESELF = frozenset({ManagementAbility.FOLDER_READ, ManagementAbility.GRANT_READ, ManagementAbility.TENANT_READ})

ABILITIES: dict[CredentialKind, frozenset[ManagementAbility]] = {
    CredentialKind.ACCESS_KEY: _ABOUT_ONESELF | {ManagementAbility.ACCESS_KEY_NARROW},
    CredentialKind.LEGACY_TOKEN: _ABOUT_ONESELF,
    CredentialKind.LOCAL_AUTHORITY: _EVERY_ABILITY,
    CredentialKind.MACHINE_SECRET: _ABOUT_ONESELF,
    CredentialKind.NARROWED_KEY: _ABOUT_ONESELF | {ManagementAbility.ACCESS_KEY_NARROW},
    CredentialKind.OAUTH_TOKEN: _EVERY_ABILITY,
    CredentialKind.PERSONAL_ACCESS_TOKEN: _READS,
    CredentialKind.TOKEN_2019: _ABOUT_ONESELF,
}


def can_use(caller: Caller, ability: ManagementAbility) -> bool:
    """Tell whether the caller's kind of credential opens this ability; whether its owner may is another question.

    An OAuth token counts as a person's only if a person signed in for it, with a program of the house or the vendor:
    that of an external application, acting for itself or for somebody, is worth no more than an access key.
    """
    is_persons_own = caller.kind is CallerKind.USER and caller.may_make_credentials
    if caller.credential_kind is CredentialKind.OAUTH_TOKEN and not is_persons_own:
        return ability in _ABOUT_ONESELF
    return ability in ABILITIES.get(caller.credential_kind, frozenset())


def verify_ability(caller: Caller, ability: ManagementAbility) -> None:
    """Raise :class:`~stagedoor.access.errors.MethodNotAllowedHere` unless :func:`can_use` says yes."""
    if not can_use(caller, ability):
        raise MethodNotAllowedHere(internal=f"{caller.credential_kind.value} may not use {ability.value}")
