"""Every refusal of the embedded Orchestrator, with the vendor's status, code and words.

The body is the vendor's: ``message``, ``errorCode``, ``traceId``, ``resourceIds``. Codes: 1000 invalid request, 1001
name in use, 1002 not found, 1004 already exists, 1100 folder missing or closed to the caller, 1101 folder required.
"""

from typing import ClassVar

from stagedoor.kit.errors import StagedoorError


class OrchestratorError(StagedoorError):
    """A refusal in the vendor's own terms."""

    code = "orchestrator"
    status = 400
    error_code: ClassVar[int] = 0


class InvalidRequest(OrchestratorError):
    """The request cannot be understood: a field, a value or an OData option is wrong."""

    code = "invalid_request"
    error_code = 1000
    public = "The request is invalid."


class NameInUse(OrchestratorError):
    """Another thing of this kind has this name already."""

    code = "name_in_use"
    status = 409
    error_code = 1001
    public = "This name is already in use."


class NotFound(OrchestratorError):
    """There is no such thing, or it is not in the caller's tenant or folder; the two look alike on purpose."""

    code = "not_found"
    status = 404
    error_code = 1002
    public = "The item was not found."


class AlreadyExists(OrchestratorError):
    """The same thing is there already, such as a queue item with this reference."""

    code = "already_exists"
    status = 409
    error_code = 1004
    public = "This already exists."


class Conflict(OrchestratorError):
    """The thing is in a state that does not allow this, such as a finished job that is to be stopped."""

    code = "conflict"
    status = 409
    error_code = 1000
    public = "The current state does not allow this."


class NotBuilt(OrchestratorError):
    """The operation is the vendor's, but the embedded Orchestrator does not carry it out yet."""

    code = "not_built"
    status = 501
    error_code = 0
    public = "The embedded Orchestrator does not carry out this operation yet."
