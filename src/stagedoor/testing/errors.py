"""What a server for tests says when it was told to fail, and what a test is told that asks for nonsense.

::

    InjectedFault   any  an answer that the test ordered
    ControlRefused  400  an order that a server for tests does not understand
    SeedRefused     400  a seed file asks for what cannot be made
"""

from typing import ClassVar

from stagedoor.kit.errors import StagedoorError


class InjectedFault(StagedoorError):
    """The answer that a test ordered; no server outside tests can give it."""

    code = "injected_fault"
    public = "The test asked for this answer."
    hint = "Take the fault away with `stagedoor.faults.clear()`; each test begins without any."
    error_code: ClassVar[int] = 0

    def __init__(self, status: int, retry_after: int | None = None) -> None:
        headers = {} if retry_after is None else {"Retry-After": str(retry_after)}
        super().__init__(status=status, headers=headers)


class SeedRefused(StagedoorError):
    """A seed file is not what it should be, or the server refused one of the things in it."""

    code = "seed_refused"
    status = 400
    public = "The seed file cannot be used."
    hint = "Correct what the message names. What stood before it in the file has been made."


class ControlRefused(StagedoorError):
    """A server for tests was given an order that it does not understand, or that is not for whoever gave it."""

    code = "control_refused"
    status = 400
    public = "The server for tests does not take this order."
    hint = "Send the access key that may do everything; GET /api/stagedoor/v1/testing says where the server stands."
