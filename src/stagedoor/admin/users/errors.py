"""What the users' room refuses beside what identity does."""

from stagedoor.kit.errors import StagedoorError


class OwnRightsKept(StagedoorError):
    """Administrators cannot take away their own rights, so that an organization always keeps one."""

    code = "own_rights_kept"
    status = 409
    public = "You cannot take away your own rights as an administrator, nor deactivate yourself."
    hint = "Ask another administrator to do it."


class RoleUnknown(StagedoorError):
    """No role has this name."""

    code = "role_unknown"
    status = 400
    public = "There is no role of this name."

    def __init__(self, role: str, known: tuple[str, ...]) -> None:
        super().__init__(f"There is no role {role[:128]!r}.", hint=f"Roles: {', '.join(known)}.")
