"""The audit room's errors.

::

    AuditUnavailable   503  the log cannot be written right now, so that nothing that needs a row may happen
"""

from stagedoor.kit.errors import StagedoorError


class ChainGone(Exception):
    """A writer's chain was changed by somebody else; it begins another one."""


class AuditUnavailable(StagedoorError):
    """The audit log cannot be written: what would have to be recorded is refused instead of done unseen."""

    code = "audit_unavailable"
    status = 503
    public = "Stagedoor cannot write its audit log right now, so it refuses whatever would have to be recorded there."
    hint = "Try again shortly. If it goes on, ask whoever runs Stagedoor to look at its disk and its log."

    def __init__(self, *, internal: str | None = None) -> None:
        super().__init__(internal=internal, headers={"Retry-After": "1"})
