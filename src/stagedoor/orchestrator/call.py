"""What a handler of the embedded Orchestrator is given, and what it gives back."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, BinaryIO

from sqlalchemy.orm import Session

from stagedoor.catalog.operations import Operation
from stagedoor.kit.chance import Chance
from stagedoor.kit.clock import Clock
from stagedoor.kit.crypto import Vault
from stagedoor.kit.files import Files
from stagedoor.orchestrator.outreach import Outreach
from stagedoor.orchestrator.people_changes import NobodyChanges, PeopleChanges
from stagedoor.orchestrator.uploads import Uploads
from stagedoor.passage import Caller, FolderPlace, Reach, TenantPlace


class Body(Mapping[str, Any]):
    """A JSON object whose property names are found in any letter case, as the vendor reads them.

    Nested objects are bodies too. Where two names differ by case alone the last one counts.
    """

    __slots__ = ("_names", "_values")

    def __init__(self, values: Mapping[str, Any]) -> None:
        self._values = {name.lower(): _wrap(value) for name, value in values.items()}
        self._names = {name.lower(): name for name in values}

    def __getitem__(self, name: str) -> Any:
        return self._values[name.lower()]

    def __contains__(self, name: object) -> bool:
        return isinstance(name, str) and name.lower() in self._values

    def __iter__(self) -> Iterator[str]:
        return iter(self._names.values())

    def __len__(self) -> int:
        return len(self._values)

    def plain(self) -> dict[str, Any]:
        """Return ordinary dictionaries with the names as the caller wrote them; for what is stored and given back."""
        return {self._names[key]: unwrap(value) for key, value in self._values.items()}


def _wrap(value: Any) -> Any:
    if isinstance(value, dict):
        return Body(value)
    if isinstance(value, list):
        return [_wrap(item) for item in value]
    return value


def unwrap(value: Any) -> Any:
    """Return the value with every :class:`Body` in it as an ordinary dictionary."""
    if isinstance(value, Body):
        return value.plain()
    if isinstance(value, list):
        return [unwrap(item) for item in value]
    return value


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """One call of one operation, ready to be carried out.

    ``path_arguments`` hold the values in the path, decoded and without quotes, by the names of the catalogue's
    template (``key``, ``identifier`` …). ``query`` holds decoded query values by lower-case name, with the ``$`` of
    OData options kept (``$filter``). ``body`` is the parsed JSON body (a :class:`Body`, a list, a plain value or
    ``None``). ``base_url`` is the address in front of ``/odata`` that the caller used, for ``@odata.context``.
    ``folder`` is the folder that the request names, if it names one. ``uploads`` are the files that came with it, for
    an operation that takes files, and are gone when the call ends; ``files`` is where the server keeps files.
    ``outreach`` connects to addresses that callers name, ``people`` changes people and what they may do.
    """

    operation: Operation
    tenant: TenantPlace
    caller: Caller
    folder: FolderPlace | None
    reach: Reach
    path_arguments: Mapping[str, str]
    query: Mapping[str, str]
    headers: Mapping[str, str]
    body: Any
    base_url: str
    request_id: str
    session: Session
    clock: Clock
    chance: Chance
    vault: Vault
    files: Files
    uploads: Uploads = field(default_factory=Uploads)
    outreach: Outreach = field(default_factory=Outreach)
    people: PeopleChanges = field(default_factory=NobodyChanges)


@dataclass(frozen=True, slots=True)
class FileContent:
    """An answer's body that is read piece by piece; whoever sends it closes it."""

    stream: BinaryIO
    size: int


@dataclass(frozen=True, slots=True)
class Answer:
    """What goes back.

    ``content`` is a JSON value, bytes or a :class:`FileContent` with a ``Content-Type`` header, or ``None`` for no
    body.
    """

    status: int = 200
    content: Any = None
    headers: Mapping[str, str] = field(default_factory=dict)


Handler = Callable[[Call], Answer]
