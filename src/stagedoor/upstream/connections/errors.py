"""What can go wrong with connections."""

from stagedoor.kit.errors import StagedoorError


class ConnectionUnknown(StagedoorError):
    """The organization has no connection of this name or id."""

    code = "connection_unknown"
    status = 404
    public = "There is no connection of this name."
    hint = "`stagedoor connection list` shows what they are called; mind the letter case."


class ConnectionRefused(StagedoorError):
    """A connection cannot be made as it was described; ``details`` name the field."""

    code = "connection_refused"
    status = 400
    public = "This connection cannot be made."

    def __init__(self, public: str, *, field: str, hint: str | None = None, status: int = 400) -> None:
        super().__init__(public, hint=hint, status=status, details={"field": field})


class ConnectionInUse(StagedoorError):
    """A connection cannot be removed while a tenant is mapped to it."""

    code = "connection_in_use"
    status = 409
    public = "A tenant is mapped to this connection."
    hint = "Send the tenant to another connection or to the embedded Orchestrator first."
