"""What can go wrong on the way to a remote Orchestrator."""

from stagedoor.kit.errors import StagedoorError


class UpstreamUnreachable(StagedoorError):
    """No connection to the remote Orchestrator could be made; it has seen nothing of the request."""

    code = "upstream_unreachable"
    status = 502
    public = "The Orchestrator behind this tenant cannot be reached."
    hint = "Nothing was sent, so it is safe to try again. An administrator can check the tenant's base URL."


class UpstreamBroke(StagedoorError):
    """The connection broke after the request went out and before an answer came; it may have been carried out."""

    code = "upstream_broke"
    status = 502
    public = "The Orchestrator behind this tenant broke the connection before it answered."
    hint = "The outcome is unknown. Look whether it happened before you send it again."


class UpstreamTimedOut(StagedoorError):
    """The remote Orchestrator did not answer in time; it may still carry the request out."""

    code = "upstream_timed_out"
    status = 504
    public = "The Orchestrator behind this tenant did not answer in time."
    hint = "The outcome is unknown. Look whether it happened before you send it again."
