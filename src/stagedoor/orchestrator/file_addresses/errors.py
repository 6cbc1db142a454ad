"""What is refused of an address of a file."""

from typing import ClassVar

from stagedoor.orchestrator.errors import OrchestratorError


class FileAddressRefused(OrchestratorError):
    """The address was not given by this server, was changed, or is used in another way than it was given for."""

    code = "file_address_refused"
    status = 403
    error_code: ClassVar[int] = 0
    public = "This address of a file was not given by this Stagedoor, or was changed."
    hint = "Ask for a new address, with GetReadUri to download and GetWriteUri to upload, and use it as it is."


class FileAddressExpired(OrchestratorError):
    """The address was good once."""

    code = "file_address_expired"
    status = 403
    error_code: ClassVar[int] = 0
    public = "This address of a file has expired."
    hint = "Ask for a new one; expiryInMinutes says how long it is to last."


class RangeNotSatisfiable(OrchestratorError):
    """The part of a file that is asked for begins behind its end (RFC 9110, section 15.5.17)."""

    code = "range_not_satisfiable"
    status = 416
    public = "The part of the file that was asked for begins behind its end."
    hint = "Ask for the file without a Range header, or for bytes that it has."
