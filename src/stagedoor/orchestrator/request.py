"""What the embedded Orchestrator is asked to carry out."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import BinaryIO

from stagedoor.catalog.operations import Operation
from stagedoor.passage import Caller, FolderPlace, Reach, TenantPlace


@dataclass(frozen=True, slots=True, kw_only=True)
class OrchestratorRequest:
    """An allowed request for the embedded Orchestrator: a :class:`~stagedoor.orchestrator.call.Call` that has no
    transaction yet and whose body is still bytes, or a file of bytes for an operation that takes files.

    ``headers`` have lower-case names; ``query`` has lower-case names with the ``$`` kept.
    """

    operation: Operation
    tenant: TenantPlace
    caller: Caller
    folder: FolderPlace | None = None
    reach: Reach
    path_arguments: Mapping[str, str] = field(default_factory=dict)
    query: Mapping[str, str] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes | BinaryIO = b""
    base_url: str
    request_id: str = ""
