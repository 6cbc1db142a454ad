"""Whoever stands at the management API: the caller, and the request it came with."""

from dataclasses import dataclass

from stagedoor.passage import Caller


@dataclass(frozen=True, slots=True)
class Visitor:
    """A caller known by the door, with what the audit needs of the request."""

    caller: Caller
    request_id: str | None
    client_address: str | None

    @property
    def organization_id(self) -> str:
        """The organization that all of this visitor's work is about."""
        return self.caller.organization_id
