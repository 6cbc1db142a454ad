"""What the door itself refuses, before or around the rooms."""

from stagedoor.kit.errors import StagedoorError
from stagedoor.passage import Denied


class HeadTooLarge(StagedoorError):
    """The address or the headers are larger than the door reads."""

    code = "head_too_large"
    status = 431
    public = "The request's address or headers are too large."
    hint = "Long filters belong in several requests; see the limits in the reference."


class MalformedHead(StagedoorError):
    """The head contradicts itself or holds what no honest client sends."""

    code = "malformed_head"
    status = 400
    public = "The request's headers contradict each other."


class RequestTooSlow(StagedoorError):
    """The request did not arrive in time; a connection that is held open for nothing is one that nobody else has."""

    code = "request_too_slow"
    status = 408
    public = "The request did not arrive in time."
    hint = "Nothing was carried out. Send it again."


class MethodOverrideRefused(StagedoorError):
    """A header asks to treat the request as another method, which would dodge the verdict on the real one."""

    code = "method_override_refused"
    status = 400
    public = "Method override headers are not accepted."
    hint = "Send the request with the method that is meant."


class PathUnknown(StagedoorError):
    """Nothing in the house answers on this path."""

    code = "path_unknown"
    status = 404
    public = "There is nothing at this address."
    hint = "Orchestrator paths look like /{organization}/{tenant}/orchestrator_/odata/Jobs."


class OperationUnknown(StagedoorError):
    """The path is no operation of the catalogue, so no grant can cover it."""

    code = "operation_unknown"
    status = 404
    public = "This is no operation of the Orchestrator API."
    hint = "List them with `stagedoor operations` or GET /api/stagedoor/v1/operations?search=…"


class MethodUnknown(StagedoorError):
    """The path exists in the catalogue, but not with this method."""

    code = "method_unknown"
    status = 405
    public = "This path does not take this method."


class TenantNeeded(StagedoorError):
    """The address names no tenant and the caller may enter more than one."""

    code = "tenant_needed"
    status = 400
    public = "The request names no tenant, and you may enter more than one."
    hint = "Put /{organization}/{tenant}/orchestrator_ in front of the path, or send X-UIPATH-TenantName."


class FolderUnknown(StagedoorError):
    """The folder named does not exist, or not for this caller; the two look alike."""

    code = "folder_unknown"
    status = 404
    public = "The folder does not exist, or you have no access to it."


class NotAuthorized(StagedoorError):
    """The verdict was no; :attr:`denied` says why."""

    code = "not_authorized"
    status = 403
    public = "You are not authorized!"

    def __init__(self, denied: Denied, *, hint: str | None = None) -> None:
        self.denied = denied
        super().__init__(f"You are not authorized! {denied.sentence}", hint=hint)
