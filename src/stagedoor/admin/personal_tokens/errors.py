"""What the room of personal access tokens refuses beside what identity does."""

from collections.abc import Iterable

from stagedoor.kit.errors import StagedoorError


class ScopeUnknown(StagedoorError):
    """A scope was asked for that does not exist, or is none of Orchestrator's."""

    code = "scope_unknown"
    status = 400

    def __init__(self, scopes: Iterable[str]) -> None:
        names = [scope[:96] for scope in scopes][:20]
        super().__init__(
            f"Not scopes of Orchestrator: {' '.join(names)}.",
            hint="Scopes look like OR.Jobs, OR.Jobs.Read or OR.Jobs.Write.",
            details={"scopes": names},
        )
