"""What the room of roles refuses."""

from stagedoor.orchestrator.errors import Conflict


class RolesFixed(Conflict):
    """The roles are Stagedoor's own: what one may do is judged in front of every Orchestrator, embedded or not."""

    code = "roles_fixed"
    public = "The roles are fixed: none can be made, changed or deleted."
    hint = "Give people one of the roles that are there, or make an access key that allows just what is needed."
