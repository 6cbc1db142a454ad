"""What can go wrong on the way to a remote Orchestrator."""

from stagedoor.kit.errors import StagedoorError


class UpstreamUnreachable(StagedoorError):
    """No connection to the remote Orchestrator could be made; it has seen nothing of the request."""

    code = "upstream_unreachable"
    status = 502
    public = "The Orchestrator behind this tenant cannot be reached."
    hint = "Nothing was sent, so it is safe to try again. An administrator can check the tenant's base URL."


class UpstreamConnectTimedOut(UpstreamUnreachable):
    """No connection to the remote Orchestrator came about in time; it has seen nothing of the request."""

    code = "upstream_connect_timed_out"
    status = 504
    public = "No connection to the Orchestrator behind this tenant came about in time."
    hint = "Nothing was sent, so it is safe to try again. An administrator can check the tenant's base URL."

    def __init__(self, *, seconds: float, internal: str | None = None) -> None:
        super().__init__(
            f"No connection to the Orchestrator behind this tenant came about within {seconds:g} seconds.",
            details={"timeout": "connect", "timeout_seconds": seconds},
            internal=internal,
        )


class UpstreamBroke(StagedoorError):
    """The connection broke after the request went out and before an answer came; it may have been carried out."""

    code = "upstream_broke"
    status = 502
    public = "The Orchestrator behind this tenant broke the connection before it answered."
    hint = "The outcome is unknown. Look whether it happened before you send it again."


class UpstreamTimedOut(StagedoorError):
    """The remote Orchestrator did not answer in time; it may still carry the request out.

    ``timeout`` names the setting that ended it: ``read``, ``write``, ``long`` or ``transfer`` before an answer began,
    ``idle`` for a pause within a body.
    """

    code = "upstream_timed_out"
    status = 504
    public = "The Orchestrator behind this tenant did not answer in time."
    hint = "The outcome is unknown. Look whether it happened before you send it again."

    def __init__(
        self, timeout: str | None = None, *, seconds: float = 0, changes: bool = True, internal: str | None = None
    ) -> None:
        public = None if timeout is None else _timeout_words(timeout, seconds)
        super().__init__(
            public,
            hint=self.hint if changes else "It was a read, so it is safe to try again.",
            details={} if timeout is None else {"timeout": timeout, "timeout_seconds": seconds},
            internal=internal,
        )


def _timeout_words(timeout: str, seconds: float) -> str:
    if timeout == "idle":
        return f"The Orchestrator behind this tenant paused for more than {seconds:g} seconds (timeout idle)."
    return f"The Orchestrator behind this tenant began no answer within {seconds:g} seconds (timeout {timeout})."


class UpstreamRefusedCredential(StagedoorError):
    """The remote Orchestrator refused the credential that Stagedoor has for it; the caller's own was good.

    ``is_renewed`` is true where there is a new credential by now, and only this request, which might change something,
    was not sent a second time.
    """

    code = "upstream_refused_credential"
    status = 502
    public = (
        "The Orchestrator behind this tenant refused Stagedoor's own credential, and nothing was carried out. Your "
        "access key or sign-in is in order."
    )
    hint = "An administrator has to look at the tenant's connection."

    def __init__(self, *, is_renewed: bool = False) -> None:
        if is_renewed:
            super().__init__(
                hint="Stagedoor has signed in again since, and repeats no change itself. Send the request once more.",
                headers={"Retry-After": "1"},
            )
        else:
            super().__init__()
        self.is_renewed = is_renewed
