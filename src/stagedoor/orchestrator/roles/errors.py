"""What the room of roles refuses."""

from stagedoor.orchestrator.errors import Conflict


class RoleIsStatic(Conflict):
    """The role is one of the catalogue's, which mean the same to every Orchestrator behind Stagedoor."""

    code = "role_is_static"
    public = "This role is the same everywhere: it cannot be changed or deleted."
    hint = "Make a role of your own: POST /odata/Roles with a Name and Permissions."
